"""Several lines, or some needs of one, use together no more than a shared limit says (docs/decisions/0024)."""

from __future__ import annotations

from collections.abc import Iterator

from matching.fault import Fault
from matching.ledger import Ledger
from matching.records import SharedLimit

VISITS, FEN, REASON = "limit_visits", "limit_fen", "budget"


def faults(ledger: Ledger, limit: SharedLimit) -> Iterator[Fault]:
    """Visits and fen of one shared limit; the fault names its line where it has only one."""
    organisation, service = limit.lines[0] if len(limit.lines) == 1 else (None, None)
    for code, used, most in (
        (VISITS, ledger.limit_visits[limit.id], limit.max_visits),
        (FEN, ledger.limit_fen[limit.id], limit.max_fen),
    ):
        if most is not None and used > most:
            yield Fault(code=code, organisation=organisation, service=service, limit=limit.id, said=most, actual=used)

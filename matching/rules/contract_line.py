"""Rule 10: a contract line pays for no more visits and no more money than is left of it (MATCHING.md, rule 10)."""

from __future__ import annotations

from collections.abc import Iterator

from matching.fault import Fault
from matching.ledger import Ledger

VISITS, FEN, REASON = "line_visits", "line_fen", "budget"


def faults(ledger: Ledger, organisation: str, service: str) -> Iterator[Fault]:
    """Visits and fen of one line against its limits."""
    key = (organisation, service)
    line = ledger.problem.line_of[key]
    for code, used, limit in (
        (VISITS, ledger.line_visits[key], line.max_visits),
        (FEN, ledger.line_fen[key], line.max_fen),
    ):
        if used > limit:
            yield Fault(code=code, organisation=organisation, service=service, said=limit, actual=used)

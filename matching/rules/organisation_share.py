"""No organisation gives more than a share of all demanded service minutes (an extension, docs/decisions/0051)."""

from __future__ import annotations

from collections.abc import Iterator

from matching.fault import Fault
from matching.ledger import Ledger

CODE, REASON = "organisation_share", "budget"


def faults(ledger: Ledger, organisation: str) -> Iterator[Fault]:
    """Service minutes of one organisation's workers, travel excluded, against its share (Problem.share_minutes)."""
    used, most = ledger.organisation_minutes[organisation], ledger.problem.share_minutes
    if most is not None and used > most:
        yield Fault(code=CODE, organisation=organisation, said=most, actual=used)

"""Rule 9: an organisation's workers together stay within its service minutes (MATCHING.md, rule 9)."""

from __future__ import annotations

from collections.abc import Iterator

from matching.fault import Fault
from matching.ledger import Ledger

CODE, REASON = "organisation", "budget"


def faults(ledger: Ledger, organisation: str) -> Iterator[Fault]:
    """Service minutes and limit of one organisation, travel excluded."""
    used = ledger.organisation_minutes[organisation]
    limit = ledger.problem.organisation_of[organisation].minutes_per_4_weeks
    if used > limit:
        yield Fault(code=CODE, organisation=organisation, said=limit, actual=used)

"""Rule 7: a carer's load, travel included, stays within the carer's minutes (MATCHING.md, rule 7)."""

from __future__ import annotations

from collections.abc import Iterator

from matching.fault import Fault
from matching.ledger import Ledger

CODE, REASON = "capacity", "no_capacity"


def faults(ledger: Ledger, carer: str) -> Iterator[Fault]:
    """Load and limit of one carer, in minutes per 4 weeks."""
    used, limit = ledger.load[carer], ledger.problem.carer_of[carer].minutes_per_4_weeks
    if used > limit:
        yield Fault(code=CODE, carer=carer, said=limit, actual=used)

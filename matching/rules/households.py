"""Rule 8: a carer visits no more distinct households than allowed (MATCHING.md, rule 8)."""

from __future__ import annotations

from collections.abc import Iterator

from matching.fault import Fault
from matching.ledger import Ledger

CODE, REASON = "households", "no_capacity"


def faults(ledger: Ledger, carer: str) -> Iterator[Fault]:
    """Households and limit of one carer."""
    used, limit = len(ledger.homes[carer]), ledger.problem.carer_of[carer].max_households
    if used > limit:
        yield Fault(code=CODE, carer=carer, said=limit, actual=used)

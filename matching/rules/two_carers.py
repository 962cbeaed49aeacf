"""A need that asks for two carers has two different ones, or nobody (an extension, docs/decisions/0051)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matching.fault import Fault
from matching.records import Carer, Need

CODE, REASON = "two_carers", "no_capacity"


def faults(need: Need, team: Sequence[Carer]) -> Iterator[Fault]:
    """How many carers the need asks for, and how many different ones it has."""
    different = len({carer.id for carer in team})
    if team and (different != need.carers or len(team) != need.carers):
        yield Fault(code=CODE, need=need.id, carer=team[0].id, said=need.carers, actual=different)

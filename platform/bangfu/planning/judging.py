"""Whether a pair still holds as things are now: asked at publication, and by dispatch when another carer is named."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.planning import explaining, snapshot
from bangfu.planning.faults import Sentence, fault_sentence, standing_sentence
from bangfu.shared.clock import SHANGHAI
from matching import Fault, edit_check, pair_check
from matching.ledger import Ledger

OF_ONE_VISIT: Final = frozenset({"kind", "qualification", "exclusion", "distance"})
"""Rules of a pair that also bind who makes one visit of somebody else's task."""


async def problems_of_pair(need: UUID, carer: UUID, at: datetime) -> list[Sentence]:
    """Why the carer cannot serve the need by today's data: the carer's and the organisation's standing, rules of the
    pair, limits of the plan (dispatch.CHECKS)."""
    found = await snapshot.of_need(need, at.astimezone(SHANGHAI).date(), [carer])
    if str(need) not in found.problem.need_of:
        return [(N_("The home of this need has no place on the map."), {})]
    if str(carer) not in found.problem.carer_of:
        return [(N_("This carer or the organisation is not active any more."), {})]
    faults = edit_check(found.problem, {}, str(need), str(carer))
    if (reason := found.barred.get(str(carer))) is None:
        return [fault_sentence(fault) for fault in faults]
    return [standing_sentence(reason), *(fault_sentence(fault) for fault in faults if not _named(fault))]


async def problems_of_visits(need: UUID, carers: Collection[UUID], on: date) -> dict[UUID, list[Sentence]]:
    """Why each carer may not make a single visit of the need on a day: standing and the rules of the pair. The limits
    of a whole task (hours in four weeks, households, contract lines) and its weekly times are not asked: the calendar
    judges day and week, and the task's own line pays."""
    found = await snapshot.of_need(need, on, carers)
    return {carer: _of_visit(found, str(need), str(carer)) for carer in carers}


def _of_visit(found: snapshot.Snapshot, need: str, carer: str) -> list[Sentence]:
    if need not in found.problem.need_of:
        return [(N_("The home of this need has no place on the map."), {})]
    if carer not in found.problem.carer_of:
        return [(N_("This carer or the organisation is not active any more."), {})]
    faults = [fault for fault in edit_check(found.problem, {}, need, carer) if fault.code in OF_ONE_VISIT]
    if (reason := found.barred.get(carer)) is None:
        return [fault_sentence(fault) for fault in faults]
    return [standing_sentence(reason), *(fault_sentence(fault) for fault in faults if not _named(fault))]


def _named(fault: Fault) -> bool:
    """An exclusion by name: said better by the standing that caused it."""
    return fault.code == "exclusion" and isinstance(fault.actual, Mapping) and bool(fault.actual.get("excluded"))


async def next_best(
    need: UUID, at: datetime, among: Collection[UUID] | None, but: Collection[UUID], count: int
) -> list[dict[str, Any]]:  # fmt: skip
    """The cheapest carers who can take a need today, of some or of everybody; {carer, km, load, cost, parts, ...}."""
    if among is not None and not among:
        return []
    found = await snapshot.of_need(need, at.astimezone(SHANGHAI).date(), among)
    if str(need) not in found.problem.need_of:
        return []
    listed = explaining.ranked(found.problem, Ledger(found.problem, {}), str(need), count + len(but), free_only=True)
    barred = {str(carer) for carer in but}
    return [_with_organisation(found.problem, other) for other in listed if other["carer"] not in barred][:count]


def _with_organisation(problem: Any, other: dict[str, Any]) -> dict[str, Any]:
    return {**other, "organisation": problem.carer_of[other["carer"]].organisation}


async def numbers_of_pair(need: UUID, carer: UUID, at: datetime) -> float | None:
    """The straight kilometres of a pair by today's data."""
    found = await snapshot.of_need(need, at.astimezone(SHANGHAI).date(), [carer])
    if str(need) not in found.problem.need_of or str(carer) not in found.problem.carer_of:
        return None
    return pair_check(found.problem, str(need), str(carer)).km

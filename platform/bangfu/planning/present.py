"""The plan in force as a matching problem: every open task of a division with its carer, and the needs that wait.

What the tasks of the division hold (minutes, households, money) is free in the problem and taken by the plan. A task
whose home has no place on the map, or whose carer is not active any more, stays outside: the one keeps what it holds,
the other's need waits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, Refused
from bangfu.planning import snapshot
from bangfu.planning.tables import Proposal
from matching import ContractLine, Problem, SharedLimit
from matching.ledger import Ledger

WEEK, SERVING, NOTHING = "week", "serving", "none"
FIXED: Final = (WEEK, SERVING, NOTHING)
"""What stays fixed: whom a carer visits in the next seven days, whoever accepted a task, nothing."""


@dataclass(frozen=True, slots=True)
class Present:
    """The problem, need id -> carer id, need id -> task id; the rest as in snapshot.Snapshot."""

    problem: Problem
    plan: dict[str, str]
    tasks: dict[str, str]
    minutes: dict[str, int]
    households: dict[str, int]
    contracts: dict[str, str]


async def of_division(prefix: str, as_of: date) -> Present:
    """The open tasks and waiting needs of a division as things are now."""
    found, rows = await snapshot.of_plan(prefix, as_of)
    inside = [
        row for row in rows
        if str(row["need"]) in found.problem.need_of and str(row["carer"]) in found.problem.carer_of
    ]  # fmt: skip
    plan = {str(row["need"]): str(row["carer"]) for row in inside}
    return Present(
        problem=_room_for_itself(found.problem, plan),
        plan=plan,
        tasks={str(row["need"]): str(row["id"]) for row in rows if str(row["need"]) in found.problem.need_of},
        minutes=found.minutes,
        households=found.households,
        contracts=found.contracts,
    )


async def locked(found: Present, asked: Mapping[str, Any]) -> list[str]:
    """Needs whose task stays with its carer: those that the way of fixing takes, and those that were ticked."""
    ticked = {need for need in asked.get("locked", ()) if need in found.plan}
    return sorted(ticked | (await _by_rule(found, asked.get("fixed", WEEK)) & found.plan.keys()))


async def _by_rule(found: Present, fixed: str) -> set[str]:
    tasks = [UUID(task) for task in found.tasks.values()]
    if fixed == SERVING:
        rows = await Proposal.raw(
            "SELECT need FROM assignment WHERE id = ANY({}::uuid[]) AND status IN ('accepted', 'scheduled', 'active')",
            tasks,
        )
    elif fixed == WEEK:
        rows = await Proposal.raw(
            "SELECT DISTINCT need FROM visit WHERE assignment = ANY({}::uuid[])"
            " AND status IN ('planned', 'in_progress')"
            " AND planned_start >= now() - interval '1 day' AND planned_start < now() + interval '7 days'",
            tasks,
        )
    else:
        rows = []
    return {str(row["need"]) for row in rows}


def _room_for_itself(problem: Problem, plan: Mapping[str, str]) -> Problem:
    """What is in force holds: no limit of the problem is below what the plan uses of it already (a contract that is
    followed by another one, somebody's hours that were cut later). Less is an event of its own."""
    used = Ledger(problem, plan)
    return replace(
        problem,
        carers=tuple(
            replace(
                carer,
                minutes_per_4_weeks=max(carer.minutes_per_4_weeks, used.load[carer.id]),
                max_households=max(carer.max_households, len(used.homes[carer.id])),
            )
            for carer in problem.carers
        ),
        organisations=tuple(
            replace(each, minutes_per_4_weeks=max(each.minutes_per_4_weeks, used.organisation_minutes[each.id]))
            for each in problem.organisations
        ),
        contract_lines=tuple(_line(line, used) for line in problem.contract_lines),
        limits=tuple(_limit(limit, used) for limit in problem.limits),
    )


def _line(line: ContractLine, used: Ledger) -> ContractLine:
    key = (line.organisation, line.service)
    return replace(
        line, max_visits=max(line.max_visits, used.line_visits[key]), max_fen=max(line.max_fen, used.line_fen[key])
    )


def _limit(limit: SharedLimit, used: Ledger) -> SharedLimit:
    visits, fen = limit.max_visits, limit.max_fen
    return replace(
        limit,
        max_visits=None if visits is None else max(visits, used.limit_visits[limit.id]),
        max_fen=None if fen is None else max(fen, used.limit_fen[limit.id]),
    )


def with_events(found: Present, asked: Sequence[Mapping[str, Any]]) -> tuple[Present, list[dict[str, Any]]]:
    """The events as matching reads them, and the present without the needs that are to appear.

    Raises:
        Refused: if an event is about somebody or something that is not there any more.
    """
    document = {entry["id"]: entry for entry in found.problem.to_document()["needs"]}
    for event in asked:
        _check(found, event)
    fresh = {event["need"] for event in asked if event["code"] == "need_appears"}
    events = [
        {**event, "need": document[event["need"]]} if event["code"] == "need_appears" else _bounded(found, event)
        for event in asked
    ]
    if not fresh:
        return found, events
    return _only(found, found.problem.need_of.keys() - fresh), events


def without_waiting(found: Present, asked: Sequence[Mapping[str, Any]]) -> Present:
    """The present without the needs that have no open task, those of the events kept."""
    return _only(found, found.plan.keys() | found.tasks.keys() | {event.get("need") for event in asked})


def _only(found: Present, needs: Collection[str | None]) -> Present:
    kept = tuple(need for need in found.problem.needs if need.id in needs)
    limits = tuple(
        replace(limit, needs=None if limit.needs is None else tuple(need for need in limit.needs if need in needs))
        for limit in found.problem.limits
    )
    return replace(found, problem=replace(found.problem, needs=kept, limits=limits))


def _check(found: Present, event: Mapping[str, Any]) -> None:
    need, carer = event.get("need"), event.get("carer")
    line = (event.get("organisation", ""), event.get("service", ""))
    gone = (
        (need is not None and need not in found.problem.need_of)
        or (carer is not None and carer not in found.problem.carer_of)
        or (event["code"] == "line_shrinks" and line not in found.problem.line_of)
        or (event["code"] == "need_appears" and need in found.plan)
    )
    if gone:
        raise Refused(N_("What the event is about is not part of the plan in force any more; ask again."))


def _bounded(found: Present, event: Mapping[str, Any]) -> dict[str, Any]:
    """A line never shrinks to more than it has."""
    if event["code"] != "line_shrinks":
        return dict(event)
    line = found.problem.line_of[event["organisation"], event["service"]]
    return {**event, "max_visits": min(event["max_visits"], line.max_visits)}

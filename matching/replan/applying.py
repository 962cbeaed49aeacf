"""The problem after some events. The order in which they are given does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from matching.problem import Problem
from matching.records import Carer, ContractLine, Need, Organisation, Pair, SharedLimit
from matching.replan.events import (
    KINDS,
    CarerIll,
    CarerLeaves,
    CarerShrinks,
    Event,
    LimitShrinks,
    LineShrinks,
    NeedAppears,
    NeedCloses,
    NeedMoves,
    OfferDeclined,
    OrganisationShrinks,
)
from matching.values import ProblemError

Record = TypeVar("Record")
Key = TypeVar("Key")


@dataclass(slots=True)
class _Draft:
    """What a problem becomes; `pairs` is None where they are computed."""

    problem: Problem
    carers: dict[str, Carer]
    needs: dict[str, Need]
    lines: dict[tuple[str, str], ContractLine]
    organisations: dict[str, Organisation]
    limits: dict[str, SharedLimit]
    pairs: dict[tuple[str, str], Pair] | None
    moved: set[str]


def place_of(at: int, event: Event) -> str:
    """How an error names an event: its position and code."""
    return f"events[{at}] ({event.code})"


def _known(records: dict[Key, Record], key: Key, place: str, field: str) -> Record:
    if key not in records:
        said = "/".join(key) if isinstance(key, tuple) else key
        raise ProblemError(place, field, f"{said} is not part of the problem")
    return records[key]


def _smaller(place: str, field: str, before: Any, now: Any, given: int | None) -> Any:
    """The field's limit after an event that may only take away; of several such events the hardest counts."""
    most, present = getattr(before, field), getattr(now, field)
    if given is None:
        return present
    if most is not None and given > most:
        raise ProblemError(place, field, f"must be at most {most}, is {given}")
    return given if present is None else min(present, given)


def _appear(draft: _Draft, event: NeedAppears, place: str) -> None:
    if event.need.id in draft.needs:
        raise ProblemError(place, "need", f"{event.need.id} is already part of the problem")
    if event.pairs and draft.pairs is None:
        raise ProblemError(place, "pairs", "are computed in this problem and cannot be given")
    draft.needs[event.need.id] = event.need
    for pair in event.pairs:
        _known(draft.carers, pair.carer, place, "pairs")
        if draft.pairs is not None:
            draft.pairs[pair.need, pair.carer] = pair


def _move(draft: _Draft, event: NeedMoves, place: str) -> None:
    need = _known(draft.needs, event.need, place, "need")
    if draft.pairs is not None:
        raise ProblemError(place, "need", f"{need.id} has given pairs: a place changes nothing")
    if event.need in draft.moved and (need.lat, need.lon) != (event.lat, event.lon):
        raise ProblemError(place, "need", f"{need.id} moves to two places")
    draft.moved.add(event.need)
    draft.needs[need.id] = replace(need, lat=event.lat, lon=event.lon)


def _decline(draft: _Draft, event: OfferDeclined, place: str) -> None:
    need = _known(draft.needs, event.need, place, "need")
    _known(draft.carers, event.carer, place, "carer")
    if event.carer not in need.excluded:
        draft.needs[need.id] = replace(need, excluded=tuple(sorted({*need.excluded, event.carer})))
    if draft.pairs is not None:
        draft.pairs.pop((need.id, event.carer), None)


def _apply_to_need(draft: _Draft, event: Event, place: str) -> None:
    if isinstance(event, NeedAppears):
        _appear(draft, event, place)
    elif isinstance(event, NeedMoves):
        _move(draft, event, place)
    elif isinstance(event, OfferDeclined):
        _decline(draft, event, place)
    elif isinstance(event, NeedCloses):
        _known(draft.needs, event.need, place, "need")


def _apply_to_carer(draft: _Draft, event: Event, place: str) -> None:
    if isinstance(event, CarerIll | CarerLeaves | CarerShrinks):
        carer = _known(draft.carers, event.carer, place, "carer")
        minutes: Any = 0
        homes: Any = 0
        if isinstance(event, CarerShrinks):
            before = draft.problem.carer_of[carer.id]
            minutes = _smaller(place, "minutes_per_4_weeks", before, carer, event.minutes_per_4_weeks)
            homes = _smaller(place, "max_households", before, carer, event.max_households)
        draft.carers[carer.id] = replace(carer, minutes_per_4_weeks=minutes, max_households=homes)


def _apply_to_contract(draft: _Draft, event: Event, place: str) -> None:
    if isinstance(event, LineShrinks):
        key = (event.organisation, event.service)
        line = _known(draft.lines, key, place, "organisation")
        visits = _smaller(place, "max_visits", draft.problem.line_of[key], line, event.max_visits)
        fen = _smaller(place, "max_fen", draft.problem.line_of[key], line, event.max_fen)
        draft.lines[key] = replace(line, max_visits=visits, max_fen=fen)
    elif isinstance(event, OrganisationShrinks):
        owner = _known(draft.organisations, event.organisation, place, "organisation")
        was = draft.problem.organisation_of[owner.id]
        minutes = _smaller(place, "minutes_per_4_weeks", was, owner, event.minutes_per_4_weeks)
        draft.organisations[owner.id] = replace(owner, minutes_per_4_weeks=minutes)
    elif isinstance(event, LimitShrinks):
        limit = _known(draft.limits, event.limit, place, "limit")
        visits = _smaller(place, "max_visits", draft.problem.limit_of[limit.id], limit, event.max_visits)
        fen = _smaller(place, "max_fen", draft.problem.limit_of[limit.id], limit, event.max_fen)
        draft.limits[limit.id] = replace(limit, max_visits=visits, max_fen=fen)


def in_order(events: Iterable[Event]) -> list[tuple[int, Event]]:
    """The events with their positions, in the one order in which they are applied."""
    return sorted(enumerate(events), key=lambda item: (KINDS.index(type(item[1])), repr(item[1])))


def _draft(problem: Problem) -> _Draft:
    return _Draft(
        problem=problem,
        carers=dict(problem.carer_of),
        needs=dict(problem.need_of),
        lines=dict(problem.line_of),
        organisations=dict(problem.organisation_of),
        limits=dict(problem.limit_of),
        pairs=None if problem.pairs is None else dict(problem.pair_of),
        moved=set(),
    )


def apply(problem: Problem, events: Sequence[Event]) -> Problem:
    """The problem after the events. Raises ProblemError naming the event that refers to nobody or takes nothing away.

    A carer who is ill stays with no minutes and no households; who leaves and what closes is no longer part of it.
    """
    draft = _draft(problem)
    for at, event in in_order(events):
        place = place_of(at, event)
        _apply_to_need(draft, event, place)
        _apply_to_carer(draft, event, place)
        _apply_to_contract(draft, event, place)
    gone = {event.carer for event in events if isinstance(event, CarerLeaves)}
    closed = {event.need for event in events if isinstance(event, NeedCloses)}
    return replace(
        problem,
        carers=tuple(c for c in draft.carers.values() if c.id not in gone),
        needs=tuple(n for n in draft.needs.values() if n.id not in closed),
        contract_lines=tuple(draft.lines.values()),
        organisations=tuple(draft.organisations.values()),
        limits=tuple(_without(limit, closed) for limit in draft.limits.values()),
        pairs=None
        if draft.pairs is None
        else tuple(p for p in draft.pairs.values() if p.carer not in gone and p.need not in closed),
    )


def _without(limit: SharedLimit, closed: set[str]) -> SharedLimit:
    """A shared limit that no longer counts needs that closed."""
    if limit.needs is None or closed.isdisjoint(limit.needs):
        return limit
    return replace(limit, needs=tuple(need for need in limit.needs if need not in closed))

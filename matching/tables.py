"""A problem as arrays: one entry a need or a carer, in the problem's order; what the vectorised rules read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from matching.problem import Problem
from matching.records import GENDERS, KINDS, Window

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Minutes = npt.NDArray[np.int16]

Value = TypeVar("Value", bound=Hashable)

WEEK = 7
AFTER_MIDNIGHT = 24 * 60 + 1
NO_GENDER = -1
NO_LINE = -1


def codes(values: Iterable[Value]) -> tuple[Ints, list[Value]]:
    """Number distinct values in the order they appear: (number of each value, the distinct values)."""
    seen: dict[Value, int] = {}
    numbers = [seen.setdefault(value, len(seen)) for value in values]
    return np.array(numbers, dtype=np.int64), list(seen)


def _gender(value: str | None) -> int:
    return NO_GENDER if value is None else GENDERS.index(value)


def pad_windows(rows: Sequence[tuple[Window, ...]]) -> Minutes:
    """Windows as [row, weekday, slot, (start, end)]; an unused slot is (0, -1), which overlaps nothing.

    Windows within another one of the same day are left out: they add no overlap.
    """
    flat = np.array(list(chain.from_iterable(chain.from_iterable(rows))), dtype=np.int64).reshape(-1, 3)
    many = np.array([len(row) for row in rows], dtype=np.int64)
    key = np.repeat(np.arange(len(rows)) * WEEK, many) + flat[:, 0]
    order = np.lexsort((-flat[:, 2], flat[:, 1], key))
    key, flat = key[order], flat[order]
    reached = key * AFTER_MIDNIGHT + flat[:, 2]
    outer = np.append(True, reached[1:] > np.maximum.accumulate(reached)[:-1])[: len(key)]
    key, flat = key[outer], flat[outer]
    slot = np.arange(len(key)) - np.searchsorted(key, key)
    padded = np.zeros((len(rows), WEEK, int(slot.max(initial=0)) + 1, 2), dtype=np.int16)
    padded[..., 1] = -1
    padded[key // WEEK, key % WEEK, slot] = flat[:, 1:]
    return padded


@dataclass(frozen=True, slots=True)
class Tables:
    """Arrays of one problem; `*_sig` number distinct values so that a rule judges each distinct value once.

    `able`: [qualification_sig, carer], who holds what is asked; `excluded`: need * carers + carer of excluded pairs;
    `wanted`: how many carers a need asks for.
    """

    problem: Problem
    need_lat: Floats
    need_lon: Floats
    visits: Ints
    minutes: Ints
    gender_required: Ints
    gender_wish: Ints
    kind_sig: Ints
    kind_values: list[tuple[str, ...]]
    qualification_sig: Ints
    qualification_values: list[tuple[tuple[str, ...], ...]]
    language_sig: Ints
    language_values: list[str | None]
    need_windows_sig: Ints
    need_windows: Minutes
    service: Ints
    household: Ints
    unserved: Ints
    carer_lat: Floats
    carer_lon: Floats
    speed: Floats
    reach: Floats
    kind: Ints
    gender: Ints
    organisation: Ints
    carer_windows_sig: Ints
    carer_windows: Minutes
    line: Ints
    able: Bools
    excluded: Ints
    wanted: Ints
    experienced_only: Bools
    newcomer: Bools

    def line_of(self, need: Ints, carer: Ints) -> Ints:
        """The number of the contract line that pays for each pair, NO_LINE where none does."""
        return self.line[self.organisation[carer], self.service[need]]


def _line_table(problem: Problem, services: list[str]) -> Ints:
    """[organisation, service] -> number of the contract line; the last row stands for "no organisation"."""
    at_service = {service: at for at, service in enumerate(services)}
    at_organisation = {o.id: at for at, o in enumerate(problem.organisations)}
    table = np.full((len(at_organisation) + 1, max(1, len(services))), NO_LINE, dtype=np.int64)
    for number, line in enumerate(problem.contract_lines):
        if line.service in at_service:
            table[at_organisation[line.organisation], at_service[line.service]] = number
    return table


def _paying_organisation(problem: Problem) -> Ints:
    """Each carer's organisation where contracts pay for the carer (workers), else the row without lines."""
    at = {o.id: number for number, o in enumerate(problem.organisations)}
    none = len(at)
    return np.array(
        [at[c.organisation] if c.kind == "worker" and c.organisation else none for c in problem.carers], dtype=np.int64
    )


def _able(problem: Problem, asked: list[tuple[tuple[str, ...], ...]]) -> Bools:
    """[requirement, carer] -> one code of every group is held and valid; judged once for those who hold the same."""
    valid = (frozenset(c for c, until in x.qualifications.items() if until >= problem.as_of) for x in problem.carers)
    holder, held = codes(valid)
    able = np.empty((len(asked), len(held)), dtype=np.bool_)
    for at, groups in enumerate(asked):
        able[at] = [all(not having.isdisjoint(group) for group in groups) for having in held]
    return able[:, holder]


def _excluded(problem: Problem) -> Ints:
    """Keys need * carers + carer of the pairs that a need excludes; carers who left count for nothing."""
    at = {carer.id: number for number, carer in enumerate(problem.carers)}
    named = ((number, need.excluded) for number, need in enumerate(problem.needs) if need.excluded)
    keys = [number * len(at) + at[carer] for number, carers in named for carer in carers if carer in at]
    return np.array(keys, dtype=np.int64)


def tables(problem: Problem) -> Tables:
    """The arrays of a problem."""
    needs, carers = problem.needs, problem.carers
    kind_sig, kind_values = codes(n.kinds for n in needs)
    qualification_sig, qualification_values = codes(n.qualifications for n in needs)
    language_sig, language_values = codes(n.language_wish for n in needs)
    need_windows_sig, need_windows = codes(n.windows for n in needs)
    carer_windows_sig, carer_windows = codes(c.windows for c in carers)
    service, services = codes(n.service for n in needs)
    return Tables(
        problem=problem,
        need_lat=np.array([n.lat for n in needs], dtype=np.float64),
        need_lon=np.array([n.lon for n in needs], dtype=np.float64),
        visits=np.array([n.visits for n in needs], dtype=np.int64),
        minutes=np.array([n.minutes for n in needs], dtype=np.int64),
        gender_required=np.array([_gender(n.gender_required) for n in needs], dtype=np.int64),
        gender_wish=np.array([_gender(n.gender_wish) for n in needs], dtype=np.int64),
        kind_sig=kind_sig,
        kind_values=kind_values,
        qualification_sig=qualification_sig,
        qualification_values=qualification_values,
        language_sig=language_sig,
        language_values=language_values,
        need_windows_sig=need_windows_sig,
        need_windows=pad_windows(need_windows),
        service=service,
        household=codes(n.household for n in needs)[0],
        unserved=np.array([problem.unserved_cost(n) for n in needs], dtype=np.int64),
        carer_lat=np.array([c.lat for c in carers], dtype=np.float64),
        carer_lon=np.array([c.lon for c in carers], dtype=np.float64),
        speed=np.array([c.speed_kmh for c in carers], dtype=np.float64),
        reach=np.array([c.max_km for c in carers], dtype=np.float64),
        kind=np.array([KINDS.index(c.kind) for c in carers], dtype=np.int64),
        gender=np.array([_gender(c.gender) for c in carers], dtype=np.int64),
        organisation=_paying_organisation(problem),
        carer_windows_sig=carer_windows_sig,
        carer_windows=pad_windows(carer_windows),
        line=_line_table(problem, services),
        able=_able(problem, qualification_values),
        excluded=_excluded(problem),
        wanted=np.array([n.carers for n in needs], dtype=np.int64),
        experienced_only=np.array([n.experienced_only for n in needs], dtype=np.bool_),
        newcomer=np.array([problem.newcomer(c) for c in carers], dtype=np.bool_),
    )

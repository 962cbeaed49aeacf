"""The arcs of a model: a candidate each, or two candidates together for a need that asks for two carers (0051)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.candidates import Candidates
from matching.problem import Problem
from matching.rules import rotation
from matching.tables import Bools, Ints

if TYPE_CHECKING:
    from matching.assign.model import Model

NONE = -1
# All pairs of carers stand in the model up to so many of them; beyond, each need keeps its cheapest ones.
MOST_TEAMS, CHEAPEST = 300_000, 40


@dataclass(frozen=True, slots=True)
class Rows:
    """By arc, sorted by need, the rows of its one or two candidates (`second` NONE = one) and what it costs.

    `complete`: no team was left out.
    """

    first: Ints
    second: Ints
    cost: Ints
    complete: bool


def rows_of(problem: Problem, found: Candidates) -> Rows:
    """Candidates of needs for one carer as they are; of needs for two, each pair that is not of newcomers alone."""
    alone = np.arange(len(found), dtype=np.int64)
    wanted = np.array([need.carers for need in problem.needs], dtype=np.int64)
    if not len(found) or not (wanted > 1).any():
        return Rows(alone, np.full(len(found), NONE, dtype=np.int64), found.cost, complete=True)
    alone = alone[wanted[found.need] == 1]
    first, second, cost, complete = _teams(problem, found, np.flatnonzero(wanted > 1))
    rows = np.concatenate([alone, first])
    others = np.concatenate([np.full(len(alone), NONE, dtype=np.int64), second])
    order = np.lexsort((others, rows))
    return Rows(rows[order], others[order], np.concatenate([found.cost[alone], cost])[order], complete)


def _teams(problem: Problem, found: Candidates, needs: Ints) -> tuple[Ints, Ints, Ints, bool]:
    """First and second rows of each team, its cost, and whether all stand here."""
    newcomer = np.array([problem.newcomer(carer) for carer in problem.carers], dtype=np.bool_)
    starts, ends = np.searchsorted(found.need, needs), np.searchsorted(found.need, needs + 1)
    sizes = ends - starts
    complete = int((sizes * (sizes - 1) // 2).sum()) <= MOST_TEAMS
    none = np.zeros(0, dtype=np.int64)
    made = [(none, none, none)]
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        made.append(_of_need(problem, found, newcomer, np.arange(start, end), None if complete else CHEAPEST))
    first, second, cost = (np.concatenate(column) for column in zip(*made, strict=True))
    return first, second, cost, complete


def _of_need(
    problem: Problem, found: Candidates, newcomer: Bools, rows: Ints, most: int | None
) -> tuple[Ints, Ints, Ints]:
    """The teams of one need's candidates, at most the `most` cheapest."""
    new = newcomer[found.carer[rows]]
    one, other = np.triu_indices(len(rows), 1)
    led = ~(new[one] & new[other])
    one, other = one[led], other[led]
    cost = found.cost[rows[one]] + found.cost[rows[other]]
    cost = cost + rotation.costs(problem, np.full(len(one), new.any()), ~(new[one] | new[other]))
    if most is not None and len(one) > most:
        kept = np.sort(np.lexsort((other, one, cost))[:most])
        one, other, cost = one[kept], other[kept], cost[kept]
    return rows[one], rows[other], cost


def joined(table: Ints, amounts: Ints, rows: Rows) -> tuple[Ints, Ints]:
    """What each arc draws: its first candidate's columns, then its second's, if there is any team.

    What both draw from one resource stands once, in the first's column.
    """
    resource, amount = table[rows.first], amounts[rows.first]
    if not (rows.second != NONE).any():
        return resource, amount
    team = (rows.second != NONE)[:, None]
    other = np.where(team, table[rows.second], NONE)
    more = np.where(team, amounts[rows.second], 0)
    same = (other == resource) & (other != NONE)
    amount = amount + np.where(same, more, 0)
    return np.hstack([resource, np.where(same, NONE, other)]), np.hstack([amount, np.where(same, 0, more)])


def partner_rows(found: Candidates, model: Model, arcs: Ints) -> Ints:
    """The row of each arc's second candidate, NONE where it has one carer."""
    second = model.second_slot[arcs]
    rows, team = np.full(len(arcs), NONE, dtype=np.int64), second != NONE
    keys = found.need * max(1, model.carers) + found.carer
    wanted = model.need[arcs[team]] * max(1, model.carers) + model.slot_carer[second[team]]
    rows[team] = np.searchsorted(keys, wanted)
    return rows

"""The inner loop of the search: moves of one or two needs between carers, priced in a space where limits may break."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.assign.compiled import compiled
from matching.tables import Floats, Ints

# Shares of the moves: give up a need; take a need that nobody serves; where one need alone does not fit, try to move
# another one out of its way.
GIVE_UP, TAKE_UNSERVED, MAKE_ROOM = 0.02, 0.10, 0.5
# The columns of a limit's `room`: what is drawn beyond the limit (below 0: what is left), the price of a unit beyond
# it, the reward for having the room left in one place and the room from which it grows no more, the limit itself and
# the weight of even load.
NOTHING = -2
OVER, PENALTY, REWARD, WIDTH, LIMIT, EVEN = range(6)


class Field(NamedTuple):
    """What the inner loop reads: the short list of arcs of each need, most promising first.

    Arc a draws amount[a, k] of resource[a, k] (below 0: nothing) and holds the slots slot[a] and, where a team of two
    serves, second[a]. `shelf` is where each carer's list of needs starts.
    """

    first: Ints
    carer: Ints
    cost: Floats
    resource: Ints
    amount: Floats
    slot: Ints
    second: Ints
    slot_carer: Ints
    unserved: Floats
    shelf: Ints


class Plan(NamedTuple):
    """What the inner loop changes: the arc of each need, households over each carer's limit, needs by slot and shelf.

    Carer c holds the needs member[shelf[c] : shelf[c] + held[c]], need n at place[n]; the shelf after the last
    carer's is for needs that nobody serves.
    """

    chosen: Ints
    homes_over: Ints
    slot_needs: Ints
    member: Ints
    held: Ints
    place: Ints


class Scope(NamedTuple):
    """What one thread may do: its needs, and of each need the arcs option[first[n] : first[n] + options[n]].

    `nobody` is the shelf of the needs that nobody serves.
    """

    needs: Ints
    option: Ints
    options: Ints
    nobody: int


@compiled
def _worth(room: Floats, r: int, over: float) -> float:
    """The penalised cost of a limit at a use of `over` beyond it."""
    cost = 0.0
    if room[r, EVEN] > 0:
        share = (over + room[r, LIMIT]) / max(1.0, room[r, LIMIT])
        cost = room[r, EVEN] * share * share
    if over > 0:
        return float(cost + room[r, PENALTY] * over)
    if room[r, REWARD] > 0:
        free = min(-over, room[r, WIDTH])
        cost -= room[r, REWARD] * free * free
    return cost


@compiled
def _drawn(room: Floats, r: int, amount: float) -> float:
    """What drawing `amount` more (below 0: less) changes."""
    over = room[r, OVER]
    if room[r, EVEN] == 0 and room[r, REWARD] == 0:
        return float(room[r, PENALTY] * (max(0.0, over + amount) - max(0.0, over)))
    return _worth(room, r, over + amount) - _worth(room, r, over)


@compiled
def _open(plan: Plan, field: Field, slot: int, homes: Floats) -> float:
    """What one more need in a slot costs in households."""
    if slot < 0 or plan.slot_needs[slot] > 0:
        return 0.0
    carer = field.slot_carer[slot]
    return homes[carer] if plan.homes_over[carer] >= 0 else 0.0


@compiled
def _close(plan: Plan, field: Field, slot: int, homes: Floats) -> float:
    """What one need less in a slot saves in households."""
    if slot < 0 or plan.slot_needs[slot] > 1:
        return 0.0
    carer = field.slot_carer[slot]
    return homes[carer] if plan.homes_over[carer] > 0 else 0.0


@compiled
def _count(plan: Plan, field: Field, slot: int, needs: int) -> None:
    if slot >= 0:
        before = plan.slot_needs[slot]
        plan.slot_needs[slot] = before + needs
        if before == 0 or before + needs == 0:
            plan.homes_over[field.slot_carer[slot]] += needs


@compiled
def _apply(field: Field, plan: Plan, room: Floats, arc: int, sign: int) -> None:
    """Draw what an arc draws (sign 1), or give it back (sign -1)."""
    for k in range(field.resource.shape[1]):
        r = field.resource[arc, k]
        if r >= 0:
            room[r, OVER] += sign * field.amount[arc, k]
    _count(plan, field, field.slot[arc], sign)
    _count(plan, field, field.second[arc], sign)


@compiled
def _join(field: Field, plan: Plan, room: Floats, arc: int, homes: Floats) -> float:
    """What putting a need that nobody has on an arc costs beyond the arc's own cost; nothing changes."""
    change = 0.0
    for k in range(field.resource.shape[1]):
        r = field.resource[arc, k]
        if r >= 0:
            change += _drawn(room, r, field.amount[arc, k])
    return change + _open(plan, field, field.slot[arc], homes) + _open(plan, field, field.second[arc], homes)


@compiled
def _leave(field: Field, plan: Plan, room: Floats, arc: int, homes: Floats) -> float:
    """What taking a need away from its arc changes beyond the arc's own cost; nothing changes."""
    change = 0.0
    for k in range(field.resource.shape[1]):
        r = field.resource[arc, k]
        if r >= 0:
            change += _drawn(room, r, -field.amount[arc, k])
    return change - _close(plan, field, field.slot[arc], homes) - _close(plan, field, field.second[arc], homes)


@compiled
def _shift(field: Field, plan: Plan, room: Floats, old: int, arc: int, homes: Floats) -> float:
    """What moving a need from an arc to another changes beyond the arcs' own costs; nothing changes.

    Column k of the resources is one kind, so an old and a new draw on the same limit stand in the same column; only
    teams draw on a carer in two columns, and their overlap is priced as if apart.
    """
    change = 0.0
    for k in range(field.resource.shape[1]):
        before, after = field.resource[old, k], field.resource[arc, k]
        if before == after:
            if after >= 0:
                change += _drawn(room, after, field.amount[arc, k] - field.amount[old, k])
            continue
        if before >= 0:
            change += _drawn(room, before, -field.amount[old, k])
        if after >= 0:
            change += _drawn(room, after, field.amount[arc, k])
    change -= _close(plan, field, field.slot[old], homes) + _close(plan, field, field.second[old], homes)
    return change + _open(plan, field, field.slot[arc], homes) + _open(plan, field, field.second[arc], homes)


@compiled
def _settle(field: Field, plan: Plan, scope: Scope, need: int, arc: int) -> None:
    """Move a need from the shelf of its old arc to that of its new one, and note the new arc."""
    old = plan.chosen[need]
    shelf = field.carer[old] if old >= 0 else scope.nobody
    last = field.shelf[shelf] + plan.held[shelf] - 1
    moved = plan.member[last]
    plan.member[plan.place[need]], plan.place[moved] = moved, plan.place[need]
    plan.held[shelf] -= 1
    shelf = field.carer[arc] if arc >= 0 else scope.nobody
    at = field.shelf[shelf] + plan.held[shelf]
    plan.member[at], plan.place[need] = need, at
    plan.held[shelf] += 1
    plan.chosen[need] = arc


@compiled
def _own(field: Field, need: int, arc: int) -> float:
    return float(field.cost[arc]) if arc >= 0 else float(field.unserved[need])


@compiled
def _best(
    field: Field, plan: Plan, scope: Scope, room: Floats, need: int, avoid: int, most: float, homes: Floats
) -> int:
    """The cheapest arc for a need that nobody has, other than with the carer to avoid; NOTHING where none, nor leaving
    it, costs `most` or less."""
    best, cheapest = NOTHING, most
    if field.unserved[need] <= cheapest:
        best, cheapest = -1, field.unserved[need]
    start = field.first[need]
    for at in range(start, start + scope.options[need]):
        arc = scope.option[at]
        if field.cost[arc] <= cheapest and field.carer[arc] != avoid:
            price = field.cost[arc] + _join(field, plan, room, arc, homes)
            if price <= cheapest:
                best, cheapest = arc, price
    return best


@compiled
def _draw(state: Ints) -> float:
    """The next number in [0, 1) of a 64-bit xorshift generator."""
    x = np.uint64(state[0])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = np.int64(x)
    return float(x >> np.uint64(11)) * 1.1102230246251565e-16


@compiled
def anneal(
    field: Field, plan: Plan, scope: Scope, room: Floats, homes: Floats, heat: float, moves: int, state: Ints
) -> None:
    """Try `moves` moves at one temperature; `homes` is the penalty of a household too many, by carer."""
    nobody, start = scope.nobody, field.shelf[scope.nobody]
    for _ in range(moves):
        if plan.held[nobody] and _draw(state) < TAKE_UNSERVED:
            need = plan.member[start + int(_draw(state) * plan.held[nobody])]
        else:
            need = scope.needs[int(_draw(state) * len(scope.needs))]
        options, old = scope.options[need], plan.chosen[need]
        if options == 0:
            continue
        draw = _draw(state)
        arc = scope.option[field.first[need] + int(draw * draw * options)]
        if old >= 0 and _draw(state) < GIVE_UP:
            arc = -1
        if arc == old:
            continue
        own = _own(field, need, arc) - _own(field, need, old)
        if arc < 0:
            change = own + _leave(field, plan, room, old, homes)
        elif old < 0:
            change = own + _join(field, plan, room, arc, homes)
        else:
            change = own + _shift(field, plan, room, old, arc, homes)
        most = -heat * np.log(_draw(state) + 1e-300)
        if change <= most:
            if old >= 0:
                _apply(field, plan, room, old, -1)
            if arc >= 0:
                _apply(field, plan, room, arc, 1)
            _settle(field, plan, scope, need, arc)
            continue
        if arc < 0 or _draw(state) >= MAKE_ROOM:
            continue
        _exchange(field, plan, scope, room, homes, need, arc, change, most, state)


@compiled
def _exchange(
    field: Field,
    plan: Plan,
    scope: Scope,
    room: Floats,
    homes: Floats,
    need: int,
    arc: int,
    change: float,
    most: float,
    state: Ints,
) -> None:
    """Move a need to an arc, and one of that carer's needs out of its way, where both together cost at most `most`."""
    carer, old = field.carer[arc], plan.chosen[need]
    if plan.held[carer] == 0 or (old >= 0 and field.carer[old] == carer):
        return
    other = plan.member[field.shelf[carer] + int(_draw(state) * plan.held[carer])]
    old_other = plan.chosen[other]
    if old >= 0:
        _apply(field, plan, room, old, -1)
    _apply(field, plan, room, arc, 1)
    change += _leave(field, plan, room, old_other, homes) - field.cost[old_other]
    _apply(field, plan, room, old_other, -1)
    new_other = _best(field, plan, scope, room, other, carer, most - change, homes)
    if new_other != NOTHING:
        if new_other >= 0:
            _apply(field, plan, room, new_other, 1)
        _settle(field, plan, scope, need, arc)
        _settle(field, plan, scope, other, new_other)
        return
    _apply(field, plan, room, old_other, 1)
    _apply(field, plan, room, arc, -1)
    if old >= 0:
        _apply(field, plan, room, old, 1)


@compiled
def fill(field: Field, plan: Plan, room: Floats, chosen: Ints, nobody: Ints) -> None:
    """Put every need of a plan on its arc, those without one on the shelf that `nobody` names for each need."""
    for need in range(len(chosen)):
        arc = chosen[need]
        if arc >= 0:
            _apply(field, plan, room, arc, 1)
        shelf = field.carer[arc] if arc >= 0 else nobody[need]
        at = field.shelf[shelf] + plan.held[shelf]
        plan.member[at], plan.place[need] = need, at
        plan.held[shelf] += 1
        plan.chosen[need] = arc


@compiled
def share_out(field: Field, chosen: Ints, side: Ints, option: Ints, options: Ints, owner: Ints) -> None:
    """Split the work by the side of each carer: of each need, whose it is and which arcs stay on that side.

    A need belongs to the side of its carer, one that nobody serves to that of its most promising arc.
    """
    for need in range(len(chosen)):
        start, end = field.first[need], field.first[need + 1]
        options[need] = 0
        if start == end:
            owner[need] = 0
            continue
        arc = chosen[need]
        mine = side[field.carer[arc if arc >= 0 else start]]
        owner[need] = mine
        for at in range(start, end):
            second = field.second[at]
            if side[field.carer[at]] == mine and (second < 0 or side[field.slot_carer[second]] == mine):
                option[start + options[need]] = at
                options[need] += 1

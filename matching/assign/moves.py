"""The inner loop of the search: moves of one or two needs between carers, priced in a space where limits may break."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.assign.compiled import compiled
from matching.tables import Floats, Ints

# Shares of the moves: give up a need; take a need that nobody serves; else move one need, or move two at once.
GIVE_UP, TAKE_UNSERVED, MOVE_ONE = 0.02, 0.10, 0.5


class Field(NamedTuple):
    """What the inner loop reads: the short list of arcs of each need, most promising first, and the limits."""

    first: Ints
    need: Ints
    carer: Ints
    cost: Floats
    resource: Ints
    amount: Floats
    slot: Ints
    unserved: Floats
    limit: Floats
    homes_limit: Ints
    shelf: Ints


class Plan(NamedTuple):
    """What the inner loop changes: the arc of each need, what is drawn, and who holds which needs.

    Carer c holds the needs member[shelf[c] : shelf[c] + held[c]], need n at place[n]; the last shelf is for needs
    that nobody serves.
    """

    chosen: Ints
    used: Floats
    homes: Ints
    slot_needs: Ints
    member: Ints
    held: Ints
    place: Ints


@compiled
def _leave(field: Field, plan: Plan, need: int, penalty: Floats, homes_penalty: Floats) -> float:
    """Take a need away from its arc; the change of the penalised cost without the need's own unserved cost."""
    arc = plan.chosen[need]
    if arc < 0:
        return -float(field.unserved[need])
    change = -float(field.cost[arc])
    for k in range(field.resource.shape[1]):
        r = field.resource[arc, k]
        if r >= 0:
            amount, over = field.amount[arc, k], plan.used[r] - field.limit[r]
            if over > 0:
                change -= penalty[r] * min(over, amount)
            plan.used[r] -= amount
    slot, carer = field.slot[arc], field.carer[arc]
    plan.slot_needs[slot] -= 1
    if plan.slot_needs[slot] == 0:
        if plan.homes[carer] > field.homes_limit[carer]:
            change -= homes_penalty[carer]
        plan.homes[carer] -= 1
    return change


@compiled
def _join(field: Field, plan: Plan, need: int, arc: int, penalty: Floats, homes_penalty: Floats) -> float:
    """Put a need on an arc (below 0: leave it unserved); the change of the penalised cost."""
    if arc < 0:
        return float(field.unserved[need])
    change = float(field.cost[arc])
    for k in range(field.resource.shape[1]):
        r = field.resource[arc, k]
        if r >= 0:
            amount = field.amount[arc, k]
            plan.used[r] += amount
            over = plan.used[r] - field.limit[r]
            if over > 0:
                change += penalty[r] * min(over, amount)
    slot, carer = field.slot[arc], field.carer[arc]
    plan.slot_needs[slot] += 1
    if plan.slot_needs[slot] == 1:
        plan.homes[carer] += 1
        if plan.homes[carer] > field.homes_limit[carer]:
            change += homes_penalty[carer]
    return change


@compiled
def _price(field: Field, plan: Plan, arc: int, penalty: Floats, homes_penalty: Floats) -> float:
    """What _join would answer for an arc, changing nothing."""
    change = float(field.cost[arc])
    for k in range(field.resource.shape[1]):
        r = field.resource[arc, k]
        if r >= 0:
            amount = field.amount[arc, k]
            over = plan.used[r] + amount - field.limit[r]
            if over > 0:
                change += penalty[r] * min(over, amount)
    carer = field.carer[arc]
    if plan.slot_needs[field.slot[arc]] == 0 and plan.homes[carer] >= field.homes_limit[carer]:
        change += homes_penalty[carer]
    return change


@compiled
def _shift(field: Field, plan: Plan, need: int, arc: int, penalty: Floats, homes_penalty: Floats) -> float:
    """What _leave and _join to `arc` would answer together, changing nothing.

    Column k of the resources is one kind, so an old and a new draw on the same limit stand in the same column.
    """
    old = plan.chosen[need]
    change = float(field.unserved[need] if arc < 0 else field.cost[arc])
    change -= float(field.unserved[need] if old < 0 else field.cost[old])
    for k in range(field.resource.shape[1]):
        before = field.resource[old, k] if old >= 0 else -1
        after = field.resource[arc, k] if arc >= 0 else -1
        if after == before:
            if after >= 0:
                over = plan.used[after] - field.limit[after]
                then = over + field.amount[arc, k] - field.amount[old, k]
                change += penalty[after] * (max(0.0, then) - max(0.0, over))
            continue
        if before >= 0:
            over = plan.used[before] - field.limit[before]
            if over > 0:
                change -= penalty[before] * min(over, field.amount[old, k])
        if after >= 0:
            over = plan.used[after] + field.amount[arc, k] - field.limit[after]
            if over > 0:
                change += penalty[after] * min(over, field.amount[arc, k])
    if old >= 0:
        carer = field.carer[old]
        if plan.slot_needs[field.slot[old]] == 1 and plan.homes[carer] > field.homes_limit[carer]:
            change -= homes_penalty[carer]
    if arc >= 0:
        carer = field.carer[arc]
        if plan.slot_needs[field.slot[arc]] == 0 and plan.homes[carer] >= field.homes_limit[carer]:
            change += homes_penalty[carer]
    return float(change)


@compiled
def _settle(field: Field, plan: Plan, need: int, arc: int) -> None:
    """Move a need from the shelf of its old arc to that of its new one, and note the new arc."""
    nobody = len(field.homes_limit)
    old = plan.chosen[need]
    shelf = field.carer[old] if old >= 0 else nobody
    last = field.shelf[shelf] + plan.held[shelf] - 1
    moved = plan.member[last]
    plan.member[plan.place[need]], plan.place[moved] = moved, plan.place[need]
    plan.held[shelf] -= 1
    shelf = field.carer[arc] if arc >= 0 else nobody
    at = field.shelf[shelf] + plan.held[shelf]
    plan.member[at], plan.place[need] = need, at
    plan.held[shelf] += 1
    plan.chosen[need] = arc


@compiled
def _best_arc(field: Field, plan: Plan, need: int, avoid: int, penalty: Floats, homes_penalty: Floats) -> int:
    """The need's cheapest arc in the penalised space, other than with the carer to avoid; NONE = leave it."""
    best, cheapest = -1, field.unserved[need]
    for arc in range(field.first[need], field.first[need + 1]):
        if field.carer[arc] != avoid:
            price = _price(field, plan, arc, penalty, homes_penalty)
            if price < cheapest:
                best, cheapest = arc, price
    return best


@compiled
def anneal(
    field: Field, plan: Plan, penalty: Floats, homes_penalty: Floats, heat: float, moves: int, seed: int
) -> float:
    """Try `moves` moves at one temperature; the change of the penalised cost."""
    np.random.seed(seed)
    nobody, total = len(field.homes_limit), 0.0
    for _ in range(moves):
        if plan.held[nobody] and np.random.random() < TAKE_UNSERVED:
            need = plan.member[field.shelf[nobody] + int(np.random.random() * plan.held[nobody])]
        else:
            need = int(np.random.random() * len(plan.chosen))
        options, old = field.first[need + 1] - field.first[need], plan.chosen[need]
        if options == 0:
            continue
        draw = np.random.random()
        arc = field.first[need] + int(draw * draw * options)
        if old >= 0 and np.random.random() < GIVE_UP:
            arc = -1
        if arc == old:
            continue
        change = _shift(field, plan, need, arc, penalty, homes_penalty)
        if change <= 0 or np.random.random() < np.exp(-change / heat):
            _leave(field, plan, need, penalty, homes_penalty)
            _join(field, plan, need, arc, penalty, homes_penalty)
            _settle(field, plan, need, arc)
            total += change
            continue
        if arc < 0 or np.random.random() < MOVE_ONE:
            continue
        carer = field.carer[arc]
        if plan.held[carer] == 0:
            continue
        other = plan.member[field.shelf[carer] + int(np.random.random() * plan.held[carer])]
        old_other = plan.chosen[other]
        _leave(field, plan, need, penalty, homes_penalty)
        _join(field, plan, need, arc, penalty, homes_penalty)
        change += _leave(field, plan, other, penalty, homes_penalty)
        new_other = _best_arc(field, plan, other, carer, penalty, homes_penalty)
        change += _join(field, plan, other, new_other, penalty, homes_penalty)
        if change <= 0 or np.random.random() < np.exp(-change / heat):
            _settle(field, plan, need, arc)
            _settle(field, plan, other, new_other)
            total += change
            continue
        plan.chosen[other] = new_other
        _leave(field, plan, other, penalty, homes_penalty)
        _join(field, plan, other, old_other, penalty, homes_penalty)
        plan.chosen[other] = old_other
        plan.chosen[need] = arc
        _leave(field, plan, need, penalty, homes_penalty)
        _join(field, plan, need, old, penalty, homes_penalty)
        plan.chosen[need] = old
    return total


@compiled
def fill(field: Field, plan: Plan, chosen: Ints) -> None:
    """Put every need of a plan on its arc."""
    free, homes_free = np.zeros(len(field.limit)), np.zeros(len(field.homes_limit))
    for need in range(len(chosen)):
        if chosen[need] >= 0:
            _join(field, plan, need, chosen[need], free, homes_free)
            _settle(field, plan, need, chosen[need])

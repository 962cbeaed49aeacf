"""The inner loop of the search: moves of one or two needs between carers, priced in a space where limits may break.

The compiled functions take the arrays they read one by one: taking an array out of a tuple, or handing on a tuple,
costs a count of references each time, three quarters of the loop's time (docs/decisions/0052). They stand in one
module because machine code kept on disk is renewed only where the module itself has changed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.assign.compiled import compiled
from matching.tables import Floats, Ints

# Shares of the moves: give up a need; take a need that nobody serves; where one need alone does not fit, try to move
# another one out of its way.
GIVE_UP, TAKE_UNSERVED, MAKE_ROOM = 0.02, 0.10, 0.5
NOTHING = -2
# The columns of a limit's `room`: what is drawn beyond the limit (below 0: what is left), the price of a unit beyond
# it, the reward for having the room left in one place and the room from which it grows no more, the limit itself, the
# weight of even load, and what all that comes to now.
OVER, PENALTY, REWARD, WIDTH, LIMIT, EVEN, NOW, COLUMNS = range(8)
# The columns of an arc's `link`: its carer, the slots it holds (below 0: none), then the limits it draws on.
CARER, SLOT, SECOND, LIMITS = range(4)
# The columns of an arc's `draw`: its cost, then what it draws on each limit.
COST, AMOUNTS = range(2)
# The columns of a slot's `slots`: needs in it, its carer. Of a carer's `homes`: households beyond the limit, the price.
NEEDS, HOLDER = range(2)
TOO_MANY, PRICE = range(2)
# The columns of a need's `least`: the cost of its cheapest arc, that of its cheapest with another carer, the first
# one's carer; leaving the need counts where it is cheaper.
FIRST, OTHER, WHOSE = range(3)


class Field(NamedTuple):
    """What the inner loop reads: the short list of arcs of each need, most promising first, with `link` and `draw` of
    each arc; the cost of leaving each need; where each carer's list of needs starts; `least` of each need."""

    first: Ints
    link: Ints
    draw: Floats
    unserved: Floats
    shelf: Ints
    least: Floats


class Plan(NamedTuple):
    """What the inner loop changes: the arc of each need, needs by slot, households by carer, needs by shelf.

    Carer c holds the needs member[shelf[c] : shelf[c] + held[c]], need n at place[n]; the shelves after the last
    carer's are for needs that nobody serves.
    """

    chosen: Ints
    slots: Ints
    homes: Floats
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
    return _worth(room, r, room[r, OVER] + amount) - float(room[r, NOW])


@compiled
def _open(slots: Ints, homes: Floats, slot: int) -> float:
    """What one more need in a slot costs in households."""
    if slot < 0:
        return 0.0
    carer = slots[slot, HOLDER]
    return float(homes[carer, PRICE]) if homes[carer, TOO_MANY] >= 0 and slots[slot, NEEDS] == 0 else 0.0


@compiled
def _close(slots: Ints, homes: Floats, slot: int) -> float:
    """What one need less in a slot saves in households."""
    if slot < 0:
        return 0.0
    carer = slots[slot, HOLDER]
    return float(homes[carer, PRICE]) if homes[carer, TOO_MANY] > 0 and slots[slot, NEEDS] <= 1 else 0.0


@compiled
def _count(slots: Ints, homes: Floats, slot: int, needs: int) -> None:
    if slot >= 0:
        before = slots[slot, NEEDS]
        slots[slot, NEEDS] = before + needs
        if before == 0 or before + needs == 0:
            homes[slots[slot, HOLDER], TOO_MANY] += needs


@compiled
def _apply(link: Ints, draw: Floats, slots: Ints, homes: Floats, room: Floats, arc: int, sign: int) -> None:
    """Draw what an arc draws (sign 1), or give it back (sign -1)."""
    for k in range(link.shape[1] - LIMITS):
        r = link[arc, LIMITS + k]
        if r >= 0:
            room[r, OVER] += sign * draw[arc, AMOUNTS + k]
            room[r, NOW] = _worth(room, r, room[r, OVER])
    _count(slots, homes, link[arc, SLOT], sign)
    _count(slots, homes, link[arc, SECOND], sign)


@compiled
def _join(link: Ints, draw: Floats, slots: Ints, homes: Floats, room: Floats, arc: int, most: float) -> float:
    """What putting a need that nobody has on an arc costs, or a part of it above `most`; nothing changes.

    What an arc draws never costs less than nothing.
    """
    price = draw[arc, COST]
    for k in range(link.shape[1] - LIMITS):
        r = link[arc, LIMITS + k]
        if r >= 0 and price <= most:
            price += _drawn(room, r, draw[arc, AMOUNTS + k])
    if price <= most:
        price += _open(slots, homes, link[arc, SLOT]) + _open(slots, homes, link[arc, SECOND])
    return float(price)


@compiled
def _leave(link: Ints, draw: Floats, slots: Ints, homes: Floats, room: Floats, arc: int) -> float:
    """What taking a need away from its arc changes; nothing changes."""
    change = -draw[arc, COST]
    for k in range(link.shape[1] - LIMITS):
        r = link[arc, LIMITS + k]
        if r >= 0:
            change += _drawn(room, r, -draw[arc, AMOUNTS + k])
    return float(change - _close(slots, homes, link[arc, SLOT]) - _close(slots, homes, link[arc, SECOND]))


@compiled
def _shift(link: Ints, draw: Floats, slots: Ints, homes: Floats, room: Floats, old: int, arc: int) -> float:
    """What moving a need from an arc to another changes; nothing changes.

    Column k of the limits is one kind, so an old and a new draw on the same limit stand in the same column; only
    teams draw on a carer in two columns, and their overlap is priced as if apart.
    """
    change = draw[arc, COST] - draw[old, COST]
    for k in range(link.shape[1] - LIMITS):
        before, after = link[old, LIMITS + k], link[arc, LIMITS + k]
        if before == after:
            if after >= 0:
                change += _drawn(room, after, draw[arc, AMOUNTS + k] - draw[old, AMOUNTS + k])
            continue
        if before >= 0:
            change += _drawn(room, before, -draw[old, AMOUNTS + k])
        if after >= 0:
            change += _drawn(room, after, draw[arc, AMOUNTS + k])
    change -= _close(slots, homes, link[old, SLOT]) + _close(slots, homes, link[old, SECOND])
    return float(change + _open(slots, homes, link[arc, SLOT]) + _open(slots, homes, link[arc, SECOND]))


@compiled
def _settle(
    chosen: Ints, member: Ints, held: Ints, place: Ints, shelf: Ints, link: Ints, nobody: int, need: int, arc: int
) -> None:
    """Move a need from the shelf of its old arc to that of its new one, and note the new arc."""
    old = chosen[need]
    left = link[old, CARER] if old >= 0 else nobody
    last = shelf[left] + held[left] - 1
    moved = member[last]
    member[place[need]], place[moved] = moved, place[need]
    held[left] -= 1
    joined = link[arc, CARER] if arc >= 0 else nobody
    at = shelf[joined] + held[joined]
    member[at], place[need] = need, at
    held[joined] += 1
    chosen[need] = arc


@compiled
def _best(
    link: Ints,
    draw: Floats,
    slots: Ints,
    homes: Floats,
    room: Floats,
    option: Ints,
    start: int,
    end: int,
    avoid: int,
    most: float,
) -> int:
    """The cheapest of a need's options, other than with the carer to avoid; NOTHING where none costs `most` or less."""
    best, cheapest = NOTHING, most
    for at in range(start, end):
        arc = option[at]
        if draw[arc, COST] <= cheapest and link[arc, CARER] != avoid:
            price = _join(link, draw, slots, homes, room, arc, cheapest)
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
def anneal(field: Field, plan: Plan, scope: Scope, room: Floats, heat: float, moves: int, state: Ints) -> None:
    """Try `moves` moves at one temperature."""
    first, link, draw, unserved, shelf, least = field
    chosen, slots, homes, member, held, place = plan
    needs, option, options, nobody = scope
    start = shelf[nobody]
    for r in range(len(room)):
        room[r, NOW] = _worth(room, r, room[r, OVER])
    for _ in range(moves):
        if held[nobody] and _draw(state) < TAKE_UNSERVED:
            need = member[start + int(_draw(state) * held[nobody])]
        else:
            need = needs[int(_draw(state) * len(needs))]
        count, old = options[need], chosen[need]
        if count == 0:
            continue
        at = _draw(state)
        arc = option[first[need] + int(at * at * count)]
        if old >= 0 and _draw(state) < GIVE_UP:
            arc = -1
        if arc == old:
            continue
        if arc < 0:
            change = unserved[need] + _leave(link, draw, slots, homes, room, old)
        elif old < 0:
            change = _join(link, draw, slots, homes, room, arc, np.inf) - unserved[need]
        else:
            change = _shift(link, draw, slots, homes, room, old, arc)
        most = -heat * np.log(_draw(state) + 1e-300)
        if change <= most:
            if old >= 0:
                _apply(link, draw, slots, homes, room, old, -1)
            if arc >= 0:
                _apply(link, draw, slots, homes, room, arc, 1)
            _settle(chosen, member, held, place, shelf, link, nobody, need, arc)
            continue
        if arc < 0 or _draw(state) >= MAKE_ROOM:
            continue
        # Move one of that carer's needs out of its way, where both together cost at most `most`.
        carer = link[arc, CARER]
        if held[carer] == 0 or (old >= 0 and link[old, CARER] == carer):
            continue
        other = member[shelf[carer] + int(_draw(state) * held[carer])]
        old_other = chosen[other]
        if old >= 0:
            _apply(link, draw, slots, homes, room, old, -1)
        _apply(link, draw, slots, homes, room, arc, 1)
        change += _leave(link, draw, slots, homes, room, old_other)
        if least[other, OTHER if least[other, WHOSE] == carer else FIRST] <= most - change:
            _apply(link, draw, slots, homes, room, old_other, -1)
            leaving = unserved[other]
            rest = min(most - change, leaving)
            begin = first[other]
            new_other = _best(link, draw, slots, homes, room, option, begin, begin + options[other], carer, rest)
            if new_other == NOTHING and leaving <= most - change:
                new_other = -1
            if new_other != NOTHING:
                if new_other >= 0:
                    _apply(link, draw, slots, homes, room, new_other, 1)
                _settle(chosen, member, held, place, shelf, link, nobody, need, arc)
                _settle(chosen, member, held, place, shelf, link, nobody, other, new_other)
                continue
            _apply(link, draw, slots, homes, room, old_other, 1)
        _apply(link, draw, slots, homes, room, arc, -1)
        if old >= 0:
            _apply(link, draw, slots, homes, room, old, 1)


@compiled
def fill(field: Field, plan: Plan, room: Floats, chosen: Ints, nobody: Ints) -> None:
    """Put every need of a plan on its arc, those without one on the shelf that `nobody` names for each need."""
    link, draw, shelf = field.link, field.draw, field.shelf
    slots, homes, member, held, place = plan.slots, plan.homes, plan.member, plan.held, plan.place
    for need in range(len(chosen)):
        arc = chosen[need]
        if arc >= 0:
            _apply(link, draw, slots, homes, room, arc, 1)
        on = link[arc, CARER] if arc >= 0 else nobody[need]
        at = shelf[on] + held[on]
        member[at], place[need] = need, at
        held[on] += 1
        plan.chosen[need] = arc


@compiled
def share_out(field: Field, plan: Plan, chosen: Ints, side: Ints, option: Ints, options: Ints, owner: Ints) -> None:
    """Split the work by the side of each carer: of each need, whose it is and which arcs stay on that side.

    A need belongs to the side of its carer, one that nobody serves to that of its most promising arc.
    """
    first, link, slots = field.first, field.link, plan.slots
    for need in range(len(chosen)):
        start, end = first[need], first[need + 1]
        options[need] = 0
        if start == end:
            owner[need] = 0
            continue
        arc = chosen[need]
        mine = side[link[arc if arc >= 0 else start, CARER]]
        owner[need] = mine
        for at in range(start, end):
            second = link[at, SECOND]
            if side[link[at, CARER]] == mine and (second < 0 or side[slots[second, HOLDER]] == mine):
                option[start + options[need]] = at
                options[need] += 1

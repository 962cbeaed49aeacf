"""The moves of the search: each changes the routes of `now`, notes in `memo` how to undo it, and answers the change of
the travel, or NO where it cannot be. memo: [how many visits moved, then each visit and the node it stood behind], or
[TAILS, x, y] for two tails exchanged."""

from __future__ import annotations

import numpy as np

from matching.assign.compiled import compiled
from matching.schedule.day.inlined import inlined
from matching.schedule.day.model import SECOND, Field
from matching.schedule.day.rings import last_before, may_take, put_in, swap_tails, tails_fit, take_out
from matching.schedule.day.timing import Tour
from matching.tables import Ints

NO = np.inf
TAILS = -1
LONGEST_CHAIN = 3
MEMO = 2 * LONGEST_CHAIN + 1
# How the new place of one visit is found: behind a near visit, by time in the route of an able caregiver; else any.
BY_NEAR, BY_TIME = 0.45, 0.9
# How far beyond its window (in windows) a visit may be wished, and around which minutes tails are cut.
BEYOND, CUT = 1.1, 40.0


@inlined
def _able_carer(field: Field, v: int) -> int:
    """A random caregiver who is able to give the visit (there must be one)."""
    carers = field.able.shape[1]
    while True:
        carer = int(np.random.random() * carers)
        if field.able[v, carer]:
            return carer


@inlined
def _wish(field: Field, v: int) -> float:
    """A time at which the visit might start."""
    return float(field.opens[v] + np.random.random() * BEYOND * (field.closes[v] - field.opens[v]))


@inlined
def _place(field: Field, now: Tour, v: int) -> int:
    """Where a visit might go: the node to stand behind."""
    draw = np.random.random()
    if draw < BY_NEAR and field.near.shape[1] > 0:
        rank = np.random.random()
        return int(field.near[v, int(rank * rank * field.near.shape[1])])
    if draw < BY_TIME:
        return last_before(field, now, _able_carer(field, v), _wish(field, v))
    return int(np.random.random() * len(field.way))


@inlined
def _note(now: Tour, memo: Ints, v: int) -> None:
    """Note where a visit stands, before it is taken out."""
    k = 2 * memo[0]
    memo[k + 1], memo[k + 2] = v, now.before[v]
    memo[0] += 1


@inlined
def undo(field: Field, now: Tour, memo: Ints) -> None:
    """Put everything back to where the memo says it was."""
    if memo[0] == TAILS:
        swap_tails(field, now, memo[1], memo[2])
        return
    for k in range(memo[0]):
        take_out(field, now, memo[2 * k + 1])
    for k in range(memo[0]):
        put_in(field, now, memo[2 * k + 1], memo[2 * k + 2])


@inlined
def move_one(field: Field, now: Tour, memo: Ints, v: int) -> float:
    """One visit to another place."""
    x = _place(field, now, v)
    if x == v or x == now.before[v]:
        return NO
    if now.route[x] != now.route[v] and not may_take(field, now, v, now.route[x]):
        return NO
    memo[0] = 0
    _note(now, memo, v)
    change = take_out(field, now, v)
    return change + put_in(field, now, v, x)


@inlined
def _other(field: Field, now: Tour, v: int) -> int:
    """A visit to exchange places with: mostly one that stands where this one would go well."""
    if np.random.random() < 0.3 or field.near.shape[1] == 0:
        return int(np.random.random() * len(field.opens))
    w = field.near[v, int(np.random.random() * field.near.shape[1])]
    return int(now.after[w] if np.random.random() < 0.7 else w)


@compiled
def _may_exchange(field: Field, now: Tour, v: int, w: int) -> bool:
    a, b = now.route[v], now.route[w]
    if a == b or field.mate[v] == w:
        return bool(field.able[v, b]) and bool(field.able[w, a])
    return may_take(field, now, v, b) and may_take(field, now, w, a)


@inlined
def exchange(field: Field, now: Tour, memo: Ints, v: int) -> float:
    """Two visits change places."""
    w = _other(field, now, v)
    if w >= len(field.opens) or w == v or now.after[v] == w or now.after[w] == v:
        return NO
    if not _may_exchange(field, now, v, w):
        return NO
    memo[0] = 0
    _note(now, memo, v)
    _note(now, memo, w)
    change = take_out(field, now, v)
    change += take_out(field, now, w)
    change += put_in(field, now, v, memo[4])
    return change + put_in(field, now, w, memo[2])


@inlined
def exchange_tails(field: Field, now: Tour, memo: Ints, v: int) -> float:
    """Two caregivers change the rest of their days."""
    visits = len(field.opens)
    other = int(np.random.random() * (len(field.way) - visits))
    if other == now.route[v]:
        return NO
    x = v if np.random.random() < 0.9 else visits + now.route[v]
    y = last_before(field, now, other, now.leave[v] + CUT * (np.random.random() - 0.25))
    if not tails_fit(field, now, x, y):
        return NO
    memo[0], memo[1], memo[2] = TAILS, x, y
    return swap_tails(field, now, x, y)


@inlined
def move_pair(field: Field, now: Tour, memo: Ints, v: int) -> float:
    """Both services of a patient to other places that go together."""
    w = field.mate[v]
    if w < 0:
        return NO
    if field.role[v] == SECOND:
        v, w = w, v
    a, b = _able_carer(field, v), _able_carer(field, w)
    draw = np.random.random()
    if draw < 0.3:
        a = now.route[v]
    elif draw < 0.6:
        b = now.route[w]
    if a == b:
        return NO
    memo[0] = 0
    _note(now, memo, v)
    _note(now, memo, w)
    change = take_out(field, now, v)
    change += take_out(field, now, w)
    wish = _wish(field, v)
    change += put_in(field, now, v, last_before(field, now, a, wish))
    wish += field.least[v] + np.random.random() * (field.most[v] - field.least[v])
    return change + put_in(field, now, w, last_before(field, now, b, wish))


@inlined
def move_chain(field: Field, now: Tour, memo: Ints, v: int) -> float:
    """Two or more visits in a row, from v on, to another place."""
    length = 2 + int(np.random.random() * (LONGEST_CHAIN - 1))
    x = _place(field, now, v)
    if x == now.before[v]:
        return NO
    carer, w = now.route[x], v
    memo[0] = 0
    while memo[0] < length and w < len(field.opens):
        if w == x or (carer != now.route[v] and not may_take(field, now, w, carer)):
            return NO
        _note(now, memo, w)
        w = now.after[w]
    change = 0.0
    for k in range(memo[0]):
        change += take_out(field, now, memo[2 * k + 1])
    for k in range(memo[0]):
        change += put_in(field, now, memo[2 * k + 1], x)
        x = memo[2 * k + 1]
    return change

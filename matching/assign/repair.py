"""Make a plan keep every limit: give up needs, those first that cost least per unit they free; then refill."""

from __future__ import annotations

import numpy as np

from matching.assign.greedy import Room
from matching.assign.model import NONE, Model
from matching.tables import Ints


def repair(model: Model, chosen: Ints) -> Ints:
    """A plan without broken limits, from one that may break some."""
    mended = chosen.copy()
    for resource in np.flatnonzero(model.used(mended) > model.limit).tolist():
        _relieve(model, mended, resource)
    for carer in np.flatnonzero(model.homes(mended) > model.homes_limit).tolist():
        _fewer_homes(model, mended, carer)
    return refill(model, mended)


def _relieve(model: Model, chosen: Ints, resource: int) -> None:
    """Give up needs on one resource until it suffices."""
    needs = np.flatnonzero(chosen >= 0)
    arcs = chosen[needs]
    drawn = np.where(model.resource[arcs] == resource, model.amount[arcs], 0).sum(axis=1)
    over = int(drawn.sum() - model.limit[resource])
    needs, arcs, drawn = needs[drawn > 0], arcs[drawn > 0], drawn[drawn > 0]
    loss = (model.unserved[needs] - model.cost[arcs]) / np.minimum(drawn, max(over, 1))
    for at in np.argsort(loss, kind="stable").tolist():
        if over <= 0:
            return
        chosen[needs[at]] = NONE
        over -= int(drawn[at])


def _fewer_homes(model: Model, chosen: Ints, carer: int) -> None:
    """Give up whole households of one carer, the cheapest to leave first."""
    needs = np.flatnonzero(chosen >= 0)
    arcs = chosen[needs]
    second = model.second_slot[arcs]
    needs = needs[(model.carer[arcs] == carer) | ((second != NONE) & (model.slot_carer[second] == carer))]
    homes = model.home[needs]
    distinct = np.unique(homes)
    loss = {int(h): int((model.unserved - model.cost[chosen])[needs[homes == h]].sum()) for h in distinct}
    for home in sorted(loss, key=lambda h: (loss[h], h))[: len(distinct) - int(model.homes_limit[carer])]:
        chosen[needs[homes == home]] = NONE


def refill(model: Model, chosen: Ints) -> Ints:
    """Serve, heaviest first, what still fits somewhere."""
    filled, room = chosen.copy(), Room(model)
    for arc in chosen[chosen >= 0].tolist():
        room.take(arc)
    lost = np.flatnonzero(chosen < 0)
    for need in lost[np.argsort(-model.unserved[lost], kind="stable")].tolist():
        arcs = np.arange(model.first[need], model.first[need + 1])
        arc = room.choice(arcs[np.argsort(model.cost[arcs], kind="stable")].tolist())
        if arc is not None:
            room.take(arc)
            filled[need] = arc
    return filled

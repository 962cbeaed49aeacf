"""The part of the problem around some events: carers who could take a need, and those who could relieve them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.assign.model import NONE, Model
from matching.replan.situation import DEAR, Situation, holders
from matching.tables import Bools, Ints

# Up to so many arcs nothing is left out.
WHOLE_ARCS = 12_000


@dataclass(frozen=True, slots=True)
class Near:
    """`needs` and `arcs` are numbers in the whole model, in the order of the part's own model; `whole`: it is all."""

    model: Model
    needs: Ints
    arcs: Ints
    whole: bool


def around(case: Situation, touched: Bools, freed: Bools) -> Near:
    """The part around touched needs and carers with newly freed time: two steps of carers making room for another."""
    model, holder = case.model, holders(case.model, case.start)
    carers = np.ones(model.carers, dtype=np.bool_)
    if model.arcs > WHOLE_ARCS:
        carers = freed.copy()
        carers[model.carer[touched[model.need]]] = True
        carers[holder[touched & (holder != NONE)]] = True
        held = np.append(carers, False)[holder]
        carers[model.carer[held[model.need]]] = True
    reached = np.zeros(model.needs, dtype=np.bool_)
    reached[model.need[carers[model.carer]]] = True
    needs = np.flatnonzero(np.where(holder != NONE, np.append(carers, False)[holder], reached))
    return part_of(case, needs, carers)


def part_of(case: Situation, needs: Ints, carers: Bools) -> Near:
    """The model of these needs at these carers, within what the others leave; locked needs keep their one arc."""
    model, inside = case.model, np.zeros(case.model.needs, dtype=np.bool_)
    inside[needs] = True
    open_ = ~case.fixed[model.need] | (case.stay[model.need] == np.arange(model.arcs))
    arcs = np.flatnonzero(inside[model.need] & carers[model.carer] & open_)
    rest = np.where(inside, NONE, case.start)
    number = np.full(model.needs, NONE, dtype=np.int64)
    number[needs] = np.arange(len(needs))
    need = number[model.need[arcs]]
    second = model.second_slot[arcs]
    slots, slot = np.unique(np.concatenate([model.slot[arcs], second[second != NONE]]), return_inverse=True)
    second[second != NONE] = slot[len(arcs) :]
    # The search's scales follow from weights, so what may not be left is only somewhat dearer there than all else.
    dearer = int(case.worth.max(initial=0)) if case.keep_served else 0
    homes, home = np.unique(model.home[needs], return_inverse=True)
    part = replace(
        model,
        needs=len(needs),
        first=np.searchsorted(need, np.arange(len(needs) + 1)),
        need=need,
        carer=model.carer[arcs],
        cost=model.cost[arcs],
        resource=model.resource[arcs],
        amount=model.amount[arcs],
        slot=slot[: len(arcs)].astype(np.int64),
        second_slot=second,
        slot_carer=model.slot_carer[slots],
        slot_home=np.searchsorted(homes, model.slot_home[slots]),
        limit=model.limit - model.used(rest),
        homes_limit=model.homes_limit - model.homes(rest),
        unserved=case.worth[needs] + DEAR * case.fixed[needs] + dearer * case.counted[needs],
        home=home.astype(np.int64),
        origin=arcs,
    )
    return Near(part, needs, arcs, len(needs) == int((np.diff(model.first) > 0).sum()) and bool(carers.all()))

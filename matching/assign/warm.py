"""Compile the inner loops, or load them from disk, before the clock of a run starts."""

from __future__ import annotations

import time
from functools import cache

import numpy as np

from matching.assign.dual import climb
from matching.assign.model import Model
from matching.assign.search import Landscape, Schedule, Search, run
from matching.limits import Limits, Watch


def _toy() -> Model:
    """Two needs of one household and one of another, two carers."""
    need, carer = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 1])
    resource, amount = np.full((4, 3), -1), np.zeros((4, 3), dtype=np.int64)
    resource[:, 0], amount[:, 0] = carer, 1
    return Model(
        needs=3,
        carers=2,
        first=np.array([0, 2, 3, 4]),
        need=need,
        carer=carer,
        cost=np.array([1, 2, 1, 1]),
        resource=resource,
        amount=amount,
        slot=np.array([0, 1, 0, 2]),
        slot_carer=np.array([0, 1, 1]),
        slot_home=np.array([0, 0, 1]),
        limit=np.array([1, 1]),
        homes_limit=np.array([1, 1]),
        unserved=np.array([9, 9, 9]),
        home=np.array([0, 0, 1]),
        origin=np.arange(4),
        second_slot=np.full(4, -1),
        even=np.zeros(2),
        place=np.zeros((2, 2)),
    )


@cache
def warm_up() -> None:
    """Once a process: seconds where nothing was compiled before on this machine, else a fraction of one."""
    watch = Watch(Limits(seconds=1000.0), time.monotonic, None, None)
    model = _toy()
    prices = climb(model, 10, watch)
    nobody = np.full(model.needs, -1)
    run([Search(Landscape(model, prices, nobody, 2), nobody, 1)], [Schedule(100)], watch, (0.0, 1.0))

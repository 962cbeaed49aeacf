"""A calendar problem: records that fit together; what comes of it is a `plan.CalendarPlan`."""

from __future__ import annotations

from dataclasses import dataclass, field

from matching import values
from matching.schedule.plan import Visit
from matching.schedule.records import Carer, Horizon, Task, settle
from matching.schedule.weights import Weights
from matching.values import ProblemError


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarProblem:
    """Tasks of carers over a horizon.

    `detour`: road metres per straight metre. `way_back`: the way home counts for travel and limits as the way out
    does; neither keeps a visit from standing at the edge of a carer's window. `previous`: the published calendar, whose
    visits are changed at a price; those of tasks that are gone are ignored. Every due window of a task is to be filled
    inside the horizon. Raises ProblemError naming record and field.
    """

    horizon: Horizon
    carers: tuple[Carer, ...] = ()
    tasks: tuple[Task, ...] = ()
    weights: Weights = field(default_factory=Weights)
    detour: float = 1.3
    way_back: bool = True
    previous: tuple[Visit, ...] = ()
    carer_of: dict[str, Carer] = field(init=False, repr=False, compare=False)
    task_of: dict[str, Task] = field(init=False, repr=False, compare=False)
    previous_of: dict[tuple[str, int], Visit] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        settle(
            self,
            detour=values.real("problem", "detour", self.detour, 0, 100),
            carers=tuple(self.carers),
            tasks=tuple(self.tasks),
            previous=tuple(self.previous),
        )
        settle(self, carer_of={c.id: c for c in self.carers}, task_of={t.id: t for t in self.tasks})
        settle(self, previous_of={v.key: v for v in self.previous})
        if len(self.carer_of) != len(self.carers):
            raise ProblemError("problem", "carers", "holds an id twice")
        if len(self.task_of) != len(self.tasks):
            raise ProblemError("problem", "tasks", "holds an id twice")
        for task in self.tasks:
            self._check_task(task)

    def _check_task(self, task: Task) -> None:
        named = {*task.carers, *(carer for kept in task.fixed for carer in kept.carers)}
        for carer in sorted(named):
            if carer not in self.carer_of:
                raise ProblemError(f"task {task.id}", "carers", f"names {carer}, who is not in the problem")
        for kept in task.fixed:
            if kept.day >= self.horizon.days:
                raise ProblemError(f"task {task.id}", "fixed", f"holds day {kept.day}, after the horizon")

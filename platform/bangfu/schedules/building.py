"""From accepted tasks to a calendar problem: due windows, agreed visits, people, second persons."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.planning.weights import DETOUR
from bangfu.schedules import partners, rules
from bangfu.schedules.checking import holidays_of
from bangfu.schedules.fitness import fit_until
from bangfu.schedules.items import Item, Person, of_carers, people, tasks_where, visits_where
from bangfu.schedules.picture import asked, carer, due, horizon, known
from bangfu.schedules.sides import Side
from bangfu.supervision.calendar import current_calendar
from bangfu.visits.due import windows_of
from matching.schedule import CalendarProblem, Done, Due, Fixed, Task, Visit

LOOK_BACK = timedelta(days=28)
OTHER = "other-"
"""Before the id of a task of another side, whose visits bind a carer all the same."""
OPEN_STATES = frozenset({"due", "ahead", "planned"})


@dataclass(frozen=True, slots=True)
class Slot:
    """One due window of a task; `item` is the planned visit that fills it, if there is one."""

    task: dict[str, Any]
    due_from: datetime
    due_until: datetime
    carers: tuple[UUID, ...]
    item: Item | None = None
    stays: bool = False
    latest: datetime | None = None
    """Before this instant the crew may serve, where that ends inside of the window."""


@dataclass(slots=True)
class Built:
    """A problem, its slots by (task id, number of the window), and what cannot even be asked for."""

    problem: CalendarProblem
    slots: dict[tuple[str, int], Slot] = field(default_factory=dict)
    impossible: list[tuple[Slot, str]] = field(default_factory=list)


async def build(side: Side, first: date, days: int, at: datetime) -> Built:
    """Everything as of now; to be read in one moment."""
    condition, values = side.tasks()
    tasks = await tasks_where(f"a.status = ANY({{}}) AND {condition}", sorted(rules.SERVED), *values)
    zero, end = rules.at_minute(first, 0), rules.at_minute(first + timedelta(days=days), 0)
    own = await visits_where(
        "x.assignment = ANY({}) AND x.planned_start >= {} AND x.planned_start < {}",
        [task["id"] for task in tasks], zero - LOOK_BACK, end + LOOK_BACK * 4,
    )  # fmt: skip
    of_task: dict[UUID, list[Item]] = defaultdict(list)
    for item in own:
        of_task[item.assignment].append(item)
    crews = await partners.crews(side, tasks, of_task, first)
    carers = {each for crew in crews.values() for each in crew} | {each for item in own for each in item.carers}
    others = [item for item in await of_carers(carers, zero, end) if item.assignment not in crews]
    folk = await people(carers | {each for item in others for each in item.carers}, first, days)
    windows = await windows_of([task["id"] for task in tasks], first, first + timedelta(days=days - 1), at)
    fit = await fit_until(tasks, crews, first, first + timedelta(days=days - 1))
    made = _Maker(first, days, zero, end, folk)
    for task in tasks:
        made.add(task, crews[task["id"]], windows.get(task["id"], []), of_task[task["id"]], fit.get(task["id"]))
    made.add_others(others)
    problem = CalendarProblem(
        horizon=horizon(first, days, holidays_of(await current_calendar())),
        carers=tuple(carer(person, first, days) for person in folk.values() if person.lat is not None),
        tasks=tuple(made.tasks),
        detour=DETOUR,
        previous=tuple(made.previous),
    )
    return Built(problem, made.slots, made.impossible)


class _Maker:
    """Collects tasks, slots and the calendar as it was."""

    def __init__(self, first: date, days: int, zero: datetime, end: datetime, folk: Mapping[UUID, Person]) -> None:
        self.first, self.days, self.zero, self.end, self.folk = first, days, zero, end, folk
        self.tasks: list[Task] = []
        self.previous: list[Visit] = []
        self.slots: dict[tuple[str, int], Slot] = {}
        self.impossible: list[tuple[Slot, str]] = []

    def add(
        self,
        task: dict[str, Any],
        crew: tuple[UUID, ...],
        windows: Sequence[Any],
        items: Sequence[Item],
        fit: date | None,
    ) -> None:
        """One task with every window that a visit of these days has to fill; `fit`: the crew's last day, if there is
        one."""
        slots = self._fit(self._slots(task, crew, windows, items), fit)
        if not slots:
            return
        if reason := self._hindrance(task, crew):
            self.impossible += [(slot, reason) for slot in slots]
            return
        name = str(task["id"])
        for number, slot in enumerate(slots):
            self.slots[name, number] = slot
            if slot.item is not None and not slot.stays:
                self.previous.append(self._visit(name, number, slot.item))
        past = [item for item in items if item.start < self.zero]
        head = self.folk[crew[0]]
        told = asked(task)
        told["windows"] = rules.household_windows(
            task["windows"], task["time_wishes"], head.times.windows, task["minutes"]
        )
        self.tasks.append(
            Task(
                id=name,
                carers=tuple(str(each) for each in crew),
                minutes=task["minutes"],
                due=tuple(self._due(slot) for slot in slots),
                fixed=tuple(self._fixed(slots)),
                done=tuple(self._done(item) for item in past),
                wishes=self._wishes(past),
                **told,
            )
        )

    def add_others(self, items: Sequence[Item]) -> None:
        """Visits of the same people for another side: they stay where they are."""
        groups: dict[tuple[UUID, int, int], list[Item]] = defaultdict(list)
        for item in items:
            if item.task["lat"] is not None and all(known(self.folk, each) for each in item.carers):
                groups[item.assignment, item.minutes, len(item.carers)].append(item)
        for place, own in enumerate(groups.values()):
            slots = [Slot(item.task, item.due_from, item.due_until, item.carers, item, stays=True) for item in own]
            self.tasks.append(
                Task(
                    id=f"{OTHER}{own[0].assignment}-{place}",
                    carers=tuple(str(each) for each in own[0].carers),
                    minutes=own[0].minutes,
                    due=tuple(due(s.due_from, s.due_until, self.first) for s in slots),
                    fixed=tuple(self._fixed(slots)),
                    **asked(own[0].task),
                )
            )

    def _slots(
        self, task: dict[str, Any], crew: tuple[UUID, ...], windows: Sequence[Any], items: Sequence[Item]
    ) -> list[Slot]:
        ahead = {item.id: item for item in items if self.zero <= item.start < self.end}
        found = []
        for window in windows:
            item = ahead.pop(window.visit, None) if window.visit else None
            if item is not None:
                found.append(Slot(task, item.due_from, item.due_until, item.carers, item, self._stays(item, crew)))
            elif window.state in OPEN_STATES and window.visit is None and self._wanted(window.start, window.end):
                found.append(Slot(task, window.start, window.end, crew))
        found += [Slot(task, i.due_from, i.due_until, i.carers, i, stays=True) for i in ahead.values()]
        return sorted(found, key=lambda slot: (slot.due_from, slot.due_until))

    def _fit(self, slots: list[Slot], fit: date | None) -> list[Slot]:
        """The windows in which the crew may still serve, cut where that ends; the others have no place."""
        if fit is None:
            return slots
        edge = rules.at_minute(fit + timedelta(days=1), 0)
        late = [slot for slot in slots if max(slot.due_from, self.zero) >= edge and not slot.stays]
        self.impossible += [(slot, "not_fit") for slot in late]
        return [
            replace(slot, latest=edge) if slot.due_until > edge and not slot.stays else slot
            for slot in slots
            if slot not in late
        ]

    def _wanted(self, start: datetime, end: datetime) -> bool:
        """A window that ends in these days, or of which they hold at least half (the next plan has the rest)."""
        inside = min(end, self.end) - max(start, self.zero)
        return inside > timedelta() and (end <= self.end or inside >= (end - start) / 2)

    def _stays(self, item: Item, crew: tuple[UUID, ...]) -> bool:
        """What is agreed, begun or near stays, and what a person gave to somebody else."""
        soon = self.first + timedelta(days=rules.STAY_DAYS)
        settled = item.fixed or item.status != "planned" or rules.day_of(item.start) < soon
        return settled or item.carer != crew[0] or (item.partner is None) != (len(crew) == 1)

    def _hindrance(self, task: dict[str, Any], crew: tuple[UUID, ...]) -> str:
        if task["two"] and len(crew) < 2:
            return "no_partner"
        if task["lat"] is None or not all(known(self.folk, each) for each in crew):
            return "no_place"
        return ""

    def _due(self, slot: Slot) -> Due:
        found = due(slot.due_from, slot.latest or slot.due_until, self.first)
        begin = max(found.first, 0)
        return Due(first=found.first, end=found.end, by=begin + (found.end - begin) // 2 if found.end > begin else None)

    def _visit(self, name: str, number: int, item: Item) -> Visit:
        start = rules.minute_of(item.start)
        day = (rules.day_of(item.start) - self.first).days
        carers = tuple(str(each) for each in item.carers)
        return Visit(task=name, window=number, day=day, start=start, end=start + item.minutes, carers=carers)

    def _fixed(self, slots: Sequence[Slot]) -> list[Fixed]:
        return [
            Fixed(
                window=number, day=(rules.day_of(slot.item.start) - self.first).days,
                start=rules.minute_of(slot.item.start), carers=tuple(str(each) for each in slot.item.carers),
            )
            for number, slot in enumerate(slots)
            if slot.item is not None and slot.stays
        ]  # fmt: skip

    def _done(self, item: Item) -> Done:
        return Done(day=(rules.day_of(item.start) - self.first).days, start=rules.minute_of(item.start))

    def _wishes(self, past: Sequence[Item]) -> tuple[tuple[int, int | None], ...]:
        """The weekdays and times that the household is used to."""
        used = {(rules.day_of(item.start).weekday(), rules.minute_of(item.start)) for item in past[-7:]}
        return tuple(sorted(used))

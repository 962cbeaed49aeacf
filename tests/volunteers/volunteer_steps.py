"""Open tasks, experienced volunteers and recorded hours for tests; everybody is made up."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.households.tables import Household
from bangfu.needs.tables import Need
from bangfu.shared.clock import now
from bangfu.visits.tables import Visit
from bangfu.volunteers.hours_tables import VolunteerService
from bangfu.volunteers.opening import Opening, Slot, open_task
from bangfu.volunteers.tables import OpenTask, VolunteerProfile
from tests.dispatch.tasks import make_need
from tests.support import World, make_carer
from tests.visits import visit_steps


def at_ten(days: int, minutes: int = 0) -> datetime:
    """10:00 in China so many days ahead."""
    start = (now() + timedelta(days=days)).replace(hour=2, minute=0, second=0, microsecond=0)
    return start + timedelta(minutes=minutes)


async def free_need(**more: Any) -> Need:
    """A need in matching of a home that one person may visit, at any time of the week."""
    need = await make_need(**{"windows": json.dumps([]), "visits": 12, **more})
    await Household.update({Household.two_person_visits: False}).where(Household.id == need.household)
    return need


def opening(need: Need, *days: int, minutes: int = 0, partner: UUID | None = None, key: UUID | None = None) -> Opening:
    """Visits at ten on these days, due within half a day around."""
    half = timedelta(hours=12)
    starts = [at_ten(day, minutes) for day in days or (3,)]
    slots = [Slot(start, start - half, start + half) for start in starts]
    return Opening(key or uuid4(), need.id, slots, need.minutes, partner)


async def opened(world: World, *days: int, **more: Any) -> UUID:
    """An open task of a new need."""
    return await open_task(world["dispatcher"], opening(await free_need(), *days, **more), now())


async def experienced(world: World, *names: str, visits: int = 3) -> None:
    """These volunteers have verified visits behind them and take newcomers along."""
    for name in names:
        task = await visit_steps.accepted(world, name)
        for each in range(visits):
            start = now() - timedelta(days=10 + each)
            await Visit(
                id=uuid4(), number=f"TF-{uuid4().hex[:8]}", assignment=task.id, need=task.need,
                household=task.household, division=task.division, service=task.service, carer=task.carer,
                carer_kind="volunteer", status="verified", minutes=30, due_from=start - timedelta(days=1),
                due_until=start + timedelta(days=1), window_start=start, window_end=start, planned_start=start,
                planned_end=start + timedelta(minutes=30), started_at=start, ended_at=start + timedelta(minutes=30),
            ).save()  # fmt: skip
        await VolunteerProfile(carer=world.carers[name], accompanies=True).save()


async def newcomer(world: World, number: str = "FW-NEU", **more: Any) -> UUID:
    """A trained volunteer without a visit, under the account of `other_volunteer`'s neighbour."""
    return await make_carer(number, "volunteer", None, codes=("V", "T"), **more)


async def task_row(task: UUID) -> OpenTask:
    """The open task as it stands."""
    found = await OpenTask.objects().get(OpenTask.id == task)
    assert found is not None
    return found


async def visits_of(task: UUID) -> list[Visit]:
    """The visits of an open task's slots, in order."""
    rows = await Visit.raw("SELECT visit FROM open_slot WHERE task = {} ORDER BY starts_at", task)
    return [await visit_steps.visit(row["visit"]) for row in rows]


async def recorded(world: World, name: str = "volunteer", **more: Any) -> VolunteerService:
    """The recorded hours of the named server of a visit that was submitted."""
    done = await visit_steps.submitted(world, name, **more)
    found = await VolunteerService.objects().get(
        (VolunteerService.visit == done.id) & (VolunteerService.part == "server")
    )
    assert found is not None
    return found

"""A visit that one volunteer has taken and asks others for, and a third one who comes along; everybody is made up."""

from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.providers.tables import Carer
from bangfu.shared.clock import now
from bangfu.visits.tables import Visit
from bangfu.volunteers import swapping
from bangfu.volunteers.tables import SwapRequest, VolunteerProfile
from bangfu.volunteers.taking import take
from tests.support import World, make_carer
from tests.visits import visit_steps
from tests.volunteers import volunteer_steps as steps


async def taken_visit(world: World, day: int = 3, minutes: int = 0) -> Visit:
    """A visit ahead that `volunteer`, who is experienced, has taken."""
    if not await VolunteerProfile.exists().where(VolunteerProfile.carer == world.carers["volunteer"]):
        await steps.experienced(world, "volunteer")
    task = await steps.opened(world, day, minutes=minutes)
    await take(world["volunteer"], task, None, now())
    return (await steps.visits_of(task))[0]


async def asked(world: World, visit: Visit, number: str = "") -> UUID:
    """`volunteer` asks one, or everybody, to serve the visit."""
    return await swapping.ask(world["volunteer"], uuid4(), visit.id, number, now())


async def companion(world: World, number: str = "FW-DRITT", verified: int = 3) -> UUID:
    """A third volunteer who takes newcomers along, after so many verified visits in a home of `volunteer`'s."""
    carer = await make_carer(number, "volunteer", None, codes=("V", "T"))
    task = await visit_steps.accepted(world, "volunteer")
    for each in range(verified):
        start = now() - timedelta(days=20 + each)
        await Visit(
            id=uuid4(), number=f"TF-{uuid4().hex[:8]}", assignment=task.id, need=task.need, household=task.household,
            division=task.division, service=task.service, carer=carer, carer_kind="volunteer", status="verified",
            minutes=30, due_from=start - timedelta(days=1), due_until=start + timedelta(days=1), window_start=start,
            window_end=start, planned_start=start, planned_end=start + timedelta(minutes=30), started_at=start,
            ended_at=start + timedelta(minutes=30),
        ).save()  # fmt: skip
    await VolunteerProfile(carer=carer, accompanies=True).save()
    return carer


async def swap_row(swap: UUID) -> SwapRequest:
    """The question as it stands."""
    found = await SwapRequest.objects().get(SwapRequest.id == swap)
    assert found is not None
    return found


async def number_of(carer: UUID) -> str:
    """The volunteer's number."""
    found = await Carer.objects().get(Carer.id == carer)
    assert found is not None
    return str(found.number)

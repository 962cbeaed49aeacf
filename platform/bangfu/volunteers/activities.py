"""Group activities outside of homes: the organiser records who took part, and answers for it (DOMAIN.md 7).

Who organises records, so participants are confirmed at once; nobody confirms the own part or a near relative's: that
one waits for another organiser.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotAllowed, NotYours
from bangfu.providers.standing import barred_carers
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.volunteers import hours
from bangfu.volunteers.hours_rules import LONGEST
from bangfu.volunteers.hours_tables import VolunteerActivity, VolunteerService
from bangfu.volunteers.people import volunteers as known_volunteers

MOST = 60


@dataclass(frozen=True, slots=True)
class Activity:
    """What took place, when and where, who was in charge; `numbers` of those who took part; minutes inside that do
    not count (travel, training, waiting)."""

    id: UUID
    title: str
    content: str
    target: str
    place: str
    in_charge: str
    start: datetime
    end: datetime
    numbers: Sequence[str]
    excluded: int = 0


async def record(actor: Actor, new: Activity, division: str, at: datetime) -> tuple[int, int]:
    """Keep the activity and its participants' services; the same key again is the same activity.

    Returns:
        How many are confirmed, and how many wait for another organiser.

    Raises:
        NotAllowed: for anybody but an organiser. FormError: by field, naming numbers that are nobody's here or may not
            take part (a child without the guardian's consent, for example).
    """
    if not actor.has("station_dispatcher", "provider_manager"):
        raise NotAllowed
    _check(new, at)
    people = await _people(actor, new)
    async with transaction():
        known = await VolunteerActivity.objects().get(VolunteerActivity.id == new.id)
        if known is not None:
            if known.recorded_by != actor.user:
                raise NotYours
            return 0, 0
        await VolunteerActivity(
            id=new.id, title=new.title, content=new.content, target=new.target, place=new.place, division=division,
            organization=actor.organization, starts_at=new.start, ends_at=new.end, in_charge=new.in_charge,
            recorded_by=actor.me, recorded_at=at,
        ).save()  # fmt: skip
        await audit.record(
            actor, "volunteer_activity.recorded", "volunteer_activity", new.id, division=division, at=at,
            data={"people": len(people), "minutes": int((new.end - new.start) / timedelta(minutes=1))},
        )  # fmt: skip
        services = [await _take_part(actor, new, carer, division, at) for carer in people]
    return await hours.confirm_all(actor, services, at)


def _check(new: Activity, at: datetime) -> None:
    if not new.start < new.end <= at or new.end - new.start > LONGEST:
        raise FormError({"end": (N_("The end comes after the beginning, within a day, and is over."), {})})
    if not 0 <= new.excluded <= (new.end - new.start) / timedelta(minutes=1):
        raise FormError({"excluded": (N_("More minutes are taken off than there are."), {})})
    if not new.numbers or len(new.numbers) > MOST:
        raise FormError({"numbers": (N_("Please enter one to {most} volunteers' numbers."), {"most": MOST})})


async def _people(actor: Actor, new: Activity) -> list[UUID]:
    """The participants in the order of their numbers."""
    found: list[UUID] = []
    for number in sorted(set(new.numbers)):
        rows, _ = await known_volunteers(actor, number, 5, 0)
        match = [row["id"] for row in rows if row["number"] == number]
        if not match:
            raise FormError({"numbers": (N_("{number} is no volunteer of yours."), {"number": number})})
        found += match
    day = civil_date(new.start)
    barred = {carer: why for carer, why in (await barred_carers(day, found)).items() if why != "insurance_missing"}
    if barred:
        rows, _ = await known_volunteers(actor, "", 500, 0)
        names = [row["number"] for row in rows if row["id"] in barred]
        raise FormError({"numbers": (N_("On that day {numbers} could not take part: not active, barred, or without the"
                                        " guardian's consent."), {"numbers": ", ".join(names)})})  # fmt: skip
    return found


async def _take_part(actor: Actor, new: Activity, carer: UUID, division: str, at: datetime) -> UUID:
    rows = await VolunteerService.raw("SELECT organization FROM carer WHERE id = {}", carer)
    service = VolunteerService(
        id=uuid4(), carer=carer, activity=new.id, part="member", division=division,
        organization=rows[0]["organization"], started_at=new.start, ended_at=new.end, excluded=new.excluded,
        recorded_by=actor.user, recorded_at=at,
    )  # fmt: skip
    await service.save()
    found: UUID = service.id
    return found

"""The numbers that rule volunteering: a version counts from its day on; the defaults are those of DOMAIN.md 7."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotAllowed
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.volunteers.hours_rules import scale_fault
from bangfu.volunteers.tables import VolunteerSetting


@dataclass(frozen=True, slots=True)
class Numbers:
    """Minutes of the stars, the cap of a day in minutes, visits that make an experienced partner, working days."""

    stars: tuple[int, ...] = (6000, 18000, 36000, 60000, 90000)
    daily_cap: int = 720
    experienced_visits: int = 3
    publicity_days: int = 5
    confirm_days: int = 10
    valid_from: date | None = None
    source: str = ""


async def numbers_on(day: date) -> Numbers:
    """The version that counts on a day."""
    rows = await VolunteerSetting.raw(
        "SELECT * FROM volunteer_setting WHERE valid_from <= {} ORDER BY valid_from DESC, entered_at DESC LIMIT 1", day
    )
    if not rows:
        return Numbers()
    row = rows[0]
    return Numbers(
        tuple(json.loads(row["stars"])), row["daily_cap"], row["experienced_visits"], row["publicity_days"],
        row["confirm_days"], row["valid_from"], row["source"],
    )  # fmt: skip


async def enter(actor: Actor, key: UUID, new: Numbers, valid_from: date, at: datetime) -> None:
    """A new version by the bureau; the same key again is the same version.

    Raises:
        NotAllowed: for anybody but a bureau officer.
        FormError: for stars that do not rise.
    """
    if not actor.has("bureau_officer"):
        raise NotAllowed
    if scale_fault(new.stars):
        raise FormError({"stars": (N_("Please enter five rising numbers of hours."), {})})
    async with transaction():
        if await VolunteerSetting.exists().where(VolunteerSetting.id == key):
            return
        await VolunteerSetting(
            id=key, valid_from=valid_from, stars=json.dumps(list(new.stars)), daily_cap=new.daily_cap,
            experienced_visits=new.experienced_visits, publicity_days=new.publicity_days,
            confirm_days=new.confirm_days, source=new.source, entered_by=actor.user, entered_at=at,
        ).save()  # fmt: skip
        await audit.record(
            actor, "volunteer.numbers_entered", "volunteer_setting", key, at=at,
            data={"stars": list(new.stars), "from": valid_from.isoformat(), "cap": new.daily_cap},
        )  # fmt: skip


def fresh_key() -> UUID:
    """A key for a form that is shown."""
    return uuid4()

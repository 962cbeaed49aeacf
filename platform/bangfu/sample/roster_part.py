"""Rosters of the sample: a training week, single days, a leave that waits for the station, sign-ups of volunteers."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from bangfu.providers import roster_actions, roster_people, signing_up
from bangfu.providers.roster_actions import Wanted
from bangfu.providers.roster_rules import week_of
from bangfu.providers.roster_tables import CarerLeave, VolunteerApplication
from bangfu.providers.signing_up_facts import Told
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.civil_time import add_months
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.identifiers import id_check_digit

_SPACE = UUID("5b0f6f0e-7d0a-4a6e-9a3c-0c5f3f5a9904")


async def load(at: datetime) -> None:
    """Leave and days of a manager's worker, the social worker and a volunteer; three sign-ups. Once."""
    monday = week_of(at.astimezone(SHANGHAI).date()) + timedelta(days=7)
    if not await CarerLeave.exists():
        await _leave(monday, at)
    if not await VolunteerApplication.exists():
        await _sign_ups(at)


async def _leave(monday: date, at: datetime) -> None:
    manager, worker = await actor_of("manager1"), await actor_of("socialworker")
    volunteer = await actor_of("volunteer1")
    staff, _ = await roster_people.people(manager, 3, 0)
    training = Wanted(uuid5(_SPACE, "training"), monday, monday + timedelta(days=2), "training")
    await roster_actions.ask_leave(manager, staff[0], training, at, keeper=True)
    await roster_actions.set_day(manager, staff[-1], monday + timedelta(days=3), [(540, 690)], at)
    annual = Wanted(uuid5(_SPACE, "annual"), monday + timedelta(days=7), monday + timedelta(days=11), "annual")
    await roster_actions.ask_leave(worker, await roster_people.myself(worker), annual, at, keeper=False)
    myself = await roster_people.myself(volunteer)
    await roster_actions.set_day(volunteer, myself, monday + timedelta(days=5), [], at)


async def _sign_ups(at: datetime) -> None:
    village = await _village()
    day = at.astimezone(SHANGHAI).date()
    evenings = ((1, 1080, 1200), (3, 1080, 1200), (5, 540, 690))
    retired = Told(
        "史桂英", "f", date(1962, 3, 8), "+8613900000961", _number(date(1962, 3, 8), "f"), village, ("cmn", "wuu"),
        ("visit_check", "phone_check"), "退休教师", ((0, 540, 690), (2, 540, 690)), "walk",
    )  # fmt: skip
    born = add_months(day, -12 * 16).replace(day=11)
    pupil = Told(
        "阮思源", "m", born, "+8613900000962", _number(born, "m"), village, ("cmn",), ("companion_child",), "会弹吉他",
        ((5, 540, 690),), "bike", "阮建平", "+8613900000963", "parent",
    )  # fmt: skip
    driver = Told(
        "窦海峰", "m", date(1985, 11, 2), "+8613900000964", _number(date(1985, 11, 2), "m"), village, ("cmn", "wuu"),
        ("medical_help", "wish"), "有驾驶证", evenings, "car",
    )  # fmt: skip
    await signing_up.apply(uuid5(_SPACE, "retired"), retired, at - timedelta(days=2))
    await signing_up.apply(uuid5(_SPACE, "pupil"), pupil, at - timedelta(days=1))
    gone = uuid5(_SPACE, "driver")
    await signing_up.apply(gone, driver, at - timedelta(days=9))
    await signing_up.refuse(await actor_of("dispatcher"), gone, "not_reached", "三次电话未接", at - timedelta(days=3))


def _number(born: date, sex: str) -> str:
    """A made-up resident ID number (unallocated prefix)."""
    first = f"990101{born:%Y%m%d}96{2 if sex == 'f' else 1}"
    return first + id_check_digit(first)


async def _village() -> str:
    rows = await CarerLeave.raw(
        "SELECT min(code) AS code FROM division WHERE code LIKE {} AND level = 5", f"{OFFICER_TOWN}%"
    )
    return str(rows[0]["code"])

"""Whether a volunteer may serve certain visits: every hard rule of dispatch, standing and training on the very days,
the own times, and what is planned already (DOMAIN.md 2.3, 2.4, 7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.dispatch.actions import problems_of
from bangfu.dispatch.moves import Problem
from bangfu.dispatch.rules import coarse
from bangfu.errors import N_, NotAllowed, NotYours
from bangfu.planning.judging import problems_of_visits
from bangfu.providers.carer_rules import ADULT, told_reason
from bangfu.providers.roster import times_of
from bangfu.providers.roster_rules import spans_on, week_of
from bangfu.providers.standing import barred_carers, fit_on
from bangfu.providers.tables import Carer
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import age_on, civil_date, civil_datetime
from bangfu.shared.i18n import Word
from bangfu.visits import checks
from bangfu.visits.life_rules import DELIVERED
from bangfu.visits.tables import Visit
from bangfu.volunteers import task_rules as rules
from bangfu.volunteers.task_rules import Experience

Times = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which need, and when. `visit`: the visit that changes hands and so does not count as planned already.
    `whole`: the task itself is taken, with its limits of four weeks, not single visits of one that runs."""

    need: UUID
    times: Times
    visit: UUID | None = None
    whole: bool = False


def mine(actor: Actor) -> UUID:
    """The volunteer behind an account.

    Raises:
        NotAllowed: for an account without one.
    """
    if not actor.has("volunteer") or actor.carer is None:
        raise NotAllowed
    return actor.carer


async def hold(*carers: UUID | None) -> None:
    """Hold the volunteers' calendars and lock their rows, always in the same order, before anything else: nobody
    promises one hour twice, neither here nor by a planner's move."""
    known = {each for each in carers if each is not None}
    await checks.hold(known)
    for carer in sorted(known):
        await Carer.raw("SELECT id FROM carer WHERE id = {} FOR NO KEY UPDATE", carer)


async def volunteer(carer: UUID) -> dict[str, Any]:
    """The register's row of a volunteer.

    Raises:
        NotYours: if there is none, or it is no volunteer.
    """
    rows = await Carer.raw("SELECT * FROM carer WHERE id = {} AND kind = 'volunteer'", carer)
    if not rows:
        raise NotYours
    found: dict[str, Any] = rows[0]
    return found


async def experience_of(carers: Collection[UUID], but: UUID | None = None) -> dict[UUID, Experience]:
    """Visits of each that took place (without `but`), named or accompanying."""
    rows = await Visit.raw(
        "SELECT c.id, count(*) AS served, count(*) FILTER (WHERE v.status IN ('verified', 'settled')) AS verified"
        " FROM unnest({}::uuid[]) AS c(id) JOIN visit v ON (v.carer = c.id OR v.partner = c.id)"
        " WHERE v.status = ANY({}::varchar[]) AND v.id IS DISTINCT FROM {}::uuid GROUP BY c.id",
        list(carers), sorted(DELIVERED), but,
    )  # fmt: skip
    known = {row["id"]: Experience(row["served"], row["verified"]) for row in rows}
    return {carer: known.get(carer, Experience()) for carer in carers}


async def faults(carer: UUID, wanted: Wanted, at: datetime) -> list[Problem]:
    """Why the volunteer may not serve these visits; nothing means they may. Cheap questions come first, the pair's
    rules only where nothing else stands in the way."""
    found = [
        *await _standing(carer, wanted.times), *await _training(carer, wanted.times),
        *await _own_times(carer, wanted.times), *await _planned(carer, wanted),
    ]  # fmt: skip
    return _once(found) or await _pair(carer, wanted, at)


async def _pair(carer: UUID, wanted: Wanted, at: datetime) -> list[Problem]:
    """The hard rules of planning, as coarse as who has not accepted may know them."""
    if wanted.whole:
        return await problems_of(wanted.need, carer, at)
    judged = [await problems_of_visits(wanted.need, [carer], day) for day in _days(wanted.times)]
    return _once([coarse(message, params) for each in judged for message, params in each[carer]])


async def _standing(carer: UUID, times: Times) -> list[Problem]:
    for day in _days(times):
        if reason := (await barred_carers(day, [carer])).get(carer):
            return [
                (N_("You cannot be asked on {day}: {why}."),
                 {"day": day.isoformat(), "why": Word("barred_reason", told_reason(reason))})
            ]  # fmt: skip
    return []


async def _training(carer: UUID, times: Times) -> list[Problem]:
    first = (await experience_of([carer]))[carer].newcomer
    for day in _days(times):
        if await fit_on(carer, rules.TRAINED, day):
            return [(N_("Registration as a trained volunteer is missing on {day}."), {"day": day.isoformat()})]
        if first and await fit_on(carer, rules.FIRST_TRAINED, day):
            return [(N_("Before the first visit stands the platform's training."), {})]
    return []


async def _own_times(carer: UUID, times: Times) -> list[Problem]:
    """Who gave times for the week serves inside of them; who is on leave does not."""
    for start, end in times:
        day = civil_date(start)
        known = (await times_of([carer], day, 1))[carer]
        spans = spans_on(day, known.windows, known.leaves, known.differing)
        if not known.windows and not known.differing and not known.leaves:
            continue
        first, last = _minute(start), _minute(start) + int((end - start) / timedelta(minutes=1))
        if not any(left <= first and last <= right for left, right in spans):
            return [(N_("The visit on {day} lies outside of your times."), {"day": day.isoformat()})]
    return []


async def _planned(carer: UUID, wanted: Wanted) -> list[Problem]:
    """No two visits at once, and no week with more than the volunteer gives."""
    if not wanted.times:
        return []
    first = min(start for start, _ in wanted.times) - timedelta(days=8)
    last = max(end for _, end in wanted.times) + timedelta(days=8)
    rows = await Visit.raw(
        "SELECT planned_start, planned_end FROM visit WHERE (carer = {} OR partner = {}) AND planned_start BETWEEN {}"
        " AND {} AND status NOT IN ('cancelled', 'missed', 'excused', 'rejected') AND id IS DISTINCT FROM {}::uuid",
        carer, carer, first, last, wanted.visit,
    )  # fmt: skip
    planned = [(row["planned_start"], row["planned_end"]) for row in rows]
    if any(rules.overlap(start, end, planned) for start, end in wanted.times):
        return [(N_("You have another visit at that time."), {})]
    limit = (await Carer.raw("SELECT minutes_per_week FROM carer WHERE id = {}", carer))[0]["minutes_per_week"]
    weeks: dict[date, int] = {}
    for start, end in [*planned, *wanted.times]:
        week = week_of(civil_date(start))
        weeks[week] = weeks.get(week, 0) + int((end - start) / timedelta(minutes=1))
    if any(weeks[week_of(civil_date(start))] > limit for start, _ in wanted.times):
        return [(N_("That would be more than your hours of that week."), {})]
    return []


async def is_child(carer: UUID, day: date) -> bool:
    """Whether a volunteer is under 18 on a day; an unknown birth date is an adult's."""
    born = (await volunteer(carer))["birth_date"]
    return born is not None and age_on(day, born) < ADULT


def _days(times: Times) -> list[date]:
    return sorted({civil_date(start) for start, _ in times})


def _minute(at: datetime) -> int:
    local = civil_datetime(at)
    return local.hour * 60 + local.minute


def _once(found: list[Problem]) -> list[Problem]:
    return list({message: (message, params) for message, params in found}.values())

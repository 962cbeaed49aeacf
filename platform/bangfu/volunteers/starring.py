"""Stars: made public for working days, then awarded, by the bureau; barred after false hours (DOMAIN.md 7)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.accounts.queries import user_of_carer
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.volunteers import hours_rules as rules
from bangfu.volunteers.hours_tables import StarAward
from bangfu.volunteers.ledger import confirmed_minutes
from bangfu.volunteers.noting import barred_until
from bangfu.volunteers.numbers import numbers_on
from bangfu.volunteers.people import volunteer_for

STOP_REASONS: Final = ("objection", "false_hours", "other")


async def publish(actor: Actor, key: UUID, carer: UUID, at: datetime) -> UUID:
    """Make the next stars of a volunteer public: level and minutes by the ledger of now.

    Raises:
        NotAllowed: unless the bureau does, and for one's own stars. NotYours: for a volunteer of others.
        Refused: without minutes for a further star, while a bar holds, or if it is public already.
    """
    if not actor.has("bureau_officer") or actor.carer == carer:
        raise NotAllowed
    row = await volunteer_for(actor, carer)
    async with transaction():
        if await StarAward.exists().where(StarAward.id == key):
            return key
        numbers, minutes = await numbers_on(civil_date(at)), (await confirmed_minutes([carer]))[carer]
        if (until := await barred_until(carer, civil_date(at))) is not None:
            raise Refused(N_("The volunteer is barred from stars until {day}."), day=until.isoformat())
        level = rules.stars(minutes, numbers.stars)
        held = await StarAward.raw(
            "SELECT coalesce(max(stars), 0) AS n FROM star_award WHERE carer = {} AND status <> 'stopped'", carer
        )
        if level <= held[0]["n"]:
            raise Refused(N_("There are no minutes for a further star yet."))
        until_at = end_of_working_day(at, numbers.publicity_days, await current_calendar())
        await StarAward(
            id=key, carer=carer, division=row["division"], stars=level, minutes=minutes, public_until=until_at,
            proposed_by=actor.me, proposed_at=at,
        ).save()  # fmt: skip
        await _event(actor, key, row["division"], "published", at, stars=level, minutes=minutes)
        return key


async def _locked(actor: Actor, award: UUID) -> StarAward:
    if not actor.has("bureau_officer"):
        raise NotAllowed
    found: StarAward | None = await StarAward.objects().where(StarAward.id == award).first().lock_rows("UPDATE")
    if found is None or not actor.sees(found.division):
        raise NotYours
    if actor.carer == found.carer:
        raise NotAllowed
    return found


async def award(actor: Actor, star: UUID, at: datetime) -> None:
    """Award the stars after the days of publicity, if the minutes still stand.

    Raises:
        NotAllowed, NotYours: see `publish`. Refused: too early, after a bar, or when the minutes fell.
    """
    async with transaction():
        row = await _locked(actor, star)
        if row.status == "awarded":
            return
        rules.STAR_MACHINE.step(row.status, "award")
        if at <= row.public_until:
            raise Refused(N_("The days of publicity are not over yet."))
        if await barred_until(row.carer, civil_date(at)) is not None:
            raise Refused(N_("The volunteer is barred from stars; stop this award."))
        minutes = (await confirmed_minutes([row.carer]))[row.carer]
        if rules.stars(minutes, (await numbers_on(civil_date(at))).stars) < row.stars:
            raise Refused(N_("The confirmed minutes are fewer now; stop this award."))
        await _decide(actor, row, "awarded", "", at)
        await send(await user_of_carer(row.carer), "stars_awarded", "/my-hours", {"stars": row.stars})


async def stop(actor: Actor, star: UUID, reason: str, at: datetime) -> None:
    """End the award without stars.

    Raises:
        NotAllowed, NotYours: see `publish`. FormError: without a reason of the list. Refused: if it was awarded.
    """
    async with transaction():
        row = await _locked(actor, star)
        if reason not in STOP_REASONS:
            raise FormError({"reason": (N_("Please choose a reason."), {})})
        if row.status == "stopped":
            return
        rules.STAR_MACHINE.step(row.status, "stop")
        await _decide(actor, row, "stopped", reason, at)


async def _decide(actor: Actor, row: StarAward, status: str, reason: str, at: datetime) -> None:
    changes: dict[Any, Any] = {"status": status, "reason": reason, "decided_by": actor.user, "decided_at": at}
    await StarAward.update(changes).where(StarAward.id == row.id)
    await _event(actor, row.id, row.division, status, at, stars=row.stars, reason=reason)


async def _event(
    actor: Actor, star: UUID, division: str, event: str, at: datetime, *, reason: str = "", **data: object
) -> None:
    await audit.record(actor, f"star_award.{event}", "star_award", star, division=division, reason=reason, data=data,
                       at=at)  # fmt: skip


async def public_list(at: datetime) -> list[dict[str, Any]]:
    """What anybody may read while an award is public: name (masked by the page), number, stars, hours, until when."""
    rows: list[dict[str, Any]] = await StarAward.raw(
        "SELECT a.stars, a.minutes, a.public_until, c.name, c.number FROM star_award a JOIN carer c ON c.id = a.carer"
        " WHERE a.status = 'published' AND a.public_until >= {} ORDER BY a.stars DESC, c.number LIMIT 500",
        at,
    )  # fmt: skip
    return rows


async def awards(actor: Actor) -> list[dict[str, Any]]:
    """Awards of the area that are not decided, those whose publicity is over first."""
    rows: list[dict[str, Any]] = await StarAward.raw(
        "SELECT a.*, c.name, c.number FROM star_award a JOIN carer c ON c.id = a.carer WHERE a.status = 'published'"
        " AND {} <> '' AND a.division LIKE {} ORDER BY a.public_until, c.number LIMIT 200",
        actor.scope, f"{actor.scope}%",
    )  # fmt: skip
    return rows

"""Verbs on when carers are there: the week, single days, leave. Every change keeps what stood before in the trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from piccolo.columns import Column

from bangfu.accounts.queries import managers_of, user_of_carer, users_with
from bangfu.errors import N_, FormError, NotAllowed, NotYours
from bangfu.messages.actions import send
from bangfu.providers import roster_rules as rules
from bangfu.providers.roster_people import Who
from bangfu.providers.roster_rules import Span, Window
from bangfu.providers.roster_tables import CarerDay, CarerLeave
from bangfu.providers.tables import Availability, Carer
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.shared.i18n import Word

Decision = Literal["approve", "refuse", "withdraw"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A leave as it is asked for; `key` makes a repeat the same leave."""

    key: UUID
    first: date
    last: date
    kind: str


async def set_week(actor: Actor, who: Who, windows: Sequence[Window], at: datetime) -> None:
    """Replace the weekly windows.

    Raises:
        FormError: naming the weekday (`day0` is Monday) of spans that overlap or end before they begin.
    """
    faults: dict[str, tuple[str, dict[str, object]]] = {}
    for weekday in range(7):
        fault = rules.spans_fault([(start, end) for day, start, end in windows if day == weekday])
        if fault:
            faults[f"day{weekday}"] = (fault, {"weekday": Word("weekday", weekday)})
    if faults:
        raise FormError(faults)
    wanted = sorted(windows)
    async with transaction():
        await _hold(who)
        rows = await Availability.raw(
            "DELETE FROM availability WHERE carer = {} RETURNING weekday, start_minute, end_minute", who.id
        )
        before = sorted((row["weekday"], row["start_minute"], row["end_minute"]) for row in rows)
        if wanted:
            await Availability.insert(
                *(
                    Availability(id=uuid4(), carer=who.id, weekday=day, start_minute=start, end_minute=end)
                    for day, start, end in wanted
                )
            )
        if before != wanted:
            await _note(actor, "carer.week_changed", who, at, {"from": before, "to": wanted})


async def set_day(actor: Actor, who: Who, day: date, spans: Sequence[Span], at: datetime) -> None:
    """Say of one day that the carer is not there (no spans), or there in these spans instead of the weekly ones.

    Raises:
        FormError: for a day that is past or far off, or spans that overlap or end too early.
    """
    _check_ahead("day", day, at)
    if fault := rules.spans_fault(spans):
        raise FormError({"spans": (fault, {"weekday": Word("weekday", day.weekday())})})
    entries: list[Span | None] = [*sorted(spans)] or [None]
    async with transaction():
        await _hold(who)
        known = await _standing(who, day)
        if known == entries:
            return
        await _take_back(actor, who, day, at)
        for span in entries:
            start, end = span or (None, None)
            await CarerDay(
                id=uuid4(), carer=who.id, day=day, start_minute=start, end_minute=end, created_by=actor.user,
                created_at=at,
            ).save()  # fmt: skip
        data = {"day": day, "spans": [span for span in entries if span], "before": known}
        await _note(actor, "carer.day_set", who, at, data)


async def _standing(who: Who, day: date) -> list[Span | None]:
    rows = await CarerDay.raw(
        "SELECT start_minute, end_minute FROM carer_day WHERE carer = {} AND day = {} AND removed_at IS NULL"
        " ORDER BY start_minute",
        who.id, day,
    )  # fmt: skip
    return [None if row["start_minute"] is None else (row["start_minute"], row["end_minute"]) for row in rows]


async def _take_back(actor: Actor, who: Who, day: date, at: datetime) -> None:
    await CarerDay.raw(
        "UPDATE carer_day SET removed_at = {}, removed_by = {} WHERE carer = {} AND day = {} AND removed_at IS NULL",
        at, actor.user, who.id, day,
    )  # fmt: skip


async def clear_day(actor: Actor, who: Who, entry: UUID, at: datetime) -> None:
    """Take back what was said of a day: the week counts for it again. Taken back already: nothing.

    Raises:
        NotYours: if the entry is none of this carer's.
    """
    async with transaction():
        await _hold(who)
        row = await CarerDay.objects().where((CarerDay.id == entry) & (CarerDay.carer == who.id)).first()
        if row is None:
            raise NotYours
        if row.removed_at is not None:
            return
        known = await _standing(who, row.day)
        await _take_back(actor, who, row.day, at)
        await _note(actor, "carer.day_cleared", who, at, {"day": row.day, "before": known})


async def ask_leave(actor: Actor, who: Who, wanted: Wanted, at: datetime, *, keeper: bool) -> UUID:
    """Enter a leave. What a keeper enters, and a volunteer's own, counts at once; a social worker's waits for the
    station.

    Raises:
        FormError: for days in the wrong order, far off, or of another leave that waits or counts.
    """
    _check_leave(wanted, at)
    approved = keeper or who.kind == "volunteer"
    async with transaction():
        await _hold(who)
        known = await CarerLeave.objects().where(CarerLeave.id == wanted.key).first()
        if known is not None:
            if known.carer != who.id:
                raise NotYours
            return wanted.key
        await _check_free(who, wanted)
        await CarerLeave(
            id=wanted.key, carer=who.id, starts_on=wanted.first, ends_on=wanted.last, kind=wanted.kind,
            status="approved" if approved else "requested", requested_by=actor.user, requested_at=at,
            decided_by=actor.user if approved else None, decided_at=at if approved else None,
        ).save()  # fmt: skip
        event = "carer.leave_entered" if approved else "carer.leave_requested"
        await _note(actor, event, who, at, {"leave": wanted.key, "first": wanted.first, "last": wanted.last})
        if not approved:
            await send(await _deciders(who), "leave_requested", f"/roster/{who.id}", {"number": who.number})
    return wanted.key


def _check_leave(wanted: Wanted, at: datetime) -> None:
    if wanted.last < wanted.first:
        raise FormError({"last": (N_("The last day lies before the first."), {})})
    if (wanted.last - wanted.first).days >= rules.LONGEST_LEAVE_DAYS:
        raise FormError({"last": (N_("A leave lasts at most {n} days."), {"n": rules.LONGEST_LEAVE_DAYS})})
    today = at.astimezone(SHANGHAI).date()
    # What began before may be entered late: somebody fell ill a week ago.
    if wanted.last < today:
        raise FormError({"last": (N_("This day is past."), {})})
    if wanted.first > today + timedelta(days=rules.FURTHEST_DAYS):
        raise FormError({"first": (N_("This day lies too far ahead: at most {n} days."), {"n": rules.FURTHEST_DAYS})})
    if wanted.kind not in rules.LEAVE_KINDS:
        raise FormError({"kind": (N_("Please choose one of the list."), {})})


async def _check_free(who: Who, wanted: Wanted) -> None:
    rows = await CarerLeave.raw(
        "SELECT 1 FROM carer_leave WHERE carer = {} AND status IN ('requested', 'approved') AND starts_on <= {}"
        " AND ends_on >= {} LIMIT 1",
        who.id, wanted.last, wanted.first,
    )  # fmt: skip
    if rows:
        raise FormError({"first": (N_("Some of these days belong to another leave."), {})})


async def decide_leave(
    actor: Actor, who: Who, leave: UUID, decision: Decision, at: datetime, *, remark: str = ""
) -> None:
    """Approve, refuse (with a reason) or withdraw a leave; repeating it changes nothing.

    Raises:
        NotYours: if the leave is none of this carer's.
        NotAllowed: where somebody who asked approves the own leave.
        FormError: for a refusal without a reason. Refused: where the state does not allow it.
    """
    async with transaction():
        await _hold(who)
        row = await CarerLeave.objects().where((CarerLeave.id == leave) & (CarerLeave.carer == who.id)).first()
        if row is None:
            raise NotYours
        if row.decided_by == actor.user and row.status == _TARGETS[decision]:
            return
        move = rules.LEAVE_MACHINE.step(row.status, decision)
        if move.roles.isdisjoint(actor.roles) or (decision != "withdraw" and row.requested_by == actor.user):
            raise NotAllowed
        if decision == "refuse" and not remark:
            raise FormError({"remark": (N_("Please say why."), {})})
        values: dict[Column | str, Any] = {
            CarerLeave.status: move.target, CarerLeave.decided_by: actor.user, CarerLeave.decided_at: at,
            CarerLeave.remark_enc: encrypt(remark[:200], f"carer_leave:remark_enc:{leave}"),
            CarerLeave.version: row.version + 1,
        }  # fmt: skip
        await CarerLeave.update(values).where(CarerLeave.id == leave)
        data = {"leave": leave, "first": row.starts_on, "last": row.ends_on}
        await _note(actor, f"carer.leave_{move.event}", who, at, data)
        if decision != "withdraw":
            await send(await user_of_carer(who.id), f"leave_{move.event}", "/my-times", {"number": who.number})


_TARGETS = {"approve": "approved", "refuse": "refused", "withdraw": "withdrawn"}


async def _deciders(who: Who) -> list[UUID]:
    if who.kind == "worker" and who.organization is not None:
        return await managers_of(who.organization)
    return await users_with("station_dispatcher", who.division)


def _check_ahead(field: str, day: date, at: datetime) -> None:
    today = at.astimezone(SHANGHAI).date()
    if day < today:
        raise FormError({field: (N_("This day is past."), {})})
    if day > today + timedelta(days=rules.FURTHEST_DAYS):
        raise FormError({field: (N_("This day lies too far ahead: at most {n} days."), {"n": rules.FURTHEST_DAYS})})


async def _hold(who: Who) -> None:
    """The chain of the county, then the carer's row: changes of one person's times wait for each other."""
    await audit.hold(who.division)
    await Carer.raw("SELECT 1 FROM carer WHERE id = {} FOR NO KEY UPDATE", who.id)


async def _note(actor: Actor, action: str, who: Who, at: datetime, data: dict[str, object]) -> None:
    await audit.record(actor, action, "carer", who.id, division=who.division, data=data, at=at)

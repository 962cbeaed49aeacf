"""The ledger of voluntary minutes: one clock for each volunteer, entries that only grow (DOMAIN.md 7)."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid4

from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.crypto import encrypt
from bangfu.visits.life_rules import DELIVERED
from bangfu.visits.tables import Visit
from bangfu.volunteers import hours_rules as rules
from bangfu.volunteers.hours_rules import Span, Work
from bangfu.volunteers.hours_tables import HoursChange, HoursEntry, VolunteerService
from bangfu.volunteers.numbers import numbers_on


async def hold_clock(carer: UUID) -> None:
    """Nobody else counts this volunteer's minutes until the transaction ends."""
    await VolunteerService.raw("SELECT pg_advisory_xact_lock(hashtextextended({}, 7))", f"bangfu.hours:{carer}")


async def recount(actor: Actor, carer: UUID, days: Collection[date], kind: str, cause: UUID, at: datetime) -> None:
    """Enter what brings the ledger of these days to what counts now; services of the day that change with it get
    entries of their own (`recounted`)."""
    cap = (await numbers_on(civil_date(at))).daily_cap
    for day in days:
        before = await _entered(carer, day)
        after = rules.minutes_of_day(await _works(carer, day), await paid_spans(carer, day), day, cap)
        for service, minutes in sorted(rules.changes(before, after).items()):
            await HoursEntry(
                id=uuid4(), carer=carer, service=service, day=day, minutes=minutes, entered_by=actor.user,
                kind=kind if service == cause else "recounted", entered_at=at,
            ).save()  # fmt: skip
    await VolunteerService.raw(
        "UPDATE volunteer_service s SET minutes = coalesce((SELECT sum(h.minutes) FROM volunteer_hours h"
        " WHERE h.service = s.id), 0) WHERE s.carer = {} AND (s.id = {} OR s.id IN (SELECT service FROM"
        " volunteer_hours WHERE carer = {} AND day = ANY({}::date[])))",
        carer, cause, carer, list(days),
    )  # fmt: skip


async def _entered(carer: UUID, day: date) -> dict[UUID, int]:
    rows = await HoursEntry.raw(
        "SELECT service, sum(minutes)::int AS n FROM volunteer_hours WHERE carer = {} AND day = {} GROUP BY service",
        carer, day,
    )  # fmt: skip
    return {row["service"]: row["n"] for row in rows}


async def _works(carer: UUID, day: date) -> list[Work]:
    first, last = day_span(day)
    rows = await VolunteerService.raw(
        "SELECT id, started_at, ended_at, excluded FROM volunteer_service WHERE carer = {} AND status = 'confirmed'"
        " AND started_at < {} AND ended_at > {}",
        carer, last, first,
    )  # fmt: skip
    return [Work(row["id"], row["started_at"], row["ended_at"], row["excluded"]) for row in rows]


async def paid_spans(carer: UUID, day: date) -> list[Span]:
    """When the same person (by the identity number) served as a paid carer on a day: that is no voluntary time."""
    first, last = day_span(day)
    rows = await Visit.raw(
        "SELECT v.started_at, v.ended_at FROM visit v JOIN carer p ON p.id = v.carer OR p.id = v.partner"
        " JOIN carer me ON me.id = {} WHERE p.kind <> 'volunteer' AND (p.id = me.id OR (me.id_number_index <> ''"
        " AND p.id_number_index = me.id_number_index)) AND v.carer_kind <> 'volunteer'"
        " AND v.status = ANY({}::varchar[]) AND v.started_at < {} AND v.ended_at > {}",
        carer, sorted(DELIVERED), last, first,
    )  # fmt: skip
    return [(row["started_at"], row["ended_at"]) for row in rows]


async def confirmed_minutes(carers: Collection[UUID]) -> dict[UUID, int]:
    """Carer -> the minutes that are confirmed, by the ledger."""
    rows = await HoursEntry.raw(
        "SELECT carer, sum(minutes)::int AS n FROM volunteer_hours WHERE carer = ANY({}) GROUP BY carer", list(carers)
    )
    return {**dict.fromkeys(carers, 0), **{row["carer"]: row["n"] for row in rows}}


async def write_change(
    actor: Actor, row: VolunteerService, start: datetime, end: datetime, excluded: int, reason: str, text: str,
    at: datetime,
) -> None:  # fmt: skip
    change = uuid4()
    await HoursChange(
        id=change, service=row.id, reason=reason, old_start=row.started_at, old_end=row.ended_at,
        old_excluded=row.excluded, new_start=start, new_end=end, new_excluded=excluded, changed_by=actor.user,
        changed_at=at, text_enc=encrypt(text.strip(), f"volunteer_hours_change:text_enc:{change}"),
    ).save()  # fmt: skip

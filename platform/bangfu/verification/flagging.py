"""Raising flags in the transaction in which a visit's record arrives, on it and on the earlier ones that it shows up.

Evaluations of one server follow each other (an advisory lock), so that of two records that arrive at once the later
one sees the earlier. A neighbour that somebody else holds at that moment gets its flag and is moved by the clock.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.accounts.queries import managers_of, users_with
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.supervision.actions import Timed, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.verification import facts, policy, rules
from bangfu.verification.rules import Detail, Done, Thresholds
from bangfu.visits import hooks, moves
from bangfu.visits.tables import Visit, VisitFlag

CHECK = "visit.check"
"""The task of supervision that a flagged visit is."""
WORKING_DAYS = 5
"""To decide on a flagged visit; after which an unflagged one verifies itself (DOMAIN.md 8.8)."""
DECIDED = frozenset({"verified", "disputed", "settled"})
"""A later flag on such a visit is shown and told, and moves nothing."""


async def flags_of(row: Visit, limits: Thresholds) -> dict[str, Detail]:
    """Every flag that the visit has by what is known now: flag -> what explains it."""
    known = await facts.around(row)
    items = [] if not known.has_record else known.items
    found: dict[str, Detail | None] = {"incomplete": rules.incomplete(missing_of(row, known), items)}
    if row.started_at is not None and row.ended_at is not None:
        found |= await _of_time_and_place(row, known, limits)
        found |= await _of_people(row, known, limits)
    return {flag: detail for flag, detail in found.items() if detail is not None}


def missing_of(row: Visit, known: facts.Around) -> list[str]:
    """The elements of a record (DOMAIN.md 5.1) that are not there."""
    missing = rules.missing_elements(
        {
            "service": row.service, "recipient": row.household, "date": row.started_at, "place": row.evidence,
            "server": row.carer, "times": row.started_at and row.ended_at,
        }
    )  # fmt: skip
    return missing if known.has_record else [*missing, "record"]


async def _of_time_and_place(row: Visit, known: facts.Around, limits: Thresholds) -> dict[str, Detail | None]:
    own = Done(str(row.id), row.number, str(row.household), row.started_at, row.ended_at, known.point)
    found: dict[str, Detail | None] = {
        "short": rules.short(row.started_at, row.ended_at, row.minutes, limits),
        "early_late": rules.early_late(row.started_at, row.window_start, row.window_end, limits),
        "late_record": rules.late_record(row.ended_at, row.submitted_at or row.ended_at, limits),
        "geo_far": rules.geo_far(row.distance_m, rural=known.rural, limits=limits) if known.point else None,
    }
    for server in servers(row):
        beside = await facts.beside(row, server)
        others = _nearest(own, beside)
        found["overlap"] = found.get("overlap") or rules.overlap(own, beside)
        found["impossible_travel"] = found.get("impossible_travel") or rules.impossible_travel(own, others, limits)
        day = civil_date(row.started_at)
        visits = 1 + sum(civil_date(each.start) == day for each in beside)
        found["burst"] = found.get("burst") or rules.burst(visits, limits)
    return found


def servers(row: Visit) -> list[UUID]:
    """Who served: the named server, and who came along."""
    return [row.carer] if row.partner is None else [row.carer, row.partner]


def _nearest(own: Done, beside: list[Done]) -> list[Done]:
    """The visit before and the one after."""
    before = [each for each in beside if each.end <= own.start]
    after = [each for each in beside if each.start >= own.end]
    return [
        *([max(before, key=lambda each: each.end)] if before else []),
        *([min(after, key=lambda each: each.start)] if after else []),
    ]


async def _of_people(row: Visit, known: facts.Around, limits: Thresholds) -> dict[str, Detail | None]:
    day = civil_date(row.started_at)
    own = await facts.pictures(row)
    former = await facts.former_words(row, limits.copied_records) if known.words else []
    copied = [rules.copy_text(known.words, each, limits) for each in former]
    missing, barred = await facts.gaps(row.carer, known.qualifications, day)
    return {
        "dup_photo": rules.dup_photo(own, await facts.pictures_alike(row, limits), limits) if own else None,
        "copy_text": next((each for each in copied if each), None),
        "no_confirm": rules.no_confirm(known.confirmation) if known.has_record else None,
        "cred_gap": rules.cred_gap(missing, barred),
        "after_event": rules.after_event(day, await facts.events(row, known.person)),
    }


async def evaluate(actor: Actor, row: Visit, at: datetime) -> None:
    """Raise the flags of a visit whose record has arrived (a hook); with one it is flagged. Nothing is refused."""
    await _in_turn(row)
    limits, version = await policy.limits_for(row.division, civil_date(row.started_at or row.planned_start))
    found = await flags_of(row, limits)
    for flag, detail in found.items():
        await put(row.id, flag, detail, version, at)
    if "cred_gap" in found:
        row.payable, row.unpayable_reason = False, "cred_gap"
        await Visit.update({Visit.payable: False, Visit.unpayable_reason: "cred_gap"}).where(Visit.id == row.id)
    for flag in sorted(rules.PAIRED & found.keys()):
        await _flag_other(row, flag, found[flag], version, at)
    if found and row.status == "submitted":
        await to_flagged(row, at, sorted(found))


async def _in_turn(row: Visit) -> None:
    for server in sorted(servers(row)):
        await Visit.raw("SELECT pg_advisory_xact_lock(hashtextextended({}, 6))", str(server))


async def put(visit: UUID, flag: str, detail: Mapping[str, Any], version: str, at: datetime) -> bool:
    """Keep a flag, once for a visit; one that was cleared opens again only when another visit is behind it.

    Returns:
        Whether it is new.
    """
    rows = await VisitFlag.raw(
        "INSERT INTO visit_flag (id, visit, flag, detail, policy_version, raised_at, status, reason)"
        " VALUES ({}, {}, {}, {}, {}, {}, 'open', '') ON CONFLICT (visit, flag) DO UPDATE"
        " SET detail = excluded.detail, policy_version = excluded.policy_version, raised_at = excluded.raised_at,"
        " status = 'open', decided_by = NULL, decided_at = NULL, reason = ''"
        " WHERE visit_flag.status = 'cleared' AND visit_flag.detail ? 'other'"
        " AND visit_flag.detail->>'other' IS DISTINCT FROM excluded.detail->>'other' RETURNING id",
        uuid4(), visit, flag, json.dumps(dict(detail)), version, at,
    )  # fmt: skip
    return bool(rows)


async def to_flagged(row: Visit, at: datetime, flags: list[str]) -> None:
    """submitted -> flagged, with its clock; the serving side is told and may explain."""
    await moves.move(SYSTEM, row, "flag", at, data={"flags": flags})
    await start_clock(row, at)
    await send(await serving_side(row), "visit_flagged", f"/verification/own/{row.id}", {"number": row.number})


async def start_clock(row: Visit, at: datetime) -> None:
    """Five working days for the township (DOMAIN.md 8.8)."""
    due = end_of_working_day(at, WORKING_DAYS, await current_calendar())
    await watch(
        SYSTEM,
        Timed(
            kind=CHECK, subject_type="visit", subject=row.id, href=f"/visits/{row.id}", division=row.division,
            due_at=due, number=row.number, unit="township", role="township_officer", household=row.household,
        ),
        at,
    )  # fmt: skip


async def serving_side(row: Visit) -> list[UUID]:
    """Who answers for the serving side: the organisation's managers."""
    return list(await managers_of(row.organization)) if row.organization else []


async def _flag_other(row: Visit, flag: str, detail: Detail, version: str, at: datetime) -> None:
    """What a visit shows of an earlier one: the same flag there, named the other way round."""
    other = UUID(str(detail["other"]))
    mirrored = {**detail, "other": str(row.id), "number": row.number}
    if not await put(other, flag, mirrored, version, at):
        return
    # Locked only if nobody holds it, and moved only in the same stream of audit: records that arrive at once must not
    # wait for each other in a circle.
    found = await Visit.raw(
        "SELECT id FROM visit WHERE id = {} AND status = 'submitted' FOR NO KEY UPDATE SKIP LOCKED", other
    )
    visit = await Visit.objects().get(Visit.id == other)
    if visit is None:
        return
    if found and audit.stream_of(visit.division) == audit.stream_of(row.division):
        await to_flagged(visit, at, [flag])
    elif visit.status in DECIDED:
        await tell_late(visit, flag)


async def tell_late(row: Visit, flag: str) -> None:
    """A flag on a visit that was decided already: officers and the bureau are told; nothing moves by itself."""
    who = [*await users_with("township_officer", row.division), *await users_with("bureau_officer", row.division)]
    await send(who, "visit_flag_late", f"/visits/{row.id}", {"number": row.number, "flag": flag}, f"{row.id}:{flag}")


async def end_clock(actor: Actor, row: Visit, at: datetime) -> None:
    """The township has decided (a hook): its task is done by that."""
    await settle(actor, CHECK, row.id, at, evidence=f"visit.{row.status}")


EVENTS = ("submitted", "submitted_by_call", "entered", "entered_afterwards", "attested")


def register() -> None:
    """Let visits call the flags; repeating it changes nothing."""
    for event in EVENTS:
        hooks.after(event, evaluate)
    for event in ("verified", "rejected"):
        hooks.after(event, end_clock)


register()

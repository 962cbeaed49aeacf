"""Asking for a calendar, dropping it, keeping its result as a draft."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.schedules import rules
from bangfu.schedules.building import OTHER, Built, Slot
from bangfu.schedules.sides import Side, side_of
from bangfu.schedules.tables import VisitPlan, VisitPlanRow
from bangfu.shared import audit, jobs
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number

KIND = "schedule"
LEAST_SECONDS, MOST_SECONDS = 5, 600


async def start(actor: Actor, plan: UUID, first: date, time_limit: int, at: datetime, seed: int = 1) -> UUID:
    """Queue a calendar of the actor's side; `plan` is the form's key, so that a repeat starts one.

    Raises:
        NotAllowed: for who plans for nobody.
        NotYours: if the key is another side's.
        FormError: for a first day that is past or more than four weeks off.
        Refused: if one is being made, or no task is accepted.
    """
    side, today = await side_of(actor), rules.day_of(at)
    if not today < first <= today + timedelta(days=rules.HORIZON_DAYS):
        raise FormError({"first": (N_("The first day has to be one of the next four weeks, from tomorrow on."), {})})
    async with transaction():
        await VisitPlan.raw("SELECT pg_advisory_xact_lock(hashtext('bangfu.visit_plan'))")
        known = await VisitPlan.objects().get(VisitPlan.id == plan)
        if known is not None:
            if not owns(side, known):
                raise NotYours
            return plan
        await _refuse_another(side)
        condition, values = side.tasks()
        tasks = await VisitPlan.raw(
            f"SELECT count(*) AS n FROM assignment a WHERE a.status = ANY({{}}) AND {condition}",  # noqa: S608
            sorted(rules.SERVED), *values,
        )  # fmt: skip
        if not tasks[0]["n"]:
            raise Refused(N_("No accepted task waits for dates."))
        number = await fresh_number(VisitPlan)
        job = await jobs.enqueue(KIND, {"plan": plan}, actor)
        await VisitPlan(
            id=plan, number=number, organization=side.organization, division=side.division, first=first,
            days=rules.HORIZON_DAYS, status="queued", job=job, requested_by=actor.user, seed=seed,
            time_limit=time_limit, counts=json.dumps({"tasks": tasks[0]["n"]}), created_at=at,
        ).save()  # fmt: skip
        await _note(actor, plan, number, side.division, "queued", at, tasks=tasks[0]["n"])
    return plan


def owns(side: Side, plan: VisitPlan) -> bool:
    """Whether a plan is the side's."""
    return plan.organization == side.organization and (
        side.organization is not None or plan.division.startswith(side.prefix)
    )


async def locked(actor: Actor, plan: UUID) -> VisitPlan:
    """A plan of the actor's side with its row lock.

    Raises:
        NotYours, NotAllowed: for others.
    """
    row: VisitPlan | None = await VisitPlan.objects().where(VisitPlan.id == plan).first().lock_rows("UPDATE")
    if row is None or not owns(await side_of(actor), row):
        raise NotYours
    return row


async def _refuse_another(side: Side) -> None:
    rows = await VisitPlan.raw(
        "SELECT number, organization, division FROM visit_plan WHERE status IN ('queued', 'running')"
    )
    for row in rows:
        other = Side(row["organization"], row["division"])
        same = side.organization is not None and side.organization == other.organization
        near = side.organization is None and other.organization is None
        if same or (near and (side.prefix.startswith(other.prefix) or other.prefix.startswith(side.prefix))):
            raise Refused(N_("Calendar {number} is being made. Wait for it or stop it first."), number=row["number"])


async def cancel(actor: Actor, plan: UUID, at: datetime) -> None:
    """Stop making a calendar, or drop a draft. A repeat changes nothing.

    Raises:
        NotYours, NotAllowed: see `locked`.
        Refused: if it is published or over.
    """
    async with transaction():
        row = await locked(actor, plan)
        if row.status == "cancelled":
            return
        step = rules.MACHINE.step(row.status, "cancel")
        if row.status in rules.UNDER_WAY:
            await jobs.request_cancel(row.job)
        await VisitPlan.update(
            {VisitPlan.status: step.target, VisitPlan.finished_at: at, VisitPlan.version: row.version + 1}
        ).where(VisitPlan.id == plan)
        await _note(actor, plan, row.number, row.division, "cancelled", at)


async def failed(claim: jobs.Claim, plan: UUID, why: str, at: datetime) -> None:
    """A calendar that could not be made; who asked for it is told."""
    async with transaction():
        await jobs.finish(claim, "failed", why[:500])
        row = await VisitPlan.objects().where(VisitPlan.id == plan).first().lock_rows("UPDATE")
        if row is None or row.status not in rules.UNDER_WAY:
            return
        await VisitPlan.update(
            {VisitPlan.status: "failed", VisitPlan.error: why[:500], VisitPlan.finished_at: at}
        ).where(VisitPlan.id == plan)
        await _note(SYSTEM, plan, row.number, row.division, "failed", at)
        if row.requested_by:
            await send([row.requested_by], "plan_failed", f"/schedule/plans/{plan}", {"number": row.number})


async def store(claim: jobs.Claim, plan: UUID, built: Built, result: dict[str, Any], at: datetime) -> None:
    """Keep the result as the draft, once: only the holder of the newest fence, only where nobody stopped it."""
    rows = rows_of(plan, built, result)
    async with transaction():
        row = await VisitPlan.objects().where(VisitPlan.id == plan).first().lock_rows("UPDATE")
        if row is None or row.status != "running":
            await jobs.finish(claim, "cancelled")
            return
        await jobs.finish(claim, "done")
        counts = _counts(json.loads(row.counts), rows, result)
        for place in range(0, len(rows), 500):
            await VisitPlanRow.insert(*rows[place : place + 500])
        await VisitPlan.update({
            VisitPlan.status: rules.MACHINE.target(row.status, "finish"), VisitPlan.counts: json.dumps(counts),
            VisitPlan.conflicts: json.dumps(_conflicts(result)), VisitPlan.seconds: result["seconds"],
            VisitPlan.finished_at: at, VisitPlan.version: row.version + 1,
        }).where(VisitPlan.id == plan)  # fmt: skip
        await _note(SYSTEM, plan, row.number, row.division, "draft", at, **counts)
        if row.requested_by:
            told = {"number": row.number, "visits": counts["visits"], "unplaced": counts["unplaced"]}
            await send([row.requested_by], "plan_ready", f"/schedule/plans/{plan}", told)


def rows_of(plan: UUID, built: Built, result: dict[str, Any]) -> list[VisitPlanRow]:
    """The rows of a draft: every slot with its time, or with the rule at which no day was left."""
    placed = {(each["task"], each["window"]): each for each in result["visits"]}
    reasons = {(each["task"], each["window"]): each["reason"] for each in result["unplaced"]}
    first = built.problem.horizon.first
    end = rules.at_minute(first + timedelta(days=built.problem.horizon.days), 0)
    found = []
    for key, slot in built.slots.items():
        visit = placed.get(key)
        if visit is None:
            # a window that goes on after these days is the next calendar's
            if slot.item is not None or slot.due_until <= end:
                found.append(_row(plan, slot, reason=reasons.get(key, "due")))
            continue
        start = rules.at_minute(first + timedelta(days=visit["day"]), visit["start"])
        carers = tuple(UUID(each) for each in visit["carers"])
        found.append(_row(plan, slot, start=start, carers=carers))
    return found + [_row(plan, slot, reason=reason) for slot, reason in built.impossible]


def _row(
    plan: UUID, slot: Slot, *, start: datetime | None = None, carers: tuple[UUID, ...] = (), reason: str = ""
) -> VisitPlanRow:
    item, crew = slot.item, carers or slot.carers
    if item is None:
        change = "none" if start is None else "new"
    elif start is None:
        change = "lost"
    else:
        change = "keep" if (start, crew) == (item.start, item.carers) else "move"
    return VisitPlanRow(
        id=uuid4(), plan=plan, assignment=slot.task["id"] if item is None else item.assignment,
        household=slot.task["household"], visit=item.id if item else None, carer=crew[0],
        partner=crew[1] if len(crew) > 1 else None, due_from=slot.due_from, due_until=slot.due_until, start=start,
        minutes=item.minutes if item else slot.task["minutes"], change=change, reason=reason[:24],
        visit_version=item.version if item else 0, fixed=bool(item and item.fixed),
    )  # fmt: skip


def _counts(known: dict[str, Any], rows: list[VisitPlanRow], result: dict[str, Any]) -> dict[str, Any]:
    changes = [row.change for row in rows]
    return {
        **known, "visits": sum(1 for row in rows if row.start is not None), "new": changes.count("new"),
        "moved": changes.count("move"), "kept": changes.count("keep"), "lost": changes.count("lost"),
        "unplaced": changes.count("none") + changes.count("lost"), "carers": len({row.carer for row in rows}),
        "travel_minutes": result["measures"]["travel_minutes"], "objective": result["measures"]["objective"],
    }  # fmt: skip


def _conflicts(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "carers": list(each["carers"]), "rules": list(each["rules"]),
            "assignments": [task for task in each["tasks"] if not task.startswith(OTHER)],
            "days": list(each["days"]), "proven": each["proven"],
        }
        for each in result["conflicts"]
    ]  # fmt: skip


async def _note(actor: Actor, plan: UUID, number: str, division: str, event: str, at: datetime, **data: object) -> None:
    await audit.record(
        actor, f"visit_plan.{event}", "visit_plan", plan, division=division, at=at, data={"number": number, **data}
    )

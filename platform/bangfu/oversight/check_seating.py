"""Who checks: two people in the order of the draw's seed, without conflict; what cannot be filled waits and is told.

Anybody can repeat it: a check keeps its pool in order and who was left out why; the order is rules.drawn_order.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.accounts.queries import users_with
from bangfu.messages.actions import send
from bangfu.oversight import check_conflicts, draw_pool
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_tables import CheckInspector, SpotCheck
from bangfu.oversight.draw_tables import DrawList
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.supervision.actions import Timed, confidential, drop, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day

DO: Final = "check.do"
confidential(DO)  # who is checked next is nobody's business but the inspectors'


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who may check, in the order of the draw; who of the pool may not, and why."""

    order: list[UUID]
    left_out: dict[UUID, str]


async def candidates_of(row: SpotCheck, at: datetime) -> Candidates:
    """The pool that was closed with the draw's list, without conflicts, in the order of the draw's seed; people who
    joined the pool later come after all of them, so that nobody can be pushed to the front. Who was taken out of the
    pool since then still counts: the seed is public, and a removal would choose who comes next."""
    drawn = await DrawList.objects().get(DrawList.id == row.draw)
    if drawn is None:
        raise LookupError("a check belongs to a drawn list")
    closed = {UUID(one) for one in (json.loads(drawn.pool) if isinstance(drawn.pool, str) else drawn.pool)}
    pool = sorted({*closed, *await draw_pool.pool_of(row.division, at)})
    able = await draw_pool.fit(pool, row.division)
    if row.assessment is not None:
        pool = await _of_the_city(pool)
    left_out = await _conflicts(row, pool, at)
    left_out |= {one: "inactive" for one in pool if one not in able and one not in left_out}
    subject: UUID = row.visit or row.assessment
    free = [one for one in pool if one not in left_out]
    first, later = [one for one in free if one in closed], [one for one in free if one not in closed]
    seed = bytes.fromhex(drawn.seed)
    order = [*rules.drawn_order(seed, subject, first), *rules.drawn_order(seed, subject, later)]
    return Candidates(order, left_out)


async def _of_the_city(pool: Collection[UUID]) -> list[UUID]:
    """Surveys are done again by people of the city level (DOMAIN.md 4.1)."""
    rows = await SpotCheck.raw(
        "SELECT id FROM app_user WHERE id = ANY({}::uuid[]) AND scope <> '' AND length(scope) <= {}",
        list(pool), rules.CITY_SCOPE,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def _conflicts(row: SpotCheck, pool: Collection[UUID], at: datetime) -> dict[UUID, str]:
    bodies = await check_conflicts.of_bodies(row.organization, pool, civil_date(at))
    if row.assessment is not None:
        return check_conflicts.joined(await check_conflicts.of_survey(row.assessment, pool), bodies)
    year, quarter = int(row.period[:4]), int(row.period[5:])
    return check_conflicts.joined(await check_conflicts.of_visit(row.visit, pool, year, quarter), bodies)


async def inspectors_of(check: UUID, *, everybody: bool = False) -> list[CheckInspector]:
    """The inspectors in the order of their places; `everybody` adds those who gave their place away."""
    where = CheckInspector.check == check
    found: list[CheckInspector] = (
        await CheckInspector.objects()
        .where(where if everybody else where & (CheckInspector.replaced == False))  # noqa: E712 (a column)
        .order_by(CheckInspector.place, CheckInspector.replaced)
    )
    return found


async def fill(row: SpotCheck, at: datetime, *, actor: Actor = SYSTEM) -> int:
    """Fill the empty places of a locked check; with both filled it is assigned, and its ten working days begin.

    Returns:
        How many inspectors are still missing; the bureau is told when that number changes.
    """
    found, seated = await candidates_of(row, at), await inspectors_of(row.id, everybody=True)
    known = {one.inspector for one in seated}
    places = {one.place for one in seated if not one.replaced}
    empty = [place for place in range(1, rules.PLACES + 1) if place not in places]
    free = [one for one in found.order if one not in known]
    taken = list(zip(empty, free, strict=False))
    for place, person in taken:
        await CheckInspector(id=uuid4(), check=row.id, inspector=person, place=place).save()
    was_missing, was_drawn = row.missing, row.status == "drawn"
    left_out = [{"user": str(one), "reason": why} for one, why in sorted(found.left_out.items(), key=str)]
    await change(
        row, missing=len(empty) - len(taken), pool=json.dumps([str(one) for one in found.order]),
        left_out=json.dumps(left_out),
    )  # fmt: skip
    if taken:
        await note(actor, row, "seated", at, data={"places": {str(place): str(one) for place, one in taken}})
    if row.status == "drawn" and not row.missing:
        await _assign(row, at)
    elif row.status == "assigned" and 1 in dict(taken):
        await _watch(row, at)
    if row.missing and (row.missing != was_missing or not seated):
        await _ask_for_people(row)
    if row.status == "assigned":
        told = [one.inspector for one in await inspectors_of(row.id)] if was_drawn else [one for _, one in taken]
        await send(told, "check_assigned", f"/my-checks/{row.id}", {"number": row.number})
    return row.missing


async def _assign(row: SpotCheck, at: datetime) -> None:
    due = end_of_working_day(at, rules.CHECK_DAYS, await current_calendar())
    await step(SYSTEM, row, "assign", at, due_at=due)
    await _watch(row, at)


async def _watch(row: SpotCheck, at: datetime) -> None:
    """The first inspector has it to do; another first one takes the task over with its day."""
    first = (await inspectors_of(row.id))[0]
    await drop(SYSTEM, DO, row.id, at, reason="replaced")
    await watch(
        SYSTEM,
        Timed(
            kind=DO, subject_type="spot_check", subject=row.id, href=f"/my-checks/{row.id}", division=row.division,
            due_at=row.due_at, number=row.number, unit="bureau", role="bureau_officer", owner=first.inspector,
        ),
        at,
    )  # fmt: skip


async def _ask_for_people(row: SpotCheck) -> None:
    desk = await users_with("bureau_officer", row.division)
    await send(
        desk, "check_needs_people", f"/checks/{row.id}", {"number": row.number, "n": row.missing},
        event=f"{row.id}:{row.missing}:{row.version}",
    )  # fmt: skip


async def change(row: SpotCheck, **columns: Any) -> None:
    """Write columns of a locked check."""
    values: dict[Any, Any] = {**columns, "version": row.version + 1}
    await SpotCheck.update(values).where(SpotCheck.id == row.id)
    for name, value in values.items():
        setattr(row, name, value)


async def step(actor: Actor, row: SpotCheck, action: str, at: datetime, **columns: Any) -> None:
    """One transition of DOMAIN.md 8.8 with its audit event; whose it is was checked by the caller.

    Raises:
        Refused: if the table does not list it (409).
    """
    target, before = rules.MACHINE.target(row.status, action), row.status
    await change(row, status=target, **columns)
    await note(actor, row, target, at, before=before)


async def note(
    actor: Actor, row: SpotCheck, event: str, at: datetime, *, data: dict[str, object] | None = None, before: str = ""
) -> None:  # fmt: skip
    """One audit event: codes, numbers and ids. Nothing open stands on a household's timeline."""
    home = {"household": str(row.household)} if row.status in rules.TOLD else {}
    about = {"number": row.number, "visit": str(row.visit or row.assessment), **home, **(data or {})}
    await audit.record(
        actor, f"check.{event}", "spot_check", row.id, division=row.division, data=about, at=at,
        before={"status": before} if before else None, after={"status": row.status, "result": row.result},
    )  # fmt: skip


async def locked(check: UUID) -> SpotCheck | None:
    """The check with its row lock."""
    found: SpotCheck | None = await SpotCheck.objects().where(SpotCheck.id == check).first().lock_rows("NO KEY UPDATE")
    return found

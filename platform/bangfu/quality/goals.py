"""Goals of a need: set by the station, judged by somebody who does not serve, confirmed by the township (6.1 Q8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.needs.queries import need_for
from bangfu.quality.goal_rules import DROP_REASONS, FARTHEST, GOAL_MACHINE, LONGEST, may_be_judged
from bangfu.quality.tables import NeedGoal
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.database import transaction
from bangfu.shared.masking import mask_name
from bangfu.shared.permissions import allows


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal as pages show it; the household's name is masked."""

    id: UUID
    need: UUID
    need_number: str
    service: str
    household_number: str
    head_name: str
    division: str
    village: str
    text: str
    due_on: date
    status: str
    met: bool | None
    judged: str
    set_name: str
    judged_by: UUID | None
    judged_name: str
    judged_at: datetime | None
    confirmed_name: str
    confirmed_at: datetime | None
    dropped_reason: str
    total: int = 0


_GOAL: Final = (
    "SELECT g.*, n.number AS need_number, n.service, h.number AS household_number, h.head_name,"
    " coalesce(d.name, '') AS village, coalesce(s.display_name, '') AS set_name,"
    " coalesce(j.display_name, '') AS judged_name, coalesce(c.display_name, '') AS confirmed_name,"
    " count(*) OVER () AS total FROM need_goal g JOIN need n ON n.id = g.need JOIN household h ON h.id = g.household"
    " LEFT JOIN division d ON d.code = g.division LEFT JOIN app_user s ON s.id = g.set_by"
    " LEFT JOIN app_user j ON j.id = g.judged_by LEFT JOIN app_user c ON c.id = g.confirmed_by"
)


def _view(row: Mapping[str, Any]) -> GoalView:
    made = {"text", "judged", "head_name"}
    return GoalView(
        **{name: row[name] for name in GoalView.__slots__ if name not in made}, head_name=mask_name(row["head_name"]),
        text=_opened(row, "text_enc"), judged=_opened(row, "judged_enc"),
    )  # fmt: skip


def _opened(row: Mapping[str, Any], column: str) -> str:
    return decrypt(row[column], f"need_goal:{column}:{row['id']}") if row[column] else ""


async def goals_of(actor: Actor, need: UUID) -> list[GoalView]:
    """The goals of a need that the actor sees, by their day.

    Raises:
        NotYours: if the need is not the actor's to see.
    """
    await need_for(actor, need)
    return [_view(row) for row in await NeedGoal.raw(_GOAL + " WHERE g.need = {} ORDER BY g.due_on, g.id", need)]


async def goals_due(actor: Actor, status: str, limit: int, offset: int) -> tuple[list[GoalView], int]:
    """The goals of the area in a state, the earliest day first."""
    rows = await NeedGoal.raw(
        _GOAL + " WHERE {} <> '' AND g.division LIKE {} AND g.status = {} ORDER BY g.due_on, g.id LIMIT {} OFFSET {}",
        actor.scope, f"{actor.scope}%", status, limit, offset,
    )  # fmt: skip
    return [_view(row) for row in rows], int(rows[0]["total"]) if rows else 0


async def goal_of(actor: Actor, goal: UUID) -> GoalView:
    """One goal.

    Raises:
        NotYours: if it is not of the actor's area.
    """
    rows = await NeedGoal.raw(_GOAL + " WHERE g.id = {}", goal)
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    return _view(rows[0])


async def set_goal(actor: Actor, need: UUID, key: UUID, text: str, due_on: date, at: datetime) -> UUID:
    """A new goal of a need; the same key is the same goal.

    Raises:
        NotYours, NotAllowed: for a foreign need or another's key; without the permission.
        FormError: for a day in the past or too far away.
        Refused: for a need that has ended.
    """
    if not allows(actor.roles, "goals.set"):
        raise NotAllowed
    found = await need_for(actor, need)
    today = civil_date(at)
    if not today <= due_on <= today + FARTHEST:
        raise FormError({"due_on": (N_("Choose a day from today on, at most two years ahead."), {})})
    async with transaction():
        await audit.hold(found.division)
        known = await NeedGoal.objects().get(NeedGoal.id == key)
        if known is not None:
            if known.need != need or known.set_by != actor.user:
                raise NotYours
            return key
        if found.status in {"closed", "cancelled", "rejected"}:
            raise Refused(N_("This need has ended: no goal can be set any more."))
        await NeedGoal(
            id=key, need=need, household=found.household, division=found.division, due_on=due_on, set_by=actor.user,
            set_at=at, text_enc=encrypt(text[:LONGEST], f"need_goal:text_enc:{key}"),
        ).save()  # fmt: skip
        data = {"due_on": due_on.isoformat(), "need": str(need)}
        await audit.record(actor, "need_goal.set", "need_goal", key, division=found.division, at=at, data=data)
    return key


async def judge(actor: Actor, goal: UUID, met: bool, words: str, at: datetime) -> None:
    """open -> judged: met or not, and what shows it.

    Raises:
        Refused: too early, or by somebody of the side that serves.
    """
    async with transaction():
        row = await _locked(actor, goal)
        if row.status == "judged" and row.judged_by == actor.user and row.met == met:
            return
        target = _step(actor, row, "judge")
        if not may_be_judged(row.due_on, civil_date(at)):
            raise Refused(N_("A goal is judged from two weeks before its day on."))
        await _check_does_not_serve(actor, row.need)
        await _move(actor, row, "judged", target, at, {"met": met}, met=met, judged_by=actor.user, judged_at=at,
                    judged_enc=encrypt(words[:LONGEST], f"need_goal:judged_enc:{goal}") if words else "")  # fmt: skip


async def confirm(actor: Actor, goal: UUID, at: datetime) -> None:
    """judged -> confirmed by a township officer other than who judged it."""
    async with transaction():
        row = await _locked(actor, goal)
        if row.status == "confirmed" and row.confirmed_by == actor.user:
            return
        target = _step(actor, row, "confirm")
        if row.judged_by == actor.user:
            raise Refused(N_("You judged this goal yourself: somebody else confirms it."))
        await _move(actor, row, "confirmed", target, at, {"met": row.met}, confirmed_by=actor.user, confirmed_at=at)


async def give_back(actor: Actor, goal: UUID, at: datetime) -> None:
    """judged -> open: to be judged again."""
    async with transaction():
        row = await _locked(actor, goal)
        if row.status == "open":
            return
        target = _step(actor, row, "return")
        await _move(actor, row, "returned", target, at, {}, met=None, judged_by=None, judged_at=None)


async def drop(actor: Actor, goal: UUID, reason: str, at: datetime) -> None:
    """open -> dropped, with a reason."""
    if reason not in DROP_REASONS:
        raise FormError({"reason": (N_("Please choose."), {})})
    async with transaction():
        row = await _locked(actor, goal)
        if row.status == "dropped":
            return
        target = _step(actor, row, "drop")
        await _move(actor, row, "dropped", target, at, {"reason": reason}, dropped_reason=reason)


async def _locked(actor: Actor, goal: UUID) -> NeedGoal:
    found = await NeedGoal.objects().get(NeedGoal.id == goal)
    if found is None or not actor.sees(found.division):
        raise NotYours
    await audit.hold(found.division)
    row: NeedGoal | None = await NeedGoal.objects().where(NeedGoal.id == goal).first().lock_rows("UPDATE")
    if row is None:
        raise NotYours
    return row


def _step(actor: Actor, row: NeedGoal, action: str) -> str:
    line = GOAL_MACHINE.step(row.status, action)
    if line.roles.isdisjoint(actor.roles):
        raise NotAllowed
    return line.target


async def _check_does_not_serve(actor: Actor, need: UUID) -> None:
    rows = await NeedGoal.raw(
        "SELECT 1 AS one FROM assignment WHERE need = {} AND answered_at IS NOT NULL AND (carer = {}::uuid"
        " OR organization = {}::uuid) LIMIT 1",
        need, actor.carer, actor.organization,
    )  # fmt: skip
    if rows:
        raise Refused(N_("Your own side serves this need: somebody else judges its goal."))


async def _move(
    actor: Actor, row: NeedGoal, event: str, target: str, at: datetime, data: Mapping[str, object], **changed: Any
) -> None:
    columns: dict[Any, Any] = {"status": target, "version": row.version + 1, **changed}
    await NeedGoal.update(columns).where(NeedGoal.id == row.id)
    await audit.record(actor, f"need_goal.{event}", "need_goal", row.id, division=row.division, at=at, data=data)

"""Moving a need from one state to another: row lock, table of transitions, change and audit event in one go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotAllowed, NotYours
from bangfu.needs import rules
from bangfu.needs.tables import Need
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.tables import AuditEvent


async def locked(need: UUID) -> Need:
    """The need with its row lock, for the transaction around it.

    Raises:
        NotYours: if there is none.
    """
    row: Need | None = await Need.objects().where(Need.id == need).first().lock_rows("UPDATE")
    if row is None:
        raise NotYours
    return row


async def locked_for(actor: Actor, need: UUID) -> Need:
    """The need with its row lock, if it lies in the actor's scope.

    Raises:
        NotYours: if there is none, or it is somebody else's.
    """
    row = await locked(need)
    if not actor.sees(row.division):
        raise NotYours
    return row


async def move(
    actor: Actor, row: Need, action: str, at: datetime, *, reason: str = "", data: Mapping[str, object] | None = None,
    **changes: Any,
) -> None:  # fmt: skip
    """Take one transition of the table: the new state, the changed columns, one audit event.

    Raises:
        Refused: if the table does not list the transition (409).
    """
    step = rules.transition(row.status, action)
    before = {"status": row.status, "version": row.version}
    after = {"status": step.target, "version": row.version + 1}
    values: dict[str, Any] = {"due_at": None, **changes, **after, "updated_at": at}
    await Need.update(**values).where(Need.id == row.id)
    await audit.record(
        actor, f"need.{step.event}", "need", row.id, division=row.division, reason=reason,
        data={"number": row.number, "from": row.status, "to": step.target, **(data or {})},
        before=before, after=after, at=at,
    )  # fmt: skip
    row.status, row.version = step.target, row.version + 1


async def already(actor: Actor, row: Need, action: str) -> bool:
    """Whether this very person took the action last, so that a repeat (a double click) changes nothing."""
    steps = [step for (_, name), step in rules.TRANSITIONS.items() if name == action and step.target == row.status]
    if not steps:
        return False
    last = await AuditEvent.raw(
        "SELECT action, actor FROM audit_event WHERE subject = {} AND subject_type = 'need' ORDER BY id DESC LIMIT 1",
        str(row.id),
    )
    return bool(last) and last[0]["action"] == f"need.{steps[0].event}" and last[0]["actor"] == actor.user


async def had_a_hand_in(actor: Actor, need: UUID, submitted_by: UUID | None, created_by: UUID | None) -> bool:
    """Whether the person recorded, changed or submitted the need, on a page or by a list (DOMAIN.md 8.11)."""
    if actor.user is None or actor.user in (submitted_by, created_by):
        return actor.user is not None
    rows = await AuditEvent.raw(
        "SELECT 1 AS one FROM audit_event WHERE subject = {} AND subject_type = 'need' AND actor = {}"
        " AND action = ANY({}::varchar[]) LIMIT 1",
        str(need), actor.user, ["need.recorded", "need.changed", "need.imported", "need.submitted"],
    )  # fmt: skip
    return bool(rows)


def check_role(actor: Actor, row: Need, action: str) -> None:
    """The table's line for this state must name one of the actor's roles.

    Raises:
        Refused: if the table does not list the transition (409).
        NotAllowed: if it does, but for other roles (403).
    """
    if rules.transition(row.status, action).roles.isdisjoint(actor.roles):
        raise NotAllowed

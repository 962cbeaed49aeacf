"""Moving an assignment: locks in one order, table of transitions, change and audit event in one go.

Locks are taken in the order need, assignment, contract line, and the audit chain last: whoever follows it cannot wait
in a circle.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.dispatch import rules
from bangfu.dispatch.tables import Assignment
from bangfu.dispatch.timing import settle_answer
from bangfu.errors import NotAllowed, NotYours
from bangfu.needs.tables import Need
from bangfu.shared import audit
from bangfu.shared.actor import Actor

Problem = tuple[str, Mapping[str, object]]
CheckPair = Callable[[UUID, UUID, datetime], Awaitable[list[Problem]]]
CHECKS: list[CheckPair] = []
"""`await check(need, carer, at)`: sentences (message id, parameters) why the pair breaks a hard rule; none is good.
Planning registers its check; without one, naming another carer is refused."""

Ended = Callable[[UUID, str, datetime], Awaitable[None]]
ENDED: list[Ended] = []
"""`await hook(assignment, how, at)` with how declined, expired or withdrawn, in the transaction of the change."""

Over = Callable[[Actor, Assignment, datetime], Awaitable[None]]
OVER: list[Over] = []
"""`await hook(actor, assignment, at)` whenever a task ends, whatever ended it, in the transaction of the change."""


async def locked(assignment: UUID) -> Assignment:
    """The assignment with its row lock, its need locked before it.

    Raises:
        NotYours: if there is none.
    """
    rows = await Assignment.raw("SELECT need FROM assignment WHERE id = {}", assignment)
    if not rows:
        raise NotYours
    await Need.raw("SELECT id FROM need WHERE id = {} FOR UPDATE", rows[0]["need"])
    found: Assignment | None = await Assignment.objects().where(Assignment.id == assignment).first().lock_rows("UPDATE")
    if found is None:
        raise NotYours
    return found


def own(actor: Actor, row: Assignment) -> bool:
    """Whether the assignment is the actor's to answer: the organisation's for its manager, else the carer's own."""
    if row.carer_kind == "worker":
        return (
            actor.has("provider_manager") and actor.organization is not None and actor.organization == row.organization
        )
    return actor.has(row.carer_kind) and actor.carer is not None and actor.carer == row.carer


def check_actor(actor: Actor, row: Assignment, step: rules.Transition) -> None:
    """Whose it is, and whether the role may.

    Raises:
        NotYours: if the assignment is not the actor's.
        NotAllowed: if it is, but the table gives the action to others.
    """
    if actor.user is None:
        if "system" not in step.roles:
            raise NotAllowed
        return
    theirs = own(actor, row) if step.whose == "own" else actor.sees(row.division)
    if not theirs:
        raise NotYours
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed


async def move(
    actor: Actor, row: Assignment, step: rules.Transition, at: datetime, *, reason: str = "",
    data: Mapping[str, object] | None = None, **changes: Any,
) -> None:  # fmt: skip
    """Take one transition: the new state, the changed columns, one audit event. Free text stays out of the chain."""
    before = {"status": row.status, "version": row.version, "carer": row.carer}
    values: dict[str, Any] = {**changes, "status": step.target, "version": row.version + 1}
    if step.target in rules.TERMINAL:
        values["ended_at"] = at
    await Assignment.update(**values).where(Assignment.id == row.id)
    after = {"status": step.target, "version": row.version + 1, "carer": values.get("carer", row.carer)}
    await audit.record(
        actor, f"assignment.{step.target}", "assignment", row.id, division=row.division, reason=reason,
        data={"number": row.number, "from": row.status, "to": step.target, **(data or {})},
        before=before, after=after, at=at,
    )  # fmt: skip
    row.status, row.version = step.target, row.version + 1
    if step.source == "offered":
        await settle_answer(actor, row, at)
    if step.target in rules.TERMINAL:
        for hook in OVER:
            await hook(actor, row, at)


async def tell_ended(row: Assignment, how: str, at: datetime) -> None:
    """Let planning answer an ended offer, in the transaction of the change."""
    for hook in ENDED:
        await hook(row.id, how, at)

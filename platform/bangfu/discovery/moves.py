"""Moving a report from one step to the next: row lock, table of transitions, clock, audit event, in one go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.discovery import clocks, rules
from bangfu.discovery.tables import Report, ReportReason
from bangfu.errors import N_, NotAllowed, NotYours
from bangfu.households.kinship import refuse_relative
from bangfu.households.sealing import seal
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.tables import AuditEvent

WHOLE_VIEW = ("bureau_officer", "bureau_lead", "auditor")
"""Who sees a restricted report: the bureau, and those who audit it."""


def is_visible(actor: Actor, row: Report) -> bool:
    """Whether the report exists for this person: in the area, not about the person, not restricted to the bureau."""
    if not actor.sees(row.division) or actor.user in row.excluded:
        return False
    return not row.restricted or actor.has(*WHOLE_VIEW)


async def locked(report: UUID) -> Report:
    """The report with its row lock, for the transaction around it.

    Raises:
        NotYours: if there is none.
    """
    row: Report | None = await Report.objects().where(Report.id == report).first().lock_rows("UPDATE")
    if row is None:
        raise NotYours
    return row


async def locked_for(actor: Actor, report: UUID) -> Report:
    """The report with its row lock, if the actor may see it.

    Raises:
        NotYours: if there is none, or it is somebody else's.
    """
    row = await locked(report)
    if not is_visible(actor, row):
        raise NotYours
    return row


async def refuse_relative_of(actor: Actor, report: UUID, action: str, at: datetime) -> None:
    """A near relative neither checks nor decides on a report about the household (DOMAIN.md 2.3); called outside of the
    transaction of the action.

    Raises:
        NotYours: if there is no such report for the actor.
        NotAllowed: for a near relative; the try is logged.
    """
    row = await Report.objects().get(Report.id == report)
    if row is None or not is_visible(actor, row):
        raise NotYours
    if row.household is not None:
        await refuse_relative(actor, row.household, f"report.{action}", at)


def check_role(actor: Actor, row: Report, action: str) -> None:
    """The table's line for this state must name one of the actor's roles.

    Raises:
        Refused: if the table does not list the transition (409).
        NotAllowed: if it does, but for other roles (403).
    """
    if rules.MACHINE.step(row.status, action).roles.isdisjoint(actor.roles):
        raise NotAllowed


async def move(
    actor: Actor, row: Report, action: str, at: datetime, *, reason: str = "",
    data: Mapping[str, object] | None = None, due_at: datetime | None = None, **changes: Any,
) -> None:  # fmt: skip
    """Take one transition: the new state, the changed columns, the next clock, one audit event.

    `due_at` overrules the deadline of the table. `reason` is a text without personal data.

    Raises:
        Refused: if the table does not list the transition (409).
    """
    step = rules.MACHINE.step(row.status, action)
    kept_due = row.due_at if step.deadline == rules.KEPT else None
    due = due_at or kept_due or await clocks.due(step.deadline, at, urgent=row.urgent)
    turn = clocks.turn_of(row)
    before = {"status": row.status, "version": row.version}
    after = {"status": step.target, "version": row.version + 1}
    kept = {} if step.target == step.source else {"owner": None}
    values: dict[str, Any] = {**kept, **changes, **after, "due_at": due, "updated_at": at}
    await Report.update(**values).where(Report.id == row.id)
    for name, value in values.items():
        setattr(row, name, value)
    await note(actor, row, step.event, at, reason=reason, data={"from": step.source, "to": step.target, **(data or {})},
               before=before, after=after)  # fmt: skip
    await clocks.turn(actor, row, turn, step.event, at)


async def note(
    actor: Actor, row: Report, event: str, at: datetime, *, reason: str = "", data: Mapping[str, object] | None = None,
    before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """One audit event of a report; it stands on the household's timeline unless it is about staff."""
    home = {} if row.household is None or row.hotline_kind in rules.ABOUT_STAFF else {"household": str(row.household)}
    await audit.record(
        actor, f"report.{event}", "report", row.id, division=row.division, reason=reason, at=at,
        data={"number": row.number, **home, **(data or {})}, before=before, after=after,
    )  # fmt: skip


async def explain(actor: Actor, row: Report, event: str, text: str, at: datetime) -> None:
    """Keep why somebody decided so, sealed."""
    reason = uuid4()
    sealed = seal("report_reason", "text_enc", reason, text)
    await ReportReason(
        id=reason, report=row.id, event=event, text_enc=sealed, written_by=actor.me, written_at=at
    ).save()


def refuse_same_officer(actor: Actor, row: Report) -> None:
    """After an appeal another officer decides than the one who rejected (DOMAIN.md 8.11).

    Raises:
        NotAllowed: for the one who rejected it.
    """
    if row.rejected_by is not None and row.rejected_by == actor.user:
        raise NotAllowed(N_("You rejected this report before: after an appeal another officer decides."))


async def already(actor: Actor, row: Report, action: str) -> bool:
    """Whether this very person took the action last, so that a repeat (a double click) changes nothing."""
    steps = [step for (_, name), step in rules.TRANSITIONS.items() if name == action and step.target == row.status]
    if not steps:
        return False
    last = await AuditEvent.raw(
        "SELECT action, actor FROM audit_event WHERE subject = {} AND subject_type = 'report'"
        " AND action <> 'report.unmasked' ORDER BY id DESC LIMIT 1",
        str(row.id),
    )
    return bool(last) and last[0]["action"] == f"report.{steps[0].event}" and last[0]["actor"] == actor.user

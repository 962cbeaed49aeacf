"""Moving a visit from one state to another: whose it is, the table of transitions, change, money and event.

Row locks are taken in the order fund, contract line, need, assignment, visit: whoever moves money locks the line first
(`locked`), so nobody waits in a circle.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.contracts.actions import hold_line
from bangfu.errors import NotAllowed, NotYours
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import encrypt
from bangfu.shared.tables import AuditEvent
from bangfu.visits import hooks, life_rules, money
from bangfu.visits.tables import Visit, VisitNote

ON_THE_TIMELINE: Final = frozenset(
    {
        "submitted", "submitted_by_call", "entered", "entered_afterwards", "rejected", "missed", "excused",
        "make_up_planned", "disputed",
    }
)  # fmt: skip
"""Events of a visit that stand on its household's timeline too; plans and check-ins would bury the others."""


async def locked(visit: UUID, *, line: bool = True) -> Visit:
    """The visit with its row lock; its contract line, need and assignment are locked before it.

    Args:
        line: False where no money can move (planning, calling off).

    Raises:
        NotYours: if there is none.
    """
    rows = await Visit.raw("SELECT contract_line, need, assignment FROM visit WHERE id = {}", visit)
    if not rows:
        raise NotYours
    if line and rows[0]["contract_line"] is not None:
        await hold_line(rows[0]["contract_line"])
    await Visit.raw("SELECT id FROM need WHERE id = {} FOR NO KEY UPDATE", rows[0]["need"])
    await Visit.raw("SELECT id FROM assignment WHERE id = {} FOR NO KEY UPDATE", rows[0]["assignment"])
    found: Visit | None = await Visit.objects().where(Visit.id == visit).first().lock_rows("NO KEY UPDATE")
    if found is None:
        raise NotYours
    return found


def serves(actor: Actor, row: Visit) -> bool:
    """Whether the actor is the named server or the one who comes along."""
    return actor.carer is not None and actor.carer in {row.carer, row.partner}


def own(actor: Actor, row: Visit) -> bool:
    """Whether the visit is the actor's: the named server's, or the organisation's for its manager."""
    if actor.has(*life_rules.SERVERS) and actor.carer is not None and actor.carer == row.carer:
        return True
    return actor.has("provider_manager") and actor.organization is not None and actor.organization == row.organization


def side_of(actor: Actor, row: Visit) -> bool:
    """Whether the actor stands on the serving side: server, companion, or anybody of the serving organisation. Such a
    person never verifies the visit (DOMAIN.md 5.2, 8.11)."""
    return serves(actor, row) or (row.organization is not None and actor.organization == row.organization)


def check_actor(actor: Actor, row: Visit, step: life_rules.Transition) -> None:
    """Whose it is, and whether the role may.

    Raises:
        NotYours: if the visit is not the actor's.
        NotAllowed: if it is, but the table gives the action to others, or the actor stands on the serving side of a
            decision.
    """
    if actor.user is None:
        if "system" not in step.roles:
            raise NotAllowed
        return
    theirs = (own(actor, row) or actor.sees(row.division)) if step.whose == "own" else actor.sees(row.division)
    if not theirs:
        raise NotYours
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    if step.whose == "own" and not own(actor, row) and not (step.roles & actor.roles & {"station_dispatcher"}):
        raise NotYours
    if step.whose == "scope" and side_of(actor, row):
        raise NotAllowed


async def move(
    actor: Actor, row: Visit, action: str, at: datetime, *, reason: str = "", text: str = "",
    data: Mapping[str, object] | None = None, **columns: Any,
) -> None:  # fmt: skip
    """Take one transition of DOMAIN.md 8.8 with the row locked: state, columns, money, audit event, reactions.

    Args:
        reason: a code; it stands in the audit event and in `status_reason`.
        text: what a person wrote; it is kept sealed, never in the audit trail.
        data: codes and numbers that the event says beside the visit's number and its states.
        columns: further columns that change with the state.

    Raises:
        Refused: if the table does not list the transition (409).
        NotYours, NotAllowed: see `check_actor`.
    """
    step = life_rules.MACHINE.step(row.status, action)
    check_actor(actor, row, step)
    before = {"status": row.status, "version": row.version}
    changes: dict[Any, Any] = {
        **columns, "status": step.target, "status_reason": reason, "version": row.version + 1, "updated_at": at,
    }  # fmt: skip
    changes |= await money.book(actor, row, step, at)
    await Visit.update(changes).where(Visit.id == row.id)
    known = {"from": row.status, "to": step.target, **({"reason": reason} if reason else {}), **(data or {})}
    for name, value in changes.items():
        setattr(row, name, value)
    await tell(actor, row, step.event, at, data=known, before=before, after=changes, text=text, reason=reason)
    await hooks.tell(step.event, actor, row, at)


async def tell(
    actor: Actor, row: Visit, event: str, at: datetime, *, data: Mapping[str, object] | None = None,
    before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None, text: str = "",
    reason: str = "",
) -> None:  # fmt: skip
    """One audit event of a visit (codes and numbers only) with what was written, sealed, beside it."""
    home = {"household": str(row.household)} if event in ON_THE_TIMELINE else {}
    await audit.record(
        actor, f"visit.{event}", "visit", row.id, division=row.division, reason=reason,
        data={"number": row.number, **home, **(data or {})}, before=before, after=after, at=at,
    )  # fmt: skip
    if text:
        note = uuid4()
        await VisitNote(
            id=note, visit=row.id, event=event, code=reason[:32], written_by=actor.user,
            text_enc=encrypt(text, f"visit_note:text_enc:{note}"), at=at,
        ).save()  # fmt: skip


async def already(actor: Actor, row: Visit, action: str) -> bool:
    """Whether this very person took the action last, so that a repeat (a double click) changes nothing."""
    steps = [step for (_, name), step in life_rules.MACHINE.table.items() if name == action]
    if row.status not in {step.target for step in steps}:
        return False
    moves = sorted({f"visit.{step.event}" for step in life_rules.MACHINE.table.values()})
    last = await AuditEvent.raw(
        "SELECT action, actor FROM audit_event WHERE subject = {} AND subject_type = 'visit'"
        " AND action = ANY({}::varchar[]) ORDER BY id DESC LIMIT 1",
        str(row.id), moves,
    )  # fmt: skip
    return bool(last) and last[0]["actor"] == actor.user and last[0]["action"] in {f"visit.{s.event}" for s in steps}

"""Moving an assessment from one state to another: locks in one order, the table of transitions, change and event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.assessments import rules
from bangfu.assessments.tables import Assessment
from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.households.actions import on_relocation
from bangfu.households.tables import Household
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.permissions import allows
from bangfu.shared.tables import AuditEvent

OF_CHILD = (
    "EXISTS (SELECT 1 FROM person c WHERE c.id = a.person"
    " AND c.birth_date > (now() AT TIME ZONE 'Asia/Shanghai')::date - interval '14 years')"
)
"""Whether `a` is about a child under 14, whose data fewer people read (DOMAIN.md 9.1), whatever the form."""


def may_see(actor: Actor, row: Mapping[str, Any]) -> bool:
    """In one's area; one of a child only for child workers, the office's officers and its own two assessors."""
    if not actor.sees(row["division"]):
        return False
    own = actor.user is not None and actor.user in (row["first_assessor"], row["second_assessor"])
    return not (row["restricted"] or row["of_child"]) or own or allows(actor.roles, "children.read")


async def entered(actor: Actor, assessment: UUID) -> tuple[Assessment, Household]:
    """The assessment and its household with their row locks, always the household first, then the audit chain.

    Raises:
        NotYours: if there is none, or it is not the actor's to see.
    """
    rows = await Assessment.raw(
        f"SELECT a.*, {OF_CHILD} AS of_child FROM assessment a WHERE a.id = {{}}",  # noqa: S608 (a constant)
        assessment,
    )
    if not rows or (actor is not SYSTEM and not may_see(actor, rows[0])):
        raise NotYours
    home = await home_of(rows[0]["household"])
    row: Assessment | None = await Assessment.objects().where(Assessment.id == assessment).first().lock_rows("UPDATE")
    assert row is not None  # noqa: S101 (assessments are never deleted)
    return row, home


async def household_of(assessment: UUID) -> UUID:
    """Whose household an assessment is about.

    Raises:
        NotYours: if there is no such assessment.
    """
    rows = await Assessment.raw("SELECT household FROM assessment WHERE id = {}", assessment)
    if not rows:
        raise NotYours
    found: UUID = rows[0]["household"]
    return found


async def home_of(household: UUID) -> Household:
    """The household with its row lock, then the lock of its audit chain.

    Raises:
        NotYours: if there is none.
    """
    home: Household | None = await Household.objects().where(Household.id == household).first().lock_rows("UPDATE")
    if home is None:
        raise NotYours
    await audit.hold(home.division)
    return home


async def move(
    actor: Actor, row: Assessment, action: str, at: datetime, *, reason: str = "",
    data: Mapping[str, object] | None = None, **changes: Any,
) -> None:  # fmt: skip
    """Take one transition of the table: the new state, the changed columns, one audit event.

    Raises:
        Refused: if the table does not list the transition (409).
    """
    step = rules.MACHINE.step(row.status, action)
    before = {"status": row.status, "revision": row.revision}
    after = {"status": step.target, "revision": row.revision + 1}
    await Assessment.update(**{**changes, **after, "updated_at": at}).where(Assessment.id == row.id)
    await audit.record(
        actor, f"assessment.{step.event}", "assessment", row.id, division=row.division, reason=reason,
        data={**about(row), "from": row.status, "to": step.target, **(data or {})}, before=before,
        after={**after, **changes}, at=at,
    )  # fmt: skip
    for name, value in {**changes, **after}.items():
        setattr(row, name, value)


def about(row: Assessment) -> dict[str, object]:
    """What every event of an assessment says; that of a child stays off the household's timeline, which more people
    read than may know of it."""
    known: dict[str, object] = {"number": row.number, "form": row.form_code}
    return known if row.restricted else {**known, "household": str(row.household)}


def check_role(actor: Actor, row: Assessment, action: str) -> None:
    """The table's line for this state must name one of the actor's roles.

    Raises:
        Refused: if the table does not list the transition (409).
        NotAllowed: if it does, but for other roles (403).
    """
    if rules.MACHINE.step(row.status, action).roles.isdisjoint(actor.roles):
        raise NotAllowed


def check_first(actor: Actor, first_assessor: UUID) -> None:
    """Only who began it goes on with it.

    Raises:
        Refused: for everybody else.
    """
    if actor.user != first_assessor:
        raise Refused(N_("Only the first assessor, who began this assessment, may do this."))


async def already(actor: Actor, row: Assessment, action: str) -> bool:
    """Whether this very person took the action last, so that a repeat (a double click) changes nothing."""
    steps = [step for (_, name), step in rules.MACHINE.table.items() if name == action]
    events = {f"assessment.{step.event}" for step in steps}
    moves = [f"assessment.{step.event}" for step in rules.MACHINE.table.values()]
    last = await AuditEvent.raw(
        "SELECT action FROM audit_event WHERE subject = {} AND subject_type = 'assessment' AND actor = {}"
        " AND action = ANY({}::varchar[]) ORDER BY id DESC LIMIT 1",
        str(row.id), actor.user, moves,
    )  # fmt: skip
    later = {"sign_second": {"valid", "completed"}}.get(action, {step.target for step in steps})
    return bool(last) and last[0]["action"] in events and row.status in later


async def _follow_household(household: UUID, division: str) -> None:
    """A household that moves takes its assessments along."""
    await Assessment.update({Assessment.division: division}).where(Assessment.household == household)


on_relocation(_follow_household)

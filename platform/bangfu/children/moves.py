"""What every verb of a child file begins and ends with: the locked row, its event, the clocks that follow from it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.children import rules
from bangfu.children.tables import ChildFile
from bangfu.errors import N_, NotYours, Refused
from bangfu.households.tables import Household
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import day_span
from bangfu.supervision import actions as supervision

REVIEW, CONTACT = "child.review", "child.contact"
supervision.confidential(REVIEW)
supervision.confidential(CONTACT)


async def locked(actor: Actor, file: UUID, *, open_only: bool = True) -> ChildFile:
    """The file with its row lock.

    Raises:
        NotYours: if there is none in the actor's scope.
        Refused: if it is closed, and an open one is needed.
    """
    row: ChildFile | None = await ChildFile.objects().where(ChildFile.id == file).first().lock_rows("UPDATE")
    if row is None or not actor.sees(row.division):
        raise NotYours
    if open_only and row.status != "active":
        raise Refused(N_("This child file is closed. Reopen it, then change it."))
    return row


async def note(
    actor: Actor, row: ChildFile, event: str, at: datetime, data: Mapping[str, object] | None = None, reason: str = ""
) -> None:
    """One event on the file's timeline, and on the household's unless it carries words: more people read that one than
    may read about the child."""
    home = {} if reason else {"household": str(row.household)}
    await audit.record(
        actor, f"child.{event}", "child_file", row.id, division=row.division, reason=reason, at=at,
        data={**home, **(data or {})},
    )  # fmt: skip


async def watch_review(actor: Actor, row: ChildFile, review_on: date, at: datetime) -> None:
    """The review date cannot pass silently: supervision reminds, then climbs its ladder."""
    due = day_span(review_on)[1] - timedelta(minutes=1)
    await supervision.watch(actor, _timed(row, REVIEW, due, "child_director", by_hours=False), at)


async def watch_contact(actor: Actor, row: ChildFile, at: datetime) -> None:
    """A red child is contacted within 24 hours."""
    due = at + rules.RED_CONTACT_WITHIN
    await supervision.watch(actor, _timed(row, CONTACT, due, "child_director", by_hours=True), at)
    told = [user for role in ("child_director", "child_supervisor") for user in await users_with(role, row.division)]
    await send(told, "child_red", f"/children/{row.id}")


def _timed(row: ChildFile, kind: str, due: datetime, role: str, *, by_hours: bool) -> supervision.Timed:
    return supervision.Timed(
        kind=kind, subject_type="child_file", subject=row.id, href=f"/children/{row.id}", division=row.division,
        due_at=due, unit="village", role=role, by_hours=by_hours,
    )  # fmt: skip


async def follow_household(household: UUID) -> None:
    """The household shows the highest risk among its children (matching and lists read it there)."""
    rows = await ChildFile.select(ChildFile.color).where(
        (ChildFile.household == household) & (ChildFile.status == "active")
    )
    color = rules.worst(row["color"] for row in rows)
    await Household.update({Household.risk_color: color}).where(Household.id == household)


async def follow_relocation(household: UUID, division: str) -> None:
    """A household that moves takes its children's files along."""
    await ChildFile.update({ChildFile.division: division}).where(ChildFile.household == household)

"""How members and households leave: death, imprisonment, moving out; the gradual exit; the end of an emergency.

Later features end what they hold through `on_leaving`, in the transaction in which the leaving is recorded: so services
end at once, and never later than the last day of the month (DOMAIN.md 1.1).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households import reviews, status_rules
from bangfu.households.kinship import refuse_relative
from bangfu.households.locking import locked
from bangfu.households.members import make_head
from bangfu.households.status_rules import MACHINE, Member
from bangfu.households.tables import Household, Person, PersonLeaving
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends: services for one `person`, or for the whole household where it is None. `event`: the row of
    person_leaving that caused it; None for the end of a grace or an emergency. `code`: died, imprisoned, moved_out,
    other, or category_lost."""

    household: UUID
    person: UUID | None
    code: str
    event: UUID | None = None


Reaction = Callable[[Actor, Ending, datetime], Awaitable[None]]
_leavings: list[Reaction] = []
_returns: list[Reaction] = []


def on_leaving(reaction: Reaction) -> None:
    """Let a later feature end what it holds for who leaves: called with (actor, ending, at) in the transaction."""
    if reaction not in _leavings:
        _leavings.append(reaction)


def on_return(reaction: Reaction) -> None:
    """Let a later feature take back what it ended, when a leaving turns out to be recorded wrongly."""
    if reaction not in _returns:
        _returns.append(reaction)


@dataclass(frozen=True, slots=True)
class Leaving:
    """That a member leaves: reason (status_rules.LEAVING_REASONS), since when, and the new head where the head goes."""

    reason: str
    left_on: date
    new_head: UUID | None = None


async def record_leaving(
    actor: Actor, household: UUID, person: UUID, key: UUID, leaving: Leaving, why: str, at: datetime
) -> str:
    """A member has died, is imprisoned, has moved out or left otherwise; services for them end in this transaction.

    Returns:
        The household's status afterwards. The same key again changes nothing.

    Raises:
        NotYours: for a household of another area, or a member of another household.
        NotAllowed: for a role that may not record it.
        Refused: if the member has left already.
        FormError: for an impossible day, or a missing new head.
    """
    async with transaction():
        row = await locked(actor, household)
        if not allows(actor.roles, "households.status"):
            raise NotAllowed
        if (known := await PersonLeaving.objects().get(PersonLeaving.id == key)) is not None:
            if known.household != household:
                raise NotYours
            return row.status
        leaver, others = await _split(household, person)
        _check_day(leaving.left_on, leaver["birth_date"], civil_date(at))
        personal = status_rules.is_personal(row.category, row.admission_mode)
        step = status_rules.outcome_of_leaving(
            leaving.reason, _member(leaver), [_member(other) for other in others], personal=personal
        )
        heir = _heir(leaver, others, leaving.new_head)
        await Person.update(
            {
                Person.left_on: leaving.left_on, Person.left_reason: leaving.reason,
                Person.is_head: leaver["is_head"] and heir is None,
            }
        ).where(Person.id == person)  # fmt: skip
        if heir is not None:
            await make_head(row, heir)
        await PersonLeaving(
            id=key, household=household, person=person, reason=leaving.reason, left_on=leaving.left_on,
            status_before=row.status, head_after=heir, recorded_by=actor.user, recorded_at=at,
        ).save()  # fmt: skip
        ending = Ending(household, None if step else person, leaving.reason, key)
        after = await _step(actor, row, step, at, leaving.left_on) if step else row.status
        await _tell(_leavings, actor, ending, at)
        if not step:
            await reviews.bring_forward(household, _same_month(leaving.left_on, civil_date(at)))
        await audit.record(
            actor, "person.left", "household", household, division=row.division, reason=why, at=at,
            data={"person": person, "reason": leaving.reason, "on": leaving.left_on.isoformat(), "status": after,
                  "leaving": key},
            before={"status": row.status}, after={"status": after},
        )  # fmt: skip
    return after


async def undo_leaving(actor: Actor, household: UUID, leaving: UUID, reason: str, at: datetime) -> None:
    """Take back a leaving that was recorded wrongly: on the day it was recorded, by another person, with a reason.

    Raises:
        NotYours: for a household of another area, or a leaving of another household.
        NotAllowed: for who recorded it (the try is logged), and for roles that may not.
        Refused: on a later day, or where it was taken back already by somebody else.
    """
    await _check_other_person(actor, household, leaving)
    async with transaction():
        row = await locked(actor, household)
        found = await PersonLeaving.objects().where(PersonLeaving.id == leaving).first().lock_rows("UPDATE")
        if found.undone_at is not None:
            if found.undone_by == actor.user:
                return
            raise Refused(N_("This was taken back already. Look at the page again."))
        if civil_date(found.recorded_at) != civil_date(at):
            raise Refused(
                N_("It can be taken back only on the day on which it was recorded. Record the person anew instead.")
            )
        await PersonLeaving.update(
            {
                PersonLeaving.undone_at: at, PersonLeaving.undone_by: actor.user,
                PersonLeaving.undo_reason: reason,
            }
        ).where(PersonLeaving.id == leaving)  # fmt: skip
        await Person.update({Person.left_on: None, Person.left_reason: ""}).where(Person.id == found.person)
        if found.head_after is not None:
            await make_head(row, found.person)
        ended = row.status != found.status_before
        if ended:
            await _step(actor, row, f"undo_{found.status_before}", at, None)
            await reviews.start_clocks([household], civil_date(at))
        person = None if ended else found.person
        await _tell(_returns, actor, Ending(household, person, found.reason, leaving), at)
        await audit.record(
            actor, "person.leaving_undone", "household", household, division=row.division, reason=reason, at=at,
            data={"person": found.person, "leaving": leaving, "status": found.status_before},
        )  # fmt: skip


async def exit_household(
    actor: Actor, household: UUID, version: int, on: date, reason: str, at: datetime, *, gradual: bool
) -> None:
    """The household loses its category: gradually (services go on for six months) or at once.

    Raises:
        NotYours: for a household of another area.
        NotAllowed: by role, and for a near relative.
        Refused: by state, and if somebody changed it after the form was opened.
        FormError: for a day in the future.
    """
    await refuse_relative(actor, household, "household.exit", at)
    action = "exit" if gradual else "leave"
    async with transaction():
        row = await locked(actor, household)
        target = MACHINE.table.get((row.status, action))
        if target is None and row.status == ("grace" if gradual else "left") and row.version == version + 1:
            return
        _check_role(actor, row.status, action)
        if row.version != version:
            raise Refused(
                N_("Somebody changed this household after you opened the form. Compare with its page and save again.")
            )
        if on > civil_date(at):
            raise FormError({"exit_on": (N_("The day of the exit cannot lie in the future."), {})})
        after = await _step(actor, row, action, at, on)
        if after == "left":
            await _tell(_leavings, actor, Ending(household, None, "category_lost"), at)
        await audit.record(
            actor, f"household.{MACHINE.step(row.status, action).event}", "household", household,
            division=row.division, reason=reason, at=at, data={"on": on.isoformat(), "status": after},
            before={"status": row.status}, after={"status": after},
        )  # fmt: skip


async def readmit(actor: Actor, household: UUID, version: int, reason: str, at: datetime) -> None:
    """A household in its grace, or one that left, is in the register again, in its category.

    Raises: as `exit_household`.
    """
    await refuse_relative(actor, household, "household.readmit", at)
    async with transaction():
        row = await locked(actor, household)
        if row.status == "active" and row.version == version + 1:
            return
        _check_role(actor, row.status, "readmit")
        if row.version != version:
            raise Refused(
                N_("Somebody changed this household after you opened the form. Compare with its page and save again.")
            )
        if row.category == "emergency" and row.valid_until is not None and row.valid_until < civil_date(at):
            raise Refused(
                N_("This emergency is over. Take the household in again by changing its category or its last day.")
            )
        if not await Person.exists().where((Person.household == household) & Person.left_on.is_null()):
            raise Refused(N_("Nobody of this household is present. Add a member first."))
        after = await _step(actor, row, "readmit", at, None)
        await reviews.start_clocks([household], civil_date(at))
        await audit.record(
            actor, "household.readmitted", "household", household, division=row.division, reason=reason, at=at,
            data={"status": after}, before={"status": row.status}, after={"status": after},
        )  # fmt: skip


async def end_due(at: datetime, *, most: int = 200) -> int:
    """End households whose grace or emergency is over; the worker repeats this. Returns how many ended."""
    today = civil_date(at)
    rows = await Household.raw(
        "SELECT id FROM household WHERE (status = 'grace' AND grace_until < {})"
        " OR (status = 'active' AND category = 'emergency' AND valid_until < {}) ORDER BY id LIMIT {}",
        today, today, most,
    )  # fmt: skip
    for found in rows:
        await _expire(found["id"], today, at)
    return len(rows)


async def _expire(household: UUID, today: date, at: datetime) -> None:
    async with transaction():
        row = await Household.objects().where(Household.id == household).first().lock_rows("UPDATE")
        last = status_rules.last_day(row.status, row.category, row.valid_until, row.grace_until)
        if last is None or last >= today:
            return
        after = await _step(SYSTEM, row, "expire", at, None)
        await _tell(_leavings, SYSTEM, Ending(household, None, "category_lost"), at)
        await audit.record(
            SYSTEM, "household.expired", "household", household, division=row.division, at=at,
            data={"from": row.status, "status": after, "last_day": last.isoformat()},
        )  # fmt: skip


async def _step(actor: Actor, row: Household, action: str, at: datetime, on: date | None) -> str:
    """One line of the machine: the status and the days that go with it; the review clock stops where it ends."""
    _check_role(actor, row.status, action)
    target = MACHINE.target(row.status, action)
    values: dict[Any, Any] = {Household.status: target, Household.version: row.version + 1, Household.updated_at: at}
    if target == "grace" and on is not None:
        values |= {Household.exit_on: on, Household.grace_until: status_rules.grace_until(on)}
    elif target == "active":
        values |= {Household.exit_on: None, Household.grace_until: None}
    elif on is not None:
        values |= {Household.exit_on: on}
    await Household.update(values).where(Household.id == row.id)
    if target != "active":
        await reviews.stop_clock(actor, row.id, at, reason=target)
    return target


def _check_role(actor: Actor, status: str, action: str) -> None:
    if MACHINE.step(status, action).roles.isdisjoint(actor.roles):
        raise NotAllowed


async def _check_other_person(actor: Actor, household: UUID, leaving: UUID) -> None:
    """Who recorded a leaving does not take it back; a try is refused and logged."""
    home = await Household.objects().get(Household.id == household)
    found = await PersonLeaving.objects().get(PersonLeaving.id == leaving)
    if home is None or not actor.sees(home.division) or found is None or found.household != household:
        raise NotYours
    if not allows(actor.roles, "households.record"):
        raise NotAllowed
    if found.recorded_by != actor.user:
        return
    async with transaction():
        await audit.record(actor, "person.refused_two_people", "household", household, division=home.division)
    raise NotAllowed(N_("You recorded this yourself: another person takes it back."))


async def _split(household: UUID, person: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    rows = await Person.raw(
        "SELECT id, is_head, assisted, birth_date, left_on FROM person WHERE household = {} ORDER BY created_at, id",
        household,
    )
    leaver = next((row for row in rows if row["id"] == person), None)
    if leaver is None:
        raise NotYours
    if leaver["left_on"] is not None:
        raise Refused(N_("This member has left already. Look at the page again."))
    return leaver, [row for row in rows if row["id"] != person and row["left_on"] is None]


def _member(row: dict[str, Any]) -> Member:
    return Member(row["is_head"], row["assisted"])


def _check_day(left_on: date, born: date | None, today: date) -> None:
    if left_on > today:
        raise FormError({"left_on": (N_("The day cannot lie in the future."), {})})
    if born is not None and left_on < born:
        raise FormError({"left_on": (N_("The day lies before the person's birth."), {})})


def _heir(leaver: dict[str, Any], others: list[dict[str, Any]], chosen: UUID | None) -> UUID | None:
    """The new head where the head leaves others behind."""
    if not leaver["is_head"] or not others:
        return None
    if chosen not in {other["id"] for other in others}:
        raise FormError({"new_head": (N_("The head leaves: choose who is the head of the household now."), {})})
    return chosen


def _same_month(left_on: date, today: date) -> date:
    """A change of the household is looked at in the same month (DOMAIN.md 1.1), not before today."""
    return max(status_rules.services_end_by(left_on), today)


async def _tell(reactions: list[Reaction], actor: Actor, ending: Ending, at: datetime) -> None:
    for react in reactions:
        await react(actor, ending, at)

"""Milestones: set by the bureau, reported with evidence by one person, confirmed by another; overdue ones warn."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.contracts import milestone_rules as rules
from bangfu.contracts.life_tables import Milestone
from bangfu.contracts.life_telling import tell_bureau, tell_supplier
from bangfu.contracts.moves import check_sees, locked, tell
from bangfu.contracts.tables import Contract
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.shared import files
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import day_span
from bangfu.shared.database import transaction
from bangfu.shared.files import FileRow, Looked
from bangfu.supervision import actions as supervision

SUBJECT, TIMED = "contract_milestone", "contract.milestone"
ENDED = frozenset({"closed", "terminated", "void"})


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """A milestone as pages show it, with its evidence."""

    id: UUID
    title: str
    side: str
    due_on: date
    status: str
    done_by: UUID | None
    done_name: str
    done_at: datetime | None
    confirmed_name: str
    confirmed_at: datetime | None
    files: tuple[FileRow, ...] = ()

    def overdue(self, today: date) -> bool:
        """Whether it should have been reached before today."""
        return self.status == "open" and self.due_on < today


async def milestones_of(contract: UUID) -> list[MilestoneView]:
    """The milestones of a contract that was fetched with its access check, by due date."""
    rows = await Milestone.raw(
        "SELECT m.*, coalesce(d.display_name, '') AS done_name, coalesce(c.display_name, '') AS confirmed_name"
        " FROM contract_milestone m LEFT JOIN app_user d ON d.id = m.done_by"
        " LEFT JOIN app_user c ON c.id = m.confirmed_by WHERE m.contract = {} ORDER BY m.due_on, m.created_at, m.id",
        contract,
    )
    kept = await files.files_of(SUBJECT, [row["id"] for row in rows])
    plain = [name for name in MilestoneView.__slots__ if name != "files"]
    return [MilestoneView(**{name: row[name] for name in plain}, files=tuple(kept[row["id"]])) for row in rows]


def next_of(milestones: list[MilestoneView]) -> MilestoneView | None:
    """The first one that is not reached yet."""
    return next((each for each in milestones if each.status == "open"), None)


async def set_milestone(
    actor: Actor, contract: UUID, key: UUID, title: str, side: str, due_on: date, at: datetime
) -> UUID:
    """Set what is to be reached until a day; whose it is hears of the deadline. The same key is the same one.

    Raises:
        NotAllowed: for others than the bureau's officer; Refused after the end of the contract.
        FormError: for a day outside of the contract's term.
    """
    async with transaction():
        row = await locked(contract)
        check_sees(actor, row)
        if not actor.has("bureau_officer"):
            raise NotAllowed
        if (known := await Milestone.objects().get(Milestone.id == key)) is not None:
            if known.contract != contract:
                raise NotYours
            return key
        if row.status in ENDED:
            raise Refused(N_("The contract has ended."))
        if due_on < row.starts_on:
            raise FormError({"due_on": (N_("The day lies before the contract's first day."), {})})
        await Milestone(
            id=key, contract=contract, title=title, side=side, due_on=due_on, set_by=actor.me, created_at=at
        ).save()
        await tell(actor, row, "milestone_set", at, data={"due_on": due_on.isoformat(), "side": side})
        await _watch(actor, row, key, side, due_on, at)
    return key


async def report(actor: Actor, contract: UUID, milestone: UUID, evidence: Looked | None, at: datetime) -> None:
    """Say that it is reached, with a file that shows it.

    Raises:
        FormError: without evidence; NotAllowed for the other side.
    """
    async with transaction():
        row, found = await _both(actor, contract, milestone)
        if found.status == "done" and found.done_by == actor.user:
            return
        step = _step(actor, found, "report")
        if ("supplier" if actor.has("provider_manager") else "buyer") != found.side:
            raise NotAllowed(N_("This milestone is the other side's to report."))
        if evidence is None:
            raise FormError({"file": (N_("Please choose the file that shows it."), {})})
        await files.keep(actor, SUBJECT, milestone, "evidence", evidence, at)
        await _set(found, status=step.target, done_by=actor.user, done_at=at)
        await tell(actor, row, step.event, at)
        await supervision.settle(actor, TIMED, milestone, at, evidence="contract.milestone_done")
        await tell_bureau(row, "milestone_done", "/milestones", "bureau_officer")


async def confirm(actor: Actor, contract: UUID, milestone: UUID, at: datetime) -> None:
    """Confirm it; never by who reported it."""
    async with transaction():
        row, found = await _both(actor, contract, milestone)
        if found.status == "confirmed" and found.confirmed_by == actor.user:
            return
        step = _step(actor, found, "confirm")
        _another(actor, found)
        await _set(found, status=step.target, confirmed_by=actor.user, confirmed_at=at)
        await tell(actor, row, step.event, at)


async def give_back(actor: Actor, contract: UUID, milestone: UUID, text: str, at: datetime) -> None:
    """Return it with a reason: the evidence does not show it; its clock runs again."""
    async with transaction():
        row, found = await _both(actor, contract, milestone)
        step = _step(actor, found, "return")
        _another(actor, found)
        await _set(found, status=step.target, done_by=None, done_at=None)
        await tell(actor, row, step.event, at, text=text)
        await _watch(actor, row, found.id, found.side, found.due_on, at)
        if found.side == "supplier":
            await tell_supplier(row, "milestone_returned", "/money")


async def drop(actor: Actor, contract: UUID, milestone: UUID, text: str, at: datetime) -> None:
    """It is not asked for any more; the reason stands in the history."""
    async with transaction():
        row, found = await _both(actor, contract, milestone)
        if found.status == "dropped":
            return
        step = _step(actor, found, "drop")
        await _set(found, status=step.target)
        await tell(actor, row, step.event, at, text=text)
        await supervision.drop(actor, TIMED, milestone, at, reason="dropped")


async def drop_all(row: Contract, at: datetime) -> None:
    """A contract has ended before its time: the clocks of its open milestones stop."""
    for found in await Milestone.objects().where((Milestone.contract == row.id) & (Milestone.status == "open")):
        await supervision.drop(SYSTEM, TIMED, found.id, at, reason="contract_terminated")


async def _watch(actor: Actor, row: Contract, milestone: UUID, side: str, due_on: date, at: datetime) -> None:
    href = f"/my-contracts/{row.id}/money" if side == "supplier" else f"/contracts/{row.id}/milestones"
    unit: dict[str, Any] = {"unit": "bureau", "role": "bureau_officer"}
    if side == "supplier":
        unit = {"unit": "organization", "organization": row.supplier, "role": "provider_manager"}
    timed = supervision.Timed(
        kind=TIMED, subject_type=SUBJECT, subject=milestone, href=href, division=row.division,
        due_at=day_span(due_on)[1], number=row.number, **unit,
    )  # fmt: skip
    await supervision.watch(actor, timed, at)


async def _both(actor: Actor, contract: UUID, milestone: UUID) -> tuple[Contract, Milestone]:
    row = await locked(contract)
    if actor.has("provider_manager"):
        if row.supplier != actor.organization:
            raise NotYours
    else:
        check_sees(actor, row)
    found: Milestone | None = await (
        Milestone.objects()
        .where((Milestone.id == milestone) & (Milestone.contract == contract))
        .first()
        .lock_rows("NO KEY UPDATE")
    )
    if found is None:
        raise NotYours
    return row, found


def _step(actor: Actor, found: Milestone, action: str) -> rules.Step:
    step = rules.MILESTONE_MACHINE.step(found.status, action)
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    return step


def _another(actor: Actor, found: Milestone) -> None:
    if found.done_by == actor.user:
        raise NotAllowed(N_("Who reported the milestone does not judge it."))


async def _set(found: Milestone, **columns: object) -> None:
    columns["version"] = found.version + 1
    await Milestone.update(columns).where(Milestone.id == found.id)  # type: ignore[arg-type]
    for name, value in columns.items():
        setattr(found, name, value)

"""Verbs of a child file: open, colour, plan, school, guardian, contact, close, reopen. One transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from asyncpg import UniqueViolationError

from bangfu.children import rules
from bangfu.children.moves import (
    CONTACT,
    REVIEW,
    follow_household,
    follow_relocation,
    locked,
    note,
    watch_contact,
    watch_review,
)
from bangfu.children.tables import ChildColor, ChildContact, ChildFile, ChildGuardian, ChildMeasure, ChildPlan
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households.actions import on_relocation
from bangfu.households.locking import locked as locked_household
from bangfu.households.rules import is_minor
from bangfu.households.sealing import seal
from bangfu.households.tables import Person
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.supervision import actions as supervision

on_relocation(follow_relocation)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A colour and what it is based on."""

    color: str
    areas: Sequence[str]
    basis: str
    assessment: UUID | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of a plan."""

    what: str
    who: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who has the child in care."""

    name: str
    relation: str
    phone: str = ""
    capacity: str = "able"
    lives_with: bool = False


async def open_file(actor: Actor, key: UUID, person: UUID, judgement: Judgement, at: datetime) -> UUID:
    """One file for one child, with its first colour; the same key, or the child's present file, is the same file.

    Raises:
        NotYours: for a person of another area.
        Refused: for somebody who is no minor.
    """
    try:
        async with transaction():
            member = await Person.objects().get(Person.id == person)
            if member is None:
                raise NotYours
            home = await locked_household(actor, member.household)
            known = await ChildFile.objects().where(ChildFile.person == person).first()
            if known is not None:
                return UUID(str(known.id))
            if not is_minor(member.birth_date, civil_date(at)):
                raise Refused(N_("A child file is for somebody under 18 with a known birth date."))
            today = civil_date(at)
            row = ChildFile(
                id=key, household=home.id, person=person, division=home.division, color=judgement.color,
                color_since=today, review_on=rules.next_review(judgement.color, today), opened_by=actor.user,
                opened_at=at,
            )  # fmt: skip
            await row.save()
            await note(actor, row, "opened", at, {"color": judgement.color})
            await _color(actor, row, judgement, at)
    except UniqueViolationError:
        rows = await ChildFile.select(ChildFile.id).where(ChildFile.person == person)
        if not rows:
            raise
        return UUID(str(rows[0]["id"]))
    return key


async def review(actor: Actor, file: UUID, key: UUID, judgement: Judgement, at: datetime) -> None:
    """Give the colour anew with its basis, unchanged or not; the next review date follows from it. Same key, once.

    Raises:
        NotYours, Refused: by area and state.
    """
    async with transaction():
        row = await locked(actor, file)
        if not await ChildColor.exists().where(ChildColor.id == key):
            await supervision.settle(actor, REVIEW, row.id, at, evidence="child.colored")
            await _color(actor, row, judgement, at, key)


async def follow_assessment(actor: Actor, person: UUID, color: str, assessment: UUID, at: datetime) -> None:
    """A completed assessment of the child's risk gives the colour; nothing where the child has no open file."""
    async with transaction():
        found = await ChildFile.objects().where((ChildFile.person == person) & (ChildFile.status == "active")).first()
        known = await ChildColor.exists().where(ChildColor.assessment == assessment)
        if found is None or known or color not in rules.COLORS:
            return
        row = await locked(actor, found.id)
        await supervision.settle(actor, REVIEW, row.id, at, evidence="child.colored")
        await _color(actor, row, Judgement(color, rules.AREAS, "", assessment), at)


async def _color(actor: Actor, row: ChildFile, judgement: Judgement, at: datetime, key: UUID | None = None) -> None:
    today, key = civil_date(at), key or uuid4()
    review_on = rules.next_review(judgement.color, today)
    await ChildColor(
        id=key, file=row.id, color=judgement.color, areas=list(judgement.areas),
        basis_enc=seal("child_color", "basis_enc", key, judgement.basis), assessment=judgement.assessment,
        given_on=today, review_on=review_on, given_by=actor.user, given_at=at,
    ).save()  # fmt: skip
    changed = row.color != judgement.color
    await ChildFile.update(
        color=judgement.color, color_since=today if changed else row.color_since, review_on=review_on,
        version=row.version + 1,
    ).where(ChildFile.id == row.id)  # fmt: skip
    await note(actor, row, "colored", at, {"from": row.color, "color": judgement.color})
    row.color, row.review_on = judgement.color, review_on
    await follow_household(row.household)
    await watch_review(actor, row, review_on, at)
    if judgement.color == "red":
        await watch_contact(actor, row, at)


async def write_plan(actor: Actor, file: UUID, key: UUID, goal: str, measures: Sequence[Measure], at: datetime) -> None:
    """A new version of the plan; the former ones stay. Same key, once. Raises as `review`."""
    async with transaction():
        row = await locked(actor, file)
        if await ChildPlan.exists().where(ChildPlan.id == key):
            return
        version = 1 + await ChildPlan.count().where(ChildPlan.file == row.id)
        await ChildPlan(
            id=key, file=row.id, version=version, goal_enc=seal("child_plan", "goal_enc", key, goal),
            written_by=actor.user, written_at=at,
        ).save()  # fmt: skip
        for position, measure in enumerate(measures):
            line = uuid4()
            await ChildMeasure(
                id=line, plan=key, position=position, what_enc=seal("child_measure", "what_enc", line, measure.what),
                who=measure.who, due_on=measure.due_on,
            ).save()  # fmt: skip
        await note(actor, row, "planned", at, {"version": version, "measures": len(measures)})


async def finish_measure(actor: Actor, file: UUID, measure: UUID, at: datetime) -> None:
    """A line of the newest plan is done; a repeat changes nothing. Raises as `review`."""
    async with transaction():
        row = await locked(actor, file)
        line = await ChildMeasure.objects().get(ChildMeasure.id == measure)
        plan = await ChildPlan.objects().get(ChildPlan.id == line.plan) if line is not None else None
        if line is None or plan is None or plan.file != row.id:
            raise NotYours
        if line.done_on is not None:
            return
        await ChildMeasure.update(done_on=civil_date(at), done_by=actor.user).where(ChildMeasure.id == measure)
        await note(actor, row, "measure_done", at, {"position": line.position + 1})


async def record_school(
    actor: Actor, file: UUID, school: str, grade: str, boarding: bool, teacher: str, at: datetime
) -> None:
    """Where the child goes to school and who is asked there. Raises as `review`."""
    async with transaction():
        row = await locked(actor, file)
        await ChildFile.update(
            school_enc=seal("child_file", "school_enc", row.id, school), grade=grade, boarding=boarding,
            teacher_enc=seal("child_file", "teacher_enc", row.id, teacher), version=row.version + 1,
        ).where(ChildFile.id == row.id)  # fmt: skip
        await note(actor, row, "school", at)


async def add_guardian(actor: Actor, file: UUID, key: UUID, guardian: Guardian, at: datetime) -> None:
    """Somebody who has, or should have, the child in care. Same key, once. Raises as `review`."""
    async with transaction():
        row = await locked(actor, file)
        if await ChildGuardian.exists().where(ChildGuardian.id == key):
            return
        await ChildGuardian(
            id=key, file=row.id, name_enc=seal("child_guardian", "name_enc", key, guardian.name),
            phone_enc=seal("child_guardian", "phone_enc", key, guardian.phone), relation=guardian.relation,
            capacity=guardian.capacity, lives_with=guardian.lives_with, recorded_by=actor.user, recorded_at=at,
        ).save()  # fmt: skip
        await note(actor, row, "guardian", at, {"capacity": guardian.capacity})


async def end_guardian(actor: Actor, file: UUID, guardian: UUID, at: datetime) -> None:
    """The person has the child in care no more. Raises as `review`."""
    async with transaction():
        row = await locked(actor, file)
        known = await ChildGuardian.objects().get(ChildGuardian.id == guardian)
        if known is None or known.file != row.id:
            raise NotYours
        if known.ended_on is None:
            await ChildGuardian.update(ended_on=civil_date(at)).where(ChildGuardian.id == guardian)
            await note(actor, row, "guardian_ended", at)


async def add_contact(
    actor: Actor, file: UUID, key: UUID, kind: str, met_at: datetime, child_seen: bool, what: str, at: datetime
) -> None:
    """A visit, call or talk. Same key, once; any contact after a child turned red stops its 24 hours' clock.

    Raises:
        FormError: for a time to come, or before the file.
    """
    async with transaction():
        row = await locked(actor, file)
        if await ChildContact.exists().where(ChildContact.id == key):
            return
        if met_at > at:
            raise FormError({"met_on": (N_("This time has not come yet."), {})})
        await ChildContact(
            id=key, file=row.id, kind=kind, met_at=met_at, child_seen=child_seen,
            what_enc=seal("child_contact", "what_enc", key, what), recorded_by=actor.user, recorded_at=at,
        ).save()  # fmt: skip
        await note(actor, row, "contacted", at, {"kind": kind, "child_seen": child_seen})
        since = await ChildColor.raw(
            "SELECT max(given_at) AS at FROM child_color WHERE file = {} AND color = 'red'", row.id
        )
        if since[0]["at"] is not None and met_at >= since[0]["at"]:
            await supervision.settle(actor, CONTACT, row.id, at, evidence="child.contacted")


async def close(actor: Actor, file: UUID, reason: str, text: str, at: datetime) -> None:
    """active -> closed by the child supervisor, with a reason; its clocks end.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state.
    """
    async with transaction():
        row = await locked(actor, file, open_only=False)
        if row.status == "closed" and row.closed_reason == reason:
            return
        await _move(actor, row, "close", at, reason, text)
        for kind in (REVIEW, CONTACT):
            await supervision.drop(actor, kind, row.id, at, reason="child.closed")
        await follow_household(row.household)


async def reopen(actor: Actor, file: UUID, text: str, at: datetime) -> None:
    """closed -> active; the colour is to be looked at again at once. Raises as `close`."""
    async with transaction():
        row = await locked(actor, file, open_only=False)
        if row.status == "active":
            return
        await _move(actor, row, "reopen", at, "", text)
        await ChildFile.update(review_on=civil_date(at)).where(ChildFile.id == row.id)
        await watch_review(actor, row, civil_date(at), at)
        await follow_household(row.household)


async def _move(actor: Actor, row: ChildFile, action: str, at: datetime, reason: str, text: str) -> None:
    step = rules.MACHINE.step(row.status, action)
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    values: dict[str, Any] = {"status": step.target, "closed_reason": reason, "version": row.version + 1}
    await ChildFile.update(**values).where(ChildFile.id == row.id)
    await note(actor, row, step.event, at, {"code": reason}, reason=text)
    row.status = step.target

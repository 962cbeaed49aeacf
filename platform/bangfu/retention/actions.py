"""Proposing a deletion, approving it by another person, withdrawing it. One transaction each."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.retention import rules
from bangfu.retention.queries import due_by
from bangfu.retention.tables import RetentionRun
from bangfu.shared import audit, jobs
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows

JOB = "retention"


async def propose(actor: Actor, key: UUID, rule: str, at: datetime) -> UUID:
    """What is due by a rule in the actor's area today is proposed for deletion; the same key is the same proposal.

    Raises:
        NotYours: for somebody else's key, or without an area.
        NotAllowed: without the permission, or for a rule that nobody deletes by hand.
        Refused: if nothing is due, or a deletion by this rule is open in the area.
    """
    if not allows(actor.roles, "retention.propose") or rule not in rules.APPROVED:
        raise NotAllowed
    if not actor.scope:
        raise NotYours
    today, years = civil_date(at), rules.years_of(rule)
    try:
        async with transaction():
            if await _is_own_repeat(actor, key):
                return key
            found = await due_by(rule, actor.scope, years, today)
            if not found.due:
                raise Refused(N_("Nothing is due by this rule. Look at the page again."))
            await RetentionRun(
                id=key, rule=rule, division=actor.scope, years=years, as_of=today, due=found.due, held=found.held,
                oldest=found.oldest, proposed_by=actor.user, proposed_at=at,
            ).save()  # fmt: skip
            await _note(actor, key, actor.scope, "proposed", at, rule=rule, due=found.due, held=found.held, as_of=today)
    except UniqueViolationError:
        if not await _is_own_repeat(actor, key):
            raise Refused(N_("A deletion by this rule is open in your area already.")) from None
    return key


async def approve(actor: Actor, key: UUID, at: datetime) -> None:
    """proposed -> approved: the worker begins. A repeat changes nothing.

    Raises:
        NotYours: for a deletion of another area.
        NotAllowed: by role, and for who proposed it.
        Refused: for one that was withdrawn, or that nobody approved in time.
    """
    async with transaction():
        row = await _locked(actor, key, "retention.approve")
        if row.status in {"approved", "done"} and row.decided_by == actor.user:
            return
        target = rules.MACHINE.target(row.status, "approve")
        if row.proposed_by == actor.user:
            raise NotAllowed(N_("You proposed this deletion yourself: another person approves it."))
        if at > row.proposed_at + rules.LAPSES:
            raise Refused(N_("This proposal is older than 30 days: withdraw it and have it made anew."))
        job = await jobs.enqueue(JOB, {"run": key}, actor)
        await RetentionRun.update(status=target, decided_by=actor.user, decided_at=at, job=job).where(
            RetentionRun.id == key
        )
        await _note(actor, key, row.division, "approved", at, rule=row.rule, due=row.due)


async def withdraw(actor: Actor, key: UUID, at: datetime) -> None:
    """proposed -> withdrawn: nothing is deleted. A repeat changes nothing.

    Raises:
        NotYours: for a deletion of another area.
        NotAllowed: by role.
        Refused: once it was approved.
    """
    async with transaction():
        row = await _locked(actor, key, "retention.withdraw")
        if row.status == "withdrawn":
            return
        target = rules.MACHINE.target(row.status, "withdraw")
        await RetentionRun.update(status=target, decided_by=actor.user, decided_at=at).where(RetentionRun.id == key)
        await _note(actor, key, row.division, "withdrawn", at, rule=row.rule)


async def _locked(actor: Actor, key: UUID, permission: str) -> RetentionRun:
    known = await RetentionRun.objects().get(RetentionRun.id == key)
    if known is None or not actor.sees(known.division):
        raise NotYours
    if not allows(actor.roles, permission):
        raise NotAllowed
    await audit.hold(known.division)
    row: RetentionRun = await RetentionRun.objects().where(RetentionRun.id == key).first().lock_rows("UPDATE")
    return row


async def _is_own_repeat(actor: Actor, key: UUID) -> bool:
    row = await RetentionRun.objects().get(RetentionRun.id == key)
    if row is not None and row.proposed_by != actor.user:
        raise NotYours
    return row is not None


async def _note(actor: Actor, key: UUID, division: str, what: str, at: datetime, **data: Any) -> None:
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in data.items()}
    await audit.record(actor, f"retention.{what}", "retention_run", key, division=division, at=at, data=plain)

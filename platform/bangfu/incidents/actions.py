"""Verbs of the mandatory report: report, add, tell an authority, take on, conclude, reopen. One transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from asyncpg import UniqueViolationError

from bangfu.accounts.queries import users_with
from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.households.sealing import seal
from bangfu.households.tables import Household
from bangfu.incidents import rules
from bangfu.incidents.queries import may_see
from bangfu.incidents.tables import Incident, IncidentEntry
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import audit_hash
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number
from bangfu.supervision import actions as supervision

ACKNOWLEDGE, POLICE = "incident.acknowledge", "incident.police"
for _kind in (ACKNOWLEDGE, POLICE):
    supervision.confidential(_kind)


@dataclass(frozen=True, slots=True)
class Harm:
    """What a person reports; only `what` is needed. `told` are the authorities that the reporter told already."""

    what: str
    kinds: Sequence[str] = ()
    danger_now: bool = False
    division: str = ""
    household: UUID | None = None
    child_name: str = ""
    child_age: int | None = None
    place: str = ""
    told: Sequence[str] = ()


async def report(actor: Actor, key: UUID, harm: Harm, at: datetime, *, at_home: bool = False) -> UUID:
    """The report stands at once, its clock runs, every handler of the area hears of it. Same key, same report.

    Args:
        at_home: the caller has checked that the reporter serves this household, whatever area the account has.

    Raises:
        NotYours: if the key stands for another person's report.
    """
    try:
        async with transaction():
            if await _is_own_repeat(actor, key):
                return key
            division = await _division_of(actor, harm, at_home)
            number = await fresh_number(Incident)
            row = Incident(
                id=key, number=number, division=division, kinds=list(harm.kinds), danger_now=harm.danger_now,
                household=harm.household, child_name_enc=seal("incident", "child_name_enc", key, harm.child_name),
                child_age=harm.child_age, place_enc=seal("incident", "place_enc", key, harm.place),
                what_enc=seal("incident", "what_enc", key, harm.what), what_hash=audit_hash(harm.what),
                reported_by=actor.me, reporter_role=min(actor.roles, default=""), reported_at=at,
            )  # fmt: skip
            await row.save()
            data = {"number": number, "kinds": sorted(harm.kinds), "danger_now": harm.danger_now}
            await audit.record(actor, "incident.reported", "incident", key, division=division, data=data, at=at)
            await _start_clocks(actor, row, at)
            for body in harm.told:
                await _notice(actor, row, body, "", at)
            await _call_handlers(row)
    except UniqueViolationError:
        if not await _is_own_repeat(actor, key):
            raise
    return key


async def _start_clocks(actor: Actor, row: Incident, at: datetime) -> None:
    unit, role = ("township", "township_officer") if row.division[6:9] != "000" else ("bureau", "bureau_officer")
    for kind, limit in ((ACKNOWLEDGE, rules.ACKNOWLEDGE_WITHIN), (POLICE, rules.POLICE_WITHIN)):
        timed = supervision.Timed(
            kind=kind, subject_type="incident", subject=row.id, href=f"/incidents/{row.id}", division=row.division,
            due_at=at + limit, number=row.number, unit=unit, role=role, by_hours=True,
        )  # fmt: skip
        await supervision.watch(actor, timed, at)


async def _call_handlers(row: Incident) -> None:
    minutes = int(rules.ACKNOWLEDGE_WITHIN.total_seconds() // 60)
    users = [user for role in sorted(rules.HANDLERS) for user in await users_with(role, row.division)]
    await send(users, "incident", f"/incidents/{row.id}", {"number": row.number, "minutes": minutes})


async def add_note(actor: Actor, incident: UUID, text: str, at: datetime, key: UUID | None = None) -> None:
    """Words of the reporter or of a handler, added to what stands. The same key again adds nothing.

    Raises:
        NotYours: for a report that the person may not see.
    """
    async with transaction():
        row = await locked(actor, incident)
        if key is not None and await IncidentEntry.exists().where(IncidentEntry.id == key):
            return
        await _entry(actor, row, "note", "", text, at, key)
        await audit.record(
            actor, "incident.noted", "incident", row.id, division=row.division, data={"number": row.number}, at=at
        )


async def tell(actor: Actor, incident: UUID, body: str, text: str, at: datetime) -> None:
    """Note that an authority was told, by whom and when; once per authority. Raises as `add_note`."""
    async with transaction():
        row = await locked(actor, incident)
        known = await IncidentEntry.exists().where(
            (IncidentEntry.incident == incident) & (IncidentEntry.kind == "notice") & (IncidentEntry.body == body)
        )
        if not known:
            await _notice(actor, row, body, text, at)


async def _notice(actor: Actor, row: Incident, body: str, text: str, at: datetime) -> None:
    await _entry(actor, row, "notice", body, text, at)
    data = {"number": row.number, "body": body, "minutes": rules.minutes_between(row.reported_at, at)}
    await audit.record(actor, "incident.notified", "incident", row.id, division=row.division, data=data, at=at)
    if body == "police":
        await supervision.settle(actor, POLICE, row.id, at, evidence="incident.notified")


async def _entry(
    actor: Actor, row: Incident, kind: str, body: str, text: str, at: datetime, key: UUID | None = None
) -> None:
    key = key or uuid4()
    await IncidentEntry(
        id=key, incident=row.id, kind=kind, body=body, text_enc=seal("incident_entry", "text_enc", key, text),
        text_hash=audit_hash(text), written_by=actor.user, written_at=at,
    ).save()  # fmt: skip


async def acknowledge(actor: Actor, incident: UUID, at: datetime) -> None:
    """reported -> acknowledged by the first handler; a second one changes nothing.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state.
    """
    async with transaction():
        row = await locked(actor, incident)
        if row.status == "acknowledged":
            return
        if row.reported_by == actor.user:
            raise Refused(N_("You reported this yourself: somebody else takes it on."))
        await _move(
            actor, row, "acknowledge", at, acknowledged_by=actor.user, acknowledged_at=at,
            minutes=rules.minutes_between(row.reported_at, at),
        )  # fmt: skip
        await supervision.settle(actor, ACKNOWLEDGE, row.id, at, evidence="incident.acknowledged")


async def conclude(actor: Actor, incident: UUID, outcome: str, text: str, at: datetime) -> None:
    """acknowledged -> concluded by somebody other than the reporter, after the police were told.

    Raises:
        NotYours, NotAllowed, Refused: by area, role, person and state.
    """
    async with transaction():
        row = await locked(actor, incident)
        if row.status == "concluded" and row.concluded_by == actor.user:
            return
        if row.reported_by == actor.user:
            raise NotAllowed(N_("You reported this yourself: somebody else concludes it."))
        told = await IncidentEntry.exists().where(
            (IncidentEntry.incident == incident) & (IncidentEntry.kind == "notice") & (IncidentEntry.body == "police")
        )
        if not told and rules.MACHINE.step(row.status, "conclude"):
            raise Refused(N_("Nobody has told the police yet. Note when the police were told, then conclude."))
        await _move(actor, row, "conclude", at, concluded_by=actor.user, concluded_at=at, outcome=outcome)
        await _entry(actor, row, "note", "", text, at)
        await send([row.reported_by], "incident_concluded", f"/incidents/{row.id}", {"number": row.number})


async def reopen(actor: Actor, incident: UUID, text: str, at: datetime) -> None:
    """concluded -> acknowledged, with a reason. Raises as `acknowledge`."""
    async with transaction():
        row = await locked(actor, incident)
        if row.status == "acknowledged":
            return
        await _move(actor, row, "reopen", at, concluded_by=None, concluded_at=None, outcome="")
        await _entry(actor, row, "note", "", text, at)


async def note_reading(actor: Actor, incident: Incident, at: datetime, *, reason: str = "") -> None:
    """Every opening by a handler is on record; with a reason the child's identity was shown."""
    async with transaction():
        await audit.record(
            actor, "incident.revealed" if reason else "incident.read", "incident", incident.id,
            division=incident.division, data={"number": incident.number, "reason": reason}, at=at,
        )  # fmt: skip


async def locked(actor: Actor, incident: UUID) -> Incident:
    """The report with its row lock.

    Raises:
        NotYours: if there is none that this person may see.
    """
    row: Incident | None = await Incident.objects().where(Incident.id == incident).first().lock_rows("UPDATE")
    if row is None or not may_see(actor, row):
        raise NotYours
    return row


async def _move(
    actor: Actor, row: Incident, action: str, at: datetime, *, minutes: int | None = None, **changes: object
) -> None:
    step = rules.MACHINE.step(row.status, action)
    if step.roles.isdisjoint(actor.roles) or not actor.sees(row.division):
        raise NotAllowed
    values: dict[str, Any] = {"status": step.target, "version": row.version + 1, **changes}
    await Incident.update(**values).where(Incident.id == row.id)
    data = {"number": row.number, "from": row.status, "to": step.target, "minutes": minutes}
    await audit.record(actor, f"incident.{step.event}", "incident", row.id, division=row.division, data=data, at=at)
    row.status = step.target


async def _division_of(actor: Actor, harm: Harm, at_home: bool) -> str:
    """Where it happened: the household's village, the chosen one, else the reporter's own area or organisation."""
    if harm.household is not None:
        home = await Household.objects().get(Household.id == harm.household)
        if home is None or not (at_home or actor.sees(home.division)):
            raise NotYours
        return str(home.division)
    if harm.division:
        return harm.division
    if actor.scope:
        return actor.scope.ljust(12, "0")
    rows = await Household.raw("SELECT division FROM organization WHERE id = {}", actor.organization)
    if not rows:
        raise Refused(N_("Your account has no area. Call the police and the civil affairs bureau now."))
    return str(rows[0]["division"])


async def _is_own_repeat(actor: Actor, key: UUID) -> bool:
    row = await Incident.objects().get(Incident.id == key)
    if row is not None and row.reported_by != actor.user:
        raise NotYours
    return row is not None

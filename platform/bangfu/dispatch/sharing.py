"""What who serves may see of a household: only from acceptance, no more than the service needs (DOMAIN.md 9.2)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.dispatch import rules
from bangfu.dispatch.grounds import purposes_of
from bangfu.dispatch.queries import Task
from bangfu.dispatch.tables import Assignment
from bangfu.dispatch.words import WORDS
from bangfu.errors import N_, FormError, NotYours
from bangfu.households.consents import ground_for
from bangfu.households.reading import note_read
from bangfu.households.rules import needs_guardian
from bangfu.households.sealing import unseal
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.phones import national_phone

FIELDS = ("name", "address", "phone")


@dataclass(frozen=True, slots=True)
class Shared:
    """The household as who serves may know it: never income, ID number or diagnosis. Values are unmasked here; the
    page masks them until someone asks with a reason."""

    name: str
    sex: str
    birth_date: date | None
    address: str
    phone: str
    language: str
    need_text: str
    two_person_visits: bool
    trained_only: bool
    person: UUID | None = None
    """The member concerned, else the head."""


async def household_of(task: Task, at: datetime) -> Shared | None:
    """The household behind a task, or None while (or after) it is not to be seen."""
    if not rules.household_shown(task.status, task.carer_kind, task.ended_at, at):
        return None
    rows = await Assignment.raw(
        "SELECT h.id, h.address_enc, h.head_name, h.language, h.two_person_visits, h.trained_only, n.reason,"
        " n.person AS about,"
        " p.id AS person, p.name, p.sex, p.birth_date, p.phone_enc FROM need n JOIN household h ON h.id = n.household"
        " LEFT JOIN LATERAL (SELECT * FROM person x WHERE x.household = h.id AND (x.id = n.person OR"
        " (n.person IS NULL AND x.is_head)) LIMIT 1) p ON true"
        " WHERE n.id = {}",
        task.need,
    )
    if not rows or not await _covered(rows[0], task, at):
        return None
    return _shared(rows[0])


async def _covered(row: dict[str, Any], task: Task, at: datetime) -> bool:
    """Whether the household's grounds still cover what is shown: nothing is from the moment of a withdrawal on."""
    for purpose in purposes_of(task.carer_kind):
        if await ground_for(row["id"], purpose, civil_date(at), row["about"]) is None:
            return False
    return True


def _shared(row: dict[str, Any]) -> Shared:
    return Shared(
        name=row["name"] or row["head_name"], sex=row["sex"] or "", birth_date=row["birth_date"],
        address=unseal("household", row, "address_enc"),
        phone=national_phone(unseal("person", row, "phone_enc", "person")) if row["person"] else "",
        language=row["language"], need_text=row["reason"], two_person_visits=row["two_person_visits"],
        trained_only=row["trained_only"], person=row["person"],
    )  # fmt: skip


async def unmask(actor: Actor, task: Task, reason: str, text: str, at: datetime) -> Shared:
    """Name, address and phone in full, for this answer only; who, when and why are written down first.

    Raises:
        NotYours: while the household is not to be seen.
        FormError: without a reason of the list (or "other" without a text).
    """
    if reason not in WORDS["contact_reason"]:
        raise FormError({"contact_reason": (N_("Please choose a reason."), {})})
    if reason == "other" and not text.strip():
        raise FormError({"contact_text": (N_("Please say why in a few words."), {})})
    async with transaction():
        shared = await household_of(task, at)
        if shared is None:
            raise NotYours
        await _log(actor, task, "household.unmasked", FIELDS, f"{reason} {text.strip()}".strip(), at)
    return shared


async def note_child(actor: Actor, task: Task, shared: Shared | None, at: datetime) -> None:
    """Whoever serves a child under 14 opened its task: every opening is on record (DOMAIN.md 9.1)."""
    if shared is not None and shared.person and needs_guardian(shared.birth_date, civil_date(at)):
        await note_read(actor, task.household, shared.person, "child", task.number, at)


async def log_address_shown(actor: Actor, task: Task, at: datetime) -> None:
    """A volunteer (or a station's social worker) opened an accepted task and saw title, address and need text: written
    down once a day and task."""
    async with transaction():
        rows = await Assignment.raw(
            "SELECT 1 FROM audit_event WHERE subject = {} AND action = 'household.address_shown' AND actor = {}"
            " AND at > {}::timestamptz - interval '1 day' AND data->>'assignment' = {} LIMIT 1",
            str(task.household), actor.user, at, str(task.id),
        )  # fmt: skip
        if not rows:
            await _log(actor, task, "household.address_shown", ("address",), "", at)


async def _log(actor: Actor, task: Task, action: str, fields: tuple[str, ...], reason: str, at: datetime) -> None:
    await note_read(actor, task.household, None, "contact", reason or action, at)
    await audit.record(
        actor, action, "household", task.household, division=task.division, reason=reason,
        data={"fields": list(fields), "assignment": task.id, "number": task.number}, at=at,
    )  # fmt: skip


async def own_carers(organization: UUID) -> list[dict[str, Any]]:
    """The organisation's active workers, for the choice of who serves: id, number, name."""
    rows: list[dict[str, Any]] = await Assignment.raw(
        "SELECT id, number, name FROM carer WHERE organization = {} AND kind = 'worker' AND active ORDER BY number",
        organization,
    )
    return rows

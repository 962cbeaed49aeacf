"""Parts of a contract that the supplier gives to others: asked for, consented to in writing, the supplier stays liable
(DOMAIN.md 4.3: no 转包; 分包 only with the buyer's written consent)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from bangfu.contracts import milestone_rules as rules
from bangfu.contracts.amending import side_of
from bangfu.contracts.life_tables import Subcontract
from bangfu.contracts.life_telling import tell_bureau, tell_supplier
from bangfu.contracts.moves import check_sees, locked, tell
from bangfu.contracts.tables import Contract
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.providers.register import barred_organizations
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.files import FileRow, Looked

SUBJECT = "contract_subcontract"


@dataclass(frozen=True, slots=True)
class PartView:
    """A part that is, or should be, done by another organisation."""

    id: UUID
    organization: UUID
    name: str
    part: str
    share: Decimal
    status: str
    asked_by: UUID
    asked_name: str
    asked_at: datetime
    decided_name: str
    decided_at: datetime | None
    files: tuple[FileRow, ...] = ()


async def parts_of(contract: UUID) -> list[PartView]:
    """The parts of a contract that was fetched with its access check."""
    rows = await Subcontract.raw(
        "SELECT s.*, o.name, coalesce(a.display_name, '') AS asked_name, coalesce(d.display_name, '') AS decided_name"
        " FROM contract_subcontract s JOIN organization o ON o.id = s.organization"
        " LEFT JOIN app_user a ON a.id = s.asked_by LEFT JOIN app_user d ON d.id = s.decided_by"
        " WHERE s.contract = {} ORDER BY s.asked_at, s.id",
        contract,
    )
    kept = await files.files_of(SUBJECT, [row["id"] for row in rows])
    plain = [name for name in PartView.__slots__ if name != "files"]
    return [PartView(**{name: row[name] for name in plain}, files=tuple(kept[row["id"]])) for row in rows]


async def ask(
    actor: Actor, contract: UUID, key: UUID, to: UUID, part: str, share: Decimal, agreement: Looked | None, at: datetime
) -> UUID:
    """The supplier (or the officer for it) asks to give a part to another organisation.

    Raises:
        Refused: where the contract excludes it; FormError for the supplier itself, one that is barred, or the half.
    """
    async with transaction():
        row = await locked(contract)
        side_of(actor, row)
        if not actor.has("provider_manager", "bureau_officer"):
            raise NotAllowed
        if (known := await Subcontract.objects().get(Subcontract.id == key)) is not None:
            if known.contract != contract:
                raise NotYours
            return key
        await _check(row, to, share, at)
        await Subcontract(
            id=key, contract=contract, organization=to, part=part, share=share, asked_by=actor.me, asked_at=at
        ).save()
        if agreement is not None:
            await files.keep(actor, SUBJECT, key, "agreement", agreement, at)
        await tell(actor, row, "subcontract_asked", at, data={"share": str(share), "organization": str(to)})
        await tell_bureau(row, "subcontract_asked", "/milestones", "bureau_lead")
    return key


async def consent(actor: Actor, contract: UUID, part: UUID, paper: Looked | None, at: datetime) -> None:
    """The buyer consents in writing: without the paper there is no consent.

    Raises:
        FormError: without the paper; NotAllowed for who asked.
    """
    async with transaction():
        row, found = await _both(actor, contract, part)
        if found.status == "consented" and found.decided_by == actor.user:
            return
        step = _step(actor, found, "consent")
        if found.asked_by == actor.user:
            raise NotAllowed(N_("Who asked for the consent does not give it."))
        if paper is None:
            raise FormError({"file": (N_("Please choose the file with the written consent."), {})})
        await _check(row, found.organization, found.share, at, but=found.id)
        await files.keep(actor, SUBJECT, part, "consent", paper, at)
        await _set(found, status=step.target, decided_by=actor.user, decided_at=at)
        await tell(actor, row, step.event, at, data={"share": str(found.share)})
        await tell_supplier(row, "subcontract_decided", "/money")


async def decide(actor: Actor, contract: UUID, part: UUID, action: str, text: str, at: datetime) -> None:
    """Refuse a request, or end a consent; `action` is refuse or end, the reason stands in the history."""
    async with transaction():
        row, found = await _both(actor, contract, part)
        if found.status == {"refuse": "refused", "end": "ended"}[action]:
            return
        step = _step(actor, found, action)
        who = {} if action == "end" else {"decided_by": actor.user, "decided_at": at}
        await _set(found, status=step.target, **who)
        await tell(actor, row, step.event, at, text=text)
        await tell_supplier(row, "subcontract_decided", "/money")


async def _check(row: Contract, to: UUID, share: Decimal, at: datetime, *, but: UUID | None = None) -> None:
    if row.subcontracting != "consent":
        raise Refused(N_("This contract excludes sub-contracting."))
    if row.status not in {"published", "active", "suspended"}:
        raise Refused(N_("Only a contract that is in force can be sub-contracted in part."))
    if to == row.supplier:
        raise FormError({"organization": (N_("This is the supplier itself."), {})})
    if to in await barred_organizations(civil_date(at)):
        raise FormError({"organization": (N_("This organisation may not be given work at present."), {})})
    others = await Subcontract.raw(
        "SELECT id, organization, share FROM contract_subcontract WHERE contract = {}"
        " AND status IN ('asked', 'consented')",
        row.id,
    )
    others = [other for other in others if other["id"] != but]
    if any(other["organization"] == to for other in others):
        raise FormError({"organization": (N_("This organisation has a part of the contract already."), {})})
    if rules.given_too_much([share, *(other["share"] for other in others)]):
        raise FormError(
            {"share": (N_("All parts together stay below half of the contract: the job itself is not handed on."), {})}
        )


async def _both(actor: Actor, contract: UUID, part: UUID) -> tuple[Contract, Subcontract]:
    row = await locked(contract)
    check_sees(actor, row)
    found: Subcontract | None = await (
        Subcontract.objects()
        .where((Subcontract.id == part) & (Subcontract.contract == contract))
        .first()
        .lock_rows("NO KEY UPDATE")
    )
    if found is None:
        raise NotYours
    return row, found


def _step(actor: Actor, found: Subcontract, action: str) -> rules.Step:
    step = rules.SUBCONTRACT_MACHINE.step(found.status, action)
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    return step


async def _set(found: Subcontract, **columns: object) -> None:
    columns["version"] = found.version + 1
    await Subcontract.update(columns).where(Subcontract.id == found.id)  # type: ignore[arg-type]

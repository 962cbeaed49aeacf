"""Signing, publishing, filing and putting a contract into force (DOMAIN.md 4.3, 8.6)."""

from datetime import date, datetime
from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.contracts import judging
from bangfu.contracts.check_facts_rules import SUPPLYING
from bangfu.contracts.deadlines import watch_after_signing
from bangfu.contracts.moves import already, check_sees, locked, move, tell
from bangfu.contracts.tables import Contract, ContractParty
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.supervision import actions as supervision

FILED_IN = frozenset({"signed", "published", "active", "suspended", "accepting"})


async def sign(actor: Actor, contract: UUID, role: str, signatory: str, signed_on: date, at: datetime) -> None:
    """Record the signature of one party; with the last one the contract is signed.

    The supplier's manager signs for the own organisation on the day itself; the bureau's lead records those of the
    public parties. A party that has signed stays signed.

    Raises:
        NotYours: if the contract is not the actor's.
        NotAllowed: for a party that is not the actor's to sign for.
        Refused: later than 30 days after the award notice, for a barred supplier, or from another state.
        FormError: for a day that cannot be.
    """
    async with transaction():
        row = await locked(contract)
        party = await _party(actor, row, role)
        if party.signed_on is not None:
            return
        if row.status != "approved":
            raise Refused(N_("Only an approved contract is signed."))
        today = civil_date(at)
        if signed_on > today or (row.award_on is not None and signed_on < row.award_on):
            raise FormError(
                {"signed_on": (N_("The day of the signature lies between the award notice and today."), {})}
            )
        await judging.require_check(row, today, "award")
        await judging.refuse_barred(row, today)
        await ContractParty.update({"signatory": signatory, "signed_on": signed_on, "recorded_by": actor.user}).where(
            ContractParty.id == party.id
        )
        missing = await ContractParty.raw(
            "SELECT role FROM contract_party WHERE contract = {} AND signed_on IS NULL", contract
        )
        await tell(actor, row, "party_signed", at, data={"party": role, "missing": len(missing)})
        if not missing:
            await _all_signed(actor, row, at)


async def _party(actor: Actor, row: Contract, role: str) -> ContractParty:
    found = await ContractParty.objects().get((ContractParty.contract == row.id) & (ContractParty.role == role))
    if actor.has("provider_manager"):
        if actor.organization is None or actor.organization != row.supplier:
            raise NotYours
        if found is None or found.organization != actor.organization:
            raise NotAllowed
        return found
    check_sees(actor, row)
    if not actor.has("bureau_lead") or found is None or role in SUPPLYING:
        raise NotAllowed
    return found


async def _all_signed(actor: Actor, row: Contract, at: datetime) -> None:
    rows = await ContractParty.raw("SELECT max(signed_on) AS day FROM contract_party WHERE contract = {}", row.id)
    signed_on: date = rows[0]["day"]
    await move(actor, row, "sign", at, signed_on=signed_on)
    await watch_after_signing(actor, row, signed_on, at)
    officers = set(await users_with("bureau_officer", row.division))
    await send(officers, "contract_to_publish", f"/contracts/{row.id}", {"number": row.number})


async def publish(actor: Actor, contract: UUID, title: str, at: datetime) -> None:
    """Publish the notice of a signed contract: title, day, sum and supplier; no personal data. Where its first day is
    reached and the data-processing annex is there, it comes into force at once.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of its county.
        Refused: from another state.
    """
    async with transaction():
        row = await locked(contract)
        check_sees(actor, row)
        if await already(actor, row, "publish"):
            return
        await move(actor, row, "publish", at, published_on=civil_date(at), notice_title=title)
        await supervision.settle(actor, "contract.publish", contract, at, evidence="contract.published")
        await _start(row, at)


async def file_copy(actor: Actor, contract: UUID, filed_on: date, at: datetime) -> None:
    """Record on which day a copy of the signed contract was filed; the first day stands.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of its county.
        Refused: before the signature.
        FormError: for a day that cannot be.
    """
    async with transaction():
        row = await locked(contract)
        check_sees(actor, row)
        if not actor.has("bureau_officer"):
            raise NotAllowed
        if row.status not in FILED_IN or row.signed_on is None:
            raise Refused(N_("A copy is filed after the signature."))
        if row.filed_on is not None:
            return
        if not row.signed_on <= filed_on <= civil_date(at):
            raise FormError({"filed_on": (N_("The day of filing lies between the signature and today."), {})})
        await Contract.update({Contract.filed_on: filed_on, Contract.updated_at: at}).where(Contract.id == contract)
        await tell(actor, row, "filed", at, data={"day": filed_on.isoformat()})
        await supervision.settle(actor, "contract.file", contract, at, evidence="contract.filed")


async def annex_came(contract: UUID, at: datetime) -> None:
    """Put a contract into force that waited for its data-processing annex only; inside the caller's transaction."""
    row = await locked(contract)
    if row.status == "published":
        await _start(row, at)


async def look_after(at: datetime) -> None:
    """Put the published contracts into force whose first day is reached; say once a day where the annex is missing."""
    rows = await Contract.raw(
        "SELECT id FROM contract WHERE status = 'published' AND starts_on <= {} ORDER BY id", civil_date(at)
    )
    for found in rows:
        async with transaction():
            row = await locked(found["id"])
            if row.status == "published":
                await _start(row, at)


async def _start(row: Contract, at: datetime) -> None:
    today, href, known = civil_date(at), f"/contracts/{row.id}", {"number": row.number}
    if row.starts_on > today:
        return
    officers = set(await users_with("bureau_officer", row.division))
    fresh = await Contract.select(Contract.data_annex).where(Contract.id == row.id).first()
    if fresh is None or not fresh["data_annex"]:
        await send(officers, "contract_not_started", href, known, f"{row.id}:annex:{today}")
        return
    await move(SYSTEM, row, "activate", at)
    await send(officers, "contract_active", href, known)
    await send(await managers_of(row.supplier), "contract_active", f"/my-contracts/{row.id}", known)

"""The seven signatures: on paper with its scan, by thumbprint with a witness, or electronically by own account.

Each is given to the hash of the frozen document; the seventh puts the agreement in force in its own transaction. The
row lock of the agreement makes two at once come one after the other (DOMAIN.md 4.1, 8.7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.queries import managers_of
from bangfu.agreements import rules
from bangfu.agreements.document import digest, opened_json
from bangfu.agreements.ending import follow_activation
from bangfu.agreements.moves import check_role, entered, move
from bangfu.agreements.tables import AgreementParty, CareAgreement
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households.kinship import refuse_relative
from bangfu.households.sealing import seal
from bangfu.messages.actions import send
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked, keep
from bangfu.shared.names import normal_name
from bangfu.shared.permissions import allows


@dataclass(frozen=True, slots=True)
class Signature:
    """How a party signed. `seen`: the hash of the document that the form showed; `signed_on`: the day on the paper."""

    method: str
    seen: str
    capacity: str = "self"
    signatory: str = ""
    witness: str = ""
    signed_on: date | None = None


async def sign(actor: Actor, agreement: UUID, role: str, given: Signature, looked: Looked | None, at: datetime) -> str:
    """Record one signature, or give one's own electronically.

    Returns:
        The agreement's state afterwards: "active" with the seventh. The same again by the same person changes nothing.

    Raises:
        NotYours: if it is not the actor's to see, or there is no such party.
        NotAllowed: for whom the party's signature is not theirs to give or to record.
        Refused: by state, if the content changed, the party has signed, or recorder and party are too near.
        FormError: for what is missing or does not fit (rules.signature_faults).
    """
    if role in rules.NATURAL and given.method != "electronic":
        await refuse_relative(actor, await _household(agreement), "agreement.sign", at)
    async with transaction():
        row = await entered(actor, agreement)
        party = await _party(row, role)
        if _is_repeat(actor, row, party, given):
            return str(row.status)
        check_role(actor, row, "sign")
        document = _checked_document(row, given.seen)
        if party.signed_at is not None:
            raise Refused(N_("This party has signed already. Look at the page again."))
        signature = _named(given)
        _check_who(actor, row, role, signature.method)
        _check_how(row, role, signature, document, has_file=looked is not None, today=civil_date(at))
        await _write(actor, row, party, signature, looked, at)
        await move(
            actor, row, "sign", at, data={"party": role, "method": signature.method, "hash": row.document_hash[:16]}
        )
        return await _complete(actor, row, at)


async def _complete(actor: Actor, row: CareAgreement, at: datetime) -> str:
    """Put it in force with the seventh signature."""
    signed = await AgreementParty.count().where(
        (AgreementParty.agreement == row.id) & (AgreementParty.signed_hash == row.document_hash)
    )
    if signed < len(rules.ROLES):
        return str(row.status)
    await follow_activation(actor, row, at)
    await move(actor, row, "complete", at, activated_at=at)
    told = {row.created_by, *(await managers_of(row.organization) if row.organization else [])} - {None}
    await send(
        [user for user in told if user is not None], "agreement_active", f"/agreements/{row.id}", {"number": row.number}
    )
    return str(row.status)


async def _party(row: CareAgreement, role: str) -> AgreementParty:
    party: AgreementParty | None = (
        await AgreementParty.objects()
        .where((AgreementParty.agreement == row.id) & (AgreementParty.role == role))
        .first()
        .lock_rows("UPDATE")
    )
    if party is None:
        raise NotYours
    return party


def _is_repeat(actor: Actor, row: CareAgreement, party: AgreementParty, given: Signature) -> bool:
    same = party.recorded_by == actor.user and party.method == given.method
    return same and party.signed_at is not None and party.signed_hash == row.document_hash == given.seen


def _checked_document(row: CareAgreement, seen: str) -> Mapping[str, Any]:
    """The frozen document, if it is the one that was seen and nobody touched it."""
    if row.document_hash != seen:
        raise Refused(N_("The content changed after you opened this page: read it again before signing."))
    document = opened_json(row.to_dict(), "document_enc")
    if digest(document) != row.document_hash:
        raise Refused(N_("The kept document does not have the hash it was handed out with; nobody may sign it."))
    return document


def _named(given: Signature) -> Signature:
    return Signature(
        given.method, given.seen, given.capacity, normal_name(given.signatory), normal_name(given.witness),
        given.signed_on,
    )  # fmt: skip


def _check_who(actor: Actor, row: CareAgreement, role: str, method: str) -> None:
    """Electronically a party's own account signs; on paper the office records, and never those it is about."""
    if method == "electronic":
        if not rules.may_sign_for(role, actor.roles):
            raise NotAllowed
        if role == "institution" and (row.organization is None or row.organization != actor.organization):
            raise NotAllowed
        return
    if not allows(actor.roles, "agreements.record"):
        raise NotAllowed
    if actor.carer is not None and actor.carer == row.carer:
        raise Refused(N_("You are the caregiver of this agreement: another person records the signatures."))
    if role == "person" and actor.user == row.created_by:
        raise Refused(
            N_("You drafted this agreement: another person asks the cared-for person and records their signature.")
        )


def _check_how(
    row: CareAgreement, role: str, given: Signature, document: Mapping[str, Any], *, has_file: bool, today: date
) -> None:
    faults = rules.signature_faults(
        role, given.method, given.capacity, signatory=given.signatory, witness=given.witness, has_file=has_file,
        needs_guardian=row.needs_guardian, e_signing=row.e_signing, caregiver=document["caregiver"]["name"],
        person=document["person"]["name"],
    )  # fmt: skip
    if given.method != "electronic":
        if not given.signatory:
            faults.append(("signatory", N_("Please fill this in.")))
        if given.signed_on is not None and not civil_date(row.created_at) <= given.signed_on <= today:
            faults.append(("signed_on", N_("The day lies between the drafting of the agreement and today.")))
    if faults:
        raise FormError({field: (message, {}) for field, message in reversed(faults)})


async def _write(
    actor: Actor, row: CareAgreement, party: AgreementParty, given: Signature, looked: Looked | None, at: datetime
) -> None:
    electronic = given.method == "electronic"
    file = None
    if looked is not None and not electronic:
        file = await keep(actor, "care_agreement", row.id, f"signed_{party.role}"[:32], looked, at)
    signatory = actor.display_name if electronic else given.signatory
    witness = given.witness if given.method == "thumbprint" else ""
    await AgreementParty.update(
        method=given.method, capacity="agent" if electronic else given.capacity,
        signatory_enc=seal("agreement_party", "signatory_enc", party.id, signatory),
        witness_enc=seal("agreement_party", "witness_enc", party.id, witness),
        signed_by=actor.user if electronic else None, recorded_by=actor.user, signed_at=at,
        signed_on=civil_date(at) if electronic else given.signed_on or civil_date(at), signed_hash=row.document_hash,
        file=file,
    ).where(AgreementParty.id == party.id)  # fmt: skip


async def _household(agreement: UUID) -> UUID:
    rows = await CareAgreement.raw("SELECT household FROM care_agreement WHERE id = {}", agreement)
    if not rows:
        raise NotYours
    found: UUID = rows[0]["household"]
    return found

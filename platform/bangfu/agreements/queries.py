"""Reads about care agreements, always inside what the actor may see; names come masked except on the paper."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.agreements import rules
from bangfu.agreements.composing import caregiver_of, document_of, lines_of, parties_of, row_of
from bangfu.agreements.document import opened_json, opened_text
from bangfu.agreements.tables import AgreementParty, CareAgreement
from bangfu.errors import NotYours
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.masking import mask_name, mask_phone


@dataclass(frozen=True, slots=True)
class PartyView:
    """One of the seven parties as pages show it: names of people masked, those of offices open."""

    id: UUID
    role: str
    name: str
    duties: str
    evidence: str
    method: str
    capacity: str
    signatory: str
    witness: str
    signed_on: date | None
    signed_at: datetime | None
    recorded_name: str
    file: UUID | None

    @property
    def signed(self) -> bool:
        """Whether this party has signed what is agreed now."""
        return self.signed_at is not None


@dataclass(frozen=True, slots=True)
class AgreementView:
    """A care agreement as pages show it; `row` is the database's row for the few things that only forms need."""

    id: UUID
    number: str
    status: str
    household: UUID
    household_number: str
    person: UUID
    person_name: str
    division: str
    division_name: str
    township_name: str
    selfcare_level: str
    support_mode: str
    assessment: UUID | None
    assessment_number: str
    organization: UUID | None
    organization_name: str
    carer: UUID | None
    caregiver_name: str
    caregiver_phone: str
    caregiver_relation: str
    pay_month: Any
    payer: str
    rate: Mapping[str, str]
    emergency: Mapping[str, str]
    wish: str
    starts_on: date
    ends_on: date
    triggers: tuple[str, ...]
    needs_guardian: bool
    e_signing: bool
    duties_version: str
    document_hash: str
    check_code: str
    guidance: str
    guided_at: datetime | None
    previous: UUID | None
    previous_number: str
    reason: str
    outdated_by: UUID | None
    activated_at: datetime | None
    ended_on: date | None
    end_reason: str
    end_text: str
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    revision: int
    lines: tuple[Mapping[str, Any], ...]
    parties: tuple[PartyView, ...]

    @property
    def signed(self) -> int:
        """How many of the seven have signed."""
        return sum(party.signed for party in self.parties)


async def agreement_for(actor: Actor, agreement: UUID) -> AgreementView:
    """One agreement of the actor's area, or of the actor's own institution (from the day it is handed out).

    Raises:
        NotYours: if there is none, or it is not the actor's to see.
    """
    row = await row_of(agreement)
    if not may_see(actor, row):
        raise NotYours
    return await _view(row)


def may_see(actor: Actor, row: Mapping[str, Any]) -> bool:
    """In one's area; a manager only those of the own institution that have been handed out."""
    if actor.has("provider_manager"):
        own = actor.organization is not None and row["organization"] == actor.organization
        return own and row["document_hash"] != ""
    return actor.sees(row["division"])


async def printed(agreement: UUID) -> dict[str, Any]:
    """Everything that the paper shows, unmasked; whoever calls has checked `agreement_for` and logs the reading.

    Returns:
        The signed document (see composing.document_of: number, check_code, previous, person, selfcare_level,
        support_mode, assessment, place, parties [role, name, duties, evidence], caregiver, institution, lines, pay,
        emergency, wish, starts_on, ends_on, triggers, needs_guardian, e_signing, duties_version), and beside it
        `hash` (of that document; "" for a draft, which nobody can sign yet), `status`, `signatures` (one a party in
        their order: role, signed, method, capacity, signatory, witness, signed_on, signed_at), `signed` (0 to 7),
        `ended_on`, `end_reason`, `activated_at`. Days and times as ISO texts, sums as texts.

    Raises:
        NotYours: if there is no such agreement.
    """
    row = await row_of(agreement)
    document = opened_json(row, "document_enc") or await document_of(agreement)
    signatures = [_signature(one) for one in await parties_of(agreement)]
    return {
        **document, "hash": row["document_hash"], "status": row["status"], "signatures": signatures,
        "signed": sum(bool(one["signed"]) for one in signatures),
        "ended_on": row["ended_on"].isoformat() if row["ended_on"] else "", "end_reason": row["end_reason"],
        "activated_at": row["activated_at"].isoformat() if row["activated_at"] else "",
    }  # fmt: skip


def _signature(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "role": row["role"], "signed": row["signed_at"] is not None, "method": row["method"],
        "capacity": row["capacity"], "signatory": unseal("agreement_party", row, "signatory_enc"),
        "witness": unseal("agreement_party", row, "witness_enc"),
        "signed_on": row["signed_on"].isoformat() if row["signed_on"] else "",
        "signed_at": row["signed_at"].isoformat() if row["signed_at"] else "", "hash": row["signed_hash"],
    }  # fmt: skip


async def by_check_code(code: str) -> dict[str, Any] | None:
    """What the public page may say of a paper with this code: number, status, days, hash, how many have signed."""
    rows = await CareAgreement.raw(
        "SELECT a.id, a.number, a.status, a.starts_on, a.ends_on, a.ended_on, a.document_hash AS hash, a.division,"
        " a.activated_at, (SELECT count(*) FROM agreement_party p WHERE p.agreement = a.id AND p.signed_at IS NOT NULL)"
        " AS signed FROM care_agreement a WHERE a.check_code = {} AND a.document_hash <> ''",
        code,
    )
    return dict(rows[0]) if rows else None


async def payable_on(person: UUID, day: date, emergency_since: date | None = None) -> bool:
    """Whether a visit to a person on a day may be paid from the subsidy (DOMAIN.md 8.7).

    Args:
        emergency_since: first day of the emergency that the visit belongs to; None where there is none.
    """
    return rules.payable(await _spans(person), day, emergency_since)


async def _spans(person: UUID) -> list[rules.Span]:
    rows = await CareAgreement.raw(
        "SELECT starts_on, ends_on, activated_at, ended_on FROM care_agreement WHERE person = {}"
        " AND activated_at IS NOT NULL",
        person,
    )
    return [
        rules.Span(row["starts_on"], row["ends_on"], civil_date(row["activated_at"]), row["ended_on"]) for row in rows
    ]


async def in_force(person: UUID) -> UUID | None:
    """The agreement in force of a person."""
    rows = await CareAgreement.raw(
        "SELECT id FROM care_agreement WHERE person = {} AND status = ANY({}::varchar[])",
        person, sorted(rules.IN_FORCE),
    )  # fmt: skip
    return rows[0]["id"] if rows else None


async def _view(row: Mapping[str, Any]) -> AgreementView:
    caregiver, emergency = caregiver_of(row), opened_json(row, "emergency_enc")
    made: dict[str, Any] = {
        "person_name": mask_name(row["person_name"]), "caregiver_name": mask_name(caregiver["name"]),
        "caregiver_phone": mask_phone(caregiver["phone"]), "rate": _json(row["rate_arithmetic"]),
        "emergency": {**emergency, "name": mask_name(emergency.get("name", "")),
                      "phone": mask_phone(emergency.get("phone", ""))},
        "wish": opened_text(row, "wish_enc"), "guidance": opened_text(row, "guidance_enc"),
        "end_text": opened_text(row, "end_text_enc"), "triggers": tuple(row["triggers"]),
        "lines": tuple(await lines_of(row["id"])), "parties": tuple(await _parties(row["id"])),
    }  # fmt: skip
    plain: dict[str, Any] = {name: row[name] for name in AgreementView.__slots__ if name not in made}
    return AgreementView(**plain, **made)


def _json(text: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(text)
    return found


async def _parties(agreement: UUID) -> list[PartyView]:
    rows = await AgreementParty.raw(
        "SELECT p.*, coalesce(u.display_name, '') AS recorded_name FROM agreement_party p"
        " LEFT JOIN app_user u ON u.id = p.recorded_by WHERE p.agreement = {} ORDER BY p.place_no",
        agreement,
    )
    found = []
    for row in rows:
        name = unseal("agreement_party", row, "name_enc")
        found.append(PartyView(
            row["id"], row["role"], mask_name(name) if row["role"] in rules.NATURAL else name, row["duties"],
            row["evidence"], row["method"], row["capacity"],
            mask_name(unseal("agreement_party", row, "signatory_enc")),
            mask_name(unseal("agreement_party", row, "witness_enc")), row["signed_on"], row["signed_at"],
            row["recorded_name"], row["file"],
        ))  # fmt: skip
    return found

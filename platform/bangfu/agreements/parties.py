"""The rows of the seven parties and the service lines, written with the draft."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from bangfu.agreements import duties, rules
from bangfu.agreements.composing import caregiver_of, row_of
from bangfu.agreements.grounds import office_names
from bangfu.agreements.moves import about
from bangfu.agreements.tables import AgreementParty, CareAgreement, CareAgreementLine
from bangfu.households.sealing import seal
from bangfu.shared import audit
from bangfu.shared.actor import Actor

Worded = Mapping[str, tuple[str, str, str]]
"""Role -> (name, duties, evidence); empty texts are the usual ones."""
_UNSIGNED: dict[str, Any] = {
    "method": "", "capacity": "self", "signatory_enc": "", "witness_enc": "", "signed_by": None, "recorded_by": None,
    "signed_at": None, "signed_on": None, "signed_hash": "", "file": None,
}  # fmt: skip


class ServiceLine(Protocol):
    """A service line as drafting.Line has it."""

    @property
    def service(self) -> str: ...
    @property
    def times(self) -> int: ...
    @property
    def per(self) -> str: ...
    @property
    def minutes(self) -> int: ...
    @property
    def place(self) -> str: ...


async def write_lines(agreement: UUID, lines: Sequence[ServiceLine]) -> None:
    """The service lines as they are now."""
    await CareAgreementLine.delete().where(CareAgreementLine.agreement == agreement)
    for place_no, line in enumerate(lines):
        await CareAgreementLine(
            id=uuid4(), agreement=agreement, place_no=place_no, service=line.service, times=line.times, per=line.per,
            minutes=line.minutes, place=line.place,
        ).save()  # fmt: skip


async def write_parties(row: CareAgreement, worded: Worded) -> None:
    """The seven rows, unsigned, with the texts given or the usual ones."""
    names = await name_parties(row.id)
    known = {
        one["role"]: one["id"]
        for one in await AgreementParty.raw("SELECT id, role FROM agreement_party WHERE agreement = {}", row.id)
    }
    for place_no, role in enumerate(rules.ROLES):
        name, text, evidence = worded.get(role, ("", "", ""))
        usual_text, usual_evidence = duties.usual(role, row.duties_version)
        party = known.get(role, uuid4())
        shown = name if name and role not in rules.NATURAL and role != "institution" else names[role]
        values: dict[str, Any] = {
            "organization": row.organization if role == "institution" else None,
            "name_enc": seal("agreement_party", "name_enc", party, shown), "duties": text or usual_text,
            "evidence": evidence or usual_evidence, **_UNSIGNED,
        }  # fmt: skip
        if role in known:
            await AgreementParty.update(**values).where(AgreementParty.id == party)
        else:
            await AgreementParty(id=party, agreement=row.id, role=role, place_no=place_no, **values).save()


async def name_parties(agreement: UUID) -> dict[str, str]:
    """The seven names as the register has them."""
    row = await row_of(agreement)
    names = await office_names(row["division"])
    if row["organization_name"]:
        names["institution"] = row["organization_name"]
    return {**names, "caregiver": caregiver_of(row)["name"], "person": row["person_name"]}


async def void_signatures(actor: Actor, row: CareAgreement, at: datetime) -> int:
    """What was signed does not count any more, because the content changes; the scans stay. Returns how many."""
    signed = await AgreementParty.raw(
        "SELECT role, method FROM agreement_party WHERE agreement = {} AND signed_at IS NOT NULL ORDER BY place_no",
        row.id,
    )
    if signed:
        data = {"roles": [one["role"] for one in signed], "hash": row.document_hash[:16]}
        await audit.record(
            actor, "agreement.signatures_voided", "care_agreement", row.id, division=row.division, at=at,
            data={**about(row), **data},
        )  # fmt: skip
    await AgreementParty.update(**_UNSIGNED).where(AgreementParty.agreement == row.id)
    return len(signed)

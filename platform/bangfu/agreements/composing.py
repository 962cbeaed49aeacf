"""Putting the document of an agreement together from its rows and the register."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bangfu.agreements.document import opened_json, opened_text
from bangfu.agreements.tables import AgreementParty, CareAgreement, CareAgreementLine
from bangfu.errors import NotYours
from bangfu.households.sealing import unseal
from bangfu.shared.phones import national_phone

_ROW = (
    "SELECT a.*, p.name AS person_name, p.sex, p.birth_date, p.id_type, p.id_number_enc, p.phone_enc,"
    " h.number AS household_number, h.address_enc, h.category, coalesce(v.name, '') AS division_name,"
    " coalesce(t.name, '') AS township_name, coalesce(c.name, '') AS county_name, coalesce(o.name, '') AS"
    " organization_name, coalesce(w.name, '') AS carer_name, coalesce(w.number, '') AS carer_number,"
    " coalesce(w.phone_enc, '') AS carer_phone_enc, coalesce(s.number, '') AS assessment_number, s.assessed_on,"
    " coalesce(f.number, '') AS previous_number"
    " FROM care_agreement a JOIN person p ON p.id = a.person JOIN household h ON h.id = a.household"
    " LEFT JOIN division v ON v.code = a.division LEFT JOIN division t ON t.code = rpad(left(a.division, 9), 12, '0')"
    " LEFT JOIN division c ON c.code = rpad(left(a.division, 6), 12, '0')"
    " LEFT JOIN organization o ON o.id = a.organization LEFT JOIN carer w ON w.id = a.carer"
    " LEFT JOIN assessment s ON s.id = a.assessment LEFT JOIN care_agreement f ON f.id = a.previous WHERE a.id = {}"
)


async def row_of(agreement: UUID) -> dict[str, Any]:
    """The agreement's row with what stands beside it.

    Raises:
        NotYours: if there is none.
    """
    rows = await CareAgreement.raw(_ROW, agreement)
    if not rows:
        raise NotYours
    found: dict[str, Any] = rows[0]
    return found


async def lines_of(agreement: UUID) -> list[dict[str, Any]]:
    """The service lines in their order."""
    rows = await CareAgreementLine.raw(
        "SELECT service, times, per, minutes, place FROM care_agreement_line WHERE agreement = {} ORDER BY place_no",
        agreement,
    )
    return [dict(row) for row in rows]


async def parties_of(agreement: UUID) -> list[dict[str, Any]]:
    """The seven rows in the order of the paper."""
    rows = await AgreementParty.raw("SELECT * FROM agreement_party WHERE agreement = {} ORDER BY place_no", agreement)
    return [dict(row) for row in rows]


def caregiver_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Name, phone, number of the register of carers ("" for a named person) and relation."""
    if row["carer"] is not None:
        phone = unseal("carer", {"id": row["carer"], "phone_enc": row["carer_phone_enc"]}, "phone_enc")
        known = {"name": row["carer_name"], "phone": phone, "number": row["carer_number"]}
    else:
        named = opened_json(row, "caregiver_enc")
        known = {"name": named.get("name", ""), "phone": named.get("phone", ""), "number": ""}
    known["phone"] = national_phone(known["phone"])
    return {**known, "relation": row["caregiver_relation"]}


async def document_of(agreement: UUID) -> dict[str, Any]:
    """The whole content that is signed, unmasked: JSON values only.

    Raises:
        NotYours: if there is no such agreement.
    """
    row = await row_of(agreement)
    return {
        "v": 1, "number": row["number"], "check_code": row["check_code"], "previous": row["previous_number"],
        "person": _person(row), "selfcare_level": row["selfcare_level"], "support_mode": row["support_mode"],
        "assessment": {"number": row["assessment_number"], "assessed_on": _day(row["assessed_on"])},
        "place": {"county": row["county_name"], "township": row["township_name"], "village": row["division_name"]},
        "parties": [_party(one) for one in await parties_of(agreement)],
        "caregiver": caregiver_of(row),
        "institution": row["organization_name"],
        "lines": await lines_of(agreement),
        "pay": {
            "month": None if row["pay_month"] is None else str(row["pay_month"]), "payer": row["payer"],
            "rate": json.loads(row["rate_arithmetic"]),
        },
        "emergency": _callable(opened_json(row, "emergency_enc")), "wish": opened_text(row, "wish_enc"),
        "starts_on": _day(row["starts_on"]), "ends_on": _day(row["ends_on"]), "triggers": list(row["triggers"]),
        "needs_guardian": row["needs_guardian"], "e_signing": row["e_signing"],
        "duties_version": row["duties_version"],
    }  # fmt: skip


def _person(row: Mapping[str, Any]) -> dict[str, Any]:
    keyed = {"id": row["person"], "id_number_enc": row["id_number_enc"], "phone_enc": row["phone_enc"]}
    home = {"id": row["household"], "address_enc": row["address_enc"]}
    return {
        "name": row["person_name"], "sex": row["sex"], "birth_date": _day(row["birth_date"]),
        "id_type": row["id_type"], "id_number": unseal("person", keyed, "id_number_enc"),
        "phone": national_phone(unseal("person", keyed, "phone_enc")),
        "address": unseal("household", home, "address_enc"),
        "household": row["household_number"], "category": row["category"],
    }  # fmt: skip


def _callable(named: dict[str, Any]) -> dict[str, Any]:
    return {**named, "phone": national_phone(named.get("phone", ""))} if named else {}


def _party(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "role": row["role"], "name": unseal("agreement_party", row, "name_enc"), "duties": row["duties"],
        "evidence": row["evidence"],
    }  # fmt: skip


def _day(day: Any) -> str:
    return day.isoformat() if day else ""

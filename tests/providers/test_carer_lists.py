"""Policies, consents, levels and the details of certificates in a list of carers."""

from datetime import date, timedelta

import pytest

from bangfu.providers.carer_tables import GuardianConsent, VolunteerInsurance
from bangfu.providers.standing import barred_carers
from bangfu.providers.tables import Carer, Qualification
from bangfu.shared.crypto import decrypt
from tests.imports.lists import TODAY, carer, judged, resident, taken
from tests.support import World

INSURED = {
    "insurer": "甲保险", "policy_number": "PA-1", "insured_from": "2026-11-01", "insured_until": "2027-10-31",
}  # fmt: skip
PUPIL = {"id_number": resident(1, date(2012, 5, 6)), "guardian": "测试监护人", "consent_on": "2026-11-02"}


async def _found(number: str) -> Carer:
    row = await Carer.objects().get(Carer.number == number)
    assert row is not None
    return row


async def test_a_volunteer_comes_in_with_policy_consent_and_level_and_again_unchanged(world: World) -> None:
    row = carer(**INSURED, **PUPIL, training_level="二级")
    assert (await taken("carers", [row])).inserted == 1
    assert (await taken("carers", [row])).unchanged == 1
    found = await _found("T-1")
    assert (found.training_level, found.insurance_by) == (2, None)
    policy = await VolunteerInsurance.objects().get(VolunteerInsurance.carer == found.id)
    consent = await GuardianConsent.objects().get(GuardianConsent.carer == found.id)
    assert policy is not None
    assert consent is not None
    assert decrypt(policy.policy_number_enc, f"volunteer_insurance:policy_number_enc:{policy.id}") == "PA-1"
    assert decrypt(consent.guardian_enc, f"guardian_consent:guardian_enc:{consent.id}") == "测试监护人"
    assert await barred_carers(date(2027, 10, 31), [found.id]) == {}
    assert await barred_carers(date(2027, 11, 1), [found.id]) == {found.id: "insurance_missing"}


async def test_a_volunteer_of_a_list_without_a_policy_serves_for_thirty_days(world: World) -> None:
    await taken("carers", [carer()])
    found = await _found("T-1")
    last = TODAY + timedelta(days=30)
    assert found.insurance_by == last
    assert await barred_carers(last, [found.id]) == {}
    assert await barred_carers(last + timedelta(days=1), [found.id]) == {found.id: "insurance_missing"}


async def test_a_certificate_comes_with_number_issuer_and_day_of_issue(world: World) -> None:
    await taken("carers", [carer(qualifications="H:2027-06-01:JK-5:区疾控中心:2026-06-01;V:长期")])
    found = await Qualification.objects().where(
        Qualification.carer == (await _found("T-1")).id, Qualification.code == "H"
    )  # fmt: skip
    assert [(one.number, one.issuer, str(one.issued_on), one.status) for one in found] == [
        ("JK-5", "区疾控中心", "2026-06-01", "verified")
    ]


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({**INSURED, "insurer": ""}, "insurer", "paper_incomplete"),
        ({**INSURED, "insured_until": ""}, "insured_until", "paper_incomplete"),
        ({**INSURED, "insured_until": "2026-10-31"}, "insured_until", "insured_until"),
        ({"guardian": "测试监护人"}, "consent_on", "paper_incomplete"),
        ({"consent_on": "2027-01-01", "guardian": "甲"}, "consent_on", "date_late"),
        ({"training_level": "9"}, "training_level", "choice"),
        ({**INSURED, "kind": "社工"}, "insurer", "not_a_volunteer"),
        ({"qualifications": "M:2027-06-02:1:公安:2026-06-01"}, "qualifications", "qualification_year"),
        ({"qualifications": "S:2026-06-02:1:人社:2026-07-01"}, "qualifications", "qualification_days"),
    ],
)
async def test_what_does_not_fit_is_a_fault_of_its_cell(
    world: World, changed: dict[str, object], field: str, code: str
) -> None:
    faults = (await judged("carers", [carer(**changed)])).faults
    assert [(fault.row, fault.field) for fault in faults] == [(2, field)]
    assert faults[0].code == code

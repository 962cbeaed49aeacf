"""Each fault of a list names row, column, value, what is wrong and what to do."""

import pytest

from bangfu.errors import NotAllowed
from bangfu.imports.report import line_of
from bangfu.providers.tables import Carer
from bangfu.shared import i18n
from bangfu.shared.identifiers import generate_uscc
from tests.imports.lists import GROUND, NEED, carer, contract_line, household, judged, organisation, resident, taken
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

UNKNOWN_ORGANISATION = generate_uscc(4242)
OTHER = household(2)
ONE_FAULT = [
    # kind, rows, row, column, value, code
    ("divisions", [{"code": "99010100", "name": "甲村"}], 2, "code", "99010100", "division_code"),
    ("divisions", [{"code": "980101001201", "name": "甲村"}], 2, "code", "980101001201", "parent_unknown"),
    ("divisions", [{"code": VILLAGE, "name": "甲"}, {"code": VILLAGE, "name": "乙"}], 3, "code", VILLAGE, "duplicate"),
    ("divisions", [{"code": VILLAGE, "name": "甲", "lat": "31.7"}], 2, "lon", "", "coordinate_half"),
    ("divisions", [{"code": VILLAGE, "name": "甲", "lat": "131.7", "lon": "119.9"}], 2, "lat", "131.7", "coordinate"),
    ("divisions", [{"code": VILLAGE, "name": "甲", "valid_from": "2026-01-02", "valid_to": "2026-01-01"}], 2,
     "valid_to", "2026-01-01", "dates_order"),
    ("organisations", [organisation(uscc="52990101A00000011G")], 2, "uscc", "52990101A00000011G", "uscc_check"),
    ("organisations", [organisation(org_type="超市")], 2, "org_type", "超市", "choice"),
    ("organisations", [organisation(service_area="980101")], 2, "service_area", "980101", "division_unknown"),
    ("organisations", [organisation(), organisation(name="别的名字")], 3, "uscc", organisation()["uscc"], "duplicate"),
    ("carers", [carer(id_number="990101198001010015")], 2, "id_number", "990101198001010015", "id_check"),
    ("carers", [carer(1, sex="女")], 2, "sex", "女", "sex_differs"),
    ("carers", [carer(birth_date="1990-01-03")], 2, "birth_date", "1990-01-03", "birth_date_differs"),
    ("carers", [carer(kind="机构人员")], 2, "organisation", "", "employer_missing"),
    ("carers", [carer(organisation=UNKNOWN_ORGANISATION)], 2, "organisation", UNKNOWN_ORGANISATION,
     "organisation_unknown"),
    ("carers", [carer(number="", id_number="")], 2, "number", "", "carer_unrecognisable"),
    ("carers", [carer(1), carer(1, number="T-9")], 3, "id_number", carer(1)["id_number"], "duplicate"),
    ("carers", [carer(qualifications="C5")], 2, "qualifications", "C5", "qualification_day"),
    ("carers", [carer(qualifications="Q9:2027-01-01")], 2, "qualifications", "Q9:2027-01-01", "choice"),
    ("carers", [carer(availability="周一 18:00-08:00")], 2, "availability", "周一 18:00-08:00", "windows_order"),
    ("contract_lines", [contract_line(organisation=UNKNOWN_ORGANISATION)], 2, "organisation", UNKNOWN_ORGANISATION,
     "organisation_unknown"),
    ("contract_lines", [contract_line(service="洗车")], 2, "service", "洗车", "choice"),
    ("contract_lines", [contract_line(unit_price="-1")], 2, "unit_price", "-1", "range"),
    ("contract_lines", [contract_line(ends_on="2025-12-31")], 2, "ends_on", "2025-12-31", "dates_order"),
    ("contract_lines", [contract_line(), contract_line(max_units=7)], 3, "service", "护理", "duplicate"),
    ("households", [household(division="990101001999")], 2, "division", "990101001999", "division_unknown"),
    ("households", [household(division="无名村")], 2, "division", "无名村", "division_unknown"),
    ("households", [household(division="990101")], 2, "division", "990101", "division_level"),
    ("households", [household(category="富裕")], 2, "category", "富裕", "choice"),
    ("households", [household(category="")], 2, "category", "", "household_incomplete"),
    ("households", [household(member_name="", relation="", id_number="")], 2, "member_name", "",
     "household_incomplete"),
    ("households", [household(relation="子女")], 2, "relation", "子女", "household_headless"),
    ("households", [household(category_since="2024-02-30")], 2, "category_since", "2024-02-30", "date_impossible"),
    ("households", [household(id_number="990101201502300014")], 2, "id_number", "990101201502300014", "id_date"),
    ("households", [household(id_number=3.20504195001010e17)], 2, "id_number", "3.2050419500101e+17",
     "id_lost_in_spreadsheet"),
    ("households", [household(phone="138123")], 2, "phone", "138123", "phone"),
    ("households", [household(bank="62x")], 2, "bank", "62x", "bank"),
    ("households", [household(), household(category="特困", member_name="乙", relation="子女", id_number="")], 3,
     "category", "特困", "household_contradiction"),
    ("households", [household(), {**OTHER, "id_number": resident(1)}], 3, "id_number", resident(1), "id_in_list"),
    ("households", [household(), household(member_name="乙", id_number=resident(3))], 3, "relation", "本人",
     "second_head"),
    ("households", [household(id_type="护照", id_number="E12345678"), {**OTHER, "id_number": "E12345678"}], 3,
     "id_number", "E12345678", "id_length"),
    ("households", [household(consent_on="2026-01-05")], 2, "consent_ground", "", "ground_unclear"),
    ("households", [household(consent_ground="同意")], 2, "consent_on", "", "consent_day"),
    ("households", [household(id_number="990101201506010022", **GROUND)], 2, "consent_giver", "", "guardian_missing"),
    ("households", [household(visits=3)], 2, "service", "", "service_missing"),
    ("households", [household(**NEED), household(relation="", **{**NEED, "visits": 5})], 3, "service", "生活照料",
     "need_twice"),
    ("households", [household(**NEED, current_carer="nobody")], 2, "current_carer", "nobody", "carer_unknown"),
    ("households", [household(**NEED, excluded_carers="nurse;nobody")], 2, "excluded_carers", "nurse;nobody",
     "carer_unknown"),
    ("households", [household(**NEED, need_status="confirmed")], 2, "consent_ground", "", "ground_missing"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "rows", "row", "column", "value", "code"), ONE_FAULT,
                         ids=[f"{case[0]}-{case[5]}-{number}" for number, case in enumerate(ONE_FAULT)])  # fmt: skip
async def test_a_fault_names_row_column_value_and_fix(world: World, kind, rows, row, column, value, code) -> None:
    checked = await judged(kind, rows)
    assert [fault.code for fault in checked.faults] == [code]
    fault = checked.faults[0]
    assert (fault.row, fault.field, fault.value) == (row, column, value)
    for lang in ("zh", "en"):
        i18n.use(lang)
        line = line_of(fault)
        assert line.what and line.fix, "says what is wrong and what to do"
        assert "{" not in line.what + line.fix, "every gap is filled"
    assert not checked.fine


async def test_all_faults_of_all_rows_are_named_at_once(world: World) -> None:
    rows = [
        household(1, category="富裕", division="990101001999", phone="1"), household(2, id_number="990101194503150036"),
        household(3), household(4, division=FOREIGN_VILLAGE, category_since="2030-01-01"),
    ]  # fmt: skip
    checked = await judged("households", rows, world["bureau"])
    found = [(fault.row, fault.field) for fault in checked.faults]
    assert found == [
        (2, "category"), (2, "phone"), (2, "division"), (3, "id_number"), (5, "category_since"), (5, "division"),
    ]  # fmt: skip


async def test_a_row_outside_of_the_senders_area_is_a_fault_and_inside_it_is_none(world: World) -> None:
    for kind, row in (
        ("households", household(division=FOREIGN_VILLAGE)), ("carers", carer(division=FOREIGN_VILLAGE)),
        ("divisions", {"code": FOREIGN_VILLAGE, "name": "新名"}), ("organisations", organisation(division="990102")),
    ):  # fmt: skip
        assert [f.code for f in (await judged(kind, [row], world["bureau"])).faults] == ["outside_scope"], kind
    for kind, row in (
        ("households", household()), ("carers", carer()), ("divisions", {"code": VILLAGE, "name": "新名"}),
        ("organisations", organisation()), ("contract_lines", contract_line()),
    ):  # fmt: skip
        assert (await judged(kind, [row], world["bureau"])).faults == [], kind


async def test_the_people_of_one_area_cannot_write_over_households_of_another(world: World) -> None:
    await taken("households", [household(1, division=FOREIGN_VILLAGE)])
    checked = await judged("households", [household(1)], world["bureau"])
    assert [(fault.field, fault.code) for fault in checked.faults] == [("household_number", "outside_scope")]
    same_person = await judged("households", [{**household(2), "id_number": resident(1)}], world["bureau"])
    assert [fault.code for fault in same_person.faults] == ["id_recorded"]
    assert "H-1" not in line_of(same_person.faults[0]).what, "the number of a foreign household stays secret"


async def test_what_stands_in_another_area_cannot_be_moved_renamed_or_barred(world: World) -> None:
    hers = organisation(division="990102", name="改名", blacklist_until="2030-01-01")
    await taken("organisations", [organisation()])
    checked = await judged("organisations", [hers], world["outsider"])
    assert [(fault.field, fault.code) for fault in checked.faults] == [("uscc", "outside_scope")]
    for row in (
        carer(1, division=FOREIGN_VILLAGE, kind="机构人员", organisation="52990101A00000011F"),
        carer(1, number="nurse", division=FOREIGN_VILLAGE),
    ):
        found = (await judged("carers", [row], world["outsider"])).faults
        assert [fault.code for fault in found] == ["outside_scope"]


async def test_a_carer_of_a_foreign_employer_stays_with_that_employer(world: World) -> None:
    await Carer.update({Carer.division: FOREIGN_VILLAGE}).where(Carer.id == world.carers["nurse"])
    rows = [carer(1, number="nurse", division=FOREIGN_VILLAGE)]
    assert [fault.code for fault in (await judged("carers", rows, world["outsider"])).faults] == ["outside_scope"]


async def test_the_townships_may_bring_in_workers_of_the_organisations_that_serve_them(world: World) -> None:
    rows = [carer(1, kind="机构人员", organisation="52990101A00000011F")]
    assert (await judged("carers", rows, world["officer"])).faults == []


async def test_only_the_bureau_decides_until_when_somebody_is_barred(world: World) -> None:
    village = organisation(division=VILLAGE)
    await taken("organisations", [organisation(division=VILLAGE, blacklist_until="2030-01-01")])
    for kind, row in (
        ("organisations", {**village, "blacklist_until": "2026-12-31"}),
        ("organisations", organisation(uscc=UNKNOWN_ORGANISATION, division=VILLAGE, blacklist_until="2030-01-01")),
        ("carers", carer(blacklist_until="2030-01-01")),
    ):
        found = (await judged(kind, [row], world["dispatcher"])).faults
        assert [(fault.field, fault.code) for fault in found] == [("blacklist_until", "outside_role")]
        own = [fault.code for fault in (await judged(kind, [row], world["bureau"])).faults]
        known = kind == "organisations" and row["uscc"] == village["uscc"]
        assert own == (["outside_role"] if known else []), "a known organisation is barred by the bureau's lead only"
    for same in (village, {**village, "blacklist_until": "2030-01-01"}):
        assert (await judged("organisations", [same], world["dispatcher"])).faults == [], "nothing about it changes"


async def test_only_the_bureau_brings_in_contracts(world: World) -> None:
    for name in ("dispatcher", "officer"):
        with pytest.raises(NotAllowed):
            await judged("contract_lines", [contract_line()], world[name])
    assert (await judged("contract_lines", [contract_line()], world["bureau"])).faults == []

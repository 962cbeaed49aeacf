"""Taking lists: whole or not at all, the same list twice changes nothing, nothing personal lies open."""

import asyncio
import json
from datetime import timedelta

import pytest

from bangfu.contracts.tables import ContractLine
from bangfu.households.sealing import unseal
from bangfu.households.tables import Consent, Household, Person
from bangfu.imports.actions import KINDS, ImportFaults, take
from bangfu.needs.tables import Need
from bangfu.providers.tables import Availability, Carer, Organization, Qualification
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.crypto import blind_index
from bangfu.shared.tables import AuditEvent
from tests.imports.lists import (
    AT,
    GROUND,
    NEED,
    carer,
    contract_line,
    household,
    judged,
    numbers,
    organisation,
    resident,
    taken,
)
from tests.support import FAR_VILLAGE, HOME, NEAR_VILLAGE, VILLAGE, World

TABLES = (Household, Person, Consent, Need, Carer, Qualification, Availability, Organization, ContractLine)


async def contents() -> dict[str, list[str]]:
    """Every row of the tables that lists write to, as text."""
    return {
        table._meta.tablename: sorted(str(sorted(row.items())) for row in await table.raw(
            f"SELECT * FROM {table._meta.tablename}")) for table in TABLES
    }  # fmt: skip


async def test_the_examples_of_every_template_are_taken_in_order_and_the_second_time_change_nothing(database) -> None:
    for kind in KINDS.values():
        assert numbers(await taken(kind.code, kind.examples)) == (len(kind.examples), 0, 0), kind.code
    before = await contents()
    for kind in KINDS.values():
        assert numbers(await taken(kind.code, kind.examples)) == (0, 0, len(kind.examples)), kind.code
    assert await contents() == before


async def test_one_fault_keeps_the_whole_list_out(world: World) -> None:
    before = await contents()
    rows = [household(serial, **NEED) for serial in range(1, 20)] + [household(20, category="富裕")]
    with pytest.raises(ImportFaults) as refused:
        await taken("households", rows)
    assert [(fault.row, fault.code) for fault in refused.value.faults] == [(21, "choice")]
    assert await contents() == before
    assert not await AuditEvent.raw("SELECT 1 FROM audit_event WHERE action = 'import.taken'")


async def test_checking_a_list_writes_nothing(world: World) -> None:
    before = await contents()
    checked = await judged("households", [household(**GROUND, **NEED)])
    assert (checked.fine, checked.inserted) == (True, 1)
    assert await contents() == before


async def test_what_was_checked_is_judged_again_when_it_is_taken(world: World) -> None:
    checked = await judged("households", [household(1)])
    await taken("households", [{**household(2), "id_number": resident(1)}])
    with pytest.raises(ImportFaults) as refused:
        await take(SYSTEM, KINDS["households"], checked, AT)
    assert [fault.code for fault in refused.value.faults] == ["id_recorded"]


async def test_two_people_who_take_the_same_list_at_once_take_it_once(world: World) -> None:
    rows = [household(serial, **GROUND, **NEED) for serial in range(1, 6)]
    first, second = await asyncio.gather(taken("households", rows), taken("households", rows))
    assert sorted([numbers(first), numbers(second)]) == [(0, 0, 5), (5, 0, 0)]
    assert await Household.count() == 5


async def test_one_audit_event_says_who_took_how_much_of_which_file_and_holds_no_names(world: World) -> None:
    await taken("households", [household(**GROUND, **NEED)], world["bureau"])
    rows = await AuditEvent.raw("SELECT * FROM audit_event WHERE action = 'import.taken'")
    assert [(row["actor_name"], row["stream"]) for row in rows] == [("bureau", "990101")]
    data = json.loads(rows[0]["data"])
    assert (data["kind"], data["rows"], data["inserted"], data["household.new"]) == ("households", 1, 1, 1)
    assert len(data["sha256"]) == 64
    assert "测试" not in str(rows) and resident(1) not in str(rows)
    histories = await AuditEvent.raw("SELECT action FROM audit_event WHERE subject_type <> 'import' ORDER BY id")
    told = [row["action"] for row in histories]
    assert [one for one in told if one.endswith(".imported")] == ["household.imported", "need.imported"]
    assert "supervision.forwarded" in told, "the township has to decide on the need in time"
    assert await audit.verify() == (len(told) + 1, None)


async def test_personal_values_are_sealed_and_found_by_their_index(world: World) -> None:
    bank, phone = "6217000012345678", "13812345678"
    await taken("households", [household(1, phone=phone, bank=bank, health="高血压")])
    person = (await Person.raw("SELECT * FROM person"))[0]
    plain = " ".join(
        str(value) for value in [*person.values(), *(await Household.raw("SELECT * FROM household"))[0].values()]
    )
    for secret in (resident(1), phone, bank, "高血压", "1组"):
        assert secret not in plain
    assert unseal("person", person, "id_number_enc") == resident(1)
    assert unseal("person", person, "health_enc") == "高血压"
    assert person["phone_index"] == blind_index("+8613812345678", "phone")
    assert person["phone_tail_index"] == blind_index("5678", "phone_tail")
    assert person["bank_index"] == blind_index(bank, "bank")
    assert (person["sex"], str(person["birth_date"]), person["initials"][0]) == ("m", "1950-03-04", "c")


async def test_rows_of_one_number_are_one_household_with_its_members_and_needs(world: World) -> None:
    daughter = {"household_number": "H-1", "member_name": "测试小", "id_number": resident(4)}
    rows = [
        household(1, **GROUND, **NEED),
        {**daughter, "relation": "女儿", "service": "心理疏导"}, {**daughter, "service": "康复", "need_status": "草稿"},
    ]  # fmt: skip
    result = await taken("households", rows)
    assert dict(result.counts) == {"household.new": 1, "person.new": 2, "consent.new": 1, "need.new": 3}
    home = (await Household.raw("SELECT * FROM household"))[0]
    people = {row["name"]: row for row in await Person.raw("SELECT * FROM person")}
    assert [people["测试小"][key] for key in ("relation", "is_head", "sex")] == ["child", False, "f"]
    assert (home["head_name"], people["测试乙"]["is_head"]) == ("测试乙", True)
    needs = {row["service"]: row for row in await Need.raw("SELECT * FROM need")}
    assert {name: row["status"] for name, row in needs.items()} == {
        "daily_care": "submitted", "psych": "submitted", "rehab": "draft",
    }  # fmt: skip
    assert needs["psych"]["person"] == people["测试小"]["id"]
    assert needs["daily_care"]["priority"] == "key", "from the category"
    assert needs["daily_care"]["due_at"] and not needs["rehab"]["due_at"]
    assert {row["consent"] for row in needs.values()} == {(await Consent.raw("SELECT id FROM consent"))[0]["id"]}
    assert len({row["number"] for row in needs.values()}) == 3


async def test_a_need_of_the_sample_is_confirmed_with_its_ground_and_a_clerk_may_not_do_so(world: World) -> None:
    row = household(1, **GROUND, **NEED, need_status="confirmed")
    refused = await judged("households", [row], world["bureau"])
    assert [fault.code for fault in refused.faults] == ["status_not_allowed"]
    await taken("households", [row])
    assert [need["status"] for need in await Need.raw("SELECT status FROM need")] == ["confirmed"]


async def test_an_empty_cell_leaves_what_is_known_and_a_filled_one_changes_it(world: World) -> None:
    await taken("households", [household(1, phone="13812345678", health="高血压", tags="独居")])
    changes = household(1, category="特困", address="", phone="13912345678", relation="")
    assert numbers(await taken("households", [changes])) == (0, 1, 0)
    home, person = (await Household.raw("SELECT * FROM household"))[0], (await Person.raw("SELECT * FROM person"))[0]
    assert (home["category"], unseal("household", home, "address_enc"), home["version"]) == ("tekun", "1组", 2)
    assert unseal("person", person, "phone_enc") == "+8613912345678"
    assert (unseal("person", person, "health_enc"), person["tags"]) == ("高血压", ["lives_alone"])


async def test_a_household_that_moved_takes_its_estimated_place_and_its_open_needs_along(world: World) -> None:
    await taken("households", [household(1, **NEED)])
    await taken("households", [household(1, division=FAR_VILLAGE)])
    home = (await Household.raw("SELECT * FROM household"))[0]
    assert (home["division"], home["lat"], home["location_source"]) == (FAR_VILLAGE, 31.8, "division")
    assert [need["division"] for need in await Need.raw("SELECT division FROM need")] == [FAR_VILLAGE]


async def test_a_need_that_is_on_its_way_is_not_changed_by_a_list(world: World) -> None:
    row = household(1, **GROUND, **NEED)
    await taken("households", [row])
    await Need.raw("UPDATE need SET status = 'matching'")
    assert numbers(await taken("households", [row])) == (0, 0, 1)
    checked = await judged("households", [{**row, "visits": 9}])
    assert [(fault.field, fault.code) for fault in checked.faults] == [("service", "need_locked")]


async def test_carers_come_with_certificates_and_hours_and_renew_them(world: World) -> None:
    row = carer(1, qualifications="V:2026-12-31;T:2027-06-30:NR-7", availability="周六 09:00-11:00", travel_mode="步行")
    await taken("carers", [row])
    known = (await Carer.raw("SELECT * FROM carer WHERE number = 'T-1'"))[0]
    assert [known[key] for key in ("max_km", "speed_kmh", "minutes_per_week", "max_households")] == [5.0, 4.5, 480, 5]
    renewed = {**row, "qualifications": "V:2027-12-31", "availability": "周六 09:00-12:00;周日 14:00-15:00"}
    assert numbers(await taken("carers", [renewed])) == (0, 1, 0)
    held = await Qualification.raw("SELECT code, number, expires_on FROM qualification WHERE carer = {}", known["id"])
    assert sorted((q["code"], q["number"], str(q["expires_on"])) for q in held) == [
        ("T", "NR-7", "2027-06-30"), ("V", "", "2027-12-31"),
    ]  # fmt: skip
    spans = await Availability.raw("SELECT weekday, end_minute FROM availability WHERE carer = {}", known["id"])
    assert sorted((span["weekday"], span["end_minute"]) for span in spans) == [(5, 720), (6, 900)]


async def test_a_carer_without_a_number_is_known_again_by_the_id_number(world: World) -> None:
    row = carer(1, number="")
    assert numbers(await taken("carers", [row])) == (1, 0, 0)
    assert numbers(await taken("carers", [row])) == (0, 0, 1)
    assert numbers(await taken("carers", [{**row, "max_km": 3}])) == (0, 1, 0)
    given = await Carer.raw("SELECT number FROM carer WHERE name = '测试二'")
    assert [entry["number"][:3] for entry in given] == ["FW-"]


async def test_a_contract_line_cannot_be_cut_below_what_is_reserved(world: World) -> None:
    row = contract_line()
    await taken("contract_lines", [row])
    line = (await ContractLine.raw("SELECT id FROM contract_line WHERE contract_number = 'T-2026'"))[0]["id"]
    await ContractLine.raw(
        "INSERT INTO contract_movement (id, line, kind, units, amount, subject, at)"
        " VALUES (gen_random_uuid(), {}, 'reserved', 40, 3200, gen_random_uuid(), {})", line, AT,
    )  # fmt: skip
    checked = await judged("contract_lines", [{**row, "max_units": 39}])
    assert [(fault.field, fault.code) for fault in checked.faults] == [("max_units", "below_reserved")]
    assert numbers(await taken("contract_lines", [{**row, "max_units": 40}])) == (0, 1, 0)


async def test_missing_upper_divisions_are_made_from_the_names_of_the_row(database) -> None:
    rows = [
        {"code": "980101001", "name": "甲镇", "province_name": "甲省", "city_name": "甲市", "county_name": "甲县"},
        {"code": "980102001", "name": "乙镇", "province_name": "甲省", "city_name": "甲市"},
    ]
    result = await taken("divisions", rows)
    assert (numbers(result), dict(result.counts)) == ((2, 0, 0), {"division.new": 5})
    found = await Household.raw("SELECT code, name, level, parent FROM division ORDER BY code")
    assert [(row["code"][:9], row["name"], row["level"], row["parent"][:6]) for row in found] == [
        ("980000000", "甲省", 1, ""), ("980100000", "甲市", 2, "980000"), ("980101000", "甲县", 3, "980100"),
        ("980101001", "甲镇", 4, "980101"), ("980102001", "乙镇", 4, "980100"),
    ]  # fmt: skip


async def test_a_village_is_found_by_its_name_where_only_one_has_it(world: World) -> None:
    for name in ("桃园村", "桃园村委会", "河东街道桃园村"):
        checked = await judged("households", [household(1, division=name)], world["officer"])
        assert checked.faults == [], name
    await taken("divisions", [{"code": "990101001203", "name": "桃园村"}])
    checked = await judged("households", [household(1, division="桃园村")], world["officer"])
    assert [fault.code for fault in checked.faults] == ["division_unclear"]


async def test_a_place_in_another_datum_is_converted_and_none_is_estimated_from_the_village(world: World) -> None:
    rows = [
        household(1, lat="39.910103", lon="116.403744", datum="高德"),
        household(2, lat="39.916443", lon="116.410117", datum="BD-09"),
        household(3, lat="39.908700", lon="116.397500", datum="GPS"), household(4, division=NEAR_VILLAGE),
    ]  # fmt: skip
    await taken("households", rows)
    found = {row["number"]: row for row in await Household.raw("SELECT * FROM household")}
    for number in ("H-1", "H-2", "H-3"):
        home = found[number]
        assert (home["lat"], home["lon"]) == pytest.approx((39.9087, 116.3975), abs=2e-6), number
        assert (home["location_source"], home["location_accuracy_m"]) == ("import", None)
    assert [found["H-4"][key] for key in ("lat", "lon", "location_source", "location_accuracy_m")] == [
        31.79, 119.96, "division", 1000,
    ]  # fmt: skip


async def test_without_a_point_of_the_village_the_township_gives_the_place(world: World) -> None:
    await taken("divisions", [{"code": "990101001209", "name": "新村"}])
    await taken("households", [household(1, division="990101001209")])
    home = (await Household.raw("SELECT * FROM household"))[0]
    assert (home["lat"], home["lon"], home["location_accuracy_m"]) == (*HOME, 5000)


async def test_a_division_that_ended_names_its_successor(world: World) -> None:
    await Household.raw("UPDATE division SET valid_to = {}, successor = '990101001202' WHERE code = {}",
                        AT.date() - timedelta(days=1), VILLAGE)  # fmt: skip
    checked = await judged("households", [household(1)])
    assert [(f.code, f.params["successor"]) for f in checked.faults] == [("division_ended", "990101001202")]


async def test_organisations_keep_prefixes_of_their_area_and_minutes(world: World) -> None:
    await taken("organisations", [organisation(service_area="990101;990102001000", hours_per_4_weeks="12.5")])
    row = (await Organization.raw("SELECT * FROM organization WHERE name = '测试服务中心'"))[0]
    assert (row["service_area"], row["minutes_per_4_weeks"]) == (["990101", "990102001"], 750)

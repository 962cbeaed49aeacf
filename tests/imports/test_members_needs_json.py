"""Lists of members and of needs for known households; lists in JSON; what became of every row."""

import io
import json

import pytest
from python_calamine import load_workbook

from bangfu.households.leaving import Leaving, record_leaving
from bangfu.households.tables import Household, Person
from bangfu.imports.actions import KINDS
from bangfu.imports.reading import read_list
from bangfu.needs.tables import Need
from bangfu.shared.faults import Fault
from bangfu.shared.tabular import read_table
from bangfu.supervision.tables import SupervisionTask
from tests.imports.lists import AT, GROUND, TODAY, csv_of, household, judged, numbers, resident, taken
from tests.imports.test_import_pages import send
from tests.support import FOREIGN_VILLAGE, World


def member(**changed: object) -> dict[str, object]:
    return {"household_number": "H-1", "member_name": "测试小", "relation": "子女", "sex": "女",
            "birth_date": "2001-02-03", **changed}  # fmt: skip


def need(**changed: object) -> dict[str, object]:
    return {"household_number": "H-1", "service": "生活照料", "visits": 4, "minutes": 60, **changed}


async def test_members_are_added_recognised_and_changed(world: World) -> None:
    await taken("households", [household(1)])
    assert numbers(await taken("members", [member()], world["officer"])) == (1, 0, 0)
    assert numbers(await taken("members", [member()], world["officer"])) == (0, 0, 1)
    assert numbers(await taken("members", [member(phone="13812345678")], world["officer"])) == (0, 1, 0)
    renamed = member(member_name="测试改", id_number=resident(1), relation="本人", sex="", birth_date="")
    assert numbers(await taken("members", [renamed], world["officer"])) == (0, 1, 0)
    assert (await Household.objects().first()).head_name == "测试改", "a household is called by its head"
    assert await Person.count() == 2


async def test_members_come_to_known_households_of_ones_area_only(world: World) -> None:
    await taken("households", [household(1), household(2, division=FOREIGN_VILLAGE)])
    for number in ("H-2", "H-9"):
        checked = await judged("members", [member(household_number=number)], world["officer"])
        assert [(fault.code, fault.message) for fault in checked.faults] == [
            ("household_unknown", "No household of your area has this number.")
        ]


async def test_who_left_and_what_was_masked_are_not_taken(world: World) -> None:
    await taken("households", [household(1), member()])
    home = await Household.objects().first()
    child = (await Person.raw("SELECT id FROM person WHERE name = '测试小'"))[0]["id"]
    await record_leaving(world["officer"], home.id, child, child, Leaving("moved_out", TODAY), "搬走", AT)
    checked = await judged("members", [member(), member(member_name="张*", birth_date="1999-01-01")], world["officer"])
    assert {fault.code for fault in checked.faults} == {"masked"}
    assert {fault.code for fault in (await judged("members", [member()], world["officer"])).faults} == {"member_left"}


@pytest.mark.parametrize(("status", "code"), [("left", "not_in_register"), ("merged", "not_in_register")])
async def test_a_household_that_is_gone_is_not_changed_by_a_list(status: str, code: str, world: World) -> None:
    await taken("households", [household(1), household(2)])
    kept = (await Household.objects().get(Household.number == "H-2")).id
    into = kept if status == "merged" else None
    await Household.update(status=status, merged_into=into).where(Household.number == "H-1")
    for kind, row in (("households", household(1)), ("members", member()), ("needs", need())):
        assert [fault.code for fault in (await judged(kind, [row], world["officer"])).faults] == [code]


async def test_needs_become_drafts_or_submitted_and_are_watched_but_never_confirmed(world: World) -> None:
    await taken("households", [household(1, **GROUND)])
    rows = [need(id_number=resident(1)), need(service="探访", need_status="草稿")]
    assert numbers(await taken("needs", rows, world["officer"])) == (2, 0, 0)
    assert numbers(await taken("needs", rows, world["officer"])) == (0, 0, 2)
    found = await Need.raw("SELECT status, person IS NOT NULL AS own FROM need ORDER BY status")
    assert [(row["status"], row["own"]) for row in found] == [("draft", False), ("submitted", True)]
    assert await SupervisionTask.count() == 1, "the township has to decide on the submitted one in time"
    for said, code in (("已确认", "status_not_allowed"), ("服务中", "status_not_allowed"), ("奇怪", "choice")):
        checked = await judged("needs", [need(service="护理", need_status=said)], world["officer"])
        assert [fault.code for fault in checked.faults] == [code], said
    unknown = await judged("needs", [need(member_name="别人")], world["officer"])
    assert [fault.code for fault in unknown.faults] == ["member_unknown"]


async def test_a_need_on_its_way_may_stand_in_the_list_as_it_is(world: World) -> None:
    await taken("households", [household(1, **GROUND)])
    await taken("needs", [need()], world["officer"])
    await Need.update(status="in_service").where(Need.service == "daily_care")
    assert numbers(await taken("needs", [need(need_status="服务中")], world["officer"])) == (0, 0, 1)
    locked = await judged("needs", [need(visits=9)], world["officer"])
    assert [fault.code for fault in locked.faults] == ["need_locked"]


def as_json(rows: object) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode()


async def test_a_list_in_json_reads_like_the_same_list_in_csv(world: World) -> None:
    rows = [
        household(1, **GROUND, tags=["独居"], service="daily_care", windows=[[0, 480, 720]], two_person_visits=True)
    ]
    for content in (as_json(rows), b"\xef\xbb\xbf" + as_json({"watermark": "x", "rows": rows})):
        checked = await read_list(world["officer"], KINDS["households"], content, "list.json", TODAY)
        assert (checked.faults, checked.inserted) == ([], 1)
    assert checked.rows[0].values["windows"] == [(0, 480, 720)]
    assert checked.rows[0].values["two_person_visits"] is True


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'[{"a": 1},', "file_json"), (b"[" * 100_000, "file_json"), (b'[{"a": NaN}]', "file_json"),
        (b'[{"a": "\xb0\xa1"}]', "file_encoding"), (b'{"a": 1}', "file_json_form"), (b"[1, 2]", "file_json_form"),
        (b'[{"a": {"b": 1}}]', "file_json_form"), (b'[{"a": [[1]]}]', "file_json_form"), (b"[]", "file_empty"),
        (b'[{"a": [[0, "x", 5]]}]', "file_json_form"), (b"", "file_empty"),
        (json.dumps([{f"c{n}": 1 for n in range(300)}]).encode(), "too_many_columns"),
    ],
)  # fmt: skip
def test_json_that_is_no_list_is_named_as_such(content: bytes, code: str) -> None:
    with pytest.raises(Fault) as fault:
        read_table(content, "list.json")
    assert fault.value.code == code


def test_the_place_of_broken_json_is_named() -> None:
    with pytest.raises(Fault, match=r"line 2, column 2"):
        read_table(b'[{"a": 1}\n x', "list.json")


async def test_every_row_has_its_result_before_and_after_taking(visit, world: World) -> None:
    browser = await visit("officer")
    good = [household(1), household(2)]
    bad = csv_of([household(1, category="=富裕"), household(2)])
    place = (await send(browser, bad, "a.csv")).headers["location"]
    text = (await browser.get(f"{place}/result/csv")).content.decode("utf-8-sig").splitlines()
    assert text[1].startswith("2,refused,,") and "=富裕" in text[1], text
    assert text[2] == "3,not taken: the list has faults,,"
    place = (await send(browser, as_json(good), "b.json")).headers["location"]
    assert "checked, not yet taken" in (await browser.get(f"{place}/result/csv")).text
    await browser.post(f"{place}/take")
    lines = (await browser.get(f"{place}/result/csv")).content.decode("utf-8-sig").splitlines()
    assert lines[1:] == ["1,created,H-1,", "2,created,H-2,"]
    book = load_workbook(io.BytesIO((await browser.get(f"{place}/result/xlsx")).content))
    assert book.get_sheet_by_index(0).to_python()[1][:3] == [1.0, "created", "H-1"]
    assert (await browser.get(f"{place}/result/exe")).status_code == 404
    assert (await (await visit("bureau")).get(f"{place}/result/csv")).status_code == 404
    again = (await send(browser, as_json([*good, household(1)]), "c.json")).headers["location"]
    await browser.post(f"{again}/take")
    rows = (await browser.get(f"{again}/result/csv")).text.splitlines()[1:]
    assert [row.split(",")[1] for row in rows] == ["unchanged"] * 3, "a repeated row is not forgotten"

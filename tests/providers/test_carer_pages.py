"""Carers through the portal: who records, who sees what, what a wrong or double form does."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.providers.tables import Carer, Qualification
from bangfu.shared.clock import today
from tests.support import NEAR_VILLAGE, VILLAGE, World, make_carer

ID_NUMBER, PHONE = "990101198001010022", "13812345678"


def form(**more: str) -> dict[str, str]:
    """A complete form for a new volunteer, or what is asked for instead."""
    first = {
        "key": str(uuid4()), "kind": "volunteer", "name": "示例一", "id_number": ID_NUMBER, "phone": PHONE,
        "languages": "cmn", "division": VILLAGE, "travel_mode": "walk", "datum": "gcj02",
    }  # fmt: skip
    return {**first, **more}


async def recorded(visit: Any, name: str, **more: str) -> UUID:
    answer = await (await visit(name)).post("/carers/new", form(**more))
    assert answer.status_code == 303, re.findall(r'class="error"[^>]*>(.*?)</p>', answer.text, re.S)
    return UUID(answer.headers["location"].rsplit("/", 1)[1])


@pytest.mark.parametrize("name", ["dispatcher", "bureau"])
async def test_the_station_records_a_volunteer_with_the_usual_limits(visit: Any, world: World, name: str) -> None:
    carer = await Carer.objects().get(Carer.id == await recorded(visit, name))
    assert carer is not None
    assert (carer.speed_kmh, carer.max_km, carer.minutes_per_week, carer.max_households) == (4.5, 5.0, 480, 5)
    assert (carer.sex, str(carer.birth_date), carer.number[:3]) == ("f", "1980-01-01", "FW-")
    assert (carer.lat, carer.location_source) == (31.78, "division")
    assert ID_NUMBER not in carer.id_number_enc
    assert PHONE not in carer.phone_enc


async def test_a_manager_records_workers_of_the_own_organisation_only(visit: Any, world: World) -> None:
    carer = await recorded(visit, "manager", kind="worker")
    row = await Carer.objects().get(Carer.id == carer)
    assert row is not None
    assert row.organization == world.organization
    answer = await (await visit("manager")).post("/carers/new", form(kind="volunteer", id_number="990101194503150035"))
    assert answer.status_code == 422
    assert (await (await visit("dispatcher")).post("/carers/new", form(kind="worker"))).status_code == 422


async def test_a_double_click_records_one_person(visit: Any, world: World) -> None:
    browser, values = await visit("dispatcher"), form()
    first, second = await browser.post("/carers/new", values), await browser.post("/carers/new", values)
    assert first.headers["location"] == second.headers["location"]
    assert await Carer.count().where(Carer.name == "示例一") == 1


async def test_the_same_id_number_twice_is_told_with_the_number_of_the_first(visit: Any, world: World) -> None:
    carer = await Carer.objects().get(Carer.id == await recorded(visit, "dispatcher"))
    answer = await (await visit("dispatcher")).post("/carers/new", form())
    assert answer.status_code == 422
    assert carer is not None
    assert f"This person is recorded already: {carer.number}." in answer.text
    assert "示例一" in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("id_number", "990101198001010023", "check digit"),
        ("phone", "123", "phone"),
        ("division", "990102001201", "does not lie in your area"),
        ("division", "nowhere", "does not lie in your area"),
        ("name", "", "Please fill this in"),
        ("max_km", "-1", "from 0 to 200"),
        ("hours_per_week", "nan", "from 0 to 100"),
        ("lat", "31.7", "belong together"),
        ("travel_mode", "rocket", "choose one of the list"),
    ],
)
async def test_wrong_input_stands_beside_its_field(
    visit: Any, world: World, field: str, typed: str, sentence: str
) -> None:
    answer = await (await visit("dispatcher")).post("/carers/new", form(**{field: typed}))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert await Carer.count().where(Carer.name == "示例一") == 0


async def test_two_people_edit_at_once_and_the_second_loses_nothing(visit: Any, world: World) -> None:
    carer = await recorded(visit, "dispatcher")
    edit = {**form(version="1", sex="f", birth_date="1980-01-01"), "id_number": "", "phone": ""}
    assert (await (await visit("dispatcher")).post(f"/carers/{carer}/edit", {**edit, "max_km": "3"})).status_code == 303
    late = await (await visit("bureau")).post(f"/carers/{carer}/edit", {**edit, "max_km": "7.5"})
    assert late.status_code == 409
    assert "Somebody changed this person after you opened the form" in late.text
    assert 'value="7.5"' in late.text
    assert 'name="version" value="2"' in late.text
    row = await Carer.objects().get(Carer.id == carer)
    assert row is not None
    assert row.max_km == 3.0
    assert row.id_number_enc


async def test_a_move_takes_an_estimated_place_along_and_keeps_a_given_one(visit: Any, world: World) -> None:
    carer = await recorded(visit, "dispatcher")
    edit = form(version="1", sex="f", birth_date="1980-01-01", division=NEAR_VILLAGE)
    await (await visit("dispatcher")).post(f"/carers/{carer}/edit", edit)
    row = await Carer.objects().get(Carer.id == carer)
    assert row is not None
    assert row.lat == 31.79


async def test_names_are_plain_for_the_own_manager_and_masked_for_everybody_else(visit: Any, world: World) -> None:
    nurse = world.carers["nurse"]
    assert "员nurse" in (await (await visit("manager")).get(f"/carers/{nurse}")).text
    for name in ("dispatcher", "officer", "bureau", "lead", "auditor"):
        page = await (await visit(name)).get(f"/carers/{nurse}")
        assert page.status_code == 200
        assert "员nurse" not in page.text
        listed = (await (await visit(name)).get("/carers?q=nurse")).text
        assert "员****" in listed
        assert "员nurse" not in listed


async def test_another_organisations_people_do_not_exist_for_a_manager(visit: Any, world: World) -> None:
    other = await visit("other_manager")
    nurse = world.carers["nurse"]
    for path in ("", "/edit", "/certificates/new", "/trainings/new", "/clearance/new"):
        assert (await other.get(f"/carers/{nurse}{path}")).status_code == 404
    assert (await other.post(f"/carers/{nurse}/leave", {"reason": "x"})).status_code == 404
    assert "nurse" not in (await other.get("/carers")).text
    assert (await (await visit("outsider")).get(f"/carers/{nurse}")).status_code == 404


async def test_the_station_reads_workers_and_changes_nothing_about_them(visit: Any, world: World) -> None:
    browser, nurse = await visit("dispatcher"), world.carers["nurse"]
    assert (await browser.get(f"/carers/{nurse}/edit")).status_code == 403
    assert (await browser.post(f"/carers/{nurse}/leave", {"reason": "x"})).status_code == 403
    assert "Change record" not in (await browser.get(f"/carers/{nurse}")).text


async def test_hidden_values_are_shown_once_with_a_reason(visit: Any, world: World) -> None:
    carer = await recorded(visit, "dispatcher")
    browser = await visit("dispatcher")
    assert (await browser.post(f"/carers/{carer}/unmask", {"reason": ""})).status_code == 422
    shown = await browser.post(f"/carers/{carer}/unmask", {"reason": "contact"})
    assert ID_NUMBER in shown.text
    assert "示例一" in shown.text
    page = (await browser.get(f"/carers/{carer}")).text
    assert ID_NUMBER not in page
    assert "示例一" not in page
    assert "Hidden values of a carer shown" in page
    events = await Carer.raw("SELECT data::text AS data FROM audit_event WHERE subject = {}", str(carer))
    assert all(ID_NUMBER not in event["data"] and "示例一" not in event["data"] for event in events)


async def test_who_left_is_found_under_left_and_can_be_taken_back(visit: Any, world: World) -> None:
    carer, browser = await recorded(visit, "dispatcher"), await visit("dispatcher")
    assert (await browser.post(f"/carers/{carer}/leave", {"reason": ""})).status_code == 422
    assert (await browser.post(f"/carers/{carer}/leave", {"reason": "moved"})).status_code == 303
    assert str(carer) not in (await browser.get("/carers")).text
    assert str(carer) in (await browser.get("/carers?show=left")).text
    assert (await browser.post(f"/carers/{carer}/return")).status_code == 303
    assert str(carer) in (await browser.get("/carers")).text


async def test_filters_find_who_has_something_to_do(visit: Any, world: World) -> None:
    soon = await make_carer("soon", "worker", world.organization)
    await Qualification(id=uuid4(), carer=soon, code="H", expires_on=today() + timedelta(days=60)).save()
    raw = await make_carer("raw", "worker", world.organization)
    await Qualification(
        id=uuid4(), carer=raw, code="H", expires_on=today() + timedelta(days=90), status="handed_in"
    ).save()  # fmt: skip
    bare = await recorded(visit, "dispatcher")
    browser = await visit("bureau")

    async def found(show: str) -> set[str]:
        return set(re.findall(r'href="/carers/([0-9a-f-]{36})"', (await browser.get(f"/carers?show={show}")).text))

    assert await found("expiring") == {str(soon)}
    assert await found("unverified") == {str(raw)}
    assert await found("barred") == {str(bare)}
    assert "ID and phone numbers are not searched" in (await browser.get(f"/carers?q={PHONE}")).text

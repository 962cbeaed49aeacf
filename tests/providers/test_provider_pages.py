"""Organisations as their area sees them, and the manager's own page."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.providers.tables import Carer, Organization, Qualification
from bangfu.shared.clock import today
from bangfu.shared.crypto import encrypt
from tests.support import World


async def test_the_area_sees_organisations_that_serve_it_with_names_masked(visit, world: World) -> None:
    nurse = world.carers["nurse"]
    await Carer.update(
        {Carer.name: "王小明", Carer.phone_enc: encrypt("13900000021", f"carer:phone_enc:{nurse}")}
    ).where(Carer.id == nurse)
    for name in ("dispatcher", "officer", "bureau", "lead", "auditor"):
        browser = await visit(name)
        assert "春晖助老服务中心" in (await browser.get("/providers")).text
        page = await browser.get(f"/providers/{world.organization}")
        assert page.status_code == 200
        assert "王**" in page.text
        assert "王小明" not in page.text
        assert "139****0021" in page.text
        assert "13900000021" not in page.text


@pytest.mark.parametrize(
    "name", ["outsider", "outside_officer", "manager", "volunteer", "worker", "coordinator", "admin"]
)
async def test_others_do_not_see_them(visit, world: World, name: str) -> None:
    browser = await visit(name)
    assert (await browser.get(f"/providers/{world.organization}")).status_code == 404
    listed = await browser.get("/providers")
    assert listed.status_code == 404 or "春晖" not in listed.text


async def test_an_organisation_of_elsewhere_that_serves_one_township_is_seen_there(visit, world: World) -> None:
    far = Organization(
        id=uuid4(), uscc="53990101A00000054R", name="远方基金会", org_type="foundation", division="990102000000",
        service_area=["990101001"],
    )  # fmt: skip
    await far.save()
    for name in ("dispatcher", "bureau", "outsider"):
        assert "远方基金会" in (await (await visit(name)).get("/providers")).text, "served, above it, or the seat"


async def test_who_belongs_to_no_organisation_is_listed_below_them_in_the_own_area_only(visit, world: World) -> None:
    await Carer.update({Carer.name: "林小满"}).where(Carer.id == world.carers["social_worker"])
    page = (await (await visit("dispatcher")).get("/providers")).text
    assert "without an organisation" in page
    assert "林**" in page
    assert "林小满" not in page
    assert "without an organisation" not in (await (await visit("outsider")).get("/providers")).text
    assert "without an organisation" not in (await (await visit("bureau")).get("/providers?q=同心")).text


async def test_the_list_is_searched(visit, world: World) -> None:
    browser = await visit("bureau")
    page = (await browser.get("/providers?q=同心")).text
    assert "同心社工协会" in page
    assert "春晖" not in page
    assert "春晖" in (await browser.get("/providers?q=52990101a00000011f")).text
    assert "No organisation found" in (await browser.get("/providers?q=%25%27")).text


async def test_the_manager_sees_own_carers_with_expiry_load_and_lines(visit, world: World) -> None:
    for days, code in ((5, "H"), (20, "T"), (50, "C5"), (-1, "M"), (90, "S")):
        await Qualification(
            id=uuid4(), carer=world.carers["cleaner"], code=code, expires_on=today() + timedelta(days=days)
        ).save()
    page = (await (await visit("manager")).get("/organization")).text
    assert page.count("Health certificate: only until") == 2, "in the list of what runs out and in the table"
    assert "Clearance for work with minors: expired on" in page
    assert "Platform training: until" in page
    assert "Social worker licence: " not in page
    assert "员nurse" in page
    assert "员rival" not in page
    assert "2000" in page
    assert (await (await visit("volunteer")).get("/organization")).status_code == 404


@pytest.mark.parametrize(("typed", "found"), [("春晖", True), ("%", False), ("春_助老", False), ("\\", False)])
async def test_a_search_takes_percent_and_underscore_as_they_are(visit, world: World, typed: str, found: bool) -> None:
    text = (await (await visit("bureau")).get("/providers", params={"q": typed})).text
    assert ("春晖助老服务中心" in text) is found

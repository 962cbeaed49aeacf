"""The manager of an organisation brings in the list of the own carers, and nothing else."""

from uuid import uuid4

import pytest

from bangfu.errors import NotAllowed
from bangfu.imports.actions import KINDS
from bangfu.providers.tables import Carer, Qualification
from tests.imports.lists import carer, csv_of, judged, taken
from tests.support import FOREIGN_VILLAGE, TOWN, World

OWN, OTHER = "52990101A00000011F", "51990101A000000465"


def worker(serial: int = 1, **changed: object) -> dict[str, object]:
    return carer(serial, kind="机构人员", **changed)


async def test_own_people_come_in_with_certificates_that_wait_to_be_verified(world: World) -> None:
    rows = [worker(1, qualifications="C5:2028-06-30;H:2027-12-01"), worker(2, organisation=OWN)]
    result = await taken("carers", rows, world["manager"])
    assert (result.inserted, result.updated) == (2, 0)
    people = await Carer.select(Carer.organization).where(Carer.number.is_in(["T-1", "T-2"]))
    assert {row["organization"] for row in people} == {world.organization}, "an empty cell means the own organisation"
    papers = await Qualification.raw("SELECT status, entered_by FROM qualification q JOIN carer c ON c.id = q.carer"
                                     " WHERE c.number = 'T-1'")  # fmt: skip
    assert {(row["status"], row["entered_by"]) for row in papers} == {("handed_in", world["manager"].me)}


@pytest.mark.parametrize(("who", "status"), [("dispatcher", "handed_in"), ("officer", "verified")])
async def test_a_stations_list_waits_for_somebody_who_verifies(world: World, who: str, status: str) -> None:
    await taken("carers", [carer(1, qualifications="V:2028-06-30")], world[who])
    papers = await Qualification.raw("SELECT q.status, q.entered_by FROM qualification q JOIN carer c ON c.id = q.carer"
                                     " WHERE c.number = 'T-1'")  # fmt: skip
    entered = world[who].me if status == "handed_in" else None
    assert [(row["status"], row["entered_by"]) for row in papers] == [(status, entered)]


async def test_a_renewed_certificate_stands_beside_the_verified_one_until_it_is_verified(world: World) -> None:
    await taken("carers", [worker(1, number="nurse", qualifications="H:2029-12-01")], world["manager"])
    rows = await Qualification.raw(
        "SELECT status FROM qualification WHERE carer = {} AND code = 'H' ORDER BY status", world.carers["nurse"]
    )
    assert [row["status"] for row in rows] == ["handed_in", "verified"]


async def test_every_row_of_another_organisation_is_a_fault_with_its_fix(world: World) -> None:
    rows = [worker(1, organisation=OTHER), worker(2, number="rival"), worker(3, number="volunteer"), worker(4)]
    checked = await judged("carers", rows, world["manager"])
    assert [(fault.row, fault.field, fault.code) for fault in checked.faults] == [
        (2, "organisation", "other_organisation"),
        (3, "number", "other_organisation"),
        (4, "number", "other_organisation"),
    ]
    assert all(fault.fix for fault in checked.faults)


async def test_a_manager_bars_nobody_by_a_list(world: World) -> None:
    checked = await judged("carers", [worker(1, blacklist_until="2030-01-01")], world["manager"])
    assert [(fault.field, fault.code) for fault in checked.faults] == [("blacklist_until", "outside_role")]


async def test_people_may_live_in_another_county_of_the_city(world: World) -> None:
    assert (await judged("carers", [worker(1, division=FOREIGN_VILLAGE)], world["manager"])).faults == []


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"carers"}))
async def test_no_other_kind_is_the_managers_to_bring_in(world: World, kind: str) -> None:
    with pytest.raises(NotAllowed):
        await judged(kind, [], world["manager"])


async def test_the_page_offers_the_manager_only_the_own_list(visit, world: World) -> None:
    browser = await visit("manager")
    page = (await browser.get("/imports")).text
    assert "/imports/new/carers" in page
    assert "/imports/new/households" not in page
    assert "/imports/locations" not in page
    assert (await browser.get("/imports/new/households")).status_code == 403
    assert (await browser.get("/imports/locations")).status_code == 404
    files = {"file": ("队伍.csv", csv_of([worker(1, division=f"{TOWN}000")]), "application/octet-stream")}
    place = (await browser.post("/imports/new/carers", {"key": str(uuid4())}, files=files)).headers["location"]
    assert (await browser.post(f"{place}/take")).status_code == 303
    assert await Carer.exists().where((Carer.number == "T-1") & (Carer.organization == world.organization))
    assert (await (await visit("other_manager")).get(place)).status_code == 404

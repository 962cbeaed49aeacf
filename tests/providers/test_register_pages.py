"""The register of organisations as the bureau keeps it, the manager adds to it and the auditor reads it."""

import base64
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.contracts.tables import Contract
from bangfu.messages.tables import Message
from bangfu.providers.declaring import capacities, confirm, declare
from bangfu.providers.register import assessor_conflict, barred_organizations, conflict_between
from bangfu.providers.register_due import look_after
from bangfu.providers.register_tables import CapacityDeclaration, OrganizationBar, OrganizationLicence, OrganizationLink
from bangfu.providers.tables import Organization
from bangfu.shared.clock import now, today
from bangfu.shared.identifiers import generate_uscc
from bangfu.shared.tables import AuditEvent
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
DAY = timedelta(days=1)


def form(**changed: object) -> dict[str, object]:
    return {
        "key": str(uuid4()), "uscc": generate_uscc(41), "name": "柳树村村民委员会", "org_type": "village_committee",
        "division": "990101001000", "village": "柳树村", **changed,
    }  # fmt: skip


async def licence(organization, kind: str = "registration", *, days: int = 365, status: str = "verified") -> None:
    await OrganizationLicence(
        id=uuid4(), organization=organization, kind=kind, number="L-1", issuer="测试登记处", status=status,
        expires_on=today() + timedelta(days=days),
    ).save()  # fmt: skip


async def actions(organization) -> list[str]:
    rows = await AuditEvent.raw("SELECT action FROM audit_event WHERE subject = {} ORDER BY id", str(organization))
    return [row["action"] for row in rows]


async def told(world: World, kind: str) -> int:
    """How many messages of a kind the manager has."""
    rows = await Message.raw(
        'SELECT count(*) AS n FROM message WHERE "user" = {} AND kind = {}', world["manager"].me, kind
    )
    return int(rows[0]["n"])


async def test_the_bureau_registers_an_organisation_of_any_type_once(visit, world: World) -> None:
    browser, sent = await visit("bureau"), form(areas=["990101001"], phone="0519-86680000")
    wrong = await browser.post("/providers/new", {**sent, "uscc": "52990101A00000011G"})
    assert wrong.status_code == 422
    assert "The check character of the social credit code is wrong" in wrong.text
    assert "柳树村村民委员会" in wrong.text, "the input stays"
    taken = await browser.post("/providers/new", {**sent, "uscc": "52990101A00000011F"})
    assert "Another organisation has this social credit code" in taken.text
    for _ in range(2):
        answer = await browser.post("/providers/new", sent)
        assert answer.headers["location"] == f"/providers/{sent['key']}"
    row = await Organization.objects().get(Organization.uscc == sent["uscc"])
    assert row is not None
    assert (row.division, row.service_area, row.lat) == (VILLAGE, ["990101001"], 31.78), "the seat's place"
    assert await actions(row.id) == ["organization.registered"]
    page = (await browser.get(f"/providers/{row.id}")).text
    assert "河东街道" in page
    assert "Village committee" in page


async def test_services_runner_and_village_are_checked_with_a_sentence_each(visit, world: World) -> None:
    browser = await visit("bureau")
    sent = form(services=["meal"], run_by=str(world.organization), village="无此村", lat="31.7")
    text = (await browser.post("/providers/new", sent)).text
    for sentence in (
        "An organisation of this type offers no services", "Only a station is run by an agency",
        "No village of the chosen township", "Latitude and longitude belong together",
    ):  # fmt: skip
        assert sentence in text


async def test_a_change_that_somebody_else_overtook_is_refused(visit, world: World) -> None:
    browser, path = await visit("bureau"), f"/providers/{world.organization}/edit"
    sent = {
        "uscc": "52990101A00000011F", "name": "春晖中心", "org_type": "service_agency", "division": "990101000000",
        "areas": ["990101"], "active": "yes", "version": "1",
    }  # fmt: skip
    assert (await browser.post(path, sent)).status_code == 303
    assert (await browser.post(path, {**sent, "name": "另一个名字"})).status_code == 409
    assert (await browser.post(path, {**sent, "version": "2", "active": ""})).status_code == 303
    assert await actions(world.organization) == ["organization.changed", "organization.closed"]
    assert (await barred_organizations(today()))[world.organization] == "not_active"


async def test_only_the_bureau_of_the_seat_keeps_the_register(visit, world: World) -> None:
    far = Organization(
        id=uuid4(), uscc="53990101A00000054R", name="远方", org_type="foundation", division=FOREIGN_VILLAGE,
        service_area=["990101"],
    )  # fmt: skip
    await far.save()
    bureau = await visit("bureau")
    assert (await bureau.get(f"/providers/{far.id}")).status_code == 200, "it serves the county"
    assert (await bureau.get(f"/providers/{far.id}/edit")).status_code == 404
    assert (await bureau.post(f"/providers/{far.id}/edit", {})).status_code == 404
    assert (await bureau.post("/providers/new", form(division="990102001000", village=""))).status_code == 422
    for name in ("officer", "lead", "auditor", "manager"):
        assert (await (await visit(name)).post("/providers/new", form())).status_code == 403
    page = (await (await visit("auditor")).get(f"/providers/{world.organization}")).text
    assert "Conflict links" in page
    assert "/edit" not in page
    assert "/licences/new" not in page


async def test_a_licence_counts_once_somebody_else_verified_it_and_bars_when_it_is_over(visit, world: World) -> None:
    manager, bureau = await visit("manager"), await visit("bureau")
    await licence(world.organization, days=-1)
    assert (await barred_organizations(today()))[world.organization] == "licence_expired"
    assert "A needed licence has expired" in (await manager.get("/organization")).text
    sent = {
        "key": str(uuid4()), "kind": "registration", "number": "民证字1", "issuer": "测试市民政局",
        "issued_on": today().isoformat(), "expires_on": (today() + 400 * DAY).isoformat(),
    }  # fmt: skip
    assert (await manager.post("/organization/licences/new", sent)).status_code == 422, "without a scan"
    scan = {"file": ("证书.png", PNG, "image/png")}
    assert (await manager.post("/organization/licences/new", sent, files=scan)).status_code == 303
    assert world.organization in await barred_organizations(today()), "nobody verified it yet"
    place = f"/providers/{world.organization}/licences/{sent['key']}"
    assert "licence" in (await bureau.get("/inbox")).text
    page = (await bureau.get(f"/providers/{world.organization}")).text
    file = page.split(f"{place}/files/")[1].split('"')[0]
    assert (await bureau.get(f"{place}/files/{file}")).content[:4] == b"\x89PNG"
    assert (await (await visit("outside_officer")).get(f"{place}/files/{file}")).status_code == 404
    for _ in range(2):
        assert (await bureau.post(f"{place}/verify")).status_code == 303
    assert world.organization not in await barred_organizations(today())
    assert (await actions(world.organization))[-2:] == [
        "organization.licence_handed_in", "organization.licence_verified",
    ]  # fmt: skip


async def test_nobody_verifies_what_they_entered_and_a_rejection_has_its_reason(visit, world: World) -> None:
    bureau = await visit("bureau")
    key, place = str(uuid4()), f"/providers/{world.organization}/licences"
    sent = {"key": key, "kind": "food", "number": "F-1", "issuer": "市场监管局", "issued_on": "2026-01-05"}
    assert (await bureau.post(f"{place}/new", sent)).status_code == 422, "an end, or none at all"
    assert (await bureau.post(f"{place}/new", {**sent, "forever": "yes"})).status_code == 303
    assert (await bureau.post(f"{place}/{key}/verify")).status_code == 403
    await OrganizationLicence.update({"entered_by": world["manager"].me}).where(OrganizationLicence.id == key)
    assert (await bureau.post(f"{place}/{key}/reject", {"reason": ""})).status_code == 422
    assert (await bureau.post(f"{place}/{key}/reject", {"reason": "扫描件不清"})).status_code == 303
    assert (await bureau.post(f"{place}/{key}/verify")).status_code == 409, "decided otherwise"
    assert "扫描件不清" in (await (await visit("manager")).get("/organization")).text


async def test_the_lead_bars_with_a_ground_and_lifts_with_a_reason_and_all_of_it_is_kept(visit, world: World) -> None:
    lead, path = await visit("lead"), f"/providers/{world.organization}"
    assert "0 assignments are open" in (await lead.get(f"{path}/bar")).text
    past = {"ground": "harm", "until": (today() - DAY).isoformat(), "reason": "伤害老人"}
    assert (await lead.post(f"{path}/bar", past)).status_code == 422
    sent = {**past, "until": (today() + 90 * DAY).isoformat()}
    for _ in range(2):
        assert (await lead.post(f"{path}/bar", sent)).status_code == 303
    assert await barred_organizations(today() + 90 * DAY) == {world.organization: "blacklisted"}
    assert await barred_organizations(today() + 91 * DAY) == {}
    assert await OrganizationBar.count() == 1
    sealed = (await OrganizationBar.raw("SELECT reason_enc FROM organization_bar"))[0]["reason_enc"]
    assert "伤害" not in sealed
    assert "伤害老人" in (await (await visit("bureau")).get(path)).text
    assert "伤害老人" not in (await (await visit("dispatcher")).get(path)).text
    assert "Blacklisted" in (await (await visit("manager")).get("/organization")).text
    assert (await (await visit("bureau")).post(f"{path}/lift", {"lift_reason": "已整改"})).status_code == 403
    assert (await lead.post(f"{path}/lift", {"lift_reason": ""})).status_code == 422
    for _ in range(2):
        assert (await lead.post(f"{path}/lift", {"lift_reason": "已整改"})).status_code == 303
    assert await barred_organizations(today()) == {}
    assert "已整改" in (await lead.get(path)).text
    assert await actions(world.organization) == ["organization.barred", "organization.bar_lifted"]


@pytest.mark.database
async def test_decisions_and_declarations_are_never_changed(world: World) -> None:
    await declare(world["manager"], 6000, {}, "", now())
    with pytest.raises(Exception, match="append-only"):
        await CapacityDeclaration.raw("UPDATE capacity_declaration SET minutes_per_4_weeks = 1")
    with pytest.raises(Exception, match="append-only"):
        await CapacityDeclaration.raw("DELETE FROM capacity_declaration")


async def test_a_conflict_counts_both_ways_until_it_ends(visit, world: World) -> None:
    bureau, one, other = await visit("bureau"), world.organization, world.other_organization
    await Organization.update({"legal_representative": "测试同名"}).where(Organization.id.is_in([one, other]))
    page = (await bureau.get(f"/providers/{one}")).text
    assert "Same name of the legal representative" in page
    sent = {
        "key": str(uuid4()), "other": str(other), "kind": "same_representative",
        "starts_on": (today() - 10 * DAY).isoformat(),
    }  # fmt: skip
    for _ in range(2):
        assert (await bureau.post(f"/providers/{one}/links/new", sent)).status_code == 303
    again = await bureau.post(f"/providers/{one}/links/new", {**sent, "key": str(uuid4())})
    assert "linked in this way already" in again.text
    assert "Same name of the legal" not in (await bureau.get(f"/providers/{one}")).text
    assert await conflict_between(other, one, today()) == await conflict_between(one, other, today())
    assert await conflict_between(one, other, today()) == "same_representative"
    assert await conflict_between(one, other, today() - 11 * DAY) == ""
    end = f"/providers/{other}/links/{sent['key']}/end"
    for _ in range(2):
        assert (await bureau.post(end)).status_code == 303, "from either side"
    assert await conflict_between(one, other, today() + DAY) == ""
    assert "organization.link_ended" in await actions(one)
    assert "organization.link_ended" in await actions(other)


async def test_who_runs_a_station_is_a_conflict_from_that_day_on_and_stays_in_the_history(visit, world: World) -> None:
    bureau, station = await visit("bureau"), str(uuid4())
    sent = form(key=station, org_type="station", village="", name="河东社工站", run_by=str(world.organization))
    assert (await bureau.post("/providers/new", sent)).status_code == 303
    row = await Organization.objects().get(Organization.id == station)
    assert row is not None
    assert row.run_by == world.organization
    assert await conflict_between(world.organization, row.id, today()) == "runs_station"
    assert "河东社工站" in (await bureau.get(f"/providers/{world.organization}")).text
    changed = {**sent, "run_by": "", "version": "1", "active": "yes"}
    assert (await bureau.post(f"/providers/{station}/edit", changed)).status_code == 303
    assert await conflict_between(world.organization, row.id, today() + DAY) == ""
    assert await OrganizationLink.count() == 1


async def test_an_assessor_stays_away_from_whom_it_had_a_contract_with(world: World) -> None:
    one, other = world.assessing_body, world.organization
    assert await assessor_conflict(one, other, today()) == ""
    await OrganizationLink(
        id=uuid4(), a=one, b=other, kind="affiliated", starts_on=today() - 400 * DAY, ends_on=today() - 300 * DAY
    ).save()
    assert await assessor_conflict(one, other, today()) == "affiliated", "within 12 months"
    assert await assessor_conflict(one, other, today() + 100 * DAY) == ""
    await Contract(
        id=uuid4(), number="C-A", division="990101000000", buyer=other, supplier=one, status="closed", imported=True,
        starts_on=today() - 200 * DAY, ends_on=today() - 100 * DAY,
    ).save()  # fmt: skip
    assert await assessor_conflict(one, other, today() + 100 * DAY) == "contract"
    assert await assessor_conflict(one, other, today() + 300 * DAY) == ""


async def test_a_declared_capacity_is_confirmed_with_one_click_and_its_end_is_told_once(visit, world: World) -> None:
    manager, long_ago = await visit("manager"), now() - 31 * DAY
    await Organization.update({"services": ["daily_care"]}).where(Organization.id == world.organization)
    assert (await manager.post("/organization/capacity/confirm")).status_code == 409, "nothing to confirm"
    over = await manager.post("/organization/capacity", {"hours": "100", "hours-daily_care": "101"})
    assert "more hours than the whole" in over.text
    await declare(world["manager"], 9000, {"daily_care": 6000}, "", long_ago)
    row = await Organization.objects().get(Organization.id == world.organization)
    assert row is not None
    assert row.minutes_per_4_weeks == 9000
    assert "Is it still valid?" in (await manager.get("/organization")).text
    listed = (await (await visit("bureau")).get("/providers?state=unconfirmed")).text
    assert "春晖助老服务中心" in listed
    assert "同心社工协会" not in listed
    for _ in range(2):
        assert await look_after(now()) == 1
    assert await told(world, "capacity_overdue") == 1
    assert "should have confirmed its capacity" in (await manager.get("/inbox")).text
    for _ in range(2):
        assert (await manager.post("/organization/capacity/confirm")).status_code == 303
    known = (await capacities([world.organization]))[world.organization]
    assert (known.minutes, known.services, known.confirm_until) == (9000, {"daily_care": 6000}, today() + 30 * DAY)
    assert await CapacityDeclaration.count() == 4, "a second click writes nothing"
    await confirm(world["manager"], now())
    assert await look_after(now()) == 0


async def test_the_end_of_a_licence_is_told_at_each_step_once(visit, world: World) -> None:
    await licence(world.organization, days=30)
    for days in (0, 0, 22, 23, 31, 31):
        await look_after(now() + timedelta(days=days))
    assert await told(world, "licence_ends") == 2, "30 days and 7 days before"
    assert await told(world, "licence_ended") == 1
    assert "Please hand in the renewed one" in (await (await visit("manager")).get("/inbox")).text


async def test_the_list_is_filtered_by_type_and_state(visit, world: World) -> None:
    await licence(world.organization, days=20)
    await licence(world.other_organization, days=-2)
    browser = await visit("bureau")
    barred = (await browser.get("/providers?state=barred")).text
    assert "同心社工协会" in barred
    assert "春晖" not in barred
    assert "春晖" in (await browser.get("/providers?state=expiring")).text
    assessors = (await browser.get("/providers?type=assessor")).text
    assert "公允评估中心" in assessors
    assert "春晖" not in assessors

"""Other systems read the lists of their area page by page, and nothing that names a served person."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from bangfu.exchange import read_resources
from bangfu.exchange.buckets import taking
from bangfu.exchange.read_asking import read_period
from bangfu.exchange.read_openapi import document
from bangfu.exchange.read_resources import OWN_SCOPES, RESOURCES, SCOPES
from bangfu.exchange.read_tokens import digest, disable_token
from bangfu.exchange.tables import ApiToken
from bangfu.households.tables import Household
from bangfu.needs.tables import Need
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now, today
from bangfu.visits.tables import Visit
from tests.authorisation.row import Stage
from tests.exchange.readers import faults, reading_system
from tests.support import OTHER_COUNTY, TOWN, World

FILLED = (
    "divisions", "services", "households", "needs", "assignments", "visits", "organizations", "carers", "contracts",
    "contract-lines", "agreements", "complaints", "scores", "statements", "payments",
    "supervision-tasks", "volunteer-records",
)  # fmt: skip
"""All lists; the stage has something for each."""


def test_the_tests_know_every_list() -> None:
    assert tuple(FILLED) == SCOPES


@pytest.mark.parametrize("name", FILLED)
async def test_a_list_read_in_small_pages_holds_every_row_once_and_each_is_as_described(
    name: str, app, world: World, staged: Stage
) -> None:
    await _approve_claims(world)
    system = await reading_system(app, world, name)
    found = await system.all(name)
    key = RESOURCES[name].key_field.name
    keys = [one[key] for one in found]
    assert keys == sorted(set(keys))
    assert keys
    whole = document()
    schema = whole["paths"][f"/api/v1/{name}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    answer = (await system.get(f"{name}?limit=500")).json()
    assert faults(schema, answer, whole) == []
    assert [one[key] for one in answer["items"]] == keys
    one = await system.get(f"{name}/{keys[0]}")
    assert one.json() == answer["items"][0]


@pytest.mark.parametrize("name", [name for name in FILLED if RESOURCES[name].area])
async def test_a_token_reads_inside_of_its_area_only(name: str, app, world: World, staged: Stage) -> None:
    here = await reading_system(app, world, name)
    own = {one[RESOURCES[name].key_field.name] for one in await here.all(name, "limit=500")}
    rows = await ApiToken.raw(f"SELECT {RESOURCES[name].key}::text AS key FROM {RESOURCES[name].source}")
    city = world["city_bureau"].user
    await ApiToken.update(division=OTHER_COUNTY, created_by=city).where(ApiToken.id == here.id)
    there = {one[RESOURCES[name].key_field.name] for one in await here.all(name, "limit=500")}
    assert own | there <= {row["key"] for row in rows}
    if name != "organizations":  # one may serve both
        assert not own & there
    for key in sorted(own - there)[:3]:
        assert (await here.get(f"{name}/{key}")).json()["code"] == "unknown"


async def test_nothing_that_is_read_names_a_person_or_a_home(app, world: World, staged: Stage) -> None:
    await Household.update(head_name="独一无二户", address_enc="sealed").where(Household.number == "H-own")
    await Carer.update(name="欧阳独一").where(Carer.number == "nurse")
    system = await reading_system(app, world)
    for name in SCOPES:
        text = str(await system.all(name, "limit=500"))
        assert "独一" not in text
        assert "_enc" not in text
        for row in await ApiToken.raw("SELECT name FROM person UNION SELECT name FROM carer"):
            assert len(row["name"]) < 2 or f"'{row['name']}'" not in text
    assert [one["name"] for one in await system.all("carers", "limit=500") if one["number"] == "nurse"] == ["欧***"]
    towns = {one["town"] for one in await system.all("visits", "limit=500")}
    assert towns
    assert all(town.endswith("000") for town in towns)


async def test_a_token_of_an_organisation_sees_its_own_work_only(app, world: World, staged: Stage) -> None:
    system = await reading_system(app, world, *OWN_SCOPES, organization=world.organization)
    own = str(world.organization)
    for name in ("assignments", "visits", "contract-lines", "scores", "statements", "agreements", "carers"):
        assert {one["organization"] for one in await system.all(name, "limit=500")} <= {own}, name
    assert [one["id"] for one in await system.all("organizations")] == [own]
    assert {one["supplier"] for one in await system.all("contracts")} == {own}
    assert {one["id"] for one in await system.all("carers")} >= {str(world.carers["nurse"])}
    for name in set(SCOPES) - set(OWN_SCOPES):
        await ApiToken.update(scopes=[name]).where(ApiToken.id == system.id)
        assert (await system.get(name)).json()["code"] == "scope"
    assert {"households", "needs", "complaints"} == set(SCOPES) - set(OWN_SCOPES)


async def test_what_is_not_decided_is_not_read(app, world: World, staged: Stage) -> None:
    system = await reading_system(app, world)
    drafts = {str(row["id"]) for row in await Need.select(Need.id).where(Need.status == "draft")}
    assert drafts
    assert not drafts & {one["id"] for one in await system.all("needs", "limit=500")}
    assert {one["status"] for one in await system.all("scores", "limit=500")} <= {
        "published_prelim", "appealed", "final",
    }  # fmt: skip
    assert await system.all("statements", "limit=500") == []
    await _approve_claims(world)
    approved = await ApiToken.raw("SELECT statement::text AS id FROM settlement_claim WHERE division LIKE '990101%'")
    assert {one["id"] for one in await system.all("statements", "limit=500")} == {row["id"] for row in approved}


async def _approve_claims(world: World) -> None:
    """Claims of the stage as the lead approved them; who did what when is not what is read here."""
    await ApiToken.raw("ALTER TABLE settlement_claim DISABLE TRIGGER USER")
    await ApiToken.raw(
        "UPDATE settlement_claim SET status = 'lead_approved', reviewed_by = {}, approved_by = {}",
        world["second_bureau"].user, world["lead"].user,
    )  # fmt: skip
    await ApiToken.raw("ALTER TABLE settlement_claim ENABLE TRIGGER USER")


async def test_complaints_that_go_past_an_office_are_not_told(app, world: World, staged: Stage) -> None:
    system = await reading_system(app, world, "complaints")
    told = [one["id"] for one in await system.all("complaints")]
    assert len(told) > 3
    hide = (
        "discipline = true, confidential = true", "level = 'lead'", f"staff = '{world['outside_officer'].user}'",
        f"excluded = excluded || '{world['outside_officer'].user}'::uuid",
    )  # fmt: skip
    for key, how in zip(told, hide, strict=False):
        await ApiToken.raw(f"UPDATE complaint SET {how} WHERE id = {{}}", key)
    assert [one["id"] for one in await system.all("complaints")] == told[4:]


async def test_lists_are_narrowed_by_area_status_period_and_what_changed(app, world: World, staged: Stage) -> None:
    system = await reading_system(app, world)
    everything = await system.all("visits", "limit=500")
    for status in {one["status"] for one in everything}:
        found = await system.all("visits", f"limit=3&status={status}")
        assert found == [one for one in everything if one["status"] == status]
    near = await system.all("households", f"area={TOWN}")
    assert near == [one for one in await system.all("households") if one["town"].startswith(TOWN)]
    assert (await system.get(f"households?area={OTHER_COUNTY}")).json()["code"] == "area"
    month = everything[0]["planned_start"][:7]
    found = await system.all("visits", f"period={month}&limit=500")
    assert found == [one for one in everything if one["planned_start"][:7] == month]
    before = (now() - timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    await asyncio.sleep(0.01)
    need = staged.own["need"][""]
    await system.all("needs", f"updated_since={before}")  # what came earlier has its place now
    moment = now().isoformat().replace("+00:00", "Z")
    assert await system.all("needs", f"updated_since={moment}") == []
    await Need.update(visits=3).where(Need.id == need)
    found = await system.all("needs", f"updated_since={moment}")
    assert [(one["id"], one["visits"]) for one in found] == [(str(need), 3)]
    assert found[0]["changed_at"] > "2026"


async def test_odd_but_right_moments_are_taken(app, world: World) -> None:
    system = await reading_system(app, world, "carers")
    everybody = [one["id"] for one in await system.all("carers")]
    for moment in ("0000-01-01T00:00:00Z", "1969-12-31T23:59:60.5%2B23:59", "2016-12-31t23:59:60z"):
        assert [one["id"] for one in await system.all("carers", f"updated_since={moment}")] == everybody
    assert await system.all("carers", "updated_since=9999-12-31T23:59:59.123456789-12:00") == []


def test_periods_are_civil() -> None:
    assert [str(day) for day in read_period("2026-Q4") or ()] == ["2026-10-01", "2026-12-31"]
    assert [str(day) for day in read_period("2028-02") or ()] == ["2028-02-01", "2028-02-29"]
    assert [str(day) for day in read_period("2027") or ()] == ["2027-01-01", "2027-12-31"]
    assert read_period("2026-Q5") is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "/limit"), ("limit=501", "/limit"), ("limit=x", "/limit"), ("limit=1&limit=2", "/limit"),
        ("cursor=ab", "/cursor"), ("status=odd", "/status"), ("status=draft", "/status"),
        ("area=99x", "/area"), ("area=", "/area"), ("period=2026-13", "/period"), ("period=1999", "/period"),
        ("updated_since=2026-01-01", "/updated_since"), ("updated_since=2026-02-30T00:00:00Z", "/updated_since"),
        ("updated_since=2026-01-01T25:00:00Z", "/updated_since"), ("who=x", ""),
    ],
)  # fmt: skip
async def test_a_wrong_parameter_is_named_and_its_value_is_not_repeated(
    query: str, field: str, app, world: World
) -> None:
    system = await reading_system(app, world)
    answer = await system.get(f"needs?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["field"] for one in answer.json()["problems"]] == [field]
    assert faults(document()["components"]["schemas"]["Problem"], answer.json(), document()) == []


async def test_a_cursor_of_another_list_is_no_cursor(app, world: World, staged: Stage) -> None:
    system = await reading_system(app, world)
    cursor = (await system.get("needs?limit=1")).json()["next"]
    for path in (f"visits?cursor={cursor}", f"changes?after={cursor}", "needs?cursor=abcd", "divisions?cursor=abcd"):
        answer = await system.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "cursor"), path
    wrong = await system.get("nothing")
    assert wrong.status_code == 404
    refused = await system.client.post("/api/v1/needs")
    assert (refused.status_code, "GET" in refused.headers["allow"]) == (405, True)


async def test_an_etag_saves_the_body(app, world: World, staged: Stage) -> None:
    system = await reading_system(app, world)
    for path in ("needs?limit=3", f"needs/{staged.own['need']['']}", "openapi.json"):
        first = await system.get(path)
        again = await system.get(path, if_none_match=first.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    await Need.update(visits=9).where(Need.id == staged.own["need"][""])
    changed = await system.get(f"needs/{staged.own['need']['']}", if_none_match=first.headers["etag"])
    assert changed.json()["visits"] == 9


async def test_without_a_token_that_counts_nothing_is_read(app, world: World, visit) -> None:
    system = await reading_system(app, world, "needs")
    assert (await system.get("needs")).status_code == 200
    bureau = await visit("bureau")
    assert (await bureau.get("/api/v1/needs")).status_code == 401  # a session counts for nothing
    good = system.token
    for wrong in ("", good[:-1], "Bearer", digest(good), f"{good}x", "中"):
        system.token = wrong
        answer = await system.get("needs")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    system.token = good
    assert (await system.get("visits")).json()["code"] == "scope"
    await ApiToken.update(expires_on=today() - timedelta(days=1)).where(ApiToken.id == system.id)
    assert (await system.get("needs")).status_code == 401
    await ApiToken.update(expires_on=today()).where(ApiToken.id == system.id)
    assert (await system.get("needs")).status_code == 200
    await disable_token(world["bureau"], system.id, now())
    assert (await system.get("needs")).status_code == 401


async def test_only_the_hash_of_a_token_is_kept(app, world: World, database: str) -> None:
    system = await reading_system(app, world, "needs")
    connection = await asyncpg.connect(database)
    rows = await connection.fetch("SELECT t::text AS kept FROM api_token t UNION SELECT a::text FROM audit_event a")
    await connection.close()
    assert not [row for row in rows if system.token in row["kept"]]
    assert [row for row in rows if digest(system.token) in row["kept"]]


async def test_too_many_requests_wait_and_all_processes_share_the_bucket(app, world: World, database: str) -> None:
    system = await reading_system(app, world, "divisions", per_minute=6)
    connections = [await asyncpg.connect(database) for _ in range(2)]
    query = taking("api_token").replace("{}", "$1").replace("$1", f"'{system.id}'")

    async def elsewhere(connection: asyncpg.Connection) -> int:
        return sum([bool(await connection.fetch(query)) for _ in range(4)])

    async def here() -> int:
        return sum([(await system.get("divisions")).status_code == 200 for _ in range(4)])

    taken = await asyncio.gather(here(), *(elsewhere(one) for one in connections))
    for connection in connections:
        await connection.close()
    assert sum(taken) == 6
    answer = await system.get("divisions")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 10
    assert answer.json()["code"] == "rate"


async def test_a_missing_object_and_an_odd_key_are_answered_alike(app, world: World) -> None:
    system = await reading_system(app, world)
    for key in (str(uuid4()), "x", "0", "%00", "1" * 12):
        answer = await system.get(f"visits/{key}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown"), key
    assert (await system.get("divisions/x")).status_code == 404


async def test_money_is_a_text_with_two_decimals(app, world: World) -> None:
    system = await reading_system(app, world, "contract-lines")
    assert {one["unit_price"] for one in await system.all("contract-lines")} == {"60.00", "25.00"}


async def test_every_address_of_the_document_is_a_route_and_the_other_way_round(app) -> None:
    described = {path.replace("{key}", "{key:str}") for path in document()["paths"] if "/hsds" not in path}
    routes = {
        route.path for route in app.routes
        if route.path.startswith("/api/v1/") and "/hsds" not in route.path and "/reports" not in route.path
    }  # fmt: skip
    assert described == routes - {"/api/v1/openapi.json"}
    assert set(read_resources.RESOURCES) == {path.split("/")[3] for path in described} - {"changes"}


async def test_a_visit_of_another_organisation_is_not_told_to_an_organisation(app, world: World, staged: Stage) -> None:
    system = await reading_system(app, world, "visits", organization=world.organization)
    other = await Visit.select(Visit.id).where(Visit.organization == world.other_organization).first()
    assert other is None or (await system.get(f"visits/{other['id']}")).status_code == 404

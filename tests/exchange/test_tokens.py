"""The bureau gives tokens, for what it sees itself; a system administrator can only stop them."""

from datetime import timedelta
from uuid import uuid4

from bangfu.accounts.tables import User
from bangfu.exchange.read_resources import RESOURCES, SCOPES
from bangfu.exchange.read_tokens import MOST_DAYS, PREFIX, digest
from bangfu.exchange.reading import Reader
from bangfu.exchange.tables import ApiToken
from bangfu.shared.clock import today
from bangfu.shared.tables import AuditEvent
from tests.exchange.readers import reading_system
from tests.support import World


def _form(**changed: object) -> dict[str, object]:
    form = {
        "key": str(uuid4()), "name": "数据平台", "scopes": ["needs", "visits"], "division": "990101",
        "organization": "", "expires_on": (today() + timedelta(days=90)).isoformat(), "per_minute": "30",
    }  # fmt: skip
    return {**form, **changed}


async def test_a_token_is_shown_once_and_works(world: World, visit) -> None:
    bureau = await visit("bureau")
    form = _form()
    answer = await bureau.post("/exchange/tokens", form)
    token = answer.text[answer.text.index(PREFIX) :][: len(PREFIX) + 43]
    assert answer.headers["cache-control"] == "no-store"
    row = await ApiToken.objects().first()
    assert row is not None
    assert (row.token_sha256, row.scopes, row.division) == (digest(token), ["needs", "visits"], "990101")
    again = await bureau.post("/exchange/tokens", form)
    assert again.status_code == 303
    assert await ApiToken.count() == 1
    shown = await bureau.get("/exchange/tokens")
    assert token not in shown.text
    assert "数据平台" in shown.text
    read = await bureau.client.get("/api/v1/needs", headers={"authorization": f"Bearer {token}"})
    assert read.status_code == 200
    events = await AuditEvent.select(AuditEvent.data).where(AuditEvent.action == "exchange.token_added")
    assert len(events) == 1
    assert token not in str(events)


async def test_faults_are_named_and_nothing_is_given(world: World, visit) -> None:
    bureau = await visit("bureau")
    wrong = [
        {"name": ""}, {"scopes": []}, {"scopes": ["nothing"]}, {"division": "990102"}, {"division": "99"},
        {"expires_on": (today() - timedelta(days=1)).isoformat()}, {"per_minute": "0"},
        {"expires_on": (today() + timedelta(days=MOST_DAYS + 1)).isoformat()}, {"organization": str(uuid4())},
        {"organization": str(world.organization), "scopes": ["households"]},
    ]  # fmt: skip
    for changed in wrong:
        answer = await bureau.post("/exchange/tokens", _form(**changed))
        assert answer.status_code == 422, changed
    assert await ApiToken.count() == 0
    own = await bureau.post("/exchange/tokens", _form(organization=str(world.organization), scopes=["visits"]))
    assert own.status_code == 200


async def test_a_system_administrator_stops_tokens_and_gives_none(world: World, visit) -> None:
    bureau, admin, outsider = await visit("bureau"), await visit("admin"), await visit("city_bureau")
    await bureau.post("/exchange/tokens", _form())
    token = (await ApiToken.select(ApiToken.id).first())["id"]
    page = await admin.get("/exchange/tokens")
    assert "数据平台" in page.text
    assert 'name="scopes"' not in page.text
    assert (await admin.post("/exchange/tokens", _form())).status_code == 403
    for browser in (admin, outsider):  # the second time it is stopped already
        assert (await browser.post(f"/exchange/tokens/{token}/disable")).status_code == 303
    rows = await ApiToken.select(ApiToken.status, ApiToken.disabled_by)
    assert [(row["status"], row["disabled_by"]) for row in rows] == [("disabled", world["admin"].user)]
    assert await AuditEvent.count().where(AuditEvent.action == "exchange.token_disabled") == 1


async def test_a_token_ends_with_its_owners_account_role_and_area(app, world: World, visit) -> None:
    system = await reading_system(app, world, "needs")
    owner = world["bureau"].user
    bureau = await visit("second_bureau")
    for lost in ({"active": False}, {"roles": ["auditor"]}, {"scope": "990102"}, {"scope": ""}):
        before = (await User.select(User.active, User.roles, User.scope).where(User.id == owner))[0]
        await User.update(**lost).where(User.id == owner)
        assert (await system.get("needs")).status_code == 401, lost
        assert "Its owner left" in (await bureau.get("/exchange/tokens")).text
        await User.update(**before).where(User.id == owner)
        assert (await system.get("needs")).status_code == 200
    assert "Its owner left" not in (await bureau.get("/exchange/tokens")).text


def test_a_list_that_the_owner_may_not_open_is_not_read() -> None:
    finance = Reader(uuid4(), frozenset(SCOPES), "990101", None, frozenset({"finance_officer"}))
    covered = {name for name, one in RESOURCES.items() if finance.covers(one)}
    assert covered == {"contracts", "contract-lines", "statements", "payments"}
    nobody = Reader(uuid4(), frozenset(SCOPES), "990101", None, frozenset())
    assert not [name for name, one in RESOURCES.items() if nobody.covers(one)]

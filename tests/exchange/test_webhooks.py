"""Other systems are told of changes: signed, in order, at least once, and never into the operator's own network."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.exchange import webhook_rules as rules
from bangfu.exchange import webhook_sending, webhooks
from bangfu.exchange.tables import WebhookDelivery, WebhookEndpoint
from bangfu.exchange.webhooks import EndpointFacts
from bangfu.messages.channels import offered
from bangfu.messages.rules import MOST_ATTEMPTS
from bangfu.messages.tables import Message
from bangfu.needs.tables import Need
from bangfu.settings import Outgoing, Settings
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.authorisation.row import Stage
from tests.messages.sinks import Received, Receiver, answered, listening
from tests.support import World

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "exchange.md"


class Clock:
    """Stands until it is turned."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[None]:
    """The operator named this machine as a place of webhooks."""
    offered.configure(Settings(data=tmp_path, outgoing=Outgoing(webhook_hosts=frozenset({"127.0.0.1"}))))
    yield
    offered.configure(Settings(data=tmp_path))


@pytest.fixture
async def receiver(here: None) -> AsyncIterator[Receiver]:
    async with listening(Receiver()) as sink:
        yield sink


async def _endpoint(
    world: World, url: str, *scopes: str, organization: UUID | None = None, who: str = "bureau"
) -> tuple[UUID, str]:
    key = uuid4()
    facts = EndpointFacts("数据平台", url, scopes or ("needs",), "990101000000", organization)
    return key, await webhooks.add_endpoint(world[who], key, facts, now())


def _is_signed(secret: str, got: Received) -> bool:
    """What docs/exchange.md tells a receiver to do."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    mine = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    found = got.headers["webhook-signature"].split(" ")
    return any(hmac.compare_digest(f"v1,{mine}", one) for one in found)


def _told(got: Received) -> list[tuple[str, str, str]]:
    return [(one["resource"], one["id"], one["kind"]) for one in got.document["data"]["items"]]


async def _row(key: UUID) -> dict[str, Any]:
    rows: list[dict[str, Any]] = await WebhookEndpoint.select().where(WebhookEndpoint.id == key)
    return rows[0]


def test_the_signature_is_that_of_the_convention() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    found = rules.signature([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https://u:p@example.org/", "https://u@example.org/",
        "https://example.org/#x", "https://example.org/a b", "https:///x", "https://example.org:99999/",
        "http://127.0.0.1:80/", "https://例.org/", "https://example.org/\r\nX: y", "//example.org", "",
    ],
)  # fmt: skip
def test_an_odd_address_is_none(url: str) -> None:
    assert rules.host_of(url, frozenset()) is None


def test_plain_http_is_for_this_machine_where_the_operator_named_it() -> None:
    assert rules.host_of("https://example.org/in?x=1", frozenset()) == "example.org"
    assert rules.host_of("http://127.0.0.1:8080/in", {"127.0.0.1"}) == "127.0.0.1"
    assert rules.host_of("http://inner.example.org/", {"inner.example.org"}) is None


async def test_changes_arrive_signed_and_name_nobody(app, world: World, staged: Stage, receiver: Receiver) -> None:
    key, secret = await _endpoint(world, f"{receiver.url}/in?who=me", "needs", "households")
    clock = Clock()
    assert await webhook_sending.deliver_due(clock) == 0
    need, far = staged.own["need"][""], staged.foreign["draft"][""]
    await Need.update(visits=4).where(Need.id == need)
    await Need.update(visits=4).where(Need.id == far)
    assert await webhook_sending.deliver_due(clock) == 1
    got = receiver.requests[0]
    assert got.path == "/in?who=me"
    assert got.document["type"] == "changes"
    assert _told(got) == [("needs", str(need), "changed")]
    assert set(got.document["data"]["items"][0]) == {"resource", "id", "at", "kind"}
    assert _is_signed(secret, got)
    assert not _is_signed(rules.fresh_secret(), got)
    guide: dict[str, Any] = {}
    found = re.search(r"<!-- example:webhook -->\n```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    exec(found[1], guide)  # noqa: S102 (the example of our own guide)
    assert guide["is_genuine"](secret, got.headers, got.body)
    assert not guide["is_genuine"](secret, got.headers, got.body + b" ")
    assert not guide["is_genuine"](secret, {**got.headers, "webhook-timestamp": "1"}, got.body)
    assert abs(int(got.headers["webhook-timestamp"]) - clock.at.timestamp()) < 2
    assert await webhook_sending.deliver_due(clock) == 0
    kept = await WebhookDelivery.objects().first()
    assert kept is not None
    assert (kept.status, kept.code, kept.body, kept.items, kept.endpoint) == ("delivered", "http_200", "", 1, key)


async def test_a_failed_message_is_sent_again_the_same_and_later_ones_wait(
    app, world: World, staged: Stage, receiver: Receiver
) -> None:
    key, _ = await _endpoint(world, receiver.url)
    clock = Clock()
    first, second = staged.own["need"][""], staged.own["draft"][""]
    receiver.answers = [(500, {}), (302, {}), (404, {})]
    await Need.update(visits=4).where(Need.id == first)
    assert await webhook_sending.deliver_due(clock) == 1
    await Need.update(status="submitted").where(Need.id == second)
    await Need.update(visits=5).where(Need.id == first)
    assert await webhook_sending.deliver_due(clock) == 0  # it waits
    for _ in range(2):
        clock.pass_by(hours=1)
        assert await webhook_sending.deliver_due(clock) == 1
    row = await _row(key)
    assert (row["failures"], row["status"]) == (3, "active")
    clock.pass_by(hours=1)
    assert await webhook_sending.deliver_due(clock) == 2
    ids = [one.headers["webhook-id"] for one in receiver.requests]
    assert len(set(ids[:4])) == 1
    assert ids[4] != ids[0]
    assert len({one.body for one in receiver.requests[:4]}) == 1
    assert len({one.headers["webhook-timestamp"] for one in receiver.requests[:4]}) == 4
    assert _told(receiver.requests[0]) == [("needs", str(first), "changed")]
    assert {one[1] for one in _told(receiver.requests[4])} == {str(first), str(second)}
    assert (await _row(key))["failures"] == 0


async def test_more_changes_than_one_message_holds_go_in_their_order(
    app, world: World, receiver: Receiver, monkeypatch
) -> None:
    monkeypatch.setattr(rules, "MOST_ITEMS", 4)
    _, _ = await _endpoint(world, receiver.url, "divisions")
    await WebhookEndpoint.raw("UPDATE division SET name = name WHERE code LIKE '99%'")
    assert await webhook_sending.deliver_due(Clock()) == 2
    told = [one[1] for got in receiver.requests for one in _told(got)]
    assert sorted(told) == sorted(set(told))
    assert len(told) == 6  # the county, two towns, three villages
    assert await webhook_sending.deliver_due(Clock()) == 0


async def test_it_is_paused_after_many_failures_its_owner_hears_of_it_and_nothing_is_lost(
    app, world: World, staged: Stage, receiver: Receiver
) -> None:
    key, _ = await _endpoint(world, receiver.url)
    clock = Clock()
    receiver.answers = [(503, {})] * MOST_ATTEMPTS
    await Need.update(visits=4).where(Need.id == staged.own["need"][""])
    for _ in range(MOST_ATTEMPTS + 2):
        await webhook_sending.deliver_due(clock)
        clock.pass_by(hours=12)
    assert len(receiver.requests) == MOST_ATTEMPTS
    row = await _row(key)
    assert (row["status"], row["paused_for"]) == ("paused", "failures")
    messages = await Message.select(Message.user, Message.href).where(Message.kind == "webhook_paused")
    assert messages == [{"user": world["bureau"].user, "href": f"/exchange/webhooks/{key}"}]
    await webhooks.resume(world["second_bureau"], key, clock.at)
    assert await webhook_sending.deliver_due(clock) == 1
    assert receiver.requests[-1].headers["webhook-id"] == receiver.requests[0].headers["webhook-id"]
    assert (await _row(key))["status"] == "active"


async def test_a_receiver_that_is_gone_is_not_asked_again(app, world: World, staged: Stage, receiver: Receiver) -> None:
    key, _ = await _endpoint(world, receiver.url)
    receiver.answers = [(410, {})]
    await Need.update(visits=4).where(Need.id == staged.own["need"][""])
    await webhook_sending.deliver_due(Clock())
    assert (await _row(key))["paused_for"] == "gone"


async def test_it_ends_with_its_owners_rights(app, world: World, staged: Stage, receiver: Receiver) -> None:
    key, _ = await _endpoint(world, receiver.url)
    await User.update(roles=["auditor"]).where(User.id == world["bureau"].user)
    await Need.update(visits=4).where(Need.id == staged.own["need"][""])
    assert await webhook_sending.deliver_due(Clock()) == 0
    assert (await _row(key))["paused_for"] == "owner"
    await webhooks.resume(world["second_bureau"], key, now())
    assert await webhook_sending.deliver_due(Clock()) == 1


async def test_both_secrets_sign_for_a_day(app, world: World, staged: Stage, receiver: Receiver) -> None:
    key, old = await _endpoint(world, receiver.url)
    clock = Clock()
    new = await webhooks.rotate(world["bureau"], key, clock.at)
    need = staged.own["need"][""]
    await Need.update(visits=4).where(Need.id == need)
    await webhook_sending.deliver_due(clock)
    clock.pass_by(hours=25)
    await webhook_sending.forget_old(clock.at)
    await Need.update(visits=5).where(Need.id == need)
    await webhook_sending.deliver_due(clock)
    assert [(_is_signed(old, one), _is_signed(new, one)) for one in receiver.requests] == [(True, True), (False, True)]
    assert (await _row(key))["old_secret_enc"] == ""


async def test_nothing_is_sent_into_a_private_network(app, world: World, staged: Stage, here: None) -> None:
    """A name that leads to this machine, an address of it, and one that the operator no longer names."""
    async with listening(Receiver()) as sink:
        for url in (f"https://localhost:{sink.port}/", f"https://127.1:{sink.port}/", f"https://[::1]:{sink.port}/"):
            key, _ = await _endpoint(world, url)
            assert await webhook_sending.send_trial(world["bureau"], key, now()) == "private_address", url
        key, _ = await _endpoint(world, sink.url)
        offered.configure(Settings(data=Path(".")))
        assert await webhook_sending.send_trial(world["bureau"], key, now()) == "private_address"
        assert sink.requests == []


async def test_a_redirect_is_not_followed_and_a_silent_receiver_is_left(
    app, world: World, receiver: Receiver, monkeypatch
) -> None:
    monkeypatch.setattr(rules, "TIME_LIMIT", 0.3)
    key, _ = await _endpoint(world, receiver.url)
    receiver.answers = [answered(307, {}, f"Location: {receiver.url}/elsewhere"), "hang", b"nonsense\r\n\r\n"]
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    codes = [
        await webhook_sending.send_trial(world["bureau"], key, at + n * rules.TRIAL_WAIT) for n in range(1, 4)
    ]  # fmt: skip
    assert codes == ["http_307", "timeout", "bad_answer"]
    assert len(receiver.requests) == 3


async def test_two_workers_send_a_message_once(app, world: World, staged: Stage, receiver: Receiver) -> None:
    await _endpoint(world, receiver.url)
    await Need.update(visits=4).where(Need.id == staged.own["need"][""])
    await asyncio.gather(*(webhook_sending.deliver_due(Clock()) for _ in range(3)))
    assert len(receiver.requests) == 1


async def test_an_organisations_endpoint_hears_of_its_own_work_only(
    app, world: World, staged: Stage, receiver: Receiver
) -> None:
    await _endpoint(world, receiver.url, "carers", organization=world.organization)
    await WebhookEndpoint.raw("UPDATE carer SET max_households = 9")
    await webhook_sending.deliver_due(Clock())
    own = await WebhookEndpoint.raw("SELECT id::text AS id FROM carer WHERE organization = {}", world.organization)
    assert sorted(one[1] for got in receiver.requests for one in _told(got)) == sorted(row["id"] for row in own)


async def test_the_pages_set_up_try_out_and_end_a_webhook(world: World, visit, receiver: Receiver) -> None:
    bureau = await visit("bureau")
    form = {
        "key": str(uuid4()), "name": "数据平台", "url": f"{receiver.url}/in/hidden-part", "scopes": ["needs"],
        "division": "990101", "organization": "",
    }  # fmt: skip
    assert (await bureau.post("/exchange/webhooks", {**form, "url": "http://example.org"})).status_code == 422
    assert (await bureau.post("/exchange/webhooks", {**form, "division": "990102"})).status_code == 422
    answer = await bureau.post("/exchange/webhooks", form)
    secret = answer.text[answer.text.index("whsec_") :][:50]
    assert answer.headers["cache-control"] == "no-store"
    assert (await bureau.post("/exchange/webhooks", form)).status_code == 303
    here = f"/exchange/webhooks/{form['key']}"
    assert (await bureau.post(f"{here}/trial")).status_code == 303
    assert receiver.requests[0].document == {
        "type": "trial", "data": {"items": []}, "timestamp": receiver.requests[0].document["timestamp"],
    }  # fmt: skip
    assert _is_signed(secret, receiver.requests[0])
    again = await bureau.post(f"{here}/trial")
    assert again.status_code != 200
    assert len(receiver.requests) == 1
    shown = await bureau.get(here)
    assert "200" in shown.text
    assert secret not in shown.text
    assert "hidden-part" not in shown.text + (await bureau.get("/exchange/webhooks")).text
    assert "whsec_" in (await bureau.post(f"{here}/rotate")).text
    for _ in range(2):
        assert (await bureau.post(f"{here}/pause")).status_code == 303
    assert (await _row(UUID(form["key"])))["paused_for"] == "hand"
    admin = await visit("admin")
    assert (await admin.post(f"{here}/resume")).status_code == 403
    for _ in range(2):
        assert (await admin.post(f"{here}/end")).status_code == 303
    row = await _row(UUID(form["key"]))
    assert (row["status"], row["url_enc"], row["secret_enc"]) == ("ended", "", "")
    events = await AuditEvent.select(AuditEvent.action, AuditEvent.data).where(AuditEvent.action.like("exchange.web%"))
    assert sorted(one["action"].rpartition("_")[2] for one in events) == ["added", "ended", "paused", "rotated"]
    assert secret not in json.dumps(events, default=str)

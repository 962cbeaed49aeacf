"""Other systems report: signed, in time, once, inside of their area, and never more than a collected report."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.discovery.tables import Report
from bangfu.exchange import rules, signing
from bangfu.exchange.buckets import take_place, taking
from bangfu.exchange.clients import disable, rotate
from bangfu.exchange.incoming import COMPARISON_EXAMPLE, EXAMPLE, REPORT, read_report
from bangfu.exchange.problems import Refusal
from bangfu.exchange.rules import Signed
from bangfu.exchange.schema import BadJson, read_json
from bangfu.exchange.tables import ApiClient, ApiNonce
from bangfu.needs.tables import Need
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.exchange.callers import PATH, call, caller
from tests.support import FOREIGN_VILLAGE, World

VECTOR = Signed("0f", "1795312800", "n-0000001", "k-0000001", "")


def test_the_signature_of_the_worked_example() -> None:
    """The vector of docs/exchange.md, worked out there with openssl."""
    text = rules.text_to_sign("POST", PATH, VECTOR, b"{}").decode().split("\n")
    empty_object = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert text == ["bangfu-v1", "POST", PATH, "1795312800", "n-0000001", "k-0000001", empty_object]
    signature = rules.signature("secret", "POST", PATH, VECTOR, b"{}")
    assert signature == "v1=06d35882b6daf0b33f0989894fdf09373461f7db91795d59cb0f6565d9823d75"


@pytest.mark.parametrize(
    ("method", "path", "body"), [("GET", PATH, b"{}"), ("POST", f"{PATH}/x", b"{}"), ("POST", PATH, b"{} ")]
)
def test_another_method_path_or_body_has_another_signature(method: str, path: str, body: bytes) -> None:
    assert rules.signature("secret", method, path, VECTOR, body) != rules.signature(
        "secret", "POST", PATH, VECTOR, b"{}"
    )


async def test_a_call_for_help_lands_as_a_collected_report_and_makes_no_need(app, world: World) -> None:
    system = await caller(app, world)
    message = call()
    answer = await system.post(message)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["status"], told["client_reference"]) == ("collected", message["client_reference"])
    assert answer.headers["location"] == f"{PATH}/{message['client_reference']}"
    row = (await Report.raw("SELECT * FROM report"))[0]
    assert (row["source"], row["hotline_kind"], row["status"], row["number"]) == (
        "hotline", "help", "collected", told["report_number"],
    )  # fmt: skip
    assert await Need.count() == 0
    assert "13812345678" not in answer.text
    events = {event["action"] for event in await AuditEvent.raw("SELECT action FROM audit_event")}
    assert {"report.collected", "exchange.report_received"} <= events
    asked = await system.get(message["client_reference"])
    assert asked.json()["status"] == "collected"
    assert set(asked.json()) == set(told)


async def test_a_data_comparison_reports_without_a_call(app, world: World) -> None:
    system = await caller(app, world, "data_comparison")
    assert (await system.post(COMPARISON_EXAMPLE)).status_code == 201
    refused = await system.post(call())
    assert {one["code"] for one in refused.json()["problems"]} == {"not_here"}


async def test_who_is_not_signed_is_not_heard(app, world: World) -> None:
    system = await caller(app, world)
    old = str(int((now() - timedelta(seconds=301)).timestamp()))
    early = str(int((now() + timedelta(seconds=302)).timestamp()))
    cases = [
        ({"bangfu_signature": "v1=" + "0" * 64}, "signature"), ({"bangfu_signature": "ü".encode()}, "signature"),
        ({"bangfu_client": str(uuid4())}, "signature"), ({"bangfu_client": "nobody"}, "signature"),
        ({"bangfu_nonce": "another-nonce"}, "signature"), ({"idempotency_key": "another-key"}, "signature"),
        ({"bangfu_nonce": "x"}, "headers"), ({"bangfu_signature": ""}, "headers"),
        ({"idempotency_key": "no"}, "headers"),
        ({"timestamp": old}, "clock"), ({"timestamp": early}, "clock"), ({"timestamp": "soon"}, "clock"),
        ({"bangfu_timestamp": str(int(now().timestamp()) + 5)}, "signature"),
    ]  # fmt: skip
    for changed, code in cases:
        answer = await system.post(call(), **changed)
        assert (answer.status_code, answer.json()["code"]) == (401, code), changed
        assert set(answer.json()["message"]) == {"zh", "en"}
    assert await Report.count() == 0


async def test_a_session_counts_for_nothing_and_no_token_is_asked_for(visit, world: World) -> None:
    browser = await visit("bureau")
    answer = await browser.client.post(PATH, json=call())
    assert (answer.status_code, answer.json()["code"]) == (401, "headers")
    assert (await browser.get(f"{PATH}/x")).status_code == 401


async def test_a_request_that_is_sent_again_by_somebody_else_is_refused(app, world: World) -> None:
    system = await caller(app, world)
    message, key, nonce = call(), uuid4().hex, uuid4().hex
    assert (await system.post(message, key, nonce=nonce)).status_code == 201
    again = await system.post(message, key, nonce=nonce)
    assert (again.status_code, again.json()["code"]) == (401, "replayed")


async def test_old_nonces_are_forgotten_when_their_time_stamps_are_too_old(app, world: World) -> None:
    system = await caller(app, world)
    await system.post(call())
    assert await signing.forget_nonces(now() + timedelta(seconds=rules.CLOCK_SECONDS * 2)) == 0
    assert await signing.forget_nonces(now() + timedelta(seconds=rules.NONCE_SECONDS + 5)) == 1
    assert await ApiNonce.count() == 0


async def test_the_same_key_gets_the_same_answer_and_another_content_a_conflict(app, world: World) -> None:
    system = await caller(app, world)
    message, key = call(), uuid4().hex
    first, second = await system.post(message, key), await system.post(message, key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    other = await system.post({**message, "urgent": True}, key)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    reference = await system.post({**message, "urgent": True})
    assert (reference.status_code, reference.json()["code"]) == (409, "reference_reused")
    assert await Report.count() == 1


async def test_two_parallel_posts_of_one_report_make_one(app, world: World) -> None:
    system = await caller(app, world)
    message, key = call(), uuid4().hex
    answers = await asyncio.gather(*(system.post(message, key) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.text for answer in answers}) == 1
    assert await Report.count() == 1


async def test_two_clients_may_use_the_same_key_and_reference(app, world: World) -> None:
    systems = [await caller(app, world) for _ in range(2)]
    message, key = call(), uuid4().hex
    assert [(await one.post(message, key)).status_code for one in systems] == [201, 201]
    assert await Report.count() == 2


async def test_a_client_reports_and_asks_only_for_its_own(app, world: World) -> None:
    system, other = await caller(app, world), await caller(app, world)
    away = await system.post(call(division=FOREIGN_VILLAGE))
    assert (away.status_code, away.json()["code"]) == (403, "outside_area")
    message = call()
    await system.post(message)
    foreign = await other.get(message["client_reference"])
    assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown_reference")


async def test_a_stopped_client_and_an_old_secret_are_refused(app, world: World) -> None:
    system = await caller(app, world)
    client = (await ApiClient.select(ApiClient.id))[0]["id"]
    fresh = await rotate(world["bureau"], client, now())
    assert (await system.post(call())).json()["code"] == "signature"
    system.secret = fresh
    assert (await system.post(call())).status_code == 201
    await disable(world["bureau"], client, now())
    answer = await system.post(call())
    assert (answer.status_code, answer.json()["code"]) == (403, "disabled")


async def test_the_secret_lies_nowhere_in_the_open(app, world: World) -> None:
    system = await caller(app, world)
    rows = await ApiClient.raw("SELECT * FROM api_client") + await AuditEvent.raw("SELECT * FROM audit_event")
    assert system.secret not in str(rows)


async def test_too_many_requests_have_to_wait_and_are_told_how_long(app, world: World) -> None:
    system = await caller(app, world, per_minute=3)
    codes = [(await system.post(call())).status_code for _ in range(4)]
    assert codes == [201, 201, 201, 429]
    answer = await system.post(call())
    assert 1 <= int(answer.headers["retry-after"]) <= 20
    await ApiClient.raw("UPDATE api_client SET refilled_at = refilled_at - interval '21 seconds'")
    assert (await system.post(call())).status_code == 201


async def test_all_processes_share_one_bucket(app, world: World, database: str) -> None:
    """Two further connections, as other processes have them, ask at the same moment."""
    system = await caller(app, world, per_minute=10)
    query = taking("api_client").replace("{}", "$1")
    connections = [await asyncpg.connect(database) for _ in range(2)]

    async def many(connection: asyncpg.Connection) -> int:
        return sum([bool(await connection.fetch(query.replace("$1", f"'{system.id}'"))) for _ in range(10)])

    async def own() -> int:
        return sum([await _taken(system.id) for _ in range(10)])

    taken = await asyncio.gather(own(), *(many(one) for one in connections))
    for connection in connections:
        await connection.close()
    assert sum(taken) == 10


async def _taken(client: str) -> bool:
    try:
        await take_place("api_client", client)  # type: ignore[arg-type]
    except Refusal:
        return False
    return True


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"division": "990101"}, "/division", "length"), ({"division": "99010100120x"}, "/division", "pattern"),
        ({"division": "990101999999"}, "/division", "division"),
        ({"division": "990101000000"}, "/division", "division"),
        ({"need_kinds": []}, "/need_kinds", "length"), ({"need_kinds": ["gold"]}, "/need_kinds/0", "choice"),
        ({"need_kinds": "care"}, "/need_kinds", "type"), ({"urgent": "yes"}, "/urgent", "type"),
        ({"hotline_kind": "gossip"}, "/hotline_kind", "choice"), ({"summary": "x" * 2001}, "/summary", "length"),
        ({"summary": "a\x00b"}, "/summary", "pattern"), ({"summary": "\ud800"}, "/summary", "pattern"),
        ({"person": {"phone": "123"}}, "/person/phone", "phone"),
        ({"person": {"id_number": "990101194503150036"}}, "/person/id_number", "id_number"),
        ({"person": {}}, "/person", "someone"), ({"person": []}, "/person", "type"),
        ({"person": {"name": "甲", "13812345678": 1}}, "/person", "unknown_field"),
        ({"location": {"lat": 91, "lon": 0, "datum": "WGS-84"}}, "/location/lat", "range"),
        ({"location": {"lat": 31.7, "lon": 119.9}}, "/location/datum", "required"),
        ({"client_reference": "甲乙"}, "/client_reference", "pattern"), ({"note": "x"}, "", "unknown_field"),
    ],
)  # fmt: skip
async def test_every_wrong_field_is_named_and_no_value_is_repeated(
    changed: dict, field: str, code: str, app, world: World
) -> None:
    system = await caller(app, world)
    answer = await system.post(json.dumps(call(**changed)).encode())
    assert answer.status_code == 422
    assert (field, code) in {(one["field"], one["code"]) for one in answer.json()["problems"]}
    assert answer.headers["content-type"] == "application/problem+json"
    for value in ("990101194503150036", "13812345678", "gold", "gossip", "甲"):
        assert value not in answer.text
    assert await Report.count() == 0


async def test_a_missing_field_is_asked_for(app, world: World) -> None:
    system = await caller(app, world)
    message = {"client_reference": "c-1", "hotline_kind": "consult", "division": EXAMPLE["division"]}
    answer = await system.post(message)
    assert [(one["field"], one["code"]) for one in answer.json()["problems"]] == [("/summary", "required")]
    assert (await system.post({**message, "summary": "问低保怎么申请"})).status_code == 201


async def test_bodies_that_are_none_are_refused_as_such(app, world: World) -> None:
    system = await caller(app, world)
    for body, status, code in (
        (b"", 400, "json"), (b"{", 400, "json"), (b"\xff\xfe", 400, "json"), (b"[" * 20000, 400, "json"),
        (b'{"a": NaN}', 400, "json"), (b'{"a": 1, "a": 2}', 400, "field_twice"), (b"[]", 422, "invalid"),
        (b'{"a": ' + b"9" * 5000 + b"}", 400, "json"), (b" " * (rules.MOST_BYTES + 1), 413, "too_large"),
    ):  # fmt: skip
        answer = await system.post(body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body[:20]
    typed = await system.post(call(), content_type="text/plain")
    assert (typed.status_code, typed.json()["code"]) == (415, "media_type")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [*EXAMPLE, "location"]


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.one_of(st.binary(max_size=200), JSON, st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6)))
def test_no_body_is_ever_a_failure_of_ours(sent: object) -> None:
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    try:
        message = read_json(body)
    except BadJson:
        return
    if not REPORT.problems(message, ""):
        assert isinstance(message, dict)
        facts, faults = read_report(message, "hotline")
        assert (facts is None) == bool(faults)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=7))
def test_a_message_with_any_field_changed_is_judged_and_never_trips(changed: dict) -> None:
    message = {**EXAMPLE, **changed}
    if not REPORT.problems(message, ""):
        for kind in rules.KINDS:
            facts, faults = read_report(message, kind)
            assert (facts is None) == bool(faults)


async def test_odd_bodies_over_the_wire_are_never_answered_with_500(app, world: World) -> None:
    system = await caller(app, world)
    odd = [None, 1, "x", [call()], {**call(), "person": {"name": "\ud83d"}}, {**call(), "summary": "\x7f"},
           {**call(), "location": {"lat": 1e308, "lon": -1e308, "datum": "BD-09"}}, {str(n): n for n in range(500)},
           {**call(), "reporter": {"phone": "-" * 30}}, {**call(), "person": {"phone": "12345"}},
           {**call(), "location": {"lat": 90, "lon": 180, "datum": "BD-09"}}]  # fmt: skip
    for message in odd:
        answer = await system.post(json.dumps(message).encode())
        assert answer.status_code in {201, 400, 422}, answer.text

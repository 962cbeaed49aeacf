"""Metrics: bounded, without persons, on an address that outsiders do not reach."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from prometheus_client.parser import text_string_to_metric_families

from bangfu.errors import SetupError
from bangfu.operating import actions
from bangfu.operating.metrics import Metrics, check_place, serve_metrics
from bangfu.operating.observing import Observed
from bangfu.settings import Operating
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.database import close_pool, transaction
from bangfu.shared.jobs import enqueue
from bangfu.supervision.tables import SupervisionTask
from bangfu.worker import PERIODIC, name_of
from tests.support import World

Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def series(text: bytes) -> Series:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def watched(app: Litestar, metrics: Metrics) -> httpx.AsyncClient:
    seen = Observed(app, Operating(access_log=False), metrics.requests())
    transport = httpx.ASGITransport(app=seen, raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def test_a_thousand_odd_addresses_make_no_new_series(app: Litestar, database: str) -> None:
    metrics = Metrics()
    client = watched(app, metrics)
    for path in ("/signin", "/nowhere", "/static/nothing.css"):
        await client.get(path)
    await client.request("BREW", "/nowhere")
    await client.post("/nowhere")
    before = set(series(await metrics.text()))
    for place in range(1000):
        kind = ("GET", "POST", f"X{place}")[place % 3]
        await client.request(kind, (f"/nowhere/{place}", f"/signin?q={place}", f"/static/{place}.css")[place // 3 % 3])
    found = series(await metrics.text())
    new = {key for key in set(found) - before if key[0].startswith("bangfu_requests")}
    assert {dict(labels)["route"] for _, labels in new} <= {
        "/static",
        "/static/{file_path}",
        "/signin",
        "/{rest}",
        "(none)",
    }
    assert len(new) < 12
    assert sum(value for (name, _), value in found.items() if name == "bangfu_requests_total") == 1005
    assert found["bangfu_requests_in_flight", ()] == 0


async def test_a_route_counts_by_its_pattern_and_class(app: Litestar, world: World) -> None:
    metrics = Metrics()
    client = watched(app, metrics)
    await client.get("/signin?next=/needs")
    found = series(await metrics.text())
    labels = (("method", "GET"), ("route", "/signin"), ("status", "2xx"))
    assert found["bangfu_requests_total", labels] == 1
    assert found["bangfu_request_seconds_count", (("route", "/signin"),)] == 1
    assert found["process_resident_memory_bytes", ()] > 0


async def test_a_worker_tells_the_sums_of_the_deployment(world: World) -> None:
    await enqueue("match", {}, SYSTEM)
    for place, due in enumerate((-1, -2, 3)):
        await SupervisionTask(
            number=f"T-{place}", kind="review", subject_type="need", subject=uuid4(),
            division=world["officer"].scope.ljust(12, "0"), due_at=now() + timedelta(days=due),
        ).save()  # fmt: skip
    async with transaction():
        await audit.record(SYSTEM, "tested", "nothing", uuid4())
    found = series(await Metrics(deployment=True).text())
    assert found["bangfu_jobs", (("kind", "match"), ("status", "queued"))] == 1
    assert found["bangfu_database_up", ()] == 1
    assert found["bangfu_audit_events", ()] == 1
    assert found["bangfu_overdue_tasks", (("county", "990101"),)] == 2
    assert ("bangfu_database_bytes", ()) not in series(await Metrics().text())


async def test_it_answers_while_the_database_is_away(database: str) -> None:
    await close_pool()
    found = series(await Metrics(deployment=True).text())
    assert found["bangfu_database_up", ()] == 0
    assert found["bangfu_pool_connections", (("state", "used"),)] == 0


async def test_a_worker_is_seen_until_it_leaves(database: str) -> None:
    me = uuid4()
    await actions.beat(me, now())
    await actions.beat(me, now())
    assert series(await Metrics(deployment=True).text())["bangfu_workers", ()] == 1
    await actions.leave(me)
    assert series(await Metrics(deployment=True).text())["bangfu_workers", ()] == 0


def test_periodic_actions_have_names_of_their_own() -> None:
    names = [name_of(action) for _, action in PERIODIC]
    assert len(set(names)) == len(names)
    assert {"sessions.end_expired", "tick", "tally_fold.fold"} <= set(names)


async def test_failures_of_periodic_actions_are_counted(database: str) -> None:
    metrics = Metrics()
    told = metrics.periodic()
    told.expect(["tick"])
    told.failed("tick")
    told.succeeded("tick")
    found = series(await metrics.text())
    assert found["bangfu_periodic_failures_total", (("action", "tick"),)] == 1
    assert found["bangfu_periodic_success_timestamp_seconds", (("action", "tick"),)] > 0


@contextlib.asynccontextmanager
async def served(metrics: Metrics) -> AsyncIterator[str]:
    server = await serve_metrics(metrics, Operating(metrics=("127.0.0.1", 0)))
    assert server is not None
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def test_only_one_address_is_served_and_broken_requests_end(database: str) -> None:
    async with served(Metrics()) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert (await client.get(f"{url}/")).status_code == 404
        assert (await client.post(f"{url}/metrics")).status_code == 404
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"x" * 20000)
        assert await reader.read() == b""
        writer.close()
        assert (await client.get(f"{url}/metrics")).status_code == 200


@pytest.mark.parametrize(("host", "fine"), [("127.0.0.1", True), ("::1", True), ("localhost", True),
                                            ("::", False), ("10.1.2.3", False)])  # fmt: skip
def test_other_machines_reach_it_only_where_the_operator_said_so(host: str, fine: bool) -> None:
    with contextlib.nullcontext() if fine else pytest.raises(SetupError, match="other machines"):
        check_place(Operating(metrics=(host, 9464)))
    check_place(Operating(metrics=(host, 9464), metrics_open=True))

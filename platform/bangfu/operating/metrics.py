"""One process's metrics, served on an address of their own that outsiders do not reach."""

import asyncio
import ipaddress
import logging
import time
from collections.abc import Iterable
from contextlib import suppress

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bangfu import __version__
from bangfu.errors import SetupError
from bangfu.operating.facts import gathered
from bangfu.operating.process import THIS
from bangfu.operating.request_metrics import RequestMetrics
from bangfu.settings import Operating
from bangfu.shared.database import DB
from bangfu.shared.tracing import kind

log = logging.getLogger("bangfu.metrics")
disable_created_metrics()  # type: ignore[no-untyped-call]  # when a series began doubles their number and helps nobody
KEEP_SECONDS = 10.0
"""How long the sums of the whole deployment stand before they are asked for again [D]."""
_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


class _Kept(Collector):
    """What was asked of the database last: the library collects without waiting."""

    def __init__(self) -> None:
        self.found: list[Metric] = []

    def collect(self) -> Iterable[Metric]:
        size, idle = (DB.pool.get_size(), DB.pool.get_idle_size()) if DB.pool is not None else (0, 0)
        pool = GaugeMetricFamily("bangfu_pool_connections", "Connections to the database", labels=("state",))
        pool.add_metric(["used"], size - idle)
        pool.add_metric(["idle"], idle)
        program = GaugeMetricFamily("bangfu_info", "The program", labels=("version",))
        program.add_metric([__version__], 1)
        stopping = GaugeMetricFamily("bangfu_stopping", "Whether this process is stopping", value=float(THIS.stopping))
        return [program, stopping, pool, *self.found]


class Metrics:
    """The registry of this process. `deployment`: whether it also tells the sums of the whole deployment (the worker
    does, so that several web processes do not each ask the database for the same)."""

    def __init__(self, *, deployment: bool = False) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._kept, self._deployment, self._asked = _Kept(), deployment, float("-inf")
        self.registry.register(self._kept)
        self._answers = Gauge("bangfu_database_up", "Whether the database answers", registry=self.registry)
        self._lock = asyncio.Lock()

    def requests(self) -> RequestMetrics:
        """The series of requests, for a web process; asked for once."""
        return RequestMetrics(self.registry)

    def periodic(self) -> "PeriodicMetrics":
        """The series of what is done again and again, for a worker; asked for once."""
        return PeriodicMetrics(self.registry)

    async def text(self) -> bytes:
        """Everything as Prometheus reads it."""
        async with self._lock:
            if time.monotonic() - self._asked >= KEEP_SECONDS:
                await self._ask()
        return generate_latest(self.registry)

    async def _ask(self) -> None:
        try:
            self._kept.found = await gathered() if self._deployment else await gathered(())
            self._answers.set(1)
        except Exception as error:
            # A scrape is answered also while the database is away: that it is away is what it tells.
            log.warning("the database does not answer: %s", kind(error))
            self._kept.found = []
            self._answers.set(0)
        self._asked = time.monotonic()


class PeriodicMetrics:
    """When each periodic action succeeded last, and how often it failed."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._success = Gauge(
            "bangfu_periodic_success_timestamp_seconds", "Last success of a periodic action", ("action",),
            registry=registry,
        )  # fmt: skip
        self._failures = Counter(
            "bangfu_periodic_failures", "Failures of a periodic action", ("action",), registry=registry
        )

    def expect(self, actions: Iterable[str]) -> None:
        """The series exist from the start, so that a first failure is an increase."""
        for action in actions:
            self._failures.labels(action)

    def succeeded(self, action: str) -> None:
        self._success.labels(action).set_to_current_time()

    def failed(self, action: str) -> None:
        self._failures.labels(action).inc()


def check_place(settings: Operating) -> None:
    """Metrics are for this machine's collector unless the operator says otherwise.

    Raises:
        SetupError: for an address that other machines reach.
    """
    if settings.metrics is None or settings.metrics_open:
        return
    host = settings.metrics[0]
    with suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return
    if host != "localhost":
        raise SetupError(
            f"BANGFU_METRICS={host}:{settings.metrics[1]} would let other machines read the metrics; use 127.0.0.1, or"
            " set BANGFU_METRICS_OPEN=1 where a firewall stands before it."
        )


async def serve_metrics(metrics: Metrics, settings: Operating) -> asyncio.Server | None:
    """Serve `GET /metrics`, if the operator asked for it; the caller closes it.

    Raises:
        SetupError: if the address cannot be served.
    """
    check_place(settings)
    if settings.metrics is None:
        return None

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5.0)
            found = head.split(b" ", 2)[:2] in ([b"GET", b"/metrics"], [b"HEAD", b"/metrics"])
            body = await metrics.text() if found else b"not here\n"
            status = b"200 OK" if found else b"404 Not Found"
            length = str(len(body)).encode()
            writer.write(
                b"HTTP/1.1 %b\r\ncontent-type: %b\r\ncontent-length: %b\r\ncache-control: no-store\r\n"
                b"x-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
                % (status, _TYPE, length)
                + (b"" if head.startswith(b"HEAD") else body)
            )
            await writer.drain()
        writer.close()

    try:
        return await asyncio.start_server(answer, *settings.metrics, limit=8192)
    except OSError as error:
        raise SetupError(f"The metrics cannot be served at {settings.metrics[0]}:{settings.metrics[1]}"
                         f" ({error.strerror}).") from error  # fmt: skip

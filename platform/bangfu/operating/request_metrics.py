"""Counts and times of requests, by the route's pattern only: an address never becomes a series."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "(none)"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds [D]; 0.2 and 0.5 are what the pages are measured by."""


class RequestMetrics:
    """The three series of one web process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._count = Counter(
            "bangfu_requests", "Requests answered", ("method", "route", "status"), registry=registry
        )  # fmt: skip
        self._seconds = Histogram(
            "bangfu_request_seconds", "Time to answer", ("route",), buckets=BUCKETS, registry=registry
        )
        self.in_flight = Gauge("bangfu_requests_in_flight", "Requests being answered", registry=registry)

    def seen(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answered request; `status` counts by its class (2xx)."""
        known = method if method in METHODS else "other"
        self._count.labels(known, route, f"{status // 100}xx").inc()
        self._seconds.labels(route).observe(seconds)

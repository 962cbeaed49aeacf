"""What the database tells about the whole deployment: sums only, per county at most, never a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric

from bangfu.shared.database import DB
from bangfu.supervision.rules import OPEN as OPEN_TASKS

Rows = Sequence[Mapping[str, Any]]
_DUE = ", ".join(f"'{state}'" for state in sorted(OPEN_TASKS))  # codes of our own
_COUNTY = "left(division, 6)"


@dataclass(frozen=True, slots=True)
class Fact:
    """One question and the series that its rows make: each value column is one metric, the others are labels."""

    sql: str
    metrics: Mapping[str, tuple[str, str]]
    """Column -> metric's name and help."""
    labels: tuple[str, ...] = ()


FACTS: tuple[Fact, ...] = (
    Fact(
        "SELECT kind, status, count(*) AS n, max(extract(epoch FROM now() - created_at)) AS age FROM job"
        " WHERE status IN ('queued', 'running') GROUP BY 1, 2",
        {"n": ("bangfu_jobs", "Jobs that wait or run"),
         "age": ("bangfu_job_oldest_seconds", "Age of the oldest of them")},
        ("kind", "status"),
    ),
    Fact(
        "SELECT kind, count(*) AS n FROM job WHERE status = 'failed' AND finished_at > now() - interval '1 day'"
        " GROUP BY 1",
        {"n": ("bangfu_jobs_failed_day", "Jobs that failed within a day")},
        ("kind",),
    ),
    Fact(
        "SELECT gap, served, needs - served AS unserved, seconds, extract(epoch FROM finished_at) AS at FROM match_run"
        " WHERE kind = 'match' AND status = 'done' ORDER BY finished_at DESC LIMIT 1",
        {"gap": ("bangfu_match_gap_percent", "Gap of the last match run, in percent of the avoidable part"),
         "served": ("bangfu_match_served", "Needs served by the last match run"),
         "unserved": ("bangfu_match_unserved", "Needs that the last match run could not serve"),
         "seconds": ("bangfu_match_seconds", "How long the last match run took"),
         "at": ("bangfu_match_finished_timestamp_seconds", "When the last match run ended")},
    ),
    Fact(
        f"SELECT {_COUNTY} AS county, count(*) AS n FROM supervision_task WHERE status IN ({_DUE})"  # noqa: S608 (own codes)
        " AND due_at < now() AND paused_at IS NULL GROUP BY 1",
        {"n": ("bangfu_overdue_tasks", "Timed tasks past their time")},
        ("county",),
    ),
    Fact(
        f"SELECT {_COUNTY} AS county, count(*) AS n FROM visit WHERE status IN ('planned', 'in_progress')"  # noqa: S608
        " AND due_until < now() GROUP BY 1",
        {"n": ("bangfu_overdue_visits", "Visits whose window has ended without a record")},
        ("county",),
    ),
    Fact(
        f"SELECT {_COUNTY} AS county, count(*) AS n FROM settlement_claim WHERE status NOT IN ('paid', 'reconciled')"  # noqa: S608
        " AND due_on < (now() AT TIME ZONE 'Asia/Shanghai')::date GROUP BY 1",
        {"n": ("bangfu_overdue_claims", "Claims past their payment term")},
        ("county",),
    ),
    Fact(
        "SELECT channel, count(*) AS n, max(extract(epoch FROM now() - created_at)) AS age FROM outbox"
        " WHERE status IN ('queued', 'failed', 'sending') GROUP BY 1",
        {"n": ("bangfu_outbox_waiting", "Messages that wait to leave"),
         "age": ("bangfu_outbox_oldest_seconds", "Age of the oldest of them")},
        ("channel",),
    ),
    Fact(
        "SELECT coalesce(sum(seq), 0) AS n FROM audit_head",
        {"n": ("bangfu_audit_events", "Events in the audit trail")},
    ),
    Fact(
        "SELECT count(*) AS n, coalesce(max(extract(epoch FROM replay_lag)), 0) AS lag FROM pg_stat_replication",
        {"n": ("bangfu_replicas", "Replicas that are connected"),
         "lag": ("bangfu_replication_lag_seconds", "How far the slowest replica is behind")},
    ),
    Fact(
        "SELECT count(*) FILTER (WHERE beat_at > now() - interval '1 minute') AS n FROM worker_beat",
        {"n": ("bangfu_workers", "Workers that gave a sign of life within a minute")},
    ),
    Fact(
        "SELECT pg_database_size(current_database()) AS n",
        {"n": ("bangfu_database_bytes", "Size of the database")},
    ),
)  # fmt: skip


async def gathered(facts: Sequence[Fact] = FACTS) -> list[Metric]:
    """The series of all facts as of one moment; each question may take five seconds.

    Raises:
        Whatever the database raises: the caller says that it does not answer.
    """
    if DB.pool is None:
        raise ConnectionError
    found: list[Metric] = []
    async with DB.pool.acquire(timeout=2.0) as connection, connection.transaction(readonly=True):
        await connection.execute("SET LOCAL statement_timeout = '5s'")
        for fact in facts:
            found += _series(fact, [dict(row) for row in await connection.fetch(fact.sql)])
    return found


def _series(fact: Fact, rows: Rows) -> list[Metric]:
    def one(column: str, name: str, text: str) -> Metric:
        family = GaugeMetricFamily(name, text, labels=fact.labels)
        for row in rows:
            if row[column] is not None:
                family.add_metric([str(row[label]) for label in fact.labels], float(row[column]))
        return family

    return [one(column, *said) for column, said in fact.metrics.items()]

"""How long the flags of one visit take: `python -m tests.benchmarks.flags [VISITS]`.

Fills an embedded database of its own with made-up visits (200 servers, 2,000 homes, one photo each), straight by SQL,
then evaluates some of them as the hook does when a record arrives, and reads the list and the page of anomalies. Prints
milliseconds; the exit code says only whether it ran.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bangfu.runtime import Runtime
from bangfu.settings import Settings
from bangfu.shared.actor import Actor
from bangfu.shared.clock import today
from bangfu.shared.database import transaction
from bangfu.supervision.calendar import current_calendar
from bangfu.verification import anomalies, flagging, listing
from bangfu.verification.rules import DEFAULTS
from bangfu.visits.tables import Visit

SERVERS, HOMES, SAMPLE = 200, 2_000, 300
OFFICER = Actor(None, "officer", "officer", frozenset({"township_officer"}), scope="990101")

FILL = (
    "INSERT INTO division (code, name, level, parent, pinyin, rural, successor)"
    " VALUES ('990101001201', '村', 5, '990101001000', '', true, '')",
    "INSERT INTO household (id, number, division, category, head_name, lat, lon, location_source)"
    " SELECT md5('h' || n)::uuid, 'H-' || n, '990101001201', 'dibao', '某', 31.7 + (n % 50) * 0.002,"
    " 119.9 + (n / 50) * 0.002, 'map' FROM generate_series(0, {homes} - 1) n",
    "INSERT INTO carer (id, number, kind, division, name, sex) SELECT md5('c' || n)::uuid, 'C-' || n, 'social_worker',"
    " '990101001000', '员' || n, 'f' FROM generate_series(0, {servers} - 1) n",
    "INSERT INTO need (id, number, household, division, service, status, priority, visits, minutes, qualifications,"
    " consent)"
    " SELECT md5('n' || n)::uuid, 'N-' || n, md5('h' || n)::uuid, '990101001201', 'daily_care', 'in_service', 'key',"
    " 4, 60, '[[\"C5\"]]', md5('k' || n)::uuid FROM generate_series(0, {homes} - 1) n",
    "INSERT INTO qualification (id, carer, code, status, expires_on) SELECT md5('q' || n)::uuid, md5('c' || n)::uuid,"
    " 'C5', 'verified', current_date + 400 FROM generate_series(0, {servers} - 1) n",
    "INSERT INTO visit (id, number, assignment, need, household, division, service, carer, carer_kind, status, minutes,"
    " due_from, due_until, window_start, window_end, planned_start, planned_end, started_at, ended_at, evidence,"
    " distance_m, submitted_at) SELECT md5('v' || n)::uuid, 'V-' || n, md5('a' || n % {homes})::uuid,"
    " md5('n' || n % {homes})::uuid, md5('h' || n % {homes})::uuid, '990101001201', 'daily_care',"
    " md5('c' || n % {servers})::uuid, 'worker', CASE WHEN n > {visits} - 5000 THEN 'submitted' ELSE 'verified' END,"
    " 60,"
    " t, t + interval '1 day', t, t, t, t + interval '1 hour', t, t + interval '1 hour', 'on_spot', 40,"
    " t + interval '1 hour' FROM generate_series(1, {visits}) n CROSS JOIN LATERAL (SELECT date_trunc('day', now())"
    " - ((({visits} - n) / ({servers} * 5)) || ' days')::interval + ((n / {servers}) % 5 * 100) * interval '1 minute'"
    " AS t) x",
    "INSERT INTO visit_record (id, visit, confirmation, text_hash, device) SELECT md5('r' || n)::uuid,"
    " md5('v' || n)::uuid, 'voice', md5('w' || n), md5('d' || n % {servers}) FROM generate_series(1, {visits}) n",
    "INSERT INTO visit_photo (id, visit, file, original, likeness) SELECT md5('p' || n)::uuid, md5('v' || n)::uuid,"
    " md5('f' || n)::uuid, md5('o' || n), ('x' || md5('l' || n))::bit(64)::bigint FROM generate_series(1, {visits}) n",
    "ANALYZE",
)  # fmt: skip


async def fill(visits: int) -> None:
    """The made-up rows; foreign keys are not looked at."""
    async with transaction():
        await Visit.raw("SET LOCAL session_replication_role = replica")
        for statement in FILL:
            await Visit.raw(statement.format(homes=HOMES, servers=SERVERS, visits=visits))


async def measure(visits: int) -> None:
    """Print the milliseconds."""
    rows: list[Visit] = await Visit.objects().where(Visit.status == "submitted").limit(SAMPLE)
    spent: list[float] = []
    for row in rows:
        begun = time.perf_counter()
        await flagging.flags_of(row, DEFAULTS)
        spent.append((time.perf_counter() - begun) * 1000)
    spent.sort()
    middle, most = statistics.median(spent), spent[int(len(spent) * 0.95)]
    print(f"{visits} visits: flags of one visit {middle:.1f} ms (median), {most:.1f} ms (95 %)")
    await _timed("list, first page", listing.visits(OFFICER, {}, await current_calendar(), today(), 25, 0))
    wanted = anomalies.wanted_of({}, today())
    await _timed("anomalies by server", anomalies.by_carer(OFFICER, wanted))
    await _timed("anomalies, start page", anomalies.count_of_month(OFFICER, today()))


async def _timed(what: str, action: Any) -> None:
    begun = time.perf_counter()
    await action
    print(f"{what}: {(time.perf_counter() - begun) * 1000:.0f} ms")


def main() -> int:
    """Fill, measure, forget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("visits", nargs="?", type=int, default=100_000)
    visits = parser.parse_args().visits

    async def run(_: Runtime) -> int:
        await fill(visits)
        await measure(visits)
        return 0

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the database's unprivileged account has to enter
        with Runtime(Settings(data=Path(folder)), fast=True) as runtime:
            return asyncio.run(runtime.run(run))


if __name__ == "__main__":
    raise SystemExit(main())

"""How long a contract's quarter takes: `python -m tests.benchmarks.scores [VISITS]` (5,000).

Fills an embedded database of its own with one contract, its tasks and visits, straight by SQL; gathers, counts and
freezes the quarter as the clock does. Prints milliseconds; the exit code says only whether it ran.
"""

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from bangfu.quality import snapshot
from bangfu.quality.freezing import figures_of, freeze
from bangfu.quality.gathering import gather
from bangfu.runtime import Runtime
from bangfu.settings import Settings
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.visits.tables import Visit

HOMES, SERVERS, YEAR, QUARTER = 400, 40, 2026, 3
AFTER = datetime(2026, 10, 20, 2, tzinfo=UTC)
FILL = (
    "INSERT INTO division (code, name, level, parent, pinyin, rural, successor)"
    " VALUES ('990101001201', '村', 5, '990101001000', '', true, '')",
    "INSERT INTO organization (id, uscc, name, org_type, division) VALUES (md5('o')::uuid,"
    " '52990101A00000011F', '机构', 'service_agency', '990101000000')",
    "INSERT INTO contract (id, number, division, supplier, status, starts_on, ends_on, imported)"
    " VALUES (md5('k')::uuid, 'C-1', '990101000000', md5('o')::uuid, 'active', '2026-01-01', '2026-12-31', true)",
    "INSERT INTO contract_line (id, contract, contract_number, organization, service, max_units, max_amount,"
    " unit_price, starts_on, ends_on) VALUES (md5('l')::uuid, md5('k')::uuid, 'C-1', md5('o')::uuid, 'daily_care',"
    " 100000, 9000000, 60, '2026-01-01', '2026-12-31')",
    "INSERT INTO household (id, number, division, category, head_name) SELECT md5('h' || n)::uuid, 'H-' || n,"
    " '990101001201', 'dibao', '某' FROM generate_series(0, {homes} - 1) n",
    "INSERT INTO carer (id, number, kind, division, name, sex, organization) SELECT md5('c' || n)::uuid, 'C-' || n,"
    " 'worker', '990101001000', '员' || n, 'f', md5('o')::uuid FROM generate_series(0, {servers} - 1) n",
    "INSERT INTO need (id, number, household, division, service, status, priority, visits, minutes, consent)"
    " SELECT md5('n' || n)::uuid, 'N-' || n, md5('h' || n)::uuid, '990101001201', 'daily_care', 'in_service', 'key',"
    " 4, 60, md5('z' || n)::uuid FROM generate_series(0, {homes} - 1) n",
    "INSERT INTO assignment (id, number, need, household, division, service, carer_kind, matched_carer, carer,"
    " organization, contract_line, visits, minutes, status, answered_at, offered_at, deadline)"
    " SELECT md5('a' || n)::uuid, 'A-' || n, md5('n' || n)::uuid, md5('h' || n)::uuid, '990101001201', 'daily_care',"
    " 'worker', md5('c' || n % {servers})::uuid, md5('c' || n % {servers})::uuid, md5('o')::uuid, md5('l')::uuid, 4,"
    " 60, 'active', '2026-06-01', '2026-05-31', '2026-06-01' FROM generate_series(0, {homes} - 1) n",
    "INSERT INTO visit (id, number, assignment, need, household, division, service, carer, carer_kind, organization,"
    " contract_line, unit_price, status, minutes, due_from, due_until, window_start, window_end, planned_start,"
    " planned_end, started_at, ended_at, evidence, submitted_at) SELECT md5('v' || n)::uuid, 'V-' || n,"
    " md5('a' || n % {homes})::uuid, md5('n' || n % {homes})::uuid, md5('h' || n % {homes})::uuid, '990101001201',"
    " 'daily_care', md5('c' || n % {servers})::uuid, 'worker', md5('o')::uuid, md5('l')::uuid, 60,"
    " CASE WHEN n % 50 = 0 THEN 'rejected' ELSE 'verified' END, 60, t, t + interval '7 days', t, t, t,"
    " t + interval '1 hour', t + interval '10 minutes', t + interval '70 minutes', 'on_spot', t + interval '80 minutes'"
    " FROM generate_series(0, {visits} - 1) n CROSS JOIN LATERAL (SELECT '2026-07-01 01:00+00'::timestamptz"
    " + (n / {homes}) * interval '7 days' + (n % 40) * interval '5 minutes' AS t) x",
    "ANALYZE",
)  # fmt: skip


async def _measure(visits: int) -> None:
    async with transaction():
        await Visit.raw("SET LOCAL session_replication_role = replica")
        for statement in FILL:
            await Visit.raw(statement.format(homes=HOMES, servers=SERVERS, visits=visits))
    contract = UUID(hex=(await Visit.raw("SELECT md5('k') AS id"))[0]["id"])
    begun = time.perf_counter()
    facts = await gather("contract", contract, YEAR, QUARTER, AFTER)
    gathered = time.perf_counter()
    figures = figures_of(facts)
    counted = time.perf_counter()
    await freeze(SYSTEM, "contract", contract, YEAR, QUARTER, AFTER)
    frozen = time.perf_counter()
    text = snapshot.text_of(facts)
    print(f"visits {len(facts.visits)}, windows {len(facts.windows)}, text {len(text) // 1024} KiB")
    print(f"due {figures.counted.counts.due}, score {figures.scored.score} {figures.scored.final_band}")
    for name, span in (("gather", gathered - begun), ("count", counted - gathered), ("freeze", frozen - counted)):
        print(f"{name:8} {span * 1000:8.0f} ms")


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("visits", type=int, nargs="?", default=5000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)

        async def run(_: Runtime) -> int:
            await _measure(chosen.visits)
            return 0

        with Runtime(Settings(data=Path(folder)), fast=True) as runtime:
            asyncio.run(runtime.run(run))


if __name__ == "__main__":
    main()

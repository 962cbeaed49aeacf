"""What the sample's closed quarter shows, as one JSON object; run in a process of its own, on a demo's data folder.

`python -m tests.sample.closed_quarter FOLDER`: the bundle of the statement is unpacked into the folder.
"""

import asyncio
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from bangfu.quality.life_candidates import cases_of
from bangfu.quality.snapshot import read
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.runtime import Runtime
from bangfu.sample.accounts import actor_of
from bangfu.settings import Settings
from bangfu.settlement.bundle_making import take_bundle
from bangfu.settlement.bundle_reading import own_statement_for
from bangfu.shared.clock import now

FIRST = (
    "SELECT s.id, s.status, s.revision, r.scored, r.score_value::text AS score, r.final_band, r.points,"
    " t.id AS statement FROM quarter_score s JOIN score_revision r ON r.score = s.id AND r.revision = s.revision"
    " JOIN settlement_statement t ON t.score = s.id JOIN contract c ON c.id = s.subject WHERE c.number = 'CZ-FW-03B'"
)
ROWS = {
    "claims": "SELECT part, status, amount::text AS amount FROM settlement_claim WHERE statement = {} ORDER BY part",
    "checks": "SELECT k.status, k.result, count(*)::int AS n FROM spot_check k JOIN settlement_statement t"
    " ON t.subject = k.contract AND k.period = t.year || 'Q' || t.quarter WHERE t.id = {} GROUP BY 1, 2 ORDER BY 1, 2",
    "others": "SELECT s.status, o.stage FROM settlement_statement t JOIN settlement_statement o ON o.id <> t.id"
    " AND o.year = t.year AND o.quarter = t.quarter JOIN quarter_score s ON s.id = o.score WHERE t.id = {}",
    "appeals": "SELECT a.status, a.decision FROM score_appeal a JOIN settlement_statement t ON t.score = a.score"
    " WHERE t.id = {}",
    "names": "SELECT s.confirmed_by::text, s.published_by::text, a.decided_by::text, c.claimed_by::text,"
    " c.reviewed_by::text, c.approved_by::text, c.paid_by::text FROM settlement_statement t"
    " JOIN quarter_score s ON s.id = t.score JOIN settlement_claim c ON c.statement = t.id AND c.part = 1"
    " JOIN score_appeal a ON a.score = s.id WHERE t.id = {}",
}


async def _shown(folder: Path) -> dict[str, Any]:
    found = await QuarterScore.raw(FIRST)
    if not found:
        return {}
    row = found[0]
    told = {name: await QuarterScore.raw(sql, row["statement"]) for name, sql in ROWS.items()}
    facts = await ScoreRevision.objects().get(
        (ScoreRevision.score == row["id"]) & (ScoreRevision.revision == row["revision"])
    )
    assert facts is not None
    told["lost"] = {code: len(await cases_of(read(facts.facts), code)) for code in ("Q1", "Q3", "Q5", "Q8", "Q9")}
    manager = await actor_of("manager2")
    bundle = await take_bundle(manager, await own_statement_for(manager, row["statement"]), now())
    with zipfile.ZipFile(io.BytesIO(bundle)) as zipped:
        zipped.extractall(folder)
    return {**row, **told}


def main(folder: Path) -> None:
    found: list[dict[str, Any]] = []

    async def run(_: Runtime) -> int:
        found.append(await _shown(folder))
        return 0

    with Runtime(Settings.from_environment()) as runtime:
        asyncio.run(runtime.run(run))
    print(json.dumps(found[0], default=str))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

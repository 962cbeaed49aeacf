"""What-if for leaders: an assumption about a finished run, worked out on a copy, kept and ranked beside the others.

Nothing is proposed, reserved or told to anybody. An assumption that was asked of the same run before is not worked out
again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, Refused
from bangfu.planning import studies
from bangfu.planning.queries import run_for, scope_of
from bangfu.planning.scenario_form import said
from bangfu.planning.studies import StudyView
from bangfu.planning.tables import MatchRun, PlanStudy
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.i18n import word

SCENARIO: Final = studies.SCENARIO
MOST_OPEN: Final = 3
"""How many of one person's may wait or be worked on at a time: they share the worker with match runs."""
MOST_SHOWN: Final = 100
MOST_SECONDS: Final = 30


async def ask(actor: Actor, key: UUID, run: UUID, asked: Mapping[str, Any], note: str, at: datetime) -> UUID:
    """Queue a scenario of a finished run; `key` is the new study's id, so that repeating the form starts one.

    Raises:
        NotYours: outside the actor's divisions.
        Refused: for a run without a result, or while several of the person are under way.
    """
    found = await run_for(actor, run)
    if found.status != "done" or found.what_if:
        raise Refused(N_("Match run {number} has no result to start from."), number=found.number)
    async with transaction():
        await PlanStudy.raw("SELECT pg_advisory_xact_lock(hashtext({}))", f"bangfu.scenario:{actor.user}")
        same = await PlanStudy.raw(
            "SELECT id FROM plan_study WHERE kind = 'scenario' AND run = {} AND status <> 'failed'"
            " AND asked -> 'assumption' = {}::jsonb",
            run, studies.document(asked["assumption"]),
        )  # fmt: skip
        if same:
            known: UUID = same[0]["id"]
            return known
        rows = await PlanStudy.raw(
            "SELECT count(*) AS n FROM plan_study WHERE kind = 'scenario' AND requested_by = {}"
            " AND status IN ('queued', 'running') AND id <> {}",
            actor.user, key,
        )  # fmt: skip
        if rows[0]["n"] >= MOST_OPEN:
            raise Refused(N_("{n} of your what-if runs are still under way. Wait for one of them."), n=rows[0]["n"])
        seconds = min(found.time_limit, MOST_SECONDS)
        kept = {**asked, "note": note, "seconds": seconds, "seed": found.seed, "events": []}
        return await studies.start(actor, key, SCENARIO, found.division, kept, at, run)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A scenario of a list: its sentence, and once worked out what it removes for how much money."""

    study: StudyView
    said: str
    note: str
    today: int | None = None
    then: int | None = None
    removed: int | None = None
    yuan: float | None = None
    per_10000: float | None = None
    km: float | None = None


async def of_run(actor: Actor, run: UUID) -> list[Ranked]:
    """The scenarios of a run: those that remove unmet needs without money first, then by what 10,000 yuan remove,
    then those that remove none, then those under way or failed."""
    rows = await studies.of_run(actor, SCENARIO, run, MOST_SHOWN)
    return sorted((_ranked(row) for row in rows), key=_order)


def _ranked(study: StudyView) -> Ranked:
    told = said(study.asked), study.asked.get("note", "")
    if study.status != "done":
        return Ranked(study, *told)
    found = study.answer
    return Ranked(
        study, *told, found["again"]["unserved"], found["assumed"]["unserved"], found["removed"], found["fen"] / 100,
        found["per_10000_yuan"], round(found["assumed"]["km"] - found["again"]["km"], 1),
    )  # fmt: skip


def _order(row: Ranked) -> tuple[int, float, str]:
    if row.removed is None:
        return 3, 0.0, row.said
    if row.removed <= 0:
        return 2, -float(row.removed), row.said
    if row.per_10000 is None:
        return 0, -float(row.removed), row.said
    return 1, -row.per_10000, row.said


async def runs_to_ask(actor: Actor) -> list[dict[str, Any]]:
    """The last finished match runs of the actor's divisions, those with scenarios marked, newest first."""
    rows: list[dict[str, Any]] = await MatchRun.raw(
        "SELECT r.id, r.number, r.division, d.name, r.finished_at, r.needs, r.served,"
        " (SELECT count(*) FROM plan_study s WHERE s.run = r.id AND s.kind = 'scenario') AS scenarios"
        " FROM match_run r LEFT JOIN division d ON d.code = r.division"
        " WHERE r.status = 'done' AND r.kind = 'match' AND r.division LIKE {}"
        " AND NOT EXISTS (SELECT 1 FROM plan_study s WHERE s.result_run = r.id)"
        " ORDER BY r.finished_at DESC LIMIT 20",
        scope_of(actor),
    )
    return rows


async def shown(study: StudyView) -> dict[str, Any]:
    """Everything that the page shows of a scenario that was worked out."""
    answer = study.answer
    today, again, then = answer["today"], answer["again"], answer["assumed"]
    towns = sorted({*today["by_group"], *again["by_group"], *then["by_group"]})
    names = {
        row["code"]: row["name"]
        for row in await PlanStudy.raw("SELECT code, name FROM division WHERE code = ANY({})", towns)
    }
    return {
        "answer": answer,
        "services": _beside("by_service", answer, lambda code: word("service", code)),
        "towns": _beside("by_group", answer, lambda code: names.get(code, "—")),
        "priorities": _beside("by_priority", answer, lambda code: word("priority", code)),
        "gaps": [_gap(side) for side in (again, then)],
    }


def _beside(part: str, answer: Mapping[str, Any], named: Any) -> list[dict[str, Any]]:
    """Unserved needs of the three plans side by side, the largest difference first."""
    sides = [answer[side][part] for side in ("today", "again", "assumed")]
    codes: Sequence[str] = sorted({code for side in sides for code in side})
    rows = [
        {"name": named(code), "today": a, "again": b, "assumed": c, "removed": b - c}
        for code in codes
        for a, b, c in [[side.get(code, 0) for side in sides]]
    ]
    return sorted(rows, key=lambda row: (-row["removed"], -row["again"]))


def _gap(side: Mapping[str, Any]) -> float | None:
    """How far a plan is from its own bound at most, as a share of its objective in percent."""
    if side["bound"] is None or side["objective"] <= 0:
        return None
    return max(0.0, float((side["objective"] - side["bound"]) / side["objective"] * 100))

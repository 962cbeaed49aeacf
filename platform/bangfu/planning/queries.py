"""Reads for the pages of planning, always inside the actor's scope."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.shared.actor import Actor
from bangfu.shared.division_codes import division_prefix


@dataclass(frozen=True, slots=True)
class RunView:
    """A match run as a page shows it; `percent` and `stage` are those of its job."""

    id: UUID
    number: str
    division: str
    division_name: str
    kind: str
    parent: UUID | None
    parent_number: str
    easing: str
    """The document of a what-if's change, as JSON."""
    status: str
    seed: int
    time_limit: int
    engine: str
    objective: int | None
    bound: float | None
    gap: float | None
    needs: int
    served: int
    km: float
    seconds: float | None
    error: str
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    published_at: datetime | None
    percent: int
    stage: str
    stopping: bool
    total: int
    undecided: int
    """Proposals that wait for a decision or for publication."""

    @property
    def over(self) -> bool:
        """Whether the run has ended, one way or another."""
        return self.status not in {"queued", "running"}

    @property
    def what_if(self) -> bool:
        """Whether it is a calculation only: without proposals, never approved, published or dispatched."""
        return self.kind == "what_if"

    @property
    def prefix(self) -> str:
        return division_prefix(self.division)


_RUN = (
    "SELECT r.id, r.number, r.division, coalesce(d.name, '') AS division_name, r.kind, r.parent,"
    " coalesce(above.number, '') AS parent_number, r.easing::text AS easing, r.status, r.seed, r.time_limit,"
    " r.engine, r.objective, r.bound, r.gap, r.needs, r.served, r.km, r.seconds, r.error, coalesce(u.display_name, '')"
    " AS requested_by, r.created_at, r.started_at, r.finished_at, r.published_at, coalesce(j.progress, 0) AS percent,"
    " coalesce(j.stage, '') AS stage, j.cancel_requested IS NOT NULL AS stopping, count(*) OVER () AS total,"
    " (SELECT count(*) FROM proposal p WHERE p.run = r.id AND p.status IN ('proposed', 'edited', 'approved'))"
    " AS undecided"
    " FROM match_run r LEFT JOIN division d ON d.code = r.division LEFT JOIN app_user u ON u.id = r.requested_by"
    " LEFT JOIN job j ON j.id = r.job LEFT JOIN match_run above ON above.id = r.parent"
)


def scope_of(actor: Actor) -> str:
    """The LIKE pattern of the divisions that the actor sees; one that matches nothing for an empty scope."""
    return f"{actor.scope}%" if actor.scope else ""


async def runs(actor: Actor, limit: int, offset: int) -> list[RunView]:
    """One page of the runs of the actor's divisions, newest first."""
    rows = await MatchRun.raw(
        _RUN + " WHERE r.division LIKE {} ORDER BY r.created_at DESC, r.number DESC LIMIT {} OFFSET {}",
        scope_of(actor), limit, offset,
    )  # fmt: skip
    return [RunView(**row) for row in rows]


async def run_for(actor: Actor, run: UUID) -> RunView:
    """One run of the actor's divisions.

    Raises:
        NotYours: if there is none, or it is somebody else's.
    """
    rows = await MatchRun.raw(_RUN + " WHERE r.id = {} AND r.division LIKE {}", run, scope_of(actor))
    if not rows:
        raise NotYours
    return RunView(**rows[0])


async def settings_of(run: UUID) -> dict[str, Any]:
    """The weights that a run used and the numbers of needs that have no place on the map, or no ground."""
    rows = await MatchRun.raw(
        "SELECT coalesce(loads -> 'weights', 'null'::jsonb) AS weights,"
        " coalesce(loads -> 'unplaced', '[]'::jsonb) AS unplaced,"
        " coalesce(loads -> 'ungrounded', '[]'::jsonb) AS ungrounded FROM match_run WHERE id = {}",
        run,
    )
    row = rows[0]
    return {
        "weights": json.loads(row["weights"]) or {},
        "unplaced": json.loads(row["unplaced"]),
        "ungrounded": json.loads(row["ungrounded"]),
    }


async def replan_of(run: UUID) -> UUID | None:
    """The re-plan whose chosen point became this run; None for any other run."""
    rows = await MatchRun.raw("SELECT id FROM plan_study WHERE result_run = {}", run)
    return rows[0]["id"] if rows else None


async def counts(run: UUID) -> dict[str, int]:
    """Number of proposals by status."""
    rows = await Proposal.raw("SELECT status, count(*) AS n FROM proposal WHERE run = {} GROUP BY status", run)
    return {row["status"]: row["n"] for row in rows}


async def tray(run: UUID) -> list[tuple[str, int, int]]:
    """Unserved needs by reason: (reason, number, how many of them urgent), in the order of the rules."""
    rows = await Proposal.raw(
        "SELECT reason, count(*) AS n, count(*) FILTER (WHERE priority = 'urgent') AS urgent FROM proposal"
        " WHERE run = {} AND status = 'unserved' GROUP BY reason ORDER BY array_position(ARRAY['no_kind',"
        " 'no_qualified', 'excluded', 'too_far', 'no_time', 'no_capacity', 'budget']::varchar[], reason)",
        run,
    )
    return [(row["reason"], row["n"], row["urgent"]) for row in rows]


async def used_choices(run: UUID) -> dict[str, list[Any]]:
    """What the filters of a run can choose: its services and organisations."""
    services = await Proposal.raw("SELECT DISTINCT service FROM proposal WHERE run = {} ORDER BY service", run)
    organizations = await Proposal.raw(
        "SELECT DISTINCT o.id, o.name, o.pinyin FROM proposal p JOIN organization o ON o.id = p.organization"
        " WHERE p.run = {} ORDER BY o.pinyin, o.name",
        run,
    )
    return {
        "services": [row["service"] for row in services],
        "organizations": [(str(row["id"]), row["name"]) for row in organizations],
    }


async def carer_names(ids: Collection[str]) -> dict[str, str]:
    """Names of carers and organisations by id."""
    chosen = sorted({one for one in ids if one and one != "None"})
    rows = await Proposal.raw(
        "SELECT id::text AS id, name FROM carer WHERE id = ANY({}::uuid[])"
        " UNION ALL SELECT id::text, name FROM organization WHERE id = ANY({}::uuid[])",
        chosen, chosen,
    )  # fmt: skip
    return {row["id"]: row["name"] for row in rows}


async def needs_named(ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Number, service, priority and head of household (to be masked) of needs by id."""
    rows = await Proposal.raw(
        "SELECT n.id, n.number, n.service, n.priority, h.head_name FROM need n JOIN household h ON h.id = n.household"
        " WHERE n.id = ANY({}::uuid[])",
        sorted(ids),
    )
    return {str(row["id"]): row for row in rows}


async def what_ifs_of(run: UUID) -> list[dict[str, Any]]:
    """The last what-if runs that were made from a run: id, number, status."""
    found: list[dict[str, Any]] = await MatchRun.raw(
        "SELECT id, number, status FROM match_run WHERE parent = {} ORDER BY created_at DESC, number DESC LIMIT 12", run
    )
    return found


async def proposals_of_needs(run: UUID, needs: Collection[str]) -> dict[str, UUID]:
    """The proposals of a run for some needs: need id -> proposal id."""
    rows = await Proposal.raw(
        "SELECT id, need FROM proposal WHERE run = {} AND need = ANY({}::uuid[])", run, sorted(needs)
    )
    return {str(row["need"]): row["id"] for row in rows}


async def contract_numbers(run: UUID) -> dict[str, str]:
    """The contracts that paid in a run's problem: "organisation/service" -> number."""
    rows = await MatchRun.raw("SELECT loads -> 'contracts' AS numbers FROM match_run WHERE id = {}", run)
    found: dict[str, str] = json.loads(rows[0]["numbers"] or "{}")
    return found


async def places(prefix: str) -> list[dict[str, Any]]:
    """Names for the map: the divisions one level below the run's own."""
    rows: list[dict[str, Any]] = await Proposal.raw(
        "SELECT code, name, lat, lon FROM division WHERE code LIKE {} AND lat IS NOT NULL"
        " AND level = (SELECT level + 1 FROM division WHERE code = rpad({}, 12, '0')) ORDER BY code LIMIT 25",
        f"{prefix}%",
        prefix,
    )
    return rows


async def compared(run: RunView) -> Mapping[str, Any] | None:
    """The run before over the same division: its figures, and how many needs of both now have another carer."""
    rows = await MatchRun.raw(
        "SELECT id, number, needs, served, km, gap, created_at FROM match_run WHERE division = {} AND status = 'done'"
        " AND kind = 'match' AND created_at < {} ORDER BY created_at DESC LIMIT 1",
        run.division, run.created_at,
    )  # fmt: skip
    if not rows:
        return None
    before: dict[str, Any] = rows[0]
    changed = await Proposal.raw(
        "SELECT count(*) FILTER (WHERE a.matched_carer IS NOT NULL AND b.matched_carer IS NOT NULL) AS both,"
        " count(*) FILTER (WHERE a.matched_carer <> b.matched_carer) AS changed,"
        " count(*) FILTER (WHERE a.matched_carer IS NULL AND b.matched_carer IS NOT NULL) AS gained,"
        " count(*) FILTER (WHERE a.matched_carer IS NOT NULL AND b.matched_carer IS NULL) AS lost"
        " FROM proposal a JOIN proposal b ON b.need = a.need AND b.run = {} WHERE a.run = {}",
        run.id, before["id"],
    )  # fmt: skip
    return {**before, **changed[0]}


async def divisions_to_match(actor: Actor) -> list[dict[str, Any]]:
    """Where the actor may start a run: the own division and the two levels below, with needs and carers."""
    found: list[dict[str, Any]] = await MatchRun.raw(
        "WITH mine AS (SELECT d.code, d.name, d.level, substr(d.code, 1, CASE d.level WHEN 1 THEN 2 WHEN 2 THEN 4"
        " WHEN 3 THEN 6 WHEN 4 THEN 9 ELSE 12 END) AS prefix FROM division d WHERE d.code LIKE {} AND d.level < 5"
        " AND d.level <= (SELECT min(level) + 2 FROM division WHERE code LIKE {})),"
        " waiting AS (SELECT division, priority FROM need n WHERE division LIKE {} AND (status = 'confirmed' OR"
        " (status = 'matching' AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.need = n.id"
        " AND a.status IN ('offered', 'accepted', 'scheduled', 'active')))))"
        " SELECT m.code, m.name, m.level, count(w.division) AS needs,"
        " count(*) FILTER (WHERE w.priority = 'urgent') AS urgent"
        " FROM mine m LEFT JOIN waiting w ON w.division LIKE m.prefix || '%'"
        " GROUP BY m.code, m.name, m.level ORDER BY m.code",
        *[scope_of(actor)] * 3,
    )
    return found


async def carers_in_reach(actor: Actor) -> int:
    """How many active carers work in the actor's county."""
    county = actor.scope[:6]
    rows = await MatchRun.raw(
        "SELECT count(*) AS n FROM carer c LEFT JOIN organization o ON o.id = c.organization WHERE c.active"
        " AND coalesce(o.active, true) AND (c.division LIKE {} OR EXISTS (SELECT 1 FROM unnest(o.service_area) area"
        " WHERE area LIKE {} OR {} LIKE area || '%'))",
        f"{county}%", f"{county}%", actor.scope,
    )  # fmt: skip
    return int(rows[0]["n"]) if actor.scope else 0


async def to_review(actor: Actor) -> list[UUID]:
    """Runs with undecided or unpublished proposals, the newest first."""
    rows = await MatchRun.raw(
        "SELECT r.id FROM match_run r WHERE r.division LIKE {} AND r.status = 'done' AND EXISTS (SELECT 1"
        " FROM proposal p WHERE p.run = r.id AND p.status IN ('proposed', 'edited', 'approved'))"
        " ORDER BY r.created_at DESC",
        scope_of(actor),
    )
    return [row["id"] for row in rows]


async def waiting_needs(actor: Actor) -> int:
    """Confirmed needs that no run has taken."""
    rows = await MatchRun.raw(
        "SELECT count(*) AS n FROM need WHERE division LIKE {} AND status = 'confirmed'", scope_of(actor)
    )
    return int(rows[0]["n"])

"""What appeals and vetoes say about a quarter: read when its facts are gathered and frozen, and by settlement.

`gathering` puts the confirmed vetoes and the forged or uncleared visits into the snapshot; `freezing.refreeze` lets
`corrected` apply what decided appeals put right, and what became of disputed visits.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from bangfu.quality.life_correction_rules import Change, apply
from bangfu.quality.life_tables import ScoreAppeal, ScoreCorrection, ScoreVeto
from bangfu.quality.life_veto_rules import UNPAID
from bangfu.quality.snapshot import Snapshot, VetoFact, VisitFact

_SETTLED = "('reviewed', 'withdrawn')"


@dataclass(frozen=True, slots=True)
class Disputed:
    """What is under appeal of a score: the indicators, and the frozen facts that the appeals name (ids as in the
    snapshot)."""

    indicators: frozenset[str]
    facts: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.indicators)


async def vetoes_of(kind: str, subject: UUID, year: int, quarter: int) -> tuple[VetoFact, ...]:
    """The confirmed vetoes of a quarter, by number."""
    rows = await ScoreVeto.raw(
        "SELECT id, ground FROM score_veto WHERE kind = {} AND subject = {} AND year = {} AND quarter = {}"
        " AND status = 'confirmed' ORDER BY number",
        kind, subject, year, quarter,
    )  # fmt: skip
    return tuple(VetoFact(str(row["id"]), row["ground"]) for row in rows)


async def unpaid_visits(kind: str, subject: UUID, year: int, quarter: int) -> dict[str, str]:
    """Visit id -> why confirmed vetoes leave it unpaid: forged or uncleared."""
    rows = await ScoreVeto.raw(
        "SELECT visits, ground FROM score_veto WHERE kind = {} AND subject = {} AND year = {} AND quarter = {}"
        " AND status = 'confirmed' AND ground = ANY({}::varchar[]) ORDER BY number",
        kind, subject, year, quarter, list(UNPAID),
    )  # fmt: skip
    return {str(visit): UNPAID[row["ground"]] for row in rows for visit in row["visits"]}


async def with_vetoes(snapshot: Snapshot) -> Snapshot:
    """The snapshot with its confirmed vetoes, and with the units that they leave unpaid."""
    about = (snapshot.kind, UUID(snapshot.subject), snapshot.year, snapshot.quarter)
    vetoes, unpaid = await vetoes_of(*about), await unpaid_visits(*about)
    visits = tuple(
        replace(visit, payable=False, unpayable_reason=why, forged=visit.forged or why == "forged")
        if (why := unpaid.get(visit.id))
        else visit
        for visit in snapshot.visits
    )
    return replace(snapshot, vetoes=vetoes, visits=visits)


async def changes_of(score: UUID) -> list[Change]:
    """What decided appeals put right, in the order of the decisions."""
    rows = await ScoreCorrection.raw(
        "SELECT c.fact_kind, c.fact, c.field, c.before, c.after FROM score_correction c"
        " WHERE c.score = {} ORDER BY c.made_at, c.place, c.id",
        score,
    )
    return [Change(**row) for row in rows]


async def corrected(score: UUID, snapshot: Snapshot) -> Snapshot:
    """The snapshot as the next revision says it: decided doubts, vetoes and recorded corrections on top of what was
    gathered."""
    return apply(await with_vetoes(await with_decided(snapshot)), await changes_of(score))


async def with_decided(snapshot: Snapshot) -> Snapshot:
    """The snapshot with what became of visits that were in doubt when it was gathered, or fell into doubt since:
    verified after all, or rejected."""
    known = await _status_of(snapshot)

    def now(visit: VisitFact) -> VisitFact:
        status, reason = known.get(visit.id, ("", ""))
        if status == "rejected":
            return replace(visit, status="rejected", forged=visit.forged or reason == "forged")
        decided = visit.status == "disputed" and status in {"verified", "settled"}
        return replace(visit, status="verified") if decided else visit

    return replace(snapshot, visits=tuple(now(visit) for visit in snapshot.visits))


async def in_doubt(snapshot: Snapshot) -> bool:
    """Whether one of the visits is disputed now: what it comes to waits for the decision (DOMAIN.md 8.9)."""
    return any(status == "disputed" for status, _ in (await _status_of(snapshot)).values())


async def _status_of(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    """Visit -> status and its reason now, of those that were verified or in doubt."""
    rows = await ScoreVeto.raw(
        "SELECT id, status, status_reason FROM visit WHERE id = ANY({}::uuid[])",
        [UUID(visit.id) for visit in snapshot.visits if visit.status in {"verified", "settled", "disputed"}],
    )
    return {str(row["id"]): (row["status"], row["status_reason"]) for row in rows}


async def under_appeal(score: UUID) -> Disputed:
    """What is disputed now; nothing once every appeal has ended."""
    rows = await ScoreAppeal.raw(
        f"SELECT indicator, facts FROM score_appeal a JOIN quarter_score s ON s.id = a.score WHERE a.score = {{}}"  # noqa: S608 (constants)
        f" AND a.status NOT IN {_SETTLED} AND s.status <> 'final'",
        score,
    )
    facts = frozenset(fact for row in rows for fact in row["facts"])
    return Disputed(frozenset(row["indicator"] for row in rows), facts)

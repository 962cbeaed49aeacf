"""The evaluator's list: every contract that is watched, the riskiest first, with its last score (PRODUCT.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.contracts.reading import ContractView
from bangfu.contracts.risk_reading import watched
from bangfu.contracts.risk_rules import Reason
from bangfu.quality.life_risk_rules import Level, Quality, level_of, reasons_of, too_small
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import Actor


@dataclass(frozen=True, slots=True)
class LastScore:
    """The last quarter of a contract, as far as it is: a figure only once it was confirmed."""

    id: UUID
    year: int
    quarter: int
    status: str
    scored: bool
    value: Any
    final_band: str
    small: bool


@dataclass(frozen=True, slots=True)
class Rated:
    """A contract with everything that orders the list."""

    contract: ContractView
    reasons: tuple[Reason, ...]
    quality: tuple[tuple[str, int], ...]
    score: LastScore | None
    preferred: bool

    @property
    def points(self) -> int:
        """Those of the contract and those of its quality."""
        return sum(reason.points for reason in self.reasons) + sum(points for _, points in self.quality)

    @property
    def level(self) -> Level:
        """The traffic light."""
        return level_of(self.points)


async def rated(actor: Actor, at: datetime) -> list[Rated]:
    """Every watched contract of the actor's area, the riskiest first, never by name."""
    known = await watched(actor, at)
    ids = [each.contract.id for each in known]
    scores, bands, facts = await last_scores(ids), await final_bands(ids), await _quality(ids, at)
    found = []
    for each in known:
        own = facts.get(each.contract.id, {})
        quality = Quality(
            band=bands.get(each.contract.id, ""), vetoes=own.get("vetoes", 0), hold=bool(own.get("hold")),
            rectify_overdue=bool(own.get("rectify_overdue")), publish_overdue=bool(own.get("publish_overdue")),
            appealed=bool(own.get("appealed")),
        )  # fmt: skip
        found.append(
            Rated(
                each.contract, each.risk.reasons, tuple(reasons_of(quality)), scores.get(each.contract.id),
                quality.band == "excellent",
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: (-each.points, each.contract.ends_on, each.contract.number))


async def last_scores(contracts: Sequence[UUID]) -> dict[UUID, LastScore]:
    """Contract -> its newest score."""
    rows = await QuarterScore.raw(
        "SELECT DISTINCT ON (s.subject) s.subject, s.id, s.year, s.quarter, s.status, r.scored,"
        " r.score_value AS value, r.final_band, r.points FROM quarter_score s JOIN score_revision r ON r.score = s.id"
        " AND r.revision = s.revision WHERE s.kind = 'contract' AND s.subject = ANY({}::uuid[])"
        " ORDER BY s.subject, s.year DESC, s.quarter DESC",
        list(contracts),
    )
    return {
        row.pop("subject"): LastScore(small=too_small(row.pop("points")), **row)
        for row in rows
    }  # fmt: skip


async def final_bands(contracts: Sequence[UUID]) -> dict[UUID, str]:
    """Contract -> the band of its last final quarter; that is what is used (DOMAIN.md 6.6)."""
    rows = await QuarterScore.raw(
        "SELECT DISTINCT ON (s.subject) s.subject, r.final_band FROM quarter_score s JOIN score_revision r"
        " ON r.score = s.id AND r.revision = s.revision WHERE s.kind = 'contract' AND s.status = 'final'"
        " AND s.subject = ANY({}::uuid[]) ORDER BY s.subject, s.year DESC, s.quarter DESC",
        list(contracts),
    )
    return {row["subject"]: row["final_band"] for row in rows}


async def _quality(contracts: Sequence[UUID], at: datetime) -> dict[UUID, dict[str, Any]]:
    rows = await QuarterScore.raw(
        "SELECT c.id, (SELECT count(*) FROM score_veto v WHERE v.subject = c.id"
        " AND v.status IN ('proposed', 'summoned', 'heard')) AS vetoes,"
        " EXISTS (SELECT 1 FROM score_follow f WHERE f.organization = c.supplier AND f.holds"
        " AND f.status NOT IN ('done', 'dropped')) AS hold,"
        " EXISTS (SELECT 1 FROM score_follow f WHERE f.subject = c.id AND f.kind = 'rectification'"
        " AND f.status IN ('open', 'returned') AND f.due_at < {}) AS rectify_overdue,"
        " EXISTS (SELECT 1 FROM quarter_score s JOIN supervision_task t ON t.subject = s.id"
        " WHERE t.kind = 'score.publish' AND s.subject = c.id"
        " AND s.status IN ('frozen', 'scored') AND t.due_at < {}) AS publish_overdue,"
        " EXISTS (SELECT 1 FROM quarter_score s WHERE s.subject = c.id AND s.status = 'appealed') AS appealed"
        " FROM contract c WHERE c.id = ANY({}::uuid[])",
        at, at, list(contracts),
    )  # fmt: skip
    return {row["id"]: row for row in rows}

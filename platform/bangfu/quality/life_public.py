"""What anybody may read of a quarter: contracts, what was checked, aggregated results; no person (DOMAIN.md 5.3).

Only contracts, only once published; counts under five are not named, and with few visits nothing but the band.
"""

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.quality import snapshot
from bangfu.quality.life_risk_rules import LEAST_VOICES, too_small
from bangfu.quality.tables import QuarterScore

FEW: Final = 5
"""A ratio of fewer cases is not named: it could point at somebody."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A ratio as the public reads it; both None where it is too small to name or does not apply."""

    numerator: int | None
    denominator: int | None

    @property
    def percent(self) -> int | None:
        """Rounded half-up; None where it is not named."""
        if self.numerator is None or not self.denominator:
            return None
        return int(Fraction(self.numerator * 100, self.denominator) + Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Result:
    """One contract's published quarter. `stars`: the mean of the ratings with one decimal as text, "" for none."""

    id: UUID
    number: str
    project: str
    provider: str
    county: str
    year: int
    quarter: int
    final: bool
    scored: bool
    score: Any
    band: str
    small: bool
    completed: Counted
    on_time: Counted
    checks: Counted
    stars: str
    facts_hash: str
    """SHA-256 of the frozen facts: what a settlement bundle's facts.json must have."""


def counted(points: dict[str, Any], code: str) -> Counted:
    """An indicator's ratio, unless it is of fewer than five."""
    each = points.get(code) or {}
    numerator, denominator = Fraction(each.get("numerator") or 0), Fraction(each.get("denominator") or 0)
    if denominator < FEW:
        return Counted(None, None)
    return Counted(int(numerator), int(denominator))


def stars_of(points: dict[str, Any]) -> str:
    """The mean stars with one decimal, from five voices on."""
    each = points.get("Q6") or {}
    voices = Fraction(each.get("denominator") or 0)
    if voices < LEAST_VOICES:
        return ""
    tenths = int(Fraction(each.get("numerator") or 0) / voices * 10 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


async def quarters() -> list[tuple[int, int]]:
    """The quarters with published results, the newest first."""
    rows = await QuarterScore.raw(
        "SELECT DISTINCT year, quarter FROM quarter_score WHERE kind = 'contract'"
        " AND status IN ('published_prelim', 'appealed', 'final') ORDER BY year DESC, quarter DESC LIMIT 12"
    )
    return [(row["year"], row["quarter"]) for row in rows]


async def results(year: int, quarter: int, most: int = 500) -> list[Result]:
    """The published contracts of a quarter, by county and number."""
    return await _results("s.year = {} AND s.quarter = {}", year, quarter, most)


async def result_of(score: UUID) -> Result:
    """One contract's published quarter.

    Raises:
        NotYours: for one that is not published, and for an agreement: its quarter is one person's.
    """
    found = await _results("s.id = {}", score, 1)
    if not found:
        raise NotYours
    return found[0]


async def _results(where: str, *values: object) -> list[Result]:
    rows = await QuarterScore.raw(
        "SELECT s.id, s.number, c.project, coalesce(o.name, '') AS provider, coalesce(d.name, '') AS county, s.year,"  # noqa: S608 (constants)
        " s.quarter, s.status = 'final' AS final, r.scored, r.score_value AS score, r.final_band AS band, r.points,"
        " r.facts_hash"
        " FROM quarter_score s JOIN score_revision r ON r.score = s.id AND r.revision = s.revision"
        " JOIN contract c ON c.id = s.subject LEFT JOIN organization o ON o.id = s.organization"
        " LEFT JOIN division d ON d.code = s.division WHERE s.kind = 'contract' AND " + where
        + " AND s.status IN ('published_prelim', 'appealed', 'final')"
        " ORDER BY d.code, s.number, s.id LIMIT {}",
        *values,
    )  # fmt: skip
    found = []
    for row in rows:
        points = json.loads(row.pop("points"))
        found.append(
            Result(
                **row, small=too_small(points), completed=counted(points, "Q1"), on_time=counted(points, "Q2"),
                checks=counted(points, "Q5"), stars=stars_of(points),
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One service that was checked: the random id of its record, why it was drawn, and the public draw of it ("" and
    None where no draw is known)."""

    id: str
    service: str
    origin: str
    draw: str
    round: UUID | None


async def checked_items(score: UUID) -> list[CheckedItem]:
    """What was checked on the spot in a published quarter, as it was frozen: no household, no place, no result of a
    single one. In the order of draws and ids.

    Raises:
        NotYours: as `result_of`.
    """
    await result_of(score)
    rows = await QuarterScore.raw(
        "SELECT r.facts FROM quarter_score s JOIN score_revision r ON r.score = s.id AND r.revision = s.revision"
        " WHERE s.id = {}",
        score,
    )
    facts = snapshot.read(rows[0]["facts"])
    services = {visit.id: visit.service for visit in facts.visits}
    done = [check for check in facts.checks if check.result in {"pass", "fail"}]
    draws = await _draws_of([UUID(check.id) for check in done])
    found = [
        CheckedItem(check.visit, services.get(check.visit, ""), check.origin, *draws.get(check.id, ("", None)))
        for check in done
    ]
    return sorted(found, key=lambda each: (each.draw, each.id))


async def _draws_of(checks: list[UUID]) -> dict[str, tuple[str, UUID | None]]:
    rows = await QuarterScore.raw(
        "SELECT k.id, l.round, l.year, l.month, l.quarter FROM spot_check k JOIN draw_list l ON l.id = k.draw"
        " WHERE k.id = ANY({}::uuid[])",
        checks,
    )
    return {
        str(row["id"]): (
            f"{row['year']}-{row['month']:02d}" if row["month"] else f"{row['year']}Q{row['quarter']}", row["round"],
        )
        for row in rows
    }  # fmt: skip

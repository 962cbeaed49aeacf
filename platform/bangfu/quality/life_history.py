"""What changed between the revisions of a score: listed before and after, indicator by indicator (DOMAIN.md 6.6)."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bangfu.quality import snapshot
from bangfu.quality.life_correction_rules import Change, differences
from bangfu.quality.score_rules import half_up
from bangfu.quality.tables import QuarterScore, ScoreRevision


@dataclass(frozen=True, slots=True)
class Step:
    """One revision and what it changed against the one before it: facts, and points of indicators with 3 decimals."""

    revision: int
    reason: str
    at: datetime
    score: Decimal
    band: str
    changes: tuple[Change, ...] = ()
    points: tuple[tuple[str, str, str], ...] = ()


async def revisions_since(score: QuarterScore, first: int) -> list[Step]:
    """The revisions from `first` on, the oldest first; the first of them without changes."""
    rows = await ScoreRevision.objects().where(
        (ScoreRevision.score == score.id) & (ScoreRevision.revision >= first)
    ).order_by(ScoreRevision.revision)  # fmt: skip
    found: list[Step] = []
    for place, row in enumerate(rows):
        changes: tuple[Change, ...] = ()
        points: tuple[tuple[str, str, str], ...] = ()
        if place:
            before = rows[place - 1]
            changes = tuple(differences(snapshot.read(before.facts), snapshot.read(row.facts)))
            points = tuple(_points(before.points, row.points))
        found.append(Step(row.revision, row.reason, row.made_at, row.score_value, row.final_band, changes, points))
    return found


def _points(before: str, after: str) -> list[tuple[str, str, str]]:
    old, new = json.loads(before), json.loads(after)
    return [(code, _text(old.get(code)), _text(new[code])) for code in new if _text(old.get(code)) != _text(new[code])]


def _text(each: dict[str, Any] | None) -> str:
    return "" if not each or not each.get("points") else str(half_up(Fraction(each["points"]), 3))

"""What changed between the revisions of a score: listed before and after, indicator by indicator (DOMAIN.md 6.6)."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from bangfu.quality import snapshot
from bangfu.quality.counting import instant
from bangfu.quality.life_correction_rules import Change, differences
from bangfu.quality.score_rules import half_up
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.visits.tables import Visit

_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")


@dataclass(frozen=True, slots=True)
class Step:
    """One revision and what it changed against the one before it: facts, and points of indicators with 3 decimals."""

    revision: int
    reason: str
    at: datetime
    score: Decimal
    band: str
    changes: tuple["Shown", ...] = ()
    points: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """One changed field as pages show it: the fact by its number or its moment, never by its id."""

    fact_kind: str
    name: str
    at: datetime | None
    field: str
    before: str | datetime
    after: str | datetime


async def revisions_since(score: QuarterScore, first: int) -> list[Step]:
    """The revisions from `first` on, the oldest first; the first of them without changes."""
    rows = await ScoreRevision.objects().where(
        (ScoreRevision.score == score.id) & (ScoreRevision.revision >= first)
    ).order_by(ScoreRevision.revision)  # fmt: skip
    found: list[Step] = []
    for place, row in enumerate(rows):
        changes: list[Shown] = []
        points: tuple[tuple[str, str, str], ...] = ()
        if place:
            before = rows[place - 1]
            old, new = snapshot.read(before.facts), snapshot.read(row.facts)
            changes = await _shown(differences(old, new), old, new)
            points = tuple(_points(before.points, row.points))
        found.append(
            Step(row.revision, row.reason, row.made_at, row.score_value, row.final_band, tuple(changes), points)
        )
    return found


async def _shown(changes: Iterable[Change], *facts: snapshot.Snapshot) -> list[Shown]:
    """Changes with the numbers of visits and the moments of windows."""
    listed = list(changes)
    visits = [UUID(each.fact) for each in listed if each.fact_kind == "visits"]
    rows = await Visit.select(Visit.id, Visit.number).where(Visit.id.is_in(visits)) if visits else []
    numbers = {str(row["id"]): row["number"] for row in rows}
    starts = {window.id: window.start for each in facts for window in each.windows}
    return [
        Shown(
            each.fact_kind, numbers.get(each.fact, ""), _moment(starts.get(each.fact, "")), each.field,
            _moment(each.before) or each.before, _moment(each.after) or each.after,
        )
        for each in listed
    ]  # fmt: skip


def _moment(text: str) -> datetime | None:
    """The instant that a text of the facts names, if it names one."""
    return instant(text) if _INSTANT.fullmatch(text) else None


def _points(before: str, after: str) -> list[tuple[str, str, str]]:
    old, new = json.loads(before), json.loads(after)
    return [(code, _text(old.get(code)), _text(new[code])) for code in new if _text(old.get(code)) != _text(new[code])]


def _text(each: dict[str, Any] | None) -> str:
    return "" if not each or not each.get("points") else str(half_up(Fraction(each["points"]), 3))

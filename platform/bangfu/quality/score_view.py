"""A quarter's score as pages show it: the figures from the facts alone, and what pulled the score down."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from bangfu.quality import standard_rules
from bangfu.quality.counting import Item, Tally, instant
from bangfu.quality.freezing import Figures, figures_of
from bangfu.quality.measure_rules import Measure, measures_of
from bangfu.quality.score_rules import Indicator, Scored, half_up
from bangfu.quality.snapshot import Snapshot
from bangfu.quality.standard_rules import Standard
from bangfu.quality.voices import FEW_VOICES
from bangfu.visits.tables import Visit


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One line of the table: numerator and denominator as counted, points of the weight; None where not applicable."""

    code: str
    weight: Decimal
    numerator: str
    denominator: str
    share: Decimal | None
    points: Decimal | None
    lost: Decimal
    misses: int
    reasons: Sequence[tuple[str, int]]
    """Why cases do not count, the most frequent first."""


@dataclass(frozen=True, slots=True)
class ScoreView:
    """Everything that a page shows of a quarter, frozen or still running."""

    facts: Snapshot
    figures: Figures
    standard: Standard
    rows: Sequence[IndicatorRow]
    measures: Sequence[Measure]

    @property
    def scored(self) -> Scored:
        return self.figures.scored

    @property
    def pulled_down(self) -> list[IndicatorRow]:
        """What cost most, the dearest first."""
        return sorted((row for row in self.rows if row.lost > 0), key=lambda row: -row.lost)[:4]

    @property
    def stars(self) -> list[int] | None:
        """How many homes gave about 1, 2 ... 5 stars (their mean, half up); None below five respondents."""
        means = [Fraction(each.stars_sum, each.stars_count) for each in self.facts.ratings if each.stars_count]
        if len(means) < FEW_VOICES:
            return None
        rounded = Counter(int(half_up(each, 0)) for each in means)
        return [rounded[stars] for stars in range(1, 6)]

    @property
    def voices(self) -> int:
        return len(self.facts.ratings) + self.facts.ratings_withheld

    @property
    def checks_done(self) -> int:
        return self.figures.counted.counts.checks_done


def view_of(facts: Snapshot) -> ScoreView:
    """The view of a snapshot; nothing else is read."""
    figures = figures_of(facts)
    rows = [
        _row(each, figures.counted.tallies[each.code], figures, facts.ratings_withheld)
        for each in figures.scored.indicators
    ]
    return ScoreView(
        facts, figures, standard_rules.of_data(facts.standard), rows, measures_of(facts, figures.counted.counts)
    )


def _row(indicator: Indicator, tally: Tally, figures: Figures, withheld: int) -> IndicatorRow:
    numerator, denominator = str(indicator.numerator), str(indicator.denominator)
    counts = figures.counted.counts
    if indicator.code == "Q6":
        numerator, denominator = f"{half_up(indicator.numerator, 1)}", str(indicator.denominator + withheld)
    if indicator.code == "Q9":
        numerator, denominator = str(counts.complaints_minor), str(counts.complaints_major)
    return IndicatorRow(
        indicator.code, half_up(indicator.weight, 2).normalize(), numerator, denominator,
        None if indicator.share is None else half_up(indicator.share * 100, 1),
        None if indicator.points is None else half_up(indicator.points, 3),
        half_up(indicator.lost, 3), len(tally.misses), Counter(item.reason for item in tally.misses).most_common(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case of an indicator, with the visit behind it where there is one."""

    item: Item
    number: str
    service: str
    at: datetime | None
    division: str
    division_name: str
    visit: UUID | None
    task: UUID | None
    """Of a window in which nobody came."""


async def cases_of(view: ScoreView, items: Sequence[Item]) -> list[CaseRow]:
    """Cases with the numbers of their visits; recipients stay numbers (R1 ...), nobody is named."""
    visits = {each.id: each for each in view.facts.visits}
    windows = {each.id: each for each in view.facts.windows}
    known = await _known(_ids(item.visit for item in items))
    tasks = await _tasks(_ids(item.id[:36] for item in items if item.kind == "window" and not item.visit))
    found = []
    for item in items:
        fact = visits.get(item.visit)
        window = windows.get(item.id)
        row = known.get(item.visit) or tasks.get(item.id[:36], {})
        at = item.at or (fact.started_at or fact.window_start if fact else "") or (window.start if window else "")
        service = fact.service if fact else window.service if window else ""
        found.append(
            CaseRow(
                item, str(row.get("number", "")), service, instant(at) if at else None, str(row.get("division", "")),
                str(row.get("division_name", "")), UUID(item.visit) if item.visit in known else None,
                UUID(item.id[:36]) if item.id[:36] in tasks else None,
            )
        )  # fmt: skip
    return found


def _ids(texts: Iterable[str]) -> list[UUID]:
    """Those that are ids of rows."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


async def _known(ids: Sequence[UUID]) -> Mapping[str, Mapping[str, Any]]:
    rows = await Visit.raw(
        "SELECT v.id, v.number, v.division, coalesce(d.name, '') AS division_name FROM visit v LEFT JOIN division d"
        " ON d.code = left(v.division, 9) || '000' WHERE v.id = ANY({}::uuid[])",
        list(ids),
    )
    return {str(row["id"]): row for row in rows}


async def _tasks(ids: Sequence[UUID]) -> Mapping[str, Mapping[str, Any]]:
    """The tasks of windows in which nobody came: a window's id begins with its task's."""
    rows = await Visit.raw(
        "SELECT a.id, a.number, a.division, coalesce(d.name, '') AS division_name FROM assignment a"
        " LEFT JOIN division d ON d.code = left(a.division, 9) || '000' WHERE a.id = ANY({}::uuid[])",
        list(ids),
    )
    return {str(row["id"]): row for row in rows}

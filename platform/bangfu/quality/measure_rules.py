"""The six measures beside a score, each with its n and a 95 % interval, and like cohorts (DOMAIN.md 6.6). Pure.

For display only: nothing is paid by these figures, so they are floating-point numbers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Final

from bangfu.quality import standard_rules
from bangfu.quality.counting import SENT, count, is_verified
from bangfu.quality.score_rules import Counts
from bangfu.quality.snapshot import Snapshot, VisitFact

Z: Final = 1.959963984540054
"""The 97.5 % quantile of the normal distribution: a two-sided interval of 95 %."""
NAMES: Final = ("punctuality", "duration", "delivered", "continuity", "on_spot", "satisfaction", "afterwards")
STARS: Final = frozenset({"satisfaction"})
MEANS: Final = frozenset({"continuity", "satisfaction"})


@dataclass(frozen=True, slots=True)
class Measure:
    """A share (0 to 1) or, of satisfaction, a mean of stars; None of nothing. `few`: too little to say anything."""

    name: str
    value: float | None
    n: int
    hits: int | None = None
    """Of a share its numerator."""
    low: float | None = None
    high: float | None = None
    few: bool = False


def wilson(hits: int, n: int, z: float = Z) -> tuple[float, float]:
    """The Wilson score interval of a share; (0, 1) of nothing."""
    if n == 0:
        return 0.0, 1.0
    p, zz = hits / n, z * z
    middle, half = p + zz / (2 * n), z * sqrt(p * (1 - p) / n + zz / (4 * n * n))
    return max(0.0, (middle - half) / (1 + zz / n)), min(1.0, (middle + half) / (1 + zz / n))


def share(name: str, hits: int, n: int, *, few: bool = False) -> Measure:
    """A share with its interval."""
    if n == 0:
        return Measure(name, None, 0, 0, few=True)
    low, high = wilson(hits, n)
    return Measure(name, hits / n, n, hits, low, high, few)


def mean(name: str, values: Sequence[float], least: float, most: float, *, few: bool = False) -> Measure:
    """A mean with the normal interval of its standard error, within its bounds; an interval needs two values."""
    n = len(values)
    if n == 0:
        return Measure(name, None, 0, few=True)
    middle = sum(values) / n
    if n == 1:
        return Measure(name, middle, n, few=True)
    half = Z * sqrt(sum((each - middle) ** 2 for each in values) / (n - 1) / n)
    return Measure(name, middle, n, None, max(least, middle - half), min(most, middle + half), few)


def measures_of(facts: Snapshot, counts: Counts) -> tuple[Measure, ...]:
    """The six of the evaluator (PRODUCT.md), and the share entered afterwards; `counts` are those of the facts.

    A late visit belongs to an earlier quarter and is only paid in this one (snapshot.VisitFact.late): like the
    indicators, no measure counts it.
    """
    standard = standard_rules.of_data(facts.standard)
    small = counts.due < standard.due_small
    own = [visit for visit in facts.visits if not visit.late]
    sent = [visit for visit in own if visit.status in SENT]
    stars = [rating.stars_sum / rating.stars_count for rating in facts.ratings if rating.stars_count]
    return (
        share("punctuality", counts.on_time, counts.verified, few=small),
        share("duration", counts.duration_ok, counts.verified, few=small),
        share("delivered", counts.completed or 0, counts.due, few=small),
        mean("continuity", continuity_of(own), 0.0, 1.0, few=small),
        share("on_spot", sum(visit.evidence == "on_spot" for visit in sent), len(sent), few=small),
        mean("satisfaction", stars, 1.0, 5.0, few=len(stars) < standard.ratings_small),
        share("afterwards", sum(visit.evidence == "afterwards" for visit in sent), len(sent), few=small),
    )


def continuity_of(visits: Iterable[VisitFact]) -> list[float]:
    """For each recipient and service 1 - (distinct servers - 1) / max(1, visits - 1), over verified visits."""
    servers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for visit in visits:
        if is_verified(visit):
            servers[visit.recipient, visit.service].append(visit.server)
    return [1 - (len(set(own)) - 1) / max(1, len(own) - 1) for _, own in sorted(servers.items())]


Cohort = tuple[str, str, str]
"""Service, care grade, area."""


@dataclass(frozen=True, slots=True)
class CohortFigures:
    """One subject's figures inside a cohort; `few`: under 20 due visits, or `few_ratings`: under 5 respondents. Then
    the figures are not shown and nobody is ranked (6.6)."""

    due: int
    delivered: Measure
    punctuality: Measure
    duration: Measure
    satisfaction: Measure
    few: bool
    few_ratings: bool


def cohorts_of(facts: Snapshot) -> dict[Cohort, CohortFigures]:
    """The quarter cut into like cases: the same counting rules on the facts of each cohort."""
    keys = {(each.service, each.grade, each.area) for each in facts.windows}
    keys |= {(each.service, each.grade, each.area) for each in facts.visits if not each.late}
    return {key: _cohort(facts, key) for key in sorted(keys)}


def _cohort(facts: Snapshot, key: Cohort) -> CohortFigures:
    return figures_of([part_of(facts, key)], facts.standard)


def part_of(facts: Snapshot, key: Cohort) -> Snapshot:
    """The snapshot with nothing but the windows, visits and voices of one cohort."""
    visits = tuple(each for each in facts.visits if (each.service, each.grade, each.area) == key and not each.late)
    windows = tuple(each for each in facts.windows if (each.service, each.grade, each.area) == key)
    people = {each.recipient for each in visits} | {each.recipient for each in windows}
    return replace(
        facts, visits=visits, windows=windows, checks=(), callbacks=(), goals=(), complaints=(), vetoes=(),
        ratings_withheld=0,
        ratings=tuple(each for each in facts.ratings if each.recipient in people),
    )  # fmt: skip


def figures_of(parts: Collection[Snapshot], standard: Mapping[str, object]) -> CohortFigures:
    """The figures of several subjects' parts together."""
    rules = standard_rules.of_data(standard)
    counted = [count(part).counts for part in parts]
    due = sum(each.due for each in counted)
    verified = sum(each.verified for each in counted)
    stars = [r.stars_sum / r.stars_count for part in parts for r in part.ratings if r.stars_count]
    few, few_ratings = due < rules.due_small, len(stars) < rules.ratings_small
    return CohortFigures(
        due, share("delivered", sum(each.completed or 0 for each in counted), due, few=few),
        share("punctuality", sum(each.on_time for each in counted), verified, few=few),
        share("duration", sum(each.duration_ok for each in counted), verified, few=few),
        mean("satisfaction", stars, 1.0, 5.0, few=few_ratings), few, few_ratings,
    )  # fmt: skip

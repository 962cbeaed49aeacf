"""The score of a quarter, its band, and what it means in money: exact rational arithmetic (DOMAIN.md 6.1-6.3).

Pure, standard library only. Only three things are ever rounded, all half-up: the score to one decimal, and each product
of money (base, performance part) to 0.01.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bangfu.quality.standard_rules import BANDS, INDICATORS, Standard, default

CAPS: Final = ("completion", "major_complaint", "veto")
NOTHING: Final = Fraction(0)
ONE: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Counts:
    """A quarter as numbers. Whole numbers but `ratings_sum`: the sum of the recipients' mean stars, an exact fraction.

    A ratio above 1 counts as 1 (6.1): `verified` may exceed `due`.
    """

    due: int
    submitted: int
    verified: int
    on_time: int
    duration_ok: int
    record_ok: int
    checks_done: int
    checks_passed: int
    ratings_count: int
    ratings_sum: Fraction
    callbacks_reached: int
    callbacks_confirmed: int
    goals_due: int
    goals_met: int
    complaints_minor: int
    complaints_major: int
    credentials_ok: int
    """Verified visits by fully qualified staff."""
    veto: bool = False
    completed: int | None = None
    """Due windows that a verified visit fills; without it, `verified`. An additional visit in one home makes up for no
    missed one in another."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: numerator and denominator as counted, its share s of 1 and its points; both None where it is not
    applicable."""

    code: str
    weight: Fraction
    numerator: Fraction
    denominator: Fraction
    share: Fraction | None
    points: Fraction | None

    @property
    def lost(self) -> Fraction:
        """Points of its weight that it did not get; 0 where it is not applicable."""
        return NOTHING if self.points is None else self.weight - self.points


@dataclass(frozen=True, slots=True)
class Scored:
    """What a quarter scored. Without anything due it is not scored: no score, no band (6.1)."""

    scored: bool
    indicators: tuple[Indicator, ...]
    weight: Fraction
    """The sum of the weights of the applicable indicators."""
    exact: Fraction | None
    score: Decimal | None
    """Half-up to one decimal."""
    band: str
    final_band: str
    caps: tuple[str, ...]
    """What lowered the band: completion, major_complaint, veto."""


@dataclass(frozen=True, slots=True)
class Pay:
    """Base and performance part in CNY, each rounded half-up to 0.01, and their sum."""

    base: Decimal
    perf: Decimal
    total: Decimal


def half_up(value: Fraction, digits: int) -> Decimal:
    """Rounded half-up (away from zero) to so many decimals, exactly."""
    scale = 10**digits
    whole = (abs(value) * scale * 2 + 1) // 2
    return Decimal(int(whole) if value >= 0 else -int(whole)).scaleb(-digits)


def score(counts: Counts, standard: Standard | None = None) -> Scored:
    """The ten indicators, S, band, caps and final band of a quarter."""
    rules = standard or default()
    indicators = tuple(_indicator(code, counts, rules) for code in INDICATORS)
    if counts.due <= 0:
        return Scored(False, indicators, NOTHING, None, None, "", "", ())
    applicable = [each for each in indicators if each.points is not None]
    weight = sum((each.weight for each in applicable), NOTHING)
    exact = 100 * sum((each.points or NOTHING for each in applicable), NOTHING) / weight
    rounded = half_up(exact, 1)
    band = band_of(rounded, rules)
    final, caps = capped(band, indicators[0].share or NOTHING, counts.complaints_major > 0, counts.veto, rules)
    return Scored(True, indicators, weight, exact, rounded, band, final, caps)


def band_of(value: Decimal, standard: Standard | None = None) -> str:
    """The band of a rounded score (6.2)."""
    rules = standard or default()
    return next((band for band in BANDS[:-1] if value >= rules.bands[band]), BANDS[-1])


def capped(
    band: str, completion: Fraction, major: bool, veto: bool, standard: Standard | None = None
) -> tuple[str, tuple[str, ...]]:
    """The final band, and which caps lowered it (6.2): of caps that bind, those that go as low as the final band.

    Args:
        completion: the exact share of Q1.
    """
    rules = standard or default()
    limits = [("completion", next((most for share, most in rules.completion_caps if completion < share), BANDS[0]))]
    limits += [("major_complaint", rules.major_cap)] if major else []
    limits += [("veto", BANDS[-1])] if veto else []
    final = max([band, *(most for _, most in limits)], key=BANDS.index)
    return final, tuple(name for name, most in limits if most == final) if final != band else ()


def factor_of(
    final_band: str, value: Decimal | None, rule: str = "steps", standard: Standard | None = None, *, veto: bool = False
) -> Fraction:
    """f of the performance part (6.3); `linear` goes by the score alone, but a veto leaves nothing of it.

    A quarter that was not scored gives no ground for a deduction: 1, unless there is a veto.
    """
    rules = standard or default()
    if veto:
        return rules.factors[BANDS[-1]]
    if value is None or not final_band:
        return ONE
    if rule != "linear":
        return rules.factors[final_band]
    return _unit((Fraction(value) - rules.linear_from) / rules.linear_span)


def pay(units: int, rate: Decimal, perf_share: Decimal | Fraction, factor: Fraction) -> Pay:
    """units x rate x (1 - p) and units x rate x p x f, each half-up to 0.01 (6.3); clawback and penalties come after.

    Args:
        rate: CNY for one unit (for a subsidy: one month).
        perf_share: p, from 0 to 1; 1 for a subsidy.
    """
    value, share = Fraction(rate) * units, Fraction(perf_share)
    base, perf = half_up(value * (1 - share), 2), half_up(value * share * factor, 2)
    return Pay(base, perf, base + perf)


def _unit(value: Fraction) -> Fraction:
    return max(NOTHING, min(ONE, value))


def _indicator(code: str, counts: Counts, rules: Standard) -> Indicator:
    numerator, denominator = _ratio(code, counts, rules)
    weight = rules.weights[code]
    applicable = denominator > 0 and counts.due > 0
    applicable = applicable and not (code == "Q6" and denominator < rules.ratings_least)
    if not applicable:
        return Indicator(code, weight, numerator, denominator, None, None)
    if code == "Q6":
        share = (numerator / denominator - 1) / 4
    elif code == "Q10":
        share = ONE if numerator >= denominator else NOTHING
    else:
        share = numerator / denominator
    share = _unit(share)
    return Indicator(code, weight, numerator, denominator, share, weight * share)


def _ratio(code: str, counts: Counts, rules: Standard) -> tuple[Fraction, Fraction]:
    completed = counts.verified if counts.completed is None else counts.completed
    pairs: dict[str, tuple[int | Fraction, int]] = {
        "Q1": (completed, counts.due),
        "Q2": (counts.on_time, counts.verified),
        "Q3": (counts.duration_ok, counts.verified),
        "Q4": (counts.record_ok, counts.submitted),
        "Q5": (counts.checks_passed, counts.checks_done),
        "Q6": (counts.ratings_sum, counts.ratings_count),
        "Q7": (counts.callbacks_confirmed, counts.callbacks_reached),
        "Q8": (counts.goals_met, counts.goals_due),
        "Q9": (1 - counts.complaints_minor * rules.minor_cost - counts.complaints_major * rules.major_cost, 1),
        "Q10": (counts.credentials_ok, counts.verified),
    }
    numerator, denominator = pairs[code]
    return Fraction(numerator), Fraction(denominator)

"""A scoring standard as data: weights, bands, caps, factors and tolerances (DOMAIN.md 6.1-6.3). Pure, standard library.

Numbers stand as text with decimals in the data and as exact fractions in the program: nothing is rounded but the score
(to one decimal) and each product of money (to 0.01).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

INDICATORS: Final = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "Q9", "Q10")
BANDS: Final = ("excellent", "good", "fair", "poor")
"""优 良 中 差, the best first."""
RULES: Final = ("steps", "linear")
_NUMBER: Final = re.compile(r"\d{1,6}(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Standard:
    """One version. Shares are fractions of 1, scores points of 100, minutes and hours whole."""

    code: str
    version: int
    weights: Mapping[str, Fraction]
    bands: Mapping[str, Fraction]
    """excellent, good, fair -> the least score; below the last it is poor."""
    completion_caps: tuple[tuple[Fraction, str], ...]
    """(share of Q1, at most this band below it), the lowest share first."""
    major_cap: str
    """The best band with a substantiated major complaint."""
    factors: Mapping[str, Fraction]
    """Band -> share of the performance part (`steps`)."""
    linear_from: Fraction
    linear_span: Fraction
    minor_cost: Fraction
    """What a substantiated minor complaint takes off s of Q9."""
    major_cost: Fraction
    tolerance_minutes: int
    """Q2: how far outside of its window a visit may begin."""
    duration_share: Fraction
    """Q3: how much of the standard minutes is enough."""
    sending_hours: int
    """Q4: how long after its end a record may be sent."""
    ratings_least: int
    """Q6: fewer respondents make it not applicable."""
    due_small: int
    """Fewer due visits are a small sample: no comparison (6.6)."""
    ratings_small: int


DEFAULT: Final[Mapping[str, Any]] = {
    "weights": {
        "Q1": "20", "Q2": "10", "Q3": "10", "Q4": "10", "Q5": "10", "Q6": "15", "Q7": "5", "Q8": "10", "Q9": "6",
        "Q10": "4",
    },
    "bands": {"excellent": "90", "good": "80", "fair": "60"},
    "completion_caps": [["0.60", "poor"], ["0.80", "fair"], ["0.90", "good"]],
    "major_cap": "fair",
    "factors": {"excellent": "1.00", "good": "0.90", "fair": "0.60", "poor": "0.00"},
    "linear_from": "60", "linear_span": "30",
    "minor_cost": "0.25", "major_cost": "0.50",
    "tolerance_minutes": 30, "duration_share": "0.90", "sending_hours": 24, "ratings_least": 5,
    "due_small": 20, "ratings_small": 5,
}  # fmt: skip
"""QS-1, version 1 (DOMAIN.md 6)."""


class StandardFaultError(ValueError):
    """A rule of the standard makes no sense: `field` names it, `fault` says why (a code)."""

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"{field}: {fault}")
        self.field = field
        self.fault = fault


def number_of(value: Any, field: str) -> Fraction:
    """A number with up to six decimals, exactly.

    Raises:
        StandardFaultError: `number` for anything else.
    """
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value)
    raise StandardFaultError(field, "number")


def read(code: str, version: int, rules: Mapping[str, Any]) -> Standard:
    """The standard that the data of a version say.

    Raises:
        StandardFaultError: for the first rule that is missing or makes no sense.
    """
    for name in DEFAULT:
        if name not in rules:
            raise StandardFaultError(name, "missing")
    weights = {each: number_of(rules["weights"].get(each), each) for each in INDICATORS}
    if sum(weights.values()) != 100:
        raise StandardFaultError("weights", "not_100")
    if weights["Q1"] == 0:  # the one that is always there: no score can rest on nothing
        raise StandardFaultError("Q1", "number")
    found = Standard(
        code, version, weights, _bands(rules["bands"]), _caps(rules["completion_caps"]),
        _band(rules["major_cap"], "major_cap"), _factors(rules["factors"]),
        number_of(rules["linear_from"], "linear_from"), number_of(rules["linear_span"], "linear_span"),
        _share(rules["minor_cost"], "minor_cost"), _share(rules["major_cost"], "major_cost"),
        _whole(rules, "tolerance_minutes", 240), _share(rules["duration_share"], "duration_share"),
        _whole(rules, "sending_hours", 168), _whole(rules, "ratings_least", 100), _whole(rules, "due_small", 1000),
        _whole(rules, "ratings_small", 100),
    )  # fmt: skip
    if found.linear_span <= 0:
        raise StandardFaultError("linear_span", "number")
    return found


def default() -> Standard:
    """QS-1, version 1."""
    return read("QS-1", 1, DEFAULT)


def of_data(data: Mapping[str, Any]) -> Standard:
    """From what a snapshot keeps: the rules with `code` and `version` beside them."""
    return read(str(data["code"]), int(data["version"]), data)


def data_of(code: str, version: int, rules: Mapping[str, Any]) -> dict[str, Any]:
    """What a snapshot keeps of a version."""
    return {**rules, "code": code, "version": version}


def _bands(raw: Mapping[str, Any]) -> dict[str, Fraction]:
    found = {each: number_of(raw.get(each), each) for each in BANDS[:-1]}
    if not 100 >= found["excellent"] > found["good"] > found["fair"] > 0:
        raise StandardFaultError("bands", "order")
    return found


def _caps(raw: Any) -> tuple[tuple[Fraction, str], ...]:
    found = tuple((_share(share, "completion_caps"), _band(band, "completion_caps")) for share, band in raw)
    worst_first = [BANDS.index(band) for _, band in found]
    if [share for share, _ in found] != sorted({share for share, _ in found}) or worst_first != sorted(
        worst_first, reverse=True
    ):
        raise StandardFaultError("completion_caps", "order")
    return found


def _factors(raw: Mapping[str, Any]) -> dict[str, Fraction]:
    found = {each: _share(raw.get(each), "factors") for each in BANDS}
    if list(found.values()) != sorted(found.values(), reverse=True):
        raise StandardFaultError("factors", "order")
    return found


def _band(value: Any, field: str) -> str:
    if value not in BANDS:
        raise StandardFaultError(field, "band")
    return str(value)


def _share(value: Any, field: str) -> Fraction:
    found = number_of(value, field)
    if found > 1:
        raise StandardFaultError(field, "share")
    return found


def _whole(rules: Mapping[str, Any], field: str, most: int) -> int:
    value = rules[field]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise StandardFaultError(field, "whole")
    return value

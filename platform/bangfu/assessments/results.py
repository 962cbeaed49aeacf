"""What an assessment form computes: the arithmetic line by line, as it is shown and frozen with the record."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Words = Mapping[str, str]
"""{"zh": …, "en": …}."""


@dataclass(frozen=True, slots=True)
class Line:
    """One answered item: what was chosen or entered, times its coefficient, makes the points (or the amount)."""

    area: str
    item: str
    title: Words
    part_of: Words
    option: str
    answer: Words
    given: str
    coefficient: str
    points: str
    scored: bool
    unit: Words


@dataclass(frozen=True, slots=True)
class AreaSum:
    """The points of one area; `most` is what the area can reach."""

    code: str
    title: Words
    points: str
    most: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A computed figure with its terms as [title, value]; `sign` stands between them."""

    code: str
    title: Words
    sign: str
    terms: tuple[tuple[Words, str], ...]
    value: str
    unit: Words
    table: str


@dataclass(frozen=True, slots=True)
class Step:
    """An adjustment that was applied: from one level to another."""

    code: str
    title: Words
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A contradiction; the assessor gives a reason before signing."""

    code: str
    message: Words


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that a form computes. `level` is "" while answers are missing or wrong (`missing`, `faults`)."""

    lines: tuple[Line, ...]
    areas: tuple[AreaSum, ...]
    measures: tuple[Measure, ...]
    missing: tuple[str, ...]
    faults: Mapping[str, tuple[str, Mapping[str, object]]]
    ruled_by: str
    band: tuple[str, str]
    preliminary: str
    adjustments: tuple[Step, ...]
    level: str
    warnings: tuple[Warned, ...]

    @property
    def complete(self) -> bool:
        """Whether there is a level."""
        return bool(self.level)

    def value(self, measure: str) -> str:
        """A computed figure as text; "" where the form has none of that name."""
        return next((found.value for found in self.measures if found.code == measure), "")

    def to_document(self) -> dict[str, Any]:
        """As it is frozen with the record."""
        return asdict(self)


def thaw(stored: Mapping[str, Any]) -> Result:
    """A result as `to_document` froze it."""
    return Result(
        lines=tuple(Line(**line) for line in stored["lines"]),
        areas=tuple(AreaSum(**area) for area in stored["areas"]),
        measures=tuple(
            Measure(**{**one, "terms": tuple((title, value) for title, value in one["terms"])})
            for one in stored["measures"]
        ),
        missing=tuple(stored["missing"]), faults={}, ruled_by=stored["ruled_by"], band=tuple(stored["band"]),
        preliminary=stored["preliminary"], adjustments=tuple(Step(**step) for step in stored["adjustments"]),
        level=stored["level"], warnings=tuple(Warned(**warned) for warned in stored["warnings"]),
    )  # fmt: skip

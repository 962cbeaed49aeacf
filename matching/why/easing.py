"""What would have to change so that somebody serves a need, as data that fits into the form of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from matching import values
from matching.records import Window
from matching.values import ProblemError

CARER_CODES = {"distance": "max_km", "capacity": "minutes_per_4_weeks", "households": "max_households"}
LINE_CODES = {"line_visits": "max_visits", "line_fen": "max_fen"}
LIMIT_CODES = {"limit_visits": "max_visits", "limit_fen": "max_fen"}
SIZED = (*CARER_CODES, "organisation", *LINE_CODES, *LIMIT_CODES, "need_weekday", "carer_weekday")
UNSIZED = ("qualification", "gender", "line")
CODES = (*SIZED, *UNSIZED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change. `code` says what, `has` and `to` are the limit before and after, in the unit of the code:

    distance (km, of `carer`), capacity (minutes of `carer`), households (of `carer`), organisation (minutes of
    `organisation`), line_visits and line_fen (of the line `organisation`, `service`), limit_visits and limit_fen (of
    the shared `limit`), all per 4 weeks; need_weekday and carer_weekday (weekdays in common; the `need` or the `carer`
    gets the further `windows`); qualification (`carer` gets the `codes`), gender (`need` accepts both), line
    (`organisation` gets a line for `service` of `to` visits at `price` fen).
    """

    code: str
    need: str | None = None
    carer: str | None = None
    organisation: str | None = None
    service: str | None = None
    limit: str | None = None
    has: float | None = None
    to: float | None = None
    windows: tuple[Window, ...] = ()
    codes: tuple[str, ...] = ()
    price: int | None = None

    def __post_init__(self) -> None:
        values.one_of("an easing", "code", self.code, CODES)
        for name in ("need", "carer", "organisation", "service", "limit"):
            values.text_or_none("an easing", name, getattr(self, name))
        for name in ("has", "to"):
            if getattr(self, name) is not None:
                values.real("an easing", name, getattr(self, name), 0, values.MOST_WHOLE)
        if self.price is not None:
            values.whole("an easing", "price", self.price, values.MOST_PRICE_FEN)
        object.__setattr__(self, "windows", values.windows("an easing", self.windows))
        object.__setattr__(self, "codes", values.texts("an easing", "codes", self.codes))

    @property
    def more(self) -> float:
        """By how much the limit rises."""
        return (self.to or 0) - (self.has or 0)

    @property
    def sized(self) -> bool:
        """True for a change that is a matter of more or less."""
        return self.code in SIZED


@dataclass(frozen=True, slots=True, kw_only=True)
class Easing:
    """Changes that together would let `carer` serve `need`; `cost` orders them (EasingCosts)."""

    need: str
    carer: str
    steps: tuple[Step, ...]
    cost: float = 0.0

    @property
    def sized(self) -> bool:
        """True where every step is a matter of more or less."""
        return all(step.sized for step in self.steps)

    def to_document(self) -> dict[str, Any]:
        """A small JSON object, for the form of a page."""
        steps = [
            {f.name: getattr(step, f.name) for f in fields(Step) if getattr(step, f.name) not in (None, ())}
            for step in self.steps
        ]
        return {"need": self.need, "carer": self.carer, "cost": self.cost, "steps": steps}

    @classmethod
    def from_document(cls, document: Any) -> Easing:
        """Read what to_document wrote, from whomever it came. Raises ProblemError."""
        given = values.mapping("an easing", "", document)
        steps, known = [], {f.name for f in fields(Step)}
        for entry in values.items("an easing", "steps", given.get("steps", ())):
            step = values.mapping("an easing", "steps", entry)
            if "code" not in step or set(step) - known:
                raise ProblemError("an easing", "steps", "must hold a code and known fields")
            steps.append(Step(**step))
        return cls(
            need=values.text("an easing", "need", given.get("need")),
            carer=values.text("an easing", "carer", given.get("carer")),
            steps=tuple(steps),
            cost=values.real("an easing", "cost", given.get("cost", 0.0), 0, values.MOST_WHOLE),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EasingCosts:
    """What one unit of each change is held to cost, in yuan per 4 weeks: trouble and money on one scale.

    The numbers are a proposal (docs/decisions/0049): an hour of a carer is paid, a kilometre is time and fares, an
    hour of an organisation's ceiling is paper, a weekday asks a person to change a week. Changes without a size come
    last, whatever they cost.
    """

    km: float = 10.0
    hour: float = 40.0
    household: float = 20.0
    organisation_hour: float = 10.0
    visit: float = 20.0
    yuan: float = 1.0
    need_weekday: float = 30.0
    carer_weekday: float = 60.0
    gender: float = 100.0
    qualification: float = 500.0
    line: float = 1000.0

    def of(self, steps: Iterable[Step]) -> float:
        """What the steps cost together."""
        return round(sum(self._of(step) for step in steps), 2)

    def _of(self, step: Step) -> float:
        rate = {
            "distance": self.km,
            "capacity": self.hour / 60,
            "households": self.household,
            "organisation": self.organisation_hour / 60,
            "line_visits": self.visit,
            "line_fen": self.yuan / 100,
            "limit_visits": self.visit,
            "limit_fen": self.yuan / 100,
            "need_weekday": self.need_weekday,
            "carer_weekday": self.carer_weekday,
        }.get(step.code)
        if rate is not None:
            return rate * step.more
        if step.code == "qualification":
            return self.qualification * len(step.codes)
        return self.gender if step.code == "gender" else self.line

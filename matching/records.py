"""The records of a matching problem (MATCHING.md, Problem); each judges itself when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from matching import values

PRIORITIES = ("urgent", "key", "edge", "general")
KINDS = ("worker", "social_worker", "volunteer")
GENDERS = ("f", "m")
MOST_WEIGHT = 10**9

Window = tuple[int, int, int]


def _settle(record: object, **checked: object) -> None:
    """Put checked values into a frozen record."""
    for name, value in checked.items():
        object.__setattr__(record, name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Prices of the objective: an unserved need by priority, a kilometre, a missed wish, a yuan."""

    unserved: Mapping[str, int]
    per_km: float
    gender_wish: int
    language_wish: int
    change_of_carer: int
    per_yuan: float

    def __post_init__(self) -> None:
        given = values.mapping("weights", "unserved", self.unserved)
        for priority in PRIORITIES:
            if priority not in given:
                raise values.ProblemError("weights", f"unserved.{priority}", "is missing")
        _settle(
            self,
            unserved={p: values.whole("weights", f"unserved.{p}", given[p], MOST_WEIGHT) for p in PRIORITIES},
            per_km=values.real("weights", "per_km", self.per_km, 0, MOST_WEIGHT),
            gender_wish=values.whole("weights", "gender_wish", self.gender_wish, MOST_WEIGHT),
            language_wish=values.whole("weights", "language_wish", self.language_wish, MOST_WEIGHT),
            change_of_carer=values.whole("weights", "change_of_carer", self.change_of_carer, MOST_WEIGHT),
            per_yuan=values.real("weights", "per_yuan", self.per_yuan, 0, MOST_WEIGHT),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation and the service minutes its workers may give in 4 weeks, travel excluded."""

    id: str
    minutes_per_4_weeks: int

    def __post_init__(self) -> None:
        values.text("an organisation", "id", self.id)
        values.whole(f"organisation {self.id}", "minutes_per_4_weeks", self.minutes_per_4_weeks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLine:
    """What is left of one organisation's contract for one service, per 4 weeks; money in fen."""

    organisation: str
    service: str
    unit_price_fen: int
    max_visits: int
    max_fen: int

    def __post_init__(self) -> None:
        values.text("a contract line", "organisation", self.organisation)
        values.text("a contract line", "service", self.service)
        record = f"contract line {self.organisation}/{self.service}"
        values.whole(record, "unit_price_fen", self.unit_price_fen, values.MOST_PRICE_FEN)
        values.whole(record, "max_visits", self.max_visits)
        values.whole(record, "max_fen", self.max_fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLimit:
    """What several contract lines, or some of the needs of one, may use together in 4 weeks; money in fen.

    `lines` are (organisation, service); `needs` the ids of the needs that count, None for all that those lines pay.
    At least one of `max_visits` and `max_fen` is given. docs/decisions/0024 says what it is for.
    """

    id: str
    lines: tuple[tuple[str, str], ...]
    needs: tuple[str, ...] | None = None
    max_visits: int | None = None
    max_fen: int | None = None

    def __post_init__(self) -> None:
        values.text("a limit", "id", self.id)
        record = f"limit {self.id}"
        pairs = [values.texts(record, "lines", pair) for pair in values.items(record, "lines", self.lines)]
        if any(len(pair) != 2 for pair in pairs):
            raise values.ProblemError(record, "lines", "must hold [organisation, service]")
        if self.max_visits is None and self.max_fen is None:
            raise values.ProblemError(record, "max_visits", "or max_fen must be given")
        _settle(
            self,
            lines=tuple((pair[0], pair[1]) for pair in pairs),
            needs=None if self.needs is None else values.texts(record, "needs", self.needs),
            max_visits=None if self.max_visits is None else values.whole(record, "max_visits", self.max_visits),
            max_fen=None if self.max_fen is None else values.whole(record, "max_fen", self.max_fen),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Carer:
    """Someone who serves: a paid worker, a station's social worker, a volunteer, or a team as one carer."""

    id: str
    organisation: str | None = None
    kind: str
    lat: float
    lon: float
    speed_kmh: float
    max_km: float
    minutes_per_4_weeks: int
    max_households: int
    gender: str
    languages: tuple[str, ...] = ()
    qualifications: Mapping[str, date] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        values.text("a carer", "id", self.id)
        record = f"carer {self.id}"
        held = values.mapping(record, "qualifications", self.qualifications)
        _settle(
            self,
            organisation=values.text_or_none(record, "organisation", self.organisation),
            kind=values.one_of(record, "kind", self.kind, KINDS),
            lat=values.real(record, "lat", self.lat, -90, 90),
            lon=values.real(record, "lon", self.lon, -180, 180),
            speed_kmh=values.real(record, "speed_kmh", self.speed_kmh, 0.1, 10_000),
            max_km=values.real(record, "max_km", self.max_km, 0, 1_000_000),
            minutes_per_4_weeks=values.whole(record, "minutes_per_4_weeks", self.minutes_per_4_weeks),
            max_households=values.whole(record, "max_households", self.max_households),
            gender=values.one_of(record, "gender", self.gender, GENDERS),
            languages=values.texts(record, "languages", self.languages),
            qualifications={
                values.text(record, "qualifications", code): values.day(record, f"qualifications.{code}", until)
                for code, until in held.items()
            },
            windows=values.windows(record, self.windows),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One service for one household: `visits` per 4 weeks of `minutes` each, by one carer."""

    id: str
    household: str
    lat: float
    lon: float
    service: str
    visits: int
    minutes: int
    priority: str
    qualifications: tuple[tuple[str, ...], ...] = ()
    kinds: tuple[str, ...] = ()
    gender_required: str | None = None
    gender_wish: str | None = None
    language_wish: str | None = None
    windows: tuple[Window, ...] = ()
    excluded: tuple[str, ...] = ()
    current: str | None = None

    def __post_init__(self) -> None:
        values.text("a need", "id", self.id)
        record = f"need {self.id}"
        groups = values.items(record, "qualifications", self.qualifications)
        kinds = values.texts(record, "kinds", self.kinds)
        _settle(
            self,
            household=values.text(record, "household", self.household),
            lat=values.real(record, "lat", self.lat, -90, 90),
            lon=values.real(record, "lon", self.lon, -180, 180),
            service=values.text(record, "service", self.service),
            visits=values.whole(record, "visits", self.visits, values.MOST_VISITS),
            minutes=values.whole(record, "minutes", self.minutes, values.MOST_MINUTES),
            priority=values.one_of(record, "priority", self.priority, PRIORITIES),
            qualifications=tuple(values.texts(record, "qualifications", group) for group in groups),
            kinds=tuple(values.one_of(record, "kinds", kind, KINDS) for kind in kinds),
            gender_required=values.one_of_or_none(record, "gender_required", self.gender_required, GENDERS),
            gender_wish=values.one_of_or_none(record, "gender_wish", self.gender_wish, GENDERS),
            language_wish=values.text_or_none(record, "language_wish", self.language_wish),
            windows=values.windows(record, self.windows),
            excluded=values.texts(record, "excluded", self.excluded),
            current=values.text_or_none(record, "current", self.current),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A candidate given from outside: its whole cost and its load in minutes per 4 weeks."""

    need: str
    carer: str
    cost: int
    minutes: int

    def __post_init__(self) -> None:
        values.text("a pair", "need", self.need)
        values.text("a pair", "carer", self.carer)
        record = f"pair {self.need}/{self.carer}"
        values.whole(record, "cost", self.cost, MOST_WEIGHT, -MOST_WEIGHT)
        values.whole(record, "minutes", self.minutes, 10**12)

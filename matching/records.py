"""The records of a matching problem (MATCHING.md, Problem); each judges itself when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from matching import values
from matching.shapes import Days, Flag, Groups, OneOf, Real, Shape, Text, Texts, Whole, Windows, settle

PRIORITIES = ("urgent", "key", "edge", "general")
KINDS = ("worker", "social_worker", "volunteer")
GENDERS = ("f", "m")
MOST_WEIGHT = 10**9
MOST_LOAD = 10**12
MOST_MONTHS = 1200

Window = tuple[int, int, int]


def _keep(record: object, **checked: object) -> None:
    """Put checked values into a frozen record."""
    for name, value in checked.items():
        object.__setattr__(record, name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Prices of the objective: an unserved need by priority, a kilometre, a missed wish, a yuan.

    What may be left out is an extension, off by default (docs/decisions/0051): another carer than the present one
    costs `continuity_per_month` for every month that they know each other, at most `continuity_most` (None: no cap);
    a carer of a kind named in `even_load` costs that weight times the square of the share of its minutes in use;
    two experienced carers together cost `rotation` where a newcomer could have learnt.
    """

    OPTIONAL: ClassVar[Mapping[str, Any]] = {
        "continuity_per_month": 0,
        "continuity_most": None,
        "even_load": {},
        "rotation": 0,
    }

    unserved: Mapping[str, int]
    per_km: float
    gender_wish: int
    language_wish: int
    change_of_carer: int
    per_yuan: float
    continuity_per_month: int = 0
    continuity_most: int | None = None
    even_load: Mapping[str, int] = field(default_factory=dict)
    rotation: int = 0

    def __post_init__(self) -> None:
        given = values.mapping("weights", "unserved", self.unserved)
        for priority in PRIORITIES:
            if priority not in given:
                raise values.ProblemError("weights", f"unserved.{priority}", "is missing")
        _keep(
            self,
            unserved={p: values.whole("weights", f"unserved.{p}", given[p], MOST_WEIGHT) for p in PRIORITIES},
            per_km=values.real("weights", "per_km", self.per_km, 0, MOST_WEIGHT),
            gender_wish=values.whole("weights", "gender_wish", self.gender_wish, MOST_WEIGHT),
            language_wish=values.whole("weights", "language_wish", self.language_wish, MOST_WEIGHT),
            change_of_carer=values.whole("weights", "change_of_carer", self.change_of_carer, MOST_WEIGHT),
            per_yuan=values.real("weights", "per_yuan", self.per_yuan, 0, MOST_WEIGHT),
            continuity_per_month=values.whole(
                "weights", "continuity_per_month", self.continuity_per_month, MOST_WEIGHT
            ),
        )
        _keep(self, even_load=self._even_load())
        values.whole("weights", "rotation", self.rotation, MOST_WEIGHT)
        if self.continuity_most is not None:
            values.whole("weights", "continuity_most", self.continuity_most, MOST_WEIGHT)

    def _even_load(self) -> dict[str, int]:
        """The weights by kind; those of 0 say nothing."""
        given = values.mapping("weights", "even_load", self.even_load)
        for kind in given:
            values.one_of("weights", "even_load", kind, KINDS)
        checked = {k: values.whole("weights", f"even_load.{k}", w, MOST_WEIGHT) for k, w in given.items()}
        return {kind: checked[kind] for kind in KINDS if checked.get(kind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation and the service minutes its workers may give in 4 weeks, travel excluded."""

    SHAPES: ClassVar[Mapping[str, Shape]] = {"id": Text(), "minutes_per_4_weeks": Whole()}

    id: str
    minutes_per_4_weeks: int

    def __post_init__(self) -> None:
        values.text("an organisation", "id", self.id)
        settle(self, values.place("organisation", self.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLine:
    """What is left of one organisation's contract for one service, per 4 weeks; money in fen."""

    SHAPES: ClassVar[Mapping[str, Shape]] = {
        "organisation": Text(),
        "service": Text(),
        "unit_price_fen": Whole(values.MOST_PRICE_FEN),
        "max_visits": Whole(),
        "max_fen": Whole(),
    }

    organisation: str
    service: str
    unit_price_fen: int
    max_visits: int
    max_fen: int

    def __post_init__(self) -> None:
        values.text("a contract line", "organisation", self.organisation)
        values.text("a contract line", "service", self.service)
        settle(self, values.place("contract line", f"{self.organisation}/{self.service}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLimit:
    """What several contract lines, or some of the needs of one, may use together in 4 weeks; money in fen.

    `lines` are (organisation, service); `needs` the ids of the needs that count, None for all that those lines pay.
    At least one of `max_visits` and `max_fen` is given. docs/decisions/0024 says what it is for.
    """

    OPTIONAL: ClassVar[Mapping[str, None]] = {"needs": None, "max_visits": None, "max_fen": None}

    id: str
    lines: tuple[tuple[str, str], ...]
    needs: tuple[str, ...] | None = None
    max_visits: int | None = None
    max_fen: int | None = None

    def __post_init__(self) -> None:
        values.text("a limit", "id", self.id)
        record = values.place("limit", self.id)
        pairs = [values.texts(record, "lines", pair) for pair in values.items(record, "lines", self.lines)]
        if any(len(pair) != 2 for pair in pairs):
            raise values.ProblemError(record, "lines", "must hold [organisation, service]")
        if self.max_visits is None and self.max_fen is None:
            raise values.ProblemError(record, "max_visits", "or max_fen must be given")
        _keep(
            self,
            lines=tuple((pair[0], pair[1]) for pair in pairs),
            needs=None if self.needs is None else values.texts(record, "needs", self.needs),
            max_visits=None if self.max_visits is None else values.whole(record, "max_visits", self.max_visits),
            max_fen=None if self.max_fen is None else values.whole(record, "max_fen", self.max_fen),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Carer:
    """Someone who serves: a paid worker, a station's social worker, a volunteer, or a team as one carer.

    `experience_months`, an extension, tells newcomers (Problem.newcomer_months); None: experienced.
    """

    SHAPES: ClassVar[Mapping[str, Shape]] = {
        "id": Text(),
        "organisation": Text(optional=True),
        "kind": OneOf(KINDS),
        "lat": Real(-90, 90),
        "lon": Real(-180, 180),
        "speed_kmh": Real(0.1, 10_000),
        "max_km": Real(0, 1_000_000),
        "minutes_per_4_weeks": Whole(),
        "max_households": Whole(),
        "gender": OneOf(GENDERS),
        "languages": Texts(),
        "qualifications": Days(),
        "windows": Windows(),
        "experience_months": Whole(MOST_MONTHS, optional=True),
    }
    OPTIONAL: ClassVar[Mapping[str, Any]] = {"experience_months": None}

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
    experience_months: int | None = None

    def __post_init__(self) -> None:
        values.text("a carer", "id", self.id)
        settle(self, values.place("carer", self.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One service for one household: `visits` per 4 weeks of `minutes` each, by one carer.

    Extensions: `months_together` says for how long `current` has come to this household (see Weights); `carers` 2 asks
    for two different carers at every visit; `experienced_only` takes no newcomers.
    """

    SHAPES: ClassVar[Mapping[str, Shape]] = {
        "id": Text(),
        "household": Text(),
        "lat": Real(-90, 90),
        "lon": Real(-180, 180),
        "service": Text(),
        "visits": Whole(values.MOST_VISITS),
        "minutes": Whole(values.MOST_MINUTES),
        "priority": OneOf(PRIORITIES),
        "qualifications": Groups(),
        "kinds": Texts(KINDS),
        "gender_required": OneOf(GENDERS, optional=True),
        "gender_wish": OneOf(GENDERS, optional=True),
        "language_wish": Text(optional=True),
        "windows": Windows(),
        "excluded": Texts(),
        "current": Text(optional=True),
        "months_together": Whole(MOST_MONTHS),
        "carers": Whole(2, 1),
        "experienced_only": Flag(),
    }
    OPTIONAL: ClassVar[Mapping[str, Any]] = {"months_together": 0, "carers": 1, "experienced_only": False}

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
    months_together: int = 0
    carers: int = 1
    experienced_only: bool = False

    def __post_init__(self) -> None:
        values.text("a need", "id", self.id)
        settle(self, values.place("need", self.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A candidate given from outside: its whole cost and its load in minutes per 4 weeks."""

    SHAPES: ClassVar[Mapping[str, Shape]] = {
        "need": Text(),
        "carer": Text(),
        "cost": Whole(MOST_WEIGHT, -MOST_WEIGHT),
        "minutes": Whole(MOST_LOAD),
    }

    need: str
    carer: str
    cost: int
    minutes: int

    def __post_init__(self) -> None:
        values.text("a pair", "need", self.need)
        values.text("a pair", "carer", self.carer)
        settle(self, values.place("pair", f"{self.need}/{self.carer}"))

"""What can happen to a plan: one record an event, each with a stable code; judged when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from matching import values
from matching.records import Need, Pair
from matching.values import ProblemError


def _least_one(code: str, **given: int | None) -> None:
    """New limits are whole numbers, and there is at least one."""
    for name, value in given.items():
        if value is not None:
            values.whole(f"event {code}", name, value)
    if all(value is None for value in given.values()):
        raise ProblemError(f"event {code}", next(iter(given)), "or another limit must be given")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerIll:
    """A carer gives no care for now; `until`, where known, is for people to read: it changes nothing here."""

    code: ClassVar[str] = "carer_ill"
    carer: str
    until: date | None = None

    def __post_init__(self) -> None:
        values.text(f"event {self.code}", "carer", self.carer)
        if self.until is not None:
            object.__setattr__(self, "until", values.day(f"event {self.code}", "until", self.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerLeaves:
    """A carer leaves for good and is no longer part of the problem."""

    code: ClassVar[str] = "carer_leaves"
    carer: str

    def __post_init__(self) -> None:
        values.text(f"event {self.code}", "carer", self.carer)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerShrinks:
    """A carer has fewer minutes, or may hold fewer households, than before; None leaves a limit as it is."""

    code: ClassVar[str] = "carer_shrinks"
    carer: str
    minutes_per_4_weeks: int | None = None
    max_households: int | None = None

    def __post_init__(self) -> None:
        values.text(f"event {self.code}", "carer", self.carer)
        _least_one(self.code, minutes_per_4_weeks=self.minutes_per_4_weeks, max_households=self.max_households)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedAppears:
    """A need that the problem does not have yet; `pairs` are its candidates where the problem's pairs are given."""

    code: ClassVar[str] = "need_appears"
    need: Need
    pairs: tuple[Pair, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.need, Need):
            raise ProblemError(f"event {self.code}", "need", f"must be a need, is {values.shown(self.need)}")
        object.__setattr__(self, "pairs", tuple(self.pairs))
        for pair in self.pairs:
            if pair.need != self.need.id:
                raise ProblemError(f"event {self.code}", "pairs", f"must be of need {self.need.id}, one is {pair.need}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCloses:
    """A need ends: nobody serves it from now on."""

    code: ClassVar[str] = "need_closes"
    need: str

    def __post_init__(self) -> None:
        values.text(f"event {self.code}", "need", self.need)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedMoves:
    """A need is to be served at another place."""

    code: ClassVar[str] = "need_moves"
    need: str
    lat: float
    lon: float

    def __post_init__(self) -> None:
        values.text(f"event {self.code}", "need", self.need)
        object.__setattr__(self, "lat", values.real(f"event {self.code}", "lat", self.lat, -90, 90))
        object.__setattr__(self, "lon", values.real(f"event {self.code}", "lon", self.lon, -180, 180))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeclined:
    """A carer may no longer serve one need: the offer was declined, by either side."""

    code: ClassVar[str] = "offer_declined"
    need: str
    carer: str

    def __post_init__(self) -> None:
        values.text(f"event {self.code}", "need", self.need)
        values.text(f"event {self.code}", "carer", self.carer)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShrinks:
    """A contract line pays for fewer visits or less money (fen) in 4 weeks; None leaves a limit as it is."""

    code: ClassVar[str] = "line_shrinks"
    organisation: str
    service: str
    max_visits: int | None = None
    max_fen: int | None = None

    def __post_init__(self) -> None:
        values.text(f"event {self.code}", "organisation", self.organisation)
        values.text(f"event {self.code}", "service", self.service)
        _least_one(self.code, max_visits=self.max_visits, max_fen=self.max_fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationShrinks:
    """An organisation's workers may give fewer service minutes in 4 weeks."""

    code: ClassVar[str] = "organisation_shrinks"
    organisation: str
    minutes_per_4_weeks: int

    def __post_init__(self) -> None:
        values.text(f"event {self.code}", "organisation", self.organisation)
        _least_one(self.code, minutes_per_4_weeks=self.minutes_per_4_weeks)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitShrinks:
    """A shared limit allows fewer visits or less money (fen) in 4 weeks; None leaves a bound as it is."""

    code: ClassVar[str] = "limit_shrinks"
    limit: str
    max_visits: int | None = None
    max_fen: int | None = None

    def __post_init__(self) -> None:
        values.text(f"event {self.code}", "limit", self.limit)
        _least_one(self.code, max_visits=self.max_visits, max_fen=self.max_fen)


Event = (
    CarerIll
    | CarerLeaves
    | CarerShrinks
    | NeedAppears
    | NeedCloses
    | NeedMoves
    | OfferDeclined
    | LineShrinks
    | OrganisationShrinks
    | LimitShrinks
)
KINDS: tuple[type[Event], ...] = (
    NeedAppears,
    NeedMoves,
    OfferDeclined,
    CarerShrinks,
    LineShrinks,
    OrganisationShrinks,
    LimitShrinks,
    CarerIll,
    CarerLeaves,
    NeedCloses,
)

"""Rounds, lists and drawn records as pages show them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from bangfu.oversight import draw_rules as rules
from bangfu.shared import i18n
from bangfu.shared.civil_time import civil_datetime


def name_in_words(year: int, month: int, quarter: int) -> str:
    """The draw as people say it: 2026年11月 or 2026年第4季度; November 2026 or 2026, quarter 4."""
    if not month:
        return i18n._("{year}, quarter {quarter}", year=year, quarter=quarter)
    return f"{year}年{month}月" if i18n.current() == "zh" else f"{date(year, month, 1):%B %Y}"


@dataclass(frozen=True, slots=True)
class SecretView:
    """One hash that was given; `name` is its holder's, for pages behind the sign-in only."""

    side: str
    holder: UUID
    name: str
    hash: str
    committed_at: datetime
    replaced_at: datetime | None
    revealed_at: datetime | None
    secret: str


@dataclass(frozen=True, slots=True)
class RoundView:
    """One round; `waits_for` are the sides whose turn it is, `until` their deadline."""

    id: UUID
    kind: str
    division: str
    area: str
    year: int
    month: int
    quarter: int
    number: int
    status: str
    contract_number: str
    opened_at: datetime
    commit_until: datetime
    closed_at: datetime | None
    reveal_due: datetime | None
    reveal_until: datetime | None
    drawn_at: datetime | None
    void_at: datetime | None
    void_reason: str
    void_side: str
    secrets: tuple[SecretView, ...] = ()

    @property
    def name(self) -> str:
        """2026-11, or 2026Q4."""
        return f"{self.year}-{self.month:02d}" if self.month else f"{self.year}Q{self.quarter}"

    @property
    def shown(self) -> str:
        """The draw in words."""
        return name_in_words(self.year, self.month, self.quarter)

    @property
    def standing(self) -> tuple[SecretView, ...]:
        """The hashes that count, the bureau's first."""
        found = [one for one in self.secrets if one.replaced_at is None]
        return tuple(sorted(found, key=lambda one: rules.SIDES.index(one.side)))

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The sides whose turn it is."""
        held = [rules.Held(one.side, one.holder, one.hash, one.committed_at, one.revealed_at) for one in self.standing]
        if self.status == "open":
            return rules.missing(held)
        return rules.unrevealed(held) if self.status == "closed" else ()

    @property
    def until(self) -> datetime | None:
        """Until when it is their turn, to the minute: the end of a day is its 23:59, not the next day's 0:00."""
        found = {"open": self.commit_until, "closed": self.reveal_due}.get(self.status)
        if found is None or civil_datetime(found).time().replace(second=0) != datetime.min.time():
            return found
        return found - timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ListView:
    """One contract's closed list, and what its checks have found so far."""

    id: UUID
    kind: str
    population: str
    contract: UUID
    number: str
    project: str
    provider: str
    division: str
    year: int
    month: int
    quarter: int
    size: int
    share: int
    n: int
    list_hash: str
    frame_hash: str
    closed_at: datetime
    round: UUID | None
    seed: str
    drawn_at: datetime | None
    exhausted: int
    drawn: int
    passed: int
    failed: int
    ids: tuple[str, ...] = ()
    strata: tuple[tuple[str, int, int], ...] = ()
    """(township/service, how many are on the list, how many were drawn)."""

    @property
    def name(self) -> str:
        """2026-11, or 2026Q4."""
        return f"{self.year}-{self.month:02d}" if self.month else f"{self.year}Q{self.quarter}"

    @property
    def shown(self) -> str:
        """The draw in words."""
        return name_in_words(self.year, self.month, self.quarter)


@dataclass(frozen=True, slots=True)
class PickView:
    """One drawn visit or survey with who checks it, and who of the pool may not."""

    place: int
    subject: UUID
    origin: str
    stratum: str
    number: str
    replaces: UUID | None
    check: UUID | None
    check_number: str
    status: str
    result: str
    inspectors: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    """(name, reason)."""
    replaced: tuple[tuple[str, str, bool], ...] = ()
    """(name, reason, whether two officers took the person off; else the person stepped aside)."""


@dataclass(slots=True)
class Found:
    """A page of rounds."""

    rows: list[RoundView] = field(default_factory=list)
    total: int = 0

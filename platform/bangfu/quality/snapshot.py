"""The frozen facts of one quarter: all that a score and a statement are computed from, and nothing else. Pure.

A snapshot names nobody: recipients and servers are numbers within it (R1, S1), everything else is named by its random
id. Its text is canonical JSON (sorted keys, no spaces, lists in order of their ids), so that equal facts have one text
and one SHA-256. Money is text with two decimals, instants are UTC as `2026-11-22T01:30:00Z`, ratios are never stored.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

SCHEMA: Final = "bangfu-quarter-1"


@dataclass(frozen=True, slots=True)
class LineFact:
    """One contract line as it stood: what a unit costs and how many may still be settled in the quarter."""

    id: str
    service: str
    fund_source: str
    unit_price: str
    units_left: int
    """Ceiling less what was settled or is held from earlier quarters."""
    amount_left: str


@dataclass(frozen=True, slots=True)
class WindowFact:
    """One due window of the quarter (DOMAIN.md 2.2): state is filled, missed or excused."""

    id: str
    line: str
    service: str
    recipient: str
    start: str
    end: str
    state: str
    visit: str = ""
    """The visit that fills it."""
    excuse: str = ""
    """The reason that the township confirmed."""
    grade: str = ""
    """Care grade of the recipient (full_self, semi, full_care, "" for none): with `area` and service the cohort."""
    area: str = ""
    """urban or rural."""
    township: str = ""
    """Of the recipient's home: nine digits, or its county's six where fewer than five homes of the facts lie in it."""


@dataclass(frozen=True, slots=True)
class VisitFact:
    """One visit whose planned start lies in the quarter, or earlier (`late`), with what decides where it counts."""

    id: str
    line: str
    service: str
    recipient: str
    server: str
    division: str
    """The township's nine digits, nothing closer to a home; its county's six where fewer than five homes of the facts
    lie in it."""
    window_start: str
    window_end: str
    started_at: str
    ended_at: str
    standard_minutes: int
    submitted_at: str
    status: str
    """As in visits.life_rules: submitted, flagged, verified, disputed, rejected, settled, missed, excused ..."""
    evidence: str
    record_complete: bool
    """Six elements and every mandatory item (DOMAIN.md 6.1 Q4, without the time of sending)."""
    missing: tuple[str, ...] = ()
    """What the record lacks, as codes."""
    qualified: bool = True
    """Every certificate was valid on the day (Q10)."""
    payable: bool = True
    unpayable_reason: str = ""
    """cred_gap, no_agreement, afterwards_share, no_room, forged, uncleared."""
    forged: bool = False
    """Proven by a check or a veto; not verified then."""
    unit_price: str = "0.00"
    grade: str = ""
    area: str = ""
    late: bool = False
    """Of an earlier quarter, come too late for its frozen facts: paid here, in none of the indicators."""


@dataclass(frozen=True, slots=True)
class CheckFact:
    """One spot check that was drawn for the quarter."""

    id: str
    visit: str
    origin: str
    """regular, urgent, flagged, afterwards, second, full, redraw, survey."""
    result: str
    """pass, fail or unreachable; "" while it is open."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RatingFact:
    """The one voice of a recipient in the quarter: the mean of its stars as sum and count."""

    recipient: str
    stars_sum: int
    stars_count: int


@dataclass(frozen=True, slots=True)
class CallbackFact:
    """One call-back: whether the person was reached and confirmed what the record says."""

    id: str
    recipient: str
    reached: bool
    confirmed: bool


@dataclass(frozen=True, slots=True)
class GoalFact:
    """One goal of a need that fell due in the quarter."""

    id: str
    recipient: str
    met: bool


@dataclass(frozen=True, slots=True)
class ComplaintFact:
    """One complaint that was decided; only substantiated and partly substantiated ones count."""

    id: str
    severity: str
    """minor, major or critical (counts as major)."""
    result: str
    self_reported: bool = False


@dataclass(frozen=True, slots=True)
class VetoFact:
    """A confirmed veto (DOMAIN.md 6.4)."""

    id: str
    ground: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything. `kind` is contract or agreement (the caregiver's subsidy); `subject` its id."""

    kind: str
    subject: str
    number: str
    organization: str
    division: str
    year: int
    quarter: int
    standard: Mapping[str, Any]
    """The scoring standard with its version as data (quality.standards)."""
    terms: Mapping[str, Any]
    """perf_share, pay_rule (steps, linear), afterwards_share, monthly_rate and months of a subsidy."""
    checks_required: int
    lines: tuple[LineFact, ...] = ()
    windows: tuple[WindowFact, ...] = ()
    visits: tuple[VisitFact, ...] = ()
    checks: tuple[CheckFact, ...] = ()
    ratings: tuple[RatingFact, ...] = ()
    callbacks: tuple[CallbackFact, ...] = ()
    goals: tuple[GoalFact, ...] = ()
    complaints: tuple[ComplaintFact, ...] = ()
    vetoes: tuple[VetoFact, ...] = ()
    ratings_withheld: int = 0
    """How many homes rated where fewer than five did: then no single voice stands in `ratings` (voices.shown)."""
    draws: tuple[str, ...] = ()
    """The rounds of draws that were drawn when the facts were gathered: `checks` has what they drew."""
    schema: str = field(default=SCHEMA)


_LISTS: Final[Mapping[str, type[Any]]] = {
    "lines": LineFact, "windows": WindowFact, "visits": VisitFact, "checks": CheckFact, "ratings": RatingFact,
    "callbacks": CallbackFact, "goals": GoalFact, "complaints": ComplaintFact, "vetoes": VetoFact,
}  # fmt: skip


def text_of(snapshot: Snapshot) -> str:
    """Its canonical text; the order in which facts were gathered changes nothing."""
    raw = asdict(snapshot)
    for name in _LISTS:
        raw[name] = sorted(raw[name], key=lambda each: (each.get("id", ""), each.get("recipient", "")))
    raw["draws"] = sorted(raw["draws"])
    return json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> Snapshot:
    """The snapshot that a canonical text stands for.

    Raises:
        ValueError: for a text of another schema.
    """
    raw = json.loads(text)
    if raw.get("schema") != SCHEMA:
        raise ValueError("not a snapshot of this schema")
    for name, kind in _LISTS.items():
        raw[name] = tuple(kind(**{key: _tuple(value) for key, value in each.items()}) for each in raw[name])
    return Snapshot(**{name: _tuple(value) for name, value in raw.items()})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

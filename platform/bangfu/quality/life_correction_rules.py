"""Putting frozen facts right after an appeal: never an edit, always a recorded change that the next revision applies.

Pure. A remedy is what a decision may say about one case of an indicator; it becomes one or two changes of fields of
the snapshot (quality.snapshot), each with what stood there before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Final

from bangfu.errors import N_
from bangfu.quality.snapshot import Snapshot
from bangfu.visits.due_excuse_rules import CODES as EXCUSES

LISTS: Final = ("windows", "visits", "checks", "ratings", "callbacks", "goals", "complaints", "vetoes", "lines")
DROPPED: Final = "dropped"
TIMED: Final = frozenset({"start", "end"})
"""Remedies that need a time."""
REMEDIES: Final[Mapping[str, tuple[str, ...]]] = {
    "window": tuple(f"excuse_{code}" for code in EXCUSES),
    "Q1": ("verified",),
    "Q2": ("start",),
    "Q3": ("start", "end"),
    "Q4": ("complete", "sent"),
    "Q10": ("qualified",),
    "check": ("passed",),
    "callback": ("confirmed",),
    "goal": ("met",),
    "complaint": ("minor", "unsubstantiated"),
    "rating": (DROPPED,),
}
"""Kind of a case (of a visit: the indicator) -> what may be said about it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one frozen fact, as text: before and after."""

    fact_kind: str
    fact: str
    field: str
    before: str
    after: str


def remedies_for(indicator: str, kind: str, visit: str = "") -> tuple[str, ...]:
    """What a decision may say about a case of an indicator; `visit`: the visit behind a window, "" for none."""
    if kind == "window":
        return (*REMEDIES["window"], *(REMEDIES["Q1"] if visit else ()))
    return REMEDIES.get(indicator, ()) if kind == "visit" else REMEDIES.get(kind, ())


def changes_of(
    snapshot: Snapshot, remedy: str, fact: str, visit: str = "", time: datetime | None = None
) -> list[Change]:
    """The changes that a remedy makes; none where the fact says so already or is not in the snapshot.

    Args:
        fact: id of the case (window, visit, check, callback, goal, complaint; recipient of a rating).
        visit: the visit behind a window.
        time: of `start` and `end`.
    """
    if remedy.startswith("excuse_"):
        wanted = [("windows", fact, "state", "excused"), ("windows", fact, "excuse", remedy.removeprefix("excuse_"))]
    elif remedy in TIMED:
        field = "started_at" if remedy == "start" else "ended_at"
        wanted = [("visits", fact, field, _instant(time))] if time is not None else []
    elif remedy == "sent":
        ended = _value(snapshot, "visits", fact, "ended_at")
        wanted = [("visits", fact, "submitted_at", ended)] if ended else []
    else:
        wanted = [
            (kind, visit or fact if kind == "visits" else fact, field, text) for kind, field, text in _PLAIN[remedy]
        ]
    return [
        Change(kind, each, field, before, after)
        for kind, each, field, after in wanted
        if (before := _value(snapshot, kind, each, field)) is not None and before != after
    ]


_PLAIN: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "verified": (("visits", "status", "verified"),),
    "complete": (("visits", "record_complete", "true"),),
    "qualified": (("visits", "qualified", "true"), ("visits", "payable", "true")),
    "passed": (("checks", "result", "pass"),),
    "confirmed": (("callbacks", "confirmed", "true"),),
    "met": (("goals", "met", "true"),),
    "minor": (("complaints", "severity", "minor"),),
    "unsubstantiated": (("complaints", "result", "unsubstantiated"),),
    DROPPED: (("ratings", DROPPED, "true"),),
}


def apply(snapshot: Snapshot, changes: Iterable[Change]) -> Snapshot:
    """The snapshot with all changes, in their order; a change of a fact that is gone changes nothing."""
    changed: dict[str, dict[str, Any]] = {
        name: {_key(name, each): each for each in getattr(snapshot, name)} for name in LISTS
    }
    for change in changes:
        rows = changed[change.fact_kind]
        if change.fact not in rows:
            continue
        if change.field == DROPPED:
            del rows[change.fact]
            continue
        rows[change.fact] = _with(rows[change.fact], change.field, change.after)
    columns: dict[str, Any] = {name: tuple(rows.values()) for name, rows in changed.items()}
    return replace(snapshot, **columns)


def differences(before: Snapshot, after: Snapshot) -> list[Change]:
    """Every field of every fact that differs between two revisions; a fact that came or went has one line."""
    found: list[Change] = []
    for name in LISTS:
        old = {_key(name, each): each for each in getattr(before, name)}
        new = {_key(name, each): each for each in getattr(after, name)}
        for key in sorted(old.keys() | new.keys()):
            if key not in new:
                found.append(Change(name, key, "there", "true", "false"))
            elif key not in old:
                found.append(Change(name, key, "there", "false", "true"))
            else:
                found += _fields(name, key, old[key], new[key])
    return found


def adopted(frozen: Snapshot, now: Snapshot, named: Iterable[str]) -> list[Change]:
    """What the features' own acts have put right since the freeze (an excuse, a dispute's decision, a check's appeal),
    of the facts that an appeal names and of the visits behind its windows; paying a visit changes nothing.
    """
    wanted = set(named)
    wanted |= {each.visit for each in (*frozen.windows, *now.windows) if each.id in wanted and each.visit}
    return [
        each
        for each in differences(frozen, now)
        if each.fact in wanted and each.fact_kind in ADOPTED and each.field in ADOPTED[each.fact_kind]
        and {each.before, each.after} != {"verified", "settled"}
    ]  # fmt: skip


ADOPTED: Final[Mapping[str, frozenset[str]]] = {
    "windows": frozenset({"state", "excuse", "visit"}),
    "visits": frozenset({"status", "started_at", "ended_at", "record_complete", "qualified", "payable"}),
    "checks": frozenset({"result", "reason"}),
    "callbacks": frozenset({"reached", "confirmed"}),
    "goals": frozenset({"met"}),
    "complaints": frozenset({"severity", "result"}),
}
"""Fields that are taken over from the features."""


def check_times(changes: Sequence[Change], snapshot: Snapshot) -> str:
    """The sentence that refuses times that cannot be, or "": a visit ends after it has begun."""
    visits = {each.id: each for each in apply(snapshot, changes).visits}
    for change in changes:
        visit = visits.get(change.fact)
        if (
            change.field in {"started_at", "ended_at"}
            and visit
            and visit.ended_at
            and visit.ended_at <= visit.started_at
        ):
            return N_("A visit ends after it has begun: please look at the times again.")
    return ""


def _fields(name: str, key: str, old: Any, new: Any) -> list[Change]:
    return [
        Change(name, key, each.name, _text(getattr(old, each.name)), _text(getattr(new, each.name)))
        for each in fields(old)
        if getattr(old, each.name) != getattr(new, each.name)
    ]


def _key(name: str, fact: Any) -> str:
    return str(fact.recipient if name == "ratings" else fact.id)


def _value(snapshot: Snapshot, kind: str, fact: str, field: str) -> str | None:
    found = next((each for each in getattr(snapshot, kind) if _key(kind, each) == fact), None)
    if found is None:
        return None
    return "false" if field == DROPPED else _text(getattr(found, field))


def _with(fact: Any, field: str, text: str) -> Any:
    old = getattr(fact, field)
    value: Any = text == "true" if isinstance(old, bool) else int(text) if isinstance(old, int) else text
    more: dict[str, Any] = {}
    if field == "record_complete" and value:
        more["missing"] = ()
    if field == "payable" and value:
        more["unpayable_reason"] = ""
    if field == "result" and value == "pass":
        more["reason"] = ""
    return replace(fact, **{field: value}, **more)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _instant(value: datetime | None) -> str:
    return "" if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

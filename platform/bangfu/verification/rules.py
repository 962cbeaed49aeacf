"""The automatic flags of a visit, each a pure function of facts and thresholds (DOMAIN.md 5.2).

A function answers with the numbers that explain its flag, or None. "More than" is strict everywhere: a value on the
boundary raises nothing. Flags never block; what becomes of them is decided by a township officer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from bangfu.shared.coordinates import Point, haversine_m

Detail = dict[str, Any]
"""Numbers and codes that explain a flag; no words of people."""

FLAGS: Final = (
    "geo_far", "short", "early_late", "overlap", "impossible_travel", "dup_photo", "copy_text", "late_record",
    "no_confirm", "cred_gap", "after_event", "burst", "incomplete", "by_hand",
)  # fmt: skip
"""The twelve of DOMAIN.md 5.2; `incomplete` for a visit that cannot be verified as it is, `by_hand` for what an officer
saw."""
PAIRED: Final = frozenset({"overlap", "impossible_travel", "dup_photo"})
"""Flags that a later visit can raise on an earlier one."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What local policy may change; the values of DOMAIN.md 5.2 and 5.1, those marked [D] are this product's."""

    far_m: int = 300
    far_rural_m: int = 500
    short_percent: int = 90
    tolerance_minutes: int = 30
    travel_kmh: int = 60
    travel_least_m: int = 100
    """[D] Homes that are nearer to each other say nothing about travel: two doors of one stairwell."""
    photo_bits: int = 4
    """[D] Bits of 64 in which two pictures may differ and still be nearly the same."""
    photo_days: int = 180
    """[D] How far back pictures of the same server or home are compared for likeness; the very same one always is."""
    copied_records: int = 3
    late_hours: int = 24
    burst_visits: int = 12


DEFAULTS: Final = Thresholds()
DEFAULT_VERSION: Final = "default"
BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "far_m": (50, 5000), "far_rural_m": (50, 10000), "short_percent": (1, 100), "tolerance_minutes": (0, 240),
    "travel_kmh": (5, 200), "travel_least_m": (0, 2000), "photo_bits": (0, 16), "photo_days": (1, 1095),
    "copied_records": (1, 10), "late_hours": (1, 168), "burst_visits": (1, 50),
}  # fmt: skip
"""Threshold -> least and most that a version may say."""
NAMES: Final = tuple(field.name for field in fields(Thresholds))


def thresholds_of(values: Mapping[str, Any]) -> Thresholds:
    """Thresholds from a version's values; one that it does not name has its default."""
    return Thresholds(**{name: int(values.get(name, getattr(DEFAULTS, name))) for name in NAMES})


def values_of(limits: Thresholds) -> dict[str, int]:
    """What a version keeps."""
    return asdict(limits)


@dataclass(frozen=True, slots=True)
class Done:
    """A visit as it was done: where (the home's point, WGS-84, None where only roughly known) and when."""

    visit: str
    number: str
    household: str
    start: datetime
    end: datetime
    point: Point | None = None
    who: str = ""


def geo_far(distance_m: int | None, *, rural: bool, limits: Thresholds = DEFAULTS) -> Detail | None:
    """More than 300 m from the registered home, 500 m in a village."""
    most = limits.far_rural_m if rural else limits.far_m
    return {"metres": distance_m, "most": most} if distance_m is not None and distance_m > most else None


def short(start: datetime, end: datetime, minutes: int, limits: Thresholds = DEFAULTS) -> Detail | None:
    """Less than 90 % of the standard minutes; exactly 90 % is enough."""
    seconds = (end - start).total_seconds()
    if seconds * 100 >= minutes * 60 * limits.short_percent:
        return None
    return {"minutes": int(seconds // 60), "standard": minutes, "percent": limits.short_percent}


def early_late(
    start: datetime, window_start: datetime, window_end: datetime, limits: Thresholds = DEFAULTS
) -> Detail | None:
    """Begun more than 30 minutes before the window or after it."""
    tolerance = timedelta(minutes=limits.tolerance_minutes)
    if start < window_start - tolerance:
        return {"side": "early", "minutes": _whole_minutes(window_start - start), "most": limits.tolerance_minutes}
    if start > window_end + tolerance:
        return {"side": "late", "minutes": _whole_minutes(start - window_end), "most": limits.tolerance_minutes}
    return None


def overlap(own: Done, others: Sequence[Done]) -> Detail | None:
    """The same server in two homes at one time; one visit may end when the next begins."""
    for other in others:
        if other.household != own.household and other.start < own.end and own.start < other.end:
            shared = min(own.end, other.end) - max(own.start, other.start)
            return {**_named(other), "minutes": max(1, _whole_minutes(shared))}
    return None


def impossible_travel(own: Done, others: Sequence[Done], limits: Thresholds = DEFAULTS) -> Detail | None:
    """Faster than 60 km/h from home to home, as the crow flies, to the visit before or to the one after."""
    for other in others:
        gap = own.start - other.end if other.end <= own.start else other.start - own.end
        if own.point is None or other.point is None or gap < timedelta(0):
            continue  # overlapping visits have a flag of their own
        metres = haversine_m(own.point, other.point)
        if metres > limits.travel_least_m and metres * 3.6 > limits.travel_kmh * gap.total_seconds():
            return {
                **_named(other), "metres": round(metres), "minutes": _whole_minutes(gap), "most": limits.travel_kmh,
            }  # fmt: skip
    return None


def likeness(first: int, second: int) -> int:
    """Bits in which two 64-bit hashes of pictures differ."""
    return ((first ^ second) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()


def says_nothing(hash_of_picture: int) -> bool:
    """Whether a picture is one plain surface: its hash is like that of every other such picture."""
    return (hash_of_picture & 0xFFFF_FFFF_FFFF_FFFF) in {0, 0xFFFF_FFFF_FFFF_FFFF}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a visit: the hash of its bytes as they came, and its likeness."""

    visit: str
    number: str
    original: str
    likeness: int


def dup_photo(own: Sequence[Picture], others: Sequence[Picture], limits: Thresholds = DEFAULTS) -> Detail | None:
    """The very same picture in another visit, or one that differs in a few bits only."""
    for other in others:
        if any(mine.original and mine.original == other.original for mine in own):
            return {"other": other.visit, "number": other.number, "bits": 0, "same": True}
    for other in others:
        for mine in own:
            bits = likeness(mine.likeness, other.likeness)
            if bits <= limits.photo_bits and not says_nothing(mine.likeness) and not says_nothing(other.likeness):
                return {"other": other.visit, "number": other.number, "bits": bits, "same": False}
    return None


def copy_text(own: str, former: Sequence[str], limits: Thresholds = DEFAULTS) -> Detail | None:
    """The words of the findings are those of each of the last three records; no words copy nothing.

    Args:
        former: hashes of the words of the records before, the latest first.
    """
    last = former[: limits.copied_records]
    if not own or len(last) < limits.copied_records or any(each != own for each in last):
        return None
    return {"records": limits.copied_records}


def late_record(end: datetime, sent: datetime, limits: Thresholds = DEFAULTS) -> Detail | None:
    """Sent more than 24 hours after the end."""
    late = sent - end
    if late <= timedelta(hours=limits.late_hours):
        return None
    return {"hours": int(late.total_seconds() // 3600), "most": limits.late_hours}


def no_confirm(confirmation: str) -> Detail | None:
    """Nobody confirmed it; "unable", with its reason, is a confirmation (DOMAIN.md 5.1)."""
    return None if confirmation else {}


def cred_gap(missing: Sequence[str], barred: str) -> Detail | None:
    """A qualification that the service asks for was not valid on the day, or the server was barred.

    Args:
        missing: groups of certificates of which none counted (providers.standing.fit_on).
        barred: the reason of providers.standing.barred_carers, or "".
    """
    return {"missing": list(missing), "barred": barred} if missing or barred else None


def after_event(day: date, events: Collection[tuple[str, date]]) -> Detail | None:
    """The recipient had died, was in hospital, or had moved away before that day.

    Args:
        events: (kind, since) with died, imprisoned, moved_out, other, or hospital for that very day. On the day of a
            death or a move itself a visit is still possible.
    """
    for kind, since in sorted(events, key=lambda each: each[1]):
        if day == since if kind == "hospital" else day > since:
            return {"event": kind, "since": since.isoformat()}
    return None


def burst(visits: int, limits: Thresholds = DEFAULTS) -> Detail | None:
    """More than 12 visits of one server on a day, this one counted."""
    return {"visits": visits, "most": limits.burst_visits} if visits > limits.burst_visits else None


def incomplete(missing: Sequence[str], items: Sequence[str]) -> Detail | None:
    """What keeps a visit from being verified as it is: elements that are missing, mandatory items not done."""
    return {"elements": list(missing), "items": list(items)} if missing or items else None


def missing_elements(elements: Mapping[str, object]) -> list[str]:
    """The elements (service, recipient, date, place, who served, times: DOMAIN.md 5.1) that are not there."""
    return [name for name, value in elements.items() if value is None or value == ""]


def _named(other: Done) -> Detail:
    return {"other": other.visit, "number": other.number, **({"who": other.who} if other.who else {})}


def _whole_minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)

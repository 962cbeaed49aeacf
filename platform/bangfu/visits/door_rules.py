"""What is judged at the door: distance, clocks, the checklist, the household's confirmation (DOMAIN.md 5.1, 5.2, 5.5,
9.6). Pure; nothing here blocks a visit but a gap in the record itself."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bangfu.shared.civil_time import civil_date
from bangfu.shared.coordinates import Point, haversine_m

FAR_URBAN_M: Final = 300
FAR_RURAL_M: Final = 500
"""DOMAIN.md 5.2: farther than this from the registered home is far."""
MOST_ACCURACY_M: Final = 100
"""A point counts as near within its own accuracy, but a device that is less sure than this gets no more credit."""
USELESS_ACCURACY_M: Final = 5_000
"""Less sure than this says nothing about the place (a position by network address)."""
CLOCK_TOLERANCE: Final = timedelta(minutes=2)
"""How far a device's clock may run ahead of the portal's."""
SOON: Final = timedelta(minutes=30)
"""More than this outside of the window is early or late: a flag, never a refusal (DOMAIN.md 5.2)."""

METHODS: Final = ("gps", "home_code", "call_code", "explained")
"""What the server at the door can choose; the desk and paper sheets have their own."""
PROOF_REASONS: Final = (
    "by_phone",
    "no_signal",
    "wrong_pin",
    "no_smartphone",
    "elsewhere",
    "forgot",
    "left_early",
    "other",
)
"""Why nothing of that worked; `left_early` is written when a visit is stopped."""
ANSWERS: Final = ("done", "not_needed", "not_done")
NOT_NEEDED: Final = ("self", "family", "not_planned", "no_case")
NOT_DONE: Final = ("refused", "unwell", "no_time", "no_material", "unsafe", "other")
AREAS: Final = ("safety", "health", "mood", "food", "housing", "family")
FINDINGS: Final = ("ok", "attention", "urgent")
MUST: Final = ("always", "semi", "full", "planned", "never")
"""When a line has to be answered: always, from partial self-care on, for full care, when planned, never."""
CONFIRMATIONS: Final = ("signature", "thumbprint_photo", "sms_code", "voice", "witness", "unable")
UNABLE_REASONS: Final = ("bed_bound", "illiterate", "confused", "asleep", "nobody_there", "refused", "unsafe")
DANGERS: Final = ("violence", "threat", "dog", "gas_fire", "illness", "minor_harm", "other")
BY_PHONE: Final = frozenset({"phone_check"})
"""Services that nobody comes to the door for: the form begins with saying so."""
MOST_PHOTOS: Final = 6
SMS_MINUTES: Final = 10
SMS_DIGITS: Final = 6
MOST_SMS: Final = 3
"""Codes that one visit may have sent."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is kept of a position: whole metres and the verdict."""

    distance_m: int | None
    verdict: str


def limit_of(rural: bool) -> int:
    """Metres from the home that still are at the home."""
    return FAR_RURAL_M if rural else FAR_URBAN_M


def judge(home: Point | None, point: Point | None, accuracy_m: int | None, rural: bool) -> Place:
    """Both points in WGS-84. Near if the home may lie inside of the limit, given how sure the device is.

    Without a home's place, without a point, or with one that says nothing, the verdict is `unknown`.
    """
    if home is None or point is None:
        return Place(None, "unknown")
    distance = round(haversine_m(home, point))
    if accuracy_m is not None and accuracy_m > USELESS_ACCURACY_M:
        return Place(None, "unknown")
    credit = min(accuracy_m or 0, MOST_ACCURACY_M)
    return Place(distance, "near" if distance - credit <= limit_of(rural) else "far")


def both(first: Place, second: Place) -> Place:
    """What stays of arrival and departure: the larger distance and the worse verdict (far, unknown, code, near)."""
    known = [each.distance_m for each in (first, second) if each.distance_m is not None]
    order = ("far", "unknown", "code", "near")
    verdict = min((first.verdict or "unknown", second.verdict or "unknown"), key=order.index)
    return Place(max(known, default=None), verdict)


def happened_at(
    server_at: datetime, device_at: datetime | None, offline: bool, planned: datetime, after: datetime | None = None
) -> datetime:
    """When it happened: the server's time; for what waited on the phone the device's, if that is plausible: not in the
    future, not before the planned day, not before `after` (the arrival)."""
    if not offline or device_at is None or device_at > server_at + CLOCK_TOLERANCE:
        return max(server_at, after) if after else server_at
    if civil_date(device_at) < civil_date(planned) or (after is not None and device_at < after):
        return max(server_at, after) if after else server_at
    return min(device_at, server_at)


def is_other_day(at: datetime, planned: datetime) -> bool:
    """Whether a visit is begun on another day than planned: that needs a word of confirmation."""
    return civil_date(at) != civil_date(planned)


def hint_of_time(at: datetime, first: datetime, last: datetime) -> str:
    """`early`, `late` or "" against the time in which the household expects the start."""
    if at < first - SOON:
        return "early"
    return "late" if at > last + SOON else ""


def is_must(line: Mapping[str, Any], level: str) -> bool:
    """Whether a line has to be answered for a person of this self-care level (full_self, semi, full_care or "").

    An unknown level asks no more than full self-care does: nobody is kept by what the office has not assessed.
    """
    must = line.get("must")
    return must == "always" or (must == "semi" and level in {"semi", "full_care"}) or (
        must == "full" and level == "full_care"
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered line of a checklist."""

    code: str
    answer: str
    reason: str = ""


def missing_lines(lines: Sequence[Mapping[str, Any]], answers: Collection[Answer], level: str) -> list[str]:
    """The codes of lines that have to be answered and are not, in the form's order."""
    given = {answer.code for answer in answers}
    return [line["code"] for line in lines if is_must(line, level) and line["code"] not in given]


def undone_lines(lines: Sequence[Mapping[str, Any]], checklist: Sequence[Mapping[str, Any]], level: str) -> list[str]:
    """The codes of mandatory lines that were not done (or not answered): for the check of the visit (DOMAIN.md 5.2)."""
    fine = {answer["code"] for answer in checklist if answer["answer"] in {"done", "not_needed"}}
    return [line["code"] for line in lines if is_must(line, level) and line["code"] not in fine]


def photo_lines(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """The codes of the lines that allow a photo."""
    return [line["code"] for line in lines if line.get("photo")]


def bare_words(text: str) -> str:
    """A text without spaces, marks, width and case: what two records are compared by (DOMAIN.md 5.2, `copy_text`)."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())

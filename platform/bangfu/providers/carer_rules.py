"""Who may serve on a day, and what a volunteer of some age may do (DOMAIN.md 2.3, 2.4, 7). Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bangfu.shared.civil_time import age_on

KINDS: Final = ("worker", "social_worker", "volunteer")
YEAR_DAYS: Final[Mapping[str, int]] = {"M": 365, "H": 365}
"""Certificates that count for a year from their issue at most, whatever is printed on them (DOMAIN.md 2.3)."""
ADULT, LEAST_AGE = 18, 8
MINORS_SERVICES: Final = frozenset({"phone_check", "social_inclusion"})
"""What a volunteer of 8 to 17 years may do: nothing that is a bath, at night, medical, an emergency, or a home visit
that one makes alone [D]. Everything else of the catalogue takes place in a home or needs an adult's skill."""
SPEED_KMH: Final[Mapping[str, float]] = {"walk": 4.5, "ebike": 15.0, "car": 30.0, "bike": 12.0, "transit": 15.0}
"""DOMAIN.md 9.6 [D]; likewise the radius, and the minutes a week with the households at most (2.4)."""
RADIUS_KM: Final[Mapping[str, float]] = {"walk": 5.0, "ebike": 10.0, "car": 30.0, "bike": 10.0, "transit": 15.0}
WEEK_MINUTES: Final[Mapping[str, int]] = {"worker": 2400, "social_worker": 2400, "volunteer": 480}
HOUSEHOLDS: Final[Mapping[str, int]] = {"worker": 20, "social_worker": 30, "volunteer": 5}


def may_serve(service: str, age: int) -> bool:
    """Whether a volunteer of this age may give a service without another one beside them (DOMAIN.md 2.3, 7).

    Under 8 nothing, since that needs the guardian's company; from 8 to 17 what MINORS_SERVICES names.
    """
    return age >= ADULT or (age >= LEAST_AGE and service in MINORS_SERVICES)


def last_valid_day(code: str, issued_on: date | None, expires_on: date) -> date:
    """The last day on which a certificate counts: the printed one, for `H` and `M` a year from issue at most."""
    days = YEAR_DAYS.get(code)
    return expires_on if days is None or issued_on is None else min(expires_on, issued_on + timedelta(days=days))


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a person may serve at all. `insured` and `consents`: spans (first day, last day or None)."""

    kind: str
    active: bool = True
    born: date | None = None
    blacklist_until: date | None = None
    clearance_hit_on: date | None = None
    insurance_by: date | None = None
    insured: tuple[tuple[date, date | None], ...] = ()
    consents: tuple[tuple[date, date | None], ...] = ()


def told_reason(reason: str) -> str:
    """A reason of `barred_reason` for readers who need not know of a hit of a check (DOMAIN.md 9.2): dispatchers learn
    that nobody is sent, the keeper and the bureau read why on the person's page. The bureau's bar is worded the same,
    so that one cannot be told from the other."""
    return "paused" if reason in {"clearance_hit", "blacklisted"} else reason


def barred_reason(who: Standing, day: date) -> str:
    """Why a person may not serve on a day, "" if they may: the first of the rules that stands in the way.

    An unknown birth date is an adult's (carers are registered by their employers). A worker under 18 is barred like
    every child from visits that are made alone; a volunteer of 8 to 17 with the guardian's consent is not, but see
    `may_serve`. A policy counts on its first and on its last day; consent ends with the day of its withdrawal.
    """
    if not who.active:
        return "not_active"
    if who.blacklist_until is not None and day <= who.blacklist_until:
        return "blacklisted"
    if who.clearance_hit_on is not None and day >= who.clearance_hit_on:
        return "clearance_hit"
    age = ADULT if who.born is None else age_on(day, who.born)
    if age < (LEAST_AGE if who.kind == "volunteer" else ADULT):
        return "under_age"
    if who.kind != "volunteer":
        return ""
    if age < ADULT and not holds_on(who.consents, day):
        return "guardian_consent_missing"
    uninsured_until = who.insurance_by is not None and day <= who.insurance_by
    return "" if uninsured_until or holds_on(who.insured, day) else "insurance_missing"


def holds_on(spans: Collection[tuple[date, date | None]], day: date) -> bool:
    """Whether one of the spans holds on a day, first and last day included; without a last day it has no end."""
    return any(first <= day and (last is None or day <= last) for first, last in spans)


def missing(groups: Sequence[Sequence[str]], held: Mapping[str, date], day: date) -> list[str]:
    """What somebody lacks on a day: one text for each group of which no code is valid ("C5" or "V/T").

    Args:
        groups: of each group one code is enough, and every group is asked for (as `need.qualifications`).
        held: code -> last valid day.
    """
    return ["/".join(group) for group in groups if not any(code in held and held[code] >= day for code in group)]


REQUIRED_LEVEL: Final[Mapping[str, int]] = {"T": 1, "G": 2}
"""Certificates that rest on a recorded training: the platform's basics for `T`, the county's pre-job training for `G`
(DOMAIN.md 2.3); so the level decides what somebody may be assigned to."""


def level_suffices(code: str, level: int) -> bool:
    """Whether a certificate may be verified for somebody of this training level."""
    return level >= REQUIRED_LEVEL.get(code, 0)

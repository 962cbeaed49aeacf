"""The states of a spot check as one table (DOMAIN.md 8.8), what its form may say, and the order of inspectors. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.permissions import INSPECTORS
from bangfu.shared.states import Machine

SYSTEM: Final = frozenset({"system"})
MANAGER: Final = frozenset({"provider_manager"})
OFFICER: Final = frozenset({"bureau_officer"})
SUPERVISING: Final = frozenset({"township_officer", "bureau_officer", "bureau_lead", "auditor"})
"""Who of the offices sees checks that are still open, the inspectors' names and people's words: no station, which an
agency may run, learns beforehand which visits are looked at."""

STATES: Final = ("drawn", "assigned", "done", "redrawn", "notified", "appealed", "closed")
OPEN: Final = frozenset({"drawn", "assigned"})
"""Nothing was found yet: the serving side must not hear of it."""
TOLD: Final = frozenset({"notified", "appealed", "closed"})
"""The serving side sees it."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of DOMAIN.md 8.8; guards are checked by the action."""

    source: str
    action: str
    target: str
    roles: frozenset[str]


MACHINE: Final = Machine(
    [
        Transition("drawn", "assign", "assigned", SYSTEM),
        Transition("assigned", "finish", "done", INSPECTORS),
        Transition("done", "redraw", "redrawn", SYSTEM),
        Transition("done", "notify", "notified", SYSTEM),
        Transition("notified", "appeal", "appealed", MANAGER),
        Transition("appealed", "decide", "closed", OFFICER),
        Transition("notified", "close", "closed", SYSTEM),
    ],
    N_("The spot check is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "check_status",
    "check_action",
)

ORIGINS: Final = ("regular", "urgent", "flagged", "afterwards", "second", "full", "redraw", "survey")
METHODS: Final = ("onsite", "phone", "record_review")
RESULTS: Final = ("pass", "fail", "unreachable")
JUDGEMENTS: Final = ("met", "partly", "not_met", "not_seen")
REASONS: Final = (
    "not_delivered", "shorter", "wrong_person", "items_missing", "forged", "recipient_dissatisfied",
)  # fmt: skip
"""Why a check of a visit fails (DOMAIN.md 5.3)."""
SURVEY_REASON: Final = "level_differs"
"""Why a survey that was done again fails: the level is another one."""
CONFIRMATIONS: Final = ("signature", "thumbprint_photo", "refused", "unable")
REFUSALS: Final = ("unwilling", "afraid", "no_time", "no_reason")
UNABLES: Final = ("bed_bound", "illiterate", "confused", "nobody_there")
REPLACEMENTS: Final = ("ill", "conflict", "away", "left")
"""Why a drawn inspector gives the place to the next of the order."""
CONFLICTS: Final = (
    "provider", "served", "submitted", "verified", "approved", "excused", "dispatched", "planned", "kin",
    "village_kin", "assessed", "scored", "linked", "inactive",
)  # fmt: skip
"""Why somebody cannot check (DOMAIN.md 5.3, 8.11), the weightiest first."""
DECISIONS: Final = ("upheld", "changed")

PLACES: Final = 2
"""Inspectors of every check; on site both put their names to it (DOMAIN.md 5.3)."""
ATTEMPTS: Final = 3
"""Attempts on different days after which a person counts as unreachable."""
CHECK_DAYS: Final = 10
APPEAL_DAYS: Final = 5
DECISION_DAYS: Final = 5
"""Working days: the check, the provider's appeal, the bureau's decision on it [D]."""
FEW: Final = 5
"""Under so many finished checks of a contract's quarter the provider reads nobody's words."""
MOST_PHOTOS: Final = 6
CITY_SCOPE: Final = 4
"""Digits of a scope that covers a whole city: such people do surveys again (DOMAIN.md 4.1)."""


def drawn_order(seed: bytes, subject: UUID, people: Iterable[UUID]) -> list[UUID]:
    """People in the order of SHA-256(seed, subject's id, person's id): the ids as lower-case text with hyphens, UTF-8.

    Args:
        seed: the draw's seed as bytes.
        subject: the visit or the survey that is checked.
    """
    before = seed + str(subject).encode()
    return sorted(set(people), key=lambda one: hashlib.sha256(before + str(one).encode()).digest())


def days_tried(days: Iterable[date]) -> int:
    """Attempts that count: one a day (DOMAIN.md 5.3)."""
    return len(set(days))


def needs_second(method: str) -> bool:
    """Whether the second inspector puts the name to it too."""
    return method == "onsite"


Fault = tuple[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Line:
    """One standard as it was judged."""

    code: str
    answer: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What inspectors found. Texts as typed; they are sealed before they are kept.

    Attributes:
        level: the level that a survey found when it was done again.
        said: what the person said, in the person's words; remarks: what the provider may read.
    """

    method: str
    result: str = ""
    reason: str = ""
    lines: Sequence[Line] = ()
    level: str = ""
    said: str = ""
    remarks: str = ""
    confirmation: str = ""
    confirmation_reason: str = ""
    pictures: Collection[str] = field(default_factory=tuple)
    """Kinds of the pictures that came along: signature, thumbprint, photo."""


def faults_of(found: Finding, codes: Sequence[str], must: Collection[str]) -> dict[str, Fault]:
    """What is missing or contradicts itself, by field of the form; {} is fine.

    Args:
        codes: the standards of the visit's checklist in their order, () for a survey.
        must: those that were mandatory on the visit.
    """
    faults: dict[str, Fault] = {}
    given = {line.code: line for line in found.lines}
    for code in codes:
        line = given.get(code)
        if line is None or line.answer not in JUDGEMENTS:
            faults[f"line-{code}"] = (N_("Please judge this standard; choose “not seen” where you could not."), {})
        elif line.answer in {"partly", "not_met"} and not line.remark:
            faults[f"remark-{code}"] = (N_("Please say in a few words what was missing."), {})
    faults |= _result_faults(found, given, must)
    return faults | _confirmation_faults(found)


def _result_faults(found: Finding, given: Mapping[str, Line], must: Collection[str]) -> dict[str, Fault]:
    if found.result not in {"pass", "fail"}:
        return {"result": (N_("Please choose whether it passed."), {})}
    if found.result == "fail":
        return _failure_faults(found)
    unmet = [code for code in must if code in given and given[code].answer == "not_met"]
    if found.result == "pass" and unmet and not found.remarks:
        return {"remarks": (N_("A mandatory standard is not met. Say why the check passes all the same."), {})}
    return {}


def _failure_faults(found: Finding) -> dict[str, Fault]:
    faults: dict[str, Fault] = {}
    if found.reason not in {*REASONS, SURVEY_REASON}:
        faults["reason"] = (N_("Please choose a reason."), {})
    if not found.remarks and found.reason != SURVEY_REASON:
        faults["remarks"] = (N_("Please say what you found: the provider reads it and may object."), {})
    return faults


def _confirmation_faults(found: Finding) -> dict[str, Fault]:
    if found.method != "onsite":
        return {}
    way = found.confirmation
    if way not in CONFIRMATIONS:
        return {"confirmation": (N_("Please choose how the person confirmed, or that nobody did."), {})}
    if way == "signature" and "signature" not in found.pictures:
        return {"confirmation": (N_("The signature is missing: draw it, or choose a photo of it."), {})}
    if way == "thumbprint_photo" and "thumbprint" not in found.pictures:
        return {"thumbprint_file": (N_("Please choose the photo of the thumbprint."), {})}
    if way == "refused" and found.confirmation_reason not in REFUSALS:
        return {"refused_reason": (N_("Please choose a reason."), {})}
    if way == "unable" and found.confirmation_reason not in UNABLES:
        return {"unable_reason": (N_("Please choose a reason."), {})}
    return {}


def as_survey(found: Finding) -> Finding:
    """A survey that is done again, before its level is compared: whether it passes is not the inspector's word."""
    return replace(found, result="pass", reason="")

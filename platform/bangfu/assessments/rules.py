"""Assessments by the clock and by their states (DOMAIN.md 3, 8.11). Pure; the scores are those of scoring.py."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from bangfu.assessments.checking import check
from bangfu.assessments.results import Result
from bangfu.assessments.scoring import band_of, score
from bangfu.errors import N_
from bangfu.shared.civil_time import day_span
from bangfu.shared.states import Machine

__all__ = ["MACHINE", "STATES", "Result", "band_of", "check", "score"]

STATES: Final = (
    "draft", "signed_first", "completed", "valid", "disputed", "reassessed", "upheld", "expired", "void",
)  # fmt: skip
OPEN: Final = frozenset({"draft", "signed_first"})
IN_FORCE: Final = frozenset({"valid", "upheld", "disputed"})
"""While an objection is decided, the level that it is about still counts."""
REASONS: Final = ("first", "routine", "change", "dispute", "other")

VALID_MONTHS: Final = {"tekun": 12}
VALID_MONTHS_OTHERS: Final = 6
"""Until when an assessment counts: 12 months for 特困, 6 months for others [D, DOMAIN.md 3]."""
DUE_DAYS: Final = 30
"""A reassessment is due this many days before the end [D]."""
DISPUTE_WORKING_DAYS: Final = 10
"""An objection is decided within so many working days [D]."""
COMPARE_DAYS: Final = 183
"""Other forms of the same person are compared if they are not older [D]."""

ASSESSORS: Final = frozenset({"assessor", "social_worker"})
OBJECTORS: Final = frozenset({"assist_coordinator", "child_director", "social_worker", "township_officer"})
OFFICER: Final = frozenset({"township_officer"})
SYSTEM: Final = frozenset({"system"})


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table; guards are checked by the action, `deadline` starts when the new state is reached."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()
    deadline: str = ""


def _table() -> list[Transition]:
    apart = ("no_conflict",)
    return [
        Transition("draft", "sign_first", "signed_first", ASSESSORS, "signed", ("complete", "first", *apart)),
        Transition("draft", "record_import", "valid", ASSESSORS, "imported", ("complete", "first", "import_only")),
        Transition("signed_first", "sign_second", "completed", ASSESSORS, "completed", ("second", *apart)),
        Transition("signed_first", "send_back", "draft", ASSESSORS, "sent_back", ("second", "reason")),
        Transition("signed_first", "take_back", "draft", ASSESSORS, "taken_back", ("first",)),
        Transition("draft", "void", "void", ASSESSORS, "voided", ("first", "reason")),
        Transition("signed_first", "void", "void", ASSESSORS, "voided", ("first", "reason")),
        Transition("completed", "take_effect", "valid", SYSTEM, "took_effect", (), "reassess"),
        Transition("valid", "dispute", "disputed", OBJECTORS, "disputed", ("reason",), "decide"),
        Transition("disputed", "uphold", "upheld", OFFICER, "upheld", ("reason", "not_assessor")),
        Transition("disputed", "replace", "reassessed", SYSTEM, "reassessed"),
        *(Transition(state, "replace", "expired", SYSTEM, "replaced") for state in ("valid", "upheld")),
        *(Transition(state, "expire", "expired", SYSTEM, "expired") for state in ("valid", "upheld")),
    ]


MACHINE: Final = Machine(
    _table(),
    N_("The assessment is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "assessment_status",
    "assessment_action",
)


def valid_until(assessed_on: date, category: str) -> date:
    """The last day on which an assessment counts: 12 months for 特困, 6 months for others [D, DOMAIN.md 3]."""
    months = VALID_MONTHS.get(category, VALID_MONTHS_OTHERS)
    year, month = divmod(assessed_on.year * 12 + assessed_on.month - 1 + months, 12)
    day = assessed_on.day
    while True:
        try:
            return date(year, month + 1, day) - timedelta(days=1)
        except ValueError:
            day -= 1


def is_due(until: date, today: date) -> bool:
    """Whether the next assessment should be made now."""
    return until - timedelta(days=DUE_DAYS) <= today


def end_of(until: date) -> datetime:
    """The last minute of the last day."""
    return day_span(until)[1] - timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Tie:
    """Why a person may not assess somebody: a code of the word group `assessment_conflict`."""

    code: str


def conflict_of(
    *, serving: Collection[UUID], carers: Collection[UUID], organization: UUID | None, carer: UUID | None,
    related: bool = False, excluded: bool = False,
) -> Tie | None:  # fmt: skip
    """Why the person may not assess a member of a household, or None (DOMAIN.md 3, 8.11).

    `serving`: organisations with a live assignment in the household; `carers`: those who serve there; `related`: a
    family tie or one person; `excluded`: an assessor of the assessment that is disputed.
    """
    if related:
        return Tie("related")
    if carer is not None and carer in carers:
        return Tie("cares")
    if organization is not None and organization in serving:
        return Tie("provider")
    return Tie("first_assessors") if excluded else None

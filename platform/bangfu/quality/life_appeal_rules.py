"""An appeal against one indicator of a score: its states, grounds, deadlines (DOMAIN.md 6.6). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bangfu.errors import N_
from bangfu.quality.life_rules import MANAGER
from bangfu.shared.states import Machine

FACT_DAYS: Final = 5
"""Working days in which the township answers what happened."""
DECIDE_DAYS: Final = 10
"""Working days, from the township's answer or its deadline, in which the bureau decides."""
ASK_DAYS: Final = 7
"""Working days after a decision in which the provider may ask for the one review [D]."""
REVIEW_DAYS: Final = 15
"""Working days in which the city's bureau or a third party reviews."""
COUNTY_DIGITS: Final = 6

INDICATORS: Final = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "Q9", "Q10")
GROUNDS: Final = (
    "absent_recipient", "gps_drift", "offline_late", "confused_recipient", "efficient_work", "standard_changed",
    "complaint_severity", "two_providers", "other",
)  # fmt: skip
"""What is commonly disputed (DOMAIN.md 6.6), and anything else in words."""
LIKELY: Final[Mapping[str, tuple[str, ...]]] = {
    "Q1": ("absent_recipient", "two_providers", "standard_changed", "other"),
    "Q2": ("gps_drift", "offline_late", "standard_changed", "other"),
    "Q3": ("efficient_work", "gps_drift", "standard_changed", "other"),
    "Q4": ("offline_late", "standard_changed", "other"),
    "Q5": ("two_providers", "standard_changed", "other"),
    "Q6": ("confused_recipient", "other"),
    "Q7": ("confused_recipient", "other"),
    "Q8": ("standard_changed", "absent_recipient", "other"),
    "Q9": ("complaint_severity", "other"),
    "Q10": ("standard_changed", "other"),
}
"""Indicator -> grounds that a form offers for it."""
ANSWERS: Final = ("confirmed", "partly", "not_confirmed", "unknown")
DECISIONS: Final = ("upheld", "partly", "dismissed")
REVIEWERS: Final = ("city", "third_party")
CHANGES: Final = frozenset({"upheld", "partly"})
"""Decisions after which the facts are frozen anew."""

APPEAL_STATES: Final = ("opened", "answered", "decided", "review_asked", "reviewed", "withdrawn")
ENDED: Final = frozenset({"reviewed", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Step:
    """One line: who takes it, and until when (working days of this module)."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    deadline: int = 0


_MANAGER, _OFFICER = MANAGER, frozenset({"bureau_officer"})

APPEAL_MACHINE: Final = Machine(
    [
        Step("opened", "answer", "answered", frozenset({"township_officer"}), "answered", FACT_DAYS),
        Step("opened", "decide", "decided", _OFFICER, "decided", DECIDE_DAYS),
        Step("answered", "decide", "decided", _OFFICER, "decided", DECIDE_DAYS),
        *(Step(state, "withdraw", "withdrawn", _MANAGER, "withdrawn") for state in ("opened", "answered")),
        Step("decided", "ask_review", "review_asked", _MANAGER, "review_asked", ASK_DAYS),
        Step("review_asked", "review", "reviewed", _OFFICER | {"assessor"}, "reviewed", REVIEW_DAYS),
    ],
    N_("The appeal is {state}; “{action}” is not possible from there. Look at the page again."),
    "appeal_status",
    "appeal_action",
)


def reviews_for_city(scope: str) -> bool:
    """Whether a scope is larger than one county: the city's bureau or above."""
    return 0 < len(scope) < COUNTY_DIGITS

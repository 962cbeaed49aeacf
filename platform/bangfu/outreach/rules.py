"""The quarterly verification as one table, and how a missing service is called. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from bangfu.catalogue.norm_rules import Due
from bangfu.errors import N_
from bangfu.shared.civil_time import quarter_of, quarter_span
from bangfu.shared.states import Machine

STATES: Final = ("open", "verified")
VERIFIERS: Final = frozenset({"assist_coordinator", "child_director", "social_worker"})
FINDINGS: Final = ("at_home", "in_institution", "selfcare_changed", "died", "moved", "not_found")
CHANGES: Final = frozenset(FINDINGS) - {"at_home"}
"""Findings that ask for something else to be done with the household."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()
    deadline: str = ""


MACHINE: Final = Machine(
    [
        Step("open", "verify", "verified", VERIFIERS, "verified", ("evidence",), "quarter"),
        Step("verified", "correct", "verified", VERIFIERS, "corrected", ("evidence",)),
    ],
    N_("This line is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "quarter_status",
    "quarter_action",
)


def kind_of(due: Due, standing: str) -> str:
    """`gap` where somebody must not be left alone with it (PRODUCT.md row D), else `missing` or `below`."""
    return "gap" if due.urgent_care and standing == "missing" else standing


def due_on(today: date) -> date:
    """The last day of the quarter: until then every person in special difficulty is verified [D]."""
    return quarter_span(*quarter_of(today))[1]

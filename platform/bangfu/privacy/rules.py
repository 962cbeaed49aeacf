"""A request about one's data as a table of transitions (PIPL art. 45, 46, 50). Pure."""

from dataclasses import dataclass
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

DECIDERS: Final = frozenset({"township_officer", "bureau_officer"})
STATES: Final = ("open", "answered", "refused")
KINDS: Final = ("access", "correction")


@dataclass(frozen=True, slots=True)
class Transition:
    """One line: an answer says what was done, a refusal why (art. 50)."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()


MACHINE: Final = Machine(
    [
        Transition("open", "answer", "answered", DECIDERS, "answered", ("text",)),
        Transition("open", "refuse", "refused", DECIDERS, "refused", ("text",)),
    ],
    N_("The request is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "privacy_status",
    "privacy_action",
)

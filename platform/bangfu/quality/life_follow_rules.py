"""What follows from a final band (DOMAIN.md 6.6, "Result use"), and the states of what follows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

RECTIFY_DAYS: Final = 20
"""Working days in which the provider hands in its plan with evidence."""
CHECK_DAYS: Final = 10
"""Working days in which the bureau looks whether it was put right [D]."""
REVIEW_DAYS: Final = 10
"""Working days for the review of a contract, of its end, of a subsidy that would be nothing [D]."""
WINDOW: Final = 4
"""Quarters that are looked at together."""
POOR_MOST: Final = 2
"""So many poor quarters within the window open the review of the contract's end."""

KINDS: Final = ("rectification", "termination_review", "contract_review", "blacklist", "report", "subsidy_review")
HANDED_IN: Final = frozenset({"rectification"})
"""Kinds that the provider works on; the others are decided by an office."""
LEADS: Final = frozenset({"termination_review", "contract_review", "blacklist"})
"""Kinds that the bureau's lead decides."""
OUTCOMES: Final[dict[str, tuple[str, ...]]] = {
    "termination_review": ("kept", "kept_with_conditions", "to_be_terminated"),
    "contract_review": ("kept", "kept_with_conditions", "to_be_suspended", "to_be_terminated"),
    "blacklist": ("barred", "not_barred"),
    "report": ("reported", "not_reported"),
}
"""Kind -> how it may be decided here. A subsidy that would be nothing is reviewed where its money is (settlement)."""
SUBSIDY: Final = {"applied": "confirmed", "spared": "objected"}
"""What the township decides about the money of a caregiver's 差 -> the outcome that the follow-up shows."""

FOLLOW_STATES: Final = ("open", "handed_in", "returned", "done", "dropped")
ENDED: Final = frozenset({"done", "dropped"})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the machine."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str


_MANAGER, _OFFICER = frozenset({"provider_manager"}), frozenset({"bureau_officer"})
_OFFICES = frozenset({"bureau_officer", "bureau_lead", "township_officer"})

FOLLOW_MACHINE: Final = Machine(
    [
        *(Step(state, "hand_in", "handed_in", _MANAGER, "handed_in") for state in ("open", "returned")),
        Step("handed_in", "accept", "done", _OFFICER, "accepted"),
        Step("handed_in", "return", "returned", _OFFICER, "returned"),
        Step("open", "decide", "done", _OFFICES, "decided"),
        *(
            Step(state, "drop", "dropped", frozenset({"system"}), "dropped")
            for state in ("open", "handed_in", "returned")
        ),
    ],
    N_("This matter is {state}; “{action}” is not possible from there. Look at the page again."),
    "follow_status",
    "follow_action",
)


@dataclass(frozen=True, slots=True)
class Follows:
    """What a final band brings: a rectification, whether it holds new services back, the review of the contract's end,
    the township's look at a subsidy that would be nothing, and whether the provider is preferred for renewal."""

    rectification: bool = False
    holds: bool = False
    termination: bool = False
    subsidy: bool = False
    preferred: bool = False


def follows(kind: str, band: str, earlier: Sequence[str]) -> Follows:
    """What a final band brings.

    Args:
        kind: contract or agreement.
        band: the final band of the quarter; "" where nothing was scored.
        earlier: the final bands of the three quarters before it, as far as there are any.
    """
    if kind == "agreement":
        return Follows(subsidy=band == "poor")
    poor = band == "poor"
    return Follows(
        rectification=band in {"fair", "poor"},
        holds=poor,
        termination=poor and [band, *earlier[: WINDOW - 1]].count("poor") >= POOR_MOST,
        preferred=band == "excellent",
    )


def quarters_before(year: int, quarter: int, count: int = WINDOW - 1) -> list[tuple[int, int]]:
    """The quarters before one, the nearest first."""
    index = year * 4 + quarter - 1
    return [((index - n) // 4, (index - n) % 4 + 1) for n in range(1, count + 1)]


def why_not_check(confirmed_by: object, handed_in_by: object, checker: object) -> str:
    """Why a person may not judge a rectification, or "": who scored, or who handed it in, does not look after it."""
    if checker is not None and checker in (confirmed_by, handed_in_by):
        return N_("You confirmed the score that asked for this: somebody else checks whether it was put right.")
    return ""

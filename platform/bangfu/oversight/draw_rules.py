"""The states of a round of secrets, and who may do what to it when (DOMAIN.md 5.3; docs/draws.md). Pure.

The protocol: both hashes stand before the list closes; the list's hash stands before the first secret is given; no
secret is shown before both are in. So nobody can choose after having seen, and a refusal costs the holder the office.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.states import Machine

SYSTEM: Final = frozenset({"system"})
SIDES: Final = ("bureau", "auditor")
ROLE_OF: Final = {"bureau": "bureau_officer", "auditor": "auditor"}
HOLDERS: Final = frozenset(ROLE_OF.values())
DRAW_STATES: Final = ("open", "closed", "drawn", "void")
GOING: Final = frozenset({"open", "closed"})
VOID_REASONS: Final = ("not_committed", "not_revealed", "lost", "not_mine", "empty")
GIVE_UP: Final = ("lost", "not_mine")
"""What a holder can say before the secret is given: it is lost, or the hash that stands is not the holder's own."""

COMMIT_DAYS: Final = 2
REVEAL_DAYS: Final = 2
REVEAL_LAST: Final = 4
"""Working days [D]: for the hashes of a round after the list closed; for the secrets; until the round is void."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One line: the clock closes and ends rounds, the second secret draws, a holder may give one up."""

    source: str
    action: str
    target: str
    roles: frozenset[str]


DRAW_MACHINE: Final = Machine(
    [
        Transition("open", "commit", "open", HOLDERS),
        Transition("open", "close", "closed", SYSTEM),
        Transition("closed", "reveal", "closed", HOLDERS),
        Transition("closed", "draw", "drawn", HOLDERS),
        *(Transition(state, "give_up", "void", HOLDERS) for state in ("open", "closed")),
        *(Transition(state, "end", "void", SYSTEM) for state in ("open", "closed")),
    ],
    N_("The draw is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "draw_status",
    "draw_action",
)


@dataclass(frozen=True, slots=True)
class Held:
    """What stands of one side."""

    side: str
    holder: UUID
    hash: str
    committed_at: datetime
    revealed_at: datetime | None = None


def side_of(roles: Collection[str]) -> str:
    """The side that somebody's roles stand for; "" for none. Nobody has both roles (shared.permissions)."""
    return next((side for side in SIDES if ROLE_OF[side] in roles), "")


def may_commit(status: str, side: str, standing: Sequence[Held], until: datetime | None, at: datetime) -> str:
    """Why a hash is not taken now, as a message id; "" where it is.

    Args:
        until: the end of the month whose lists are still open: both hashes stand before they close. None for a round
            that replaces a void one after that, and for a second draw.
    """
    if status != "open":
        return N_("This round takes no hash any more. Look at the page again.")
    if until is not None and at >= until:
        return N_("The month is over: its list closes now, and a hash that comes later cannot count.")
    if any(held.side == side for held in standing) and len({held.side for held in standing}) == len(SIDES):
        return N_("Both hashes stand: neither can be replaced. If your secret is lost, say so below.")
    return ""


def missing(standing: Sequence[Held]) -> tuple[str, ...]:
    """The sides that have not given a hash."""
    return tuple(side for side in SIDES if all(held.side != side for held in standing))


def unrevealed(standing: Sequence[Held]) -> tuple[str, ...]:
    """The sides that have not given their secret."""
    given = {held.side for held in standing if held.revealed_at is not None}
    return tuple(side for side in SIDES if side not in given)


def as_side(sides: Sequence[str]) -> str:
    """One side, or both, as a round keeps it."""
    return sides[0] if len(sides) == 1 else "both"

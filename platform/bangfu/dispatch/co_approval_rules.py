"""The township's consent before a station sends a task to the agency that runs it (DOMAIN.md 8.11). Pure.

A station is often run by an agency on the township's commission. The station's dispatcher may propose the agency's own
people, but who gains by a choice does not make it alone: the township's officer agrees to it first, need by need. The
asker never decides. A consent is for one need as it was asked for; when the need changes, another one is needed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.states import Machine

OFFICER: Final = frozenset({"township_officer"})
SYSTEM: Final = frozenset({"system"})

STATES: Final = ("asked", "approved", "refused", "lapsed")
REASONS: Final = ("other_provider", "too_many", "quality", "unclear", "other")
"""Why the township refuses."""
STATION: Final = "station"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    guards: tuple[str, ...] = ()


MACHINE: Final = Machine(
    [
        Transition("asked", "approve", "approved", OFFICER, ("two_people",)),
        Transition("asked", "refuse", "refused", OFFICER, ("two_people", "reason")),
        Transition("asked", "lapse", "lapsed", SYSTEM),
        Transition("approved", "lapse", "lapsed", SYSTEM),
    ],
    N_("The question is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "co_approval_status",
    "co_approval_action",
)


def agencies_of(own: Mapping[str, Any] | None, seated: list[UUID]) -> frozenset[UUID]:
    """The agencies to which a dispatcher sends nothing without the township's consent.

    Args:
        own: id, org_type and run_by of the organisation that the account belongs to; None without one.
        seated: who runs the stations seated in the dispatcher's township.

    A station without an agency is the township's own: its people are no third party. An account of any other
    organisation speaks for that organisation.
    """
    if own is None:
        return frozenset(seated)
    if own["run_by"] is not None:
        return frozenset({own["run_by"]})
    return frozenset() if own["org_type"] == STATION else frozenset({own["id"]})


def need_key(need: Mapping[str, Any]) -> str:
    """What a consent was given for: household, service, how often, how long, where; changes of state do not count."""
    parts = (need["household"], need["person"], need["service"], need["visits"], need["minutes"], need["division"])
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()[:32]

"""What may be decided about a visit, and why not: the conditions of `verified` (DOMAIN.md 5.2) in words. Pure."""

from collections.abc import Sequence
from typing import Final

from bangfu.errors import N_

CLEAR_REASONS: Final = (
    "asked_household", "asked_server", "papers_seen", "location_drift", "device_fault", "plan_changed", "agreed_time",
    "same_scene", "short_enough", "no_network", "register_wrong", "other",
)  # fmt: skip
"""Why a flag does not speak against the visit; `other` needs words."""
REJECT_REASONS: Final = (
    "not_delivered", "shorter", "wrong_person", "items_missing", "forged", "recipient_dissatisfied", "twice", "other",
)  # fmt: skip
"""Why a visit does not count: the failures of DOMAIN.md 5.3, a visit that is recorded twice, other with words."""
DISPUTE_REASONS: Final = (
    "not_delivered", "shorter", "wrong_person", "items_missing", "forged", "complaint", "late_flag", "other",
)  # fmt: skip

NO_APPROVAL: Final = N_("It was entered afterwards and nobody has approved that yet: that comes first.")
NOT_APPROVED: Final = N_("It was entered afterwards and that was not approved: it cannot count.")
OPEN_FLAGS: Final = N_("A flag is still open: clear it with a reason first, or reject the visit.")
ELEMENTS: Final = N_("The record is not complete: service, person, day, place, who served or times are missing.")
ITEMS: Final = N_("Mandatory items of the checklist were not done: reject the visit, or let it be made up.")
OWN_SIDE: Final = N_("You or your organisation delivered this visit: somebody else checks it.")
SENDER: Final = N_("You sent this record yourself: somebody else checks it.")


def hindrances(*, approval: str, open_flags: Sequence[str], missing: Sequence[str], items: Sequence[str]) -> list[str]:
    """Why a visit cannot be verified as it stands, as message ids; [] means that it can.

    Args:
        approval: of a record that was entered afterwards, "" where none is needed.
        open_flags: flags that nobody has cleared.
        missing, items: elements that are missing, mandatory lines that were not done.
    """
    found = []
    if approval == "waiting":
        found.append(NO_APPROVAL)
    if approval == "refused":
        found.append(NOT_APPROVED)
    if missing:
        found.append(ELEMENTS)
    if items:
        found.append(ITEMS)
    if any(flag != "incomplete" for flag in open_flags):
        found.append(OPEN_FLAGS)
    return found

"""What a consent is for, who may give it and how it may be taken back (DOMAIN.md 9.1). Pure."""

from collections.abc import Collection
from datetime import date
from typing import Final

from bangfu.errors import N_
from bangfu.households.rules import needs_guardian

PURPOSES: Final = ("service", "share_provider", "minor_data", "photo", "location", "publicity")
STATUTORY: Final = frozenset({"service", "share_provider", "minor_data"})
"""What the statutory duty of the civil affairs office covers; photos, positions and publication always need consent
(DOMAIN.md 9.1 [D]; the database's function consent_covers says the same)."""
GUARDIANS: Final = frozenset({"parent", "grandparent", "sibling", "guardian", "other"})
"""Who may consent for a child under 14: a parent, or whoever the law makes the guardian; never the child."""

MISSING: Final = {
    "service": N_("The household has no consent or statutory ground in force for arranging services. Have one recorded"
                  " on the household's page first."),
    "share_provider": N_("The household's consent does not cover sharing with an organisation."),
    "photo": N_("The household has not consented to photos of the service."),
    "location": N_("The household has not consented to keeping the position at check-in."),
    "minor_data": N_("The guardian has not consented to using the data of this minor."),
    "publicity": N_("The household has not consented to publication."),
}  # fmt: skip
"""Purpose -> the sentence of a refusal that names what is missing."""
WITHDRAWN: Final = N_("The household has withdrawn its consent; nothing is offered or shared any more.")
MINOR_MISSING: Final = N_(
    "The person is under 14: a guardian's consent to using data of minors, or a statutory ground, is missing."
)


def left_after(purposes: Collection[str], taken_back: Collection[str]) -> tuple[str, ...]:
    """The purposes that stay consented to, in the order of the list."""
    return tuple(purpose for purpose in PURPOSES if purpose in purposes and purpose not in taken_back)


def is_ended(left: Collection[str]) -> bool:
    """Whether a consent is over: without arranging services the rest has no object."""
    return not {"service"} & set(left) and not set(left) - {"share_provider", "minor_data"}


def is_guardian_missing(born: date | None, relation: str, on: date) -> bool:
    """Whether the giver may not consent for this person: under 14 only a guardian may (PIPL art. 31)."""
    return needs_guardian(born, on) and relation not in GUARDIANS

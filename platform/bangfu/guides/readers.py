"""Which guide is whose."""

from typing import Final

GUIDE_OF: Final[dict[str, str]] = {
    "grid_worker": "village_worker",
    "assist_coordinator": "village_worker",
    "child_director": "village_worker",
    "child_supervisor": "village_worker",
    "social_worker": "village_worker",
    "department_liaison": "village_worker",
    "station_dispatcher": "station_dispatcher",
    "township_officer": "township_officer",
    "bureau_officer": "bureau",
    "bureau_lead": "bureau",
    "finance_officer": "finance",
    "assessor": "evaluator",
    "auditor": "auditor",
    "provider_manager": "provider",
    "caregiver": "provider",
    "volunteer": "volunteer",
    "sysadmin": "operator",
}
"""Role -> the guide that is written for it."""
ORDER: Final = (
    "village_worker", "station_dispatcher", "township_officer", "bureau", "finance", "evaluator", "auditor",
    "provider", "volunteer", "household", "operator",
)  # fmt: skip
"""The guides as they are listed: as a need is met, then those who look after the portal."""


def roles_of(slug: str) -> list[str]:
    """The roles that a guide is written for."""
    return [role for role, guide in GUIDE_OF.items() if guide == slug]


def own_guides(roles: frozenset[str]) -> list[str]:
    """The guides of somebody's roles, in the order of the list."""
    own = {GUIDE_OF[role] for role in roles if role in GUIDE_OF}
    return [slug for slug in ORDER if slug in own]


def ordered(slugs: list[str], roles: frozenset[str]) -> list[str]:
    """All guides, the reader's own first; a text that the order does not name comes last."""
    own = own_guides(roles)
    rest = [slug for slug in ORDER if slug not in own] + sorted(set(slugs) - set(ORDER))
    return [slug for slug in [*own, *rest] if slug in slugs]

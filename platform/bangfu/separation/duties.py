"""Which duties exclude each other on one chain (DOMAIN.md 8.11). Pure.

A chain is one object and what is done with it: a need, a visit, a contract, a score, a claim, a person. The database
knows the same duties as the view `duty` and the same pairs as the function `barred_duties`; a test compares them.
"""

from typing import Final

CHAINS: Final[dict[str, tuple[str, ...]]] = {
    "need": ("submit_need", "confirm_need"),
    "contract": ("draft_contract", "check_contract", "approve_contract", "propose_match", "evaluate", "pay_contract"),
    "visit": ("deliver", "verify", "spot_check", "decide_check"),
    "score": ("score", "publish", "decide_appeal"),
    "claim": ("claim", "review", "approve", "pay"),
    "person": ("assess", "care"),
}
"""Kind of chain -> its duties."""

PAIRS: Final[frozenset[frozenset[str]]] = frozenset(
    frozenset(pair)
    for pair in (
        ("submit_need", "confirm_need"),
        ("propose_match", "evaluate"),
        ("draft_contract", "approve_contract"), ("draft_contract", "pay_contract"),
        ("draft_contract", "check_contract"),
        ("check_contract", "approve_contract"), ("approve_contract", "pay_contract"),
        ("deliver", "verify"), ("deliver", "spot_check"), ("verify", "spot_check"), ("spot_check", "decide_check"),
        ("deliver", "decide_check"),
        ("score", "publish"), ("score", "decide_appeal"),
        ("claim", "review"), ("claim", "approve"), ("claim", "pay"), ("review", "approve"), ("review", "pay"),
        ("approve", "pay"),
        ("assess", "care"),
    )
)  # fmt: skip
"""Two duties that one person never has on one chain."""


def barred_with(duty: str) -> tuple[str, ...]:
    """The duties that exclude this one, in order."""
    return tuple(sorted(other for pair in PAIRS if duty in pair for other in pair - {duty}))

"""The prices of the plan: what an unserved need, a kilometre or a missed wish costs (MATCHING.md, Objective).

The defaults are [D] of the product; a dispatcher may change the soft ones for one run, and the run keeps and shows what
it used. The limits keep serving a need always cheaper than leaving it.
"""

from collections.abc import Mapping
from typing import Any, Final

from matching import Weights

UNSERVED: Final = {"urgent": 100_000, "key": 40_000, "edge": 20_000, "general": 10_000}
SOFT: Final[dict[str, int]] = {
    "per_km": 100,
    "gender_wish": 200,
    "language_wish": 400,
    "change_of_carer": 500,
    "per_yuan": 1,
}
MOST: Final[dict[str, int]] = {
    "per_km": 200,
    "gender_wish": 1000,
    "language_wish": 1000,
    "change_of_carer": 1500,
    "per_yuan": 2,
}
DETOUR: Final = 1.3
"""Road metres per straight metre [D]."""


def weights_with(chosen: Mapping[str, Any] | None = None) -> Weights:
    """The defaults with a dispatcher's own soft weights. Raises matching.ProblemError for impossible ones."""
    soft = {name: (chosen or {}).get(name, default) for name, default in SOFT.items()}
    return Weights(unserved=UNSERVED, **soft)

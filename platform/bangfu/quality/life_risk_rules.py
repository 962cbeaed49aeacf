"""What of its quality makes a contract need somebody's eye, as points beside those of the contract. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal

POINTS: Final[dict[str, int]] = {
    "veto": 50, "poor": 40, "rectify_overdue": 30, "hold": 20, "fair": 15, "publish_overdue": 10, "appealed": 5,
}  # fmt: skip
"""Reason -> points [D]; they order the list and nothing else."""
RED, AMBER = 40, 10
LEAST_DUE, LEAST_VOICES = 20, 5
"""Fewer due visits or respondents are too small a sample for a rank (DOMAIN.md 6.6)."""
Level = Literal["bad", "warn", "ok"]


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of a contract's quality: the last final band, and what is open."""

    band: str = ""
    vetoes: int = 0
    hold: bool = False
    rectify_overdue: bool = False
    publish_overdue: bool = False
    appealed: bool = False


def reasons_of(quality: Quality) -> list[tuple[str, int]]:
    """(code, points) of everything that holds, the heaviest first."""
    holds = {
        "veto": bool(quality.vetoes), "poor": quality.band == "poor", "fair": quality.band == "fair",
        "hold": quality.hold, "rectify_overdue": quality.rectify_overdue,
        "publish_overdue": quality.publish_overdue, "appealed": quality.appealed,
    }  # fmt: skip
    return [(code, points) for code, points in POINTS.items() if holds[code]]


def level_of(points: int) -> Level:
    """bad from 40 points, warn from 10."""
    return "bad" if points >= RED else "warn" if points >= AMBER else "ok"


def too_small(points: str | Mapping[str, Any]) -> bool:
    """Whether a revision's `points` say that there were under 20 due visits or under 5 respondents: 样本不足."""
    read: Mapping[str, Any] = json.loads(points) if isinstance(points, str) else points
    return _whole(read, "Q1") < LEAST_DUE or _whole(read, "Q6") < LEAST_VOICES


def _whole(points: Mapping[str, Any], code: str) -> Fraction:
    found = points.get(code, {}).get("denominator") or "0"
    return Fraction(str(found))

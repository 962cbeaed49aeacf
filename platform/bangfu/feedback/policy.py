"""The numbers of call-backs and ratings, by version [D]; a round keeps the version it was opened under."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Policy:
    """One version, from a day on."""

    version: str
    valid_from: date
    percent: int = 20
    """Of the recipients served in the quarter (DOMAIN.md 5.3)."""
    attempts: int = 3
    """Days on which nobody is reached before another recipient is called."""
    watch_days: int = 20
    """Days before the quarter's end from which supervision watches the township's list."""
    close_working_days: int = 10
    """After the quarter's end: then the round is closed and the facts are frozen (DOMAIN.md 8.9)."""
    least: int = 5
    """Respondents below which no distribution and no figure of a provider is shown (DOMAIN.md 6.1, 6.6)."""
    low_stars: int = 2
    """So many stars or fewer with words go to the station."""
    code_uses: int = 12
    """How often a paper code may be used in its quarter."""
    code_days: int = 15
    """Days after the quarter's end on which a code still counts, for services of that quarter."""


_2026_1: Final = Policy("2026-1", date(2026, 1, 1))
VERSIONS: Final[Mapping[str, Policy]] = {each.version: each for each in (_2026_1,)}


def in_force(day: date) -> Policy:
    """The version that counts on a day; before the first one, the first one."""
    started = [each for each in VERSIONS.values() if each.valid_from <= day]
    return max(started or list(VERSIONS.values()), key=lambda each: (each.valid_from, each.version))

"""Where a carer serves and when nobody may send them (DOMAIN.md 2.3, 2.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.shared.division_codes import division_prefix

COUNTY_DIGITS = 6
ADULT = 18


@dataclass(frozen=True, slots=True)
class Reach:
    """A carer with the division prefixes that they serve."""

    row: Mapping[str, Any]
    areas: tuple[str, ...]

    @property
    def id(self) -> UUID:
        found: UUID = self.row["id"]
        return found

    @property
    def organization(self) -> UUID | None:
        found: UUID | None = self.row["organization"]
        return found

    def covers(self, division: str) -> bool:
        """Whether the carer serves in a division."""
        return division.startswith(self.areas)

    def barred_on(self, day: date) -> bool:
        """Whether the carer, or the organisation, is blacklisted on a day (the last one included), or is a child: every
        service here is a home visit that a volunteer under 18 may not make alone [D]."""
        until = (self.row["blacklist_until"], self.row["organization_blacklist"])
        return any(last is not None and day <= last for last in until) or _age(self.row["birth_date"], day) < ADULT


def reach_of(row: Mapping[str, Any]) -> Reach:
    """An organisation's people serve its service area, empty meaning its own county; others serve their own county."""
    named = tuple(division_prefix(area) for area in row["service_area"] or ())
    home = row["organization_division"] or row["division"]
    return Reach(row, tuple(area for area in named if area) or (home[:COUNTY_DIGITS],))


def _age(born: date | None, day: date) -> int:
    """Full years; an unknown birth date is an adult's (carers are registered by their employers)."""
    if born is None:
        return ADULT
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

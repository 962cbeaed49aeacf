"""Townships in frozen facts: as close to a home as a group of homes allows, and comparable only in like cohorts. Pure.

A township with fewer than five homes in the facts of a quarter would point at one of them to whoever knows the
provider's customers: such homes stand under their county. What is compared by township is compared within a cohort
(DOMAIN.md 6.6, PRODUCT.md evaluator 10).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from bangfu.quality.measure_rules import Cohort, CohortFigures, figures_of, part_of
from bangfu.quality.snapshot import Snapshot

FEW_HOMES: Final = 5
TOWN: Final = 9
COUNTY: Final = 6


@dataclass(frozen=True, slots=True)
class Home:
    """What the register knows of a household where like is compared with like."""

    grade: str = ""
    area: str = ""
    division: str = ""


class Towns:
    """Which townships the facts of a quarter may name."""

    def __init__(self, homes: Iterable[tuple[UUID, str]]) -> None:
        """`homes`: every home with every division in which it was served or is registered."""
        found: dict[str, set[UUID]] = defaultdict(set)
        for home, division in homes:
            found[division[:TOWN]].add(home)
        self._named = {town for town, own in found.items() if len(own) >= FEW_HOMES}

    def shown(self, division: str) -> str:
        """The township's nine digits, or the county's six where too few homes lie in it."""
        town = division[:TOWN]
        return town if town in self._named else division[:COUNTY]


def county_of(division: str) -> str:
    """The county's twelve digits: all that the facts of one home's agreement say of where it is."""
    return division[:COUNTY].ljust(12, "0")


@dataclass(frozen=True, slots=True)
class TownFigures:
    """One township's figures in a cohort, over all contracts; `code` has six digits where small townships of a county
    are taken together."""

    code: str
    figures: CohortFigures


def of_town(facts: Snapshot, town: str) -> Snapshot:
    """The windows and visits of one township, and the voices of those homes that are named there."""
    visits = tuple(each for each in facts.visits if each.division == town)
    windows = tuple(each for each in facts.windows if each.township == town)
    people = {each.recipient for each in visits} | {each.recipient for each in windows}
    ratings = tuple(each for each in facts.ratings if each.recipient in people)
    return replace(facts, visits=visits, windows=windows, ratings=ratings)


def compared(quarters: Collection[Snapshot], key: Cohort) -> list[TownFigures]:
    """The townships of a cohort beside each other, by code, small ones together at the end: no order of merit."""
    parts = [part_of(facts, key) for facts in quarters]
    towns = {each.township for part in parts for each in part.windows}
    towns |= {each.division for part in parts for each in part.visits}
    return [
        TownFigures(town, figures_of([of_town(part, town) for part in parts], parts[0].standard))
        for town in sorted(towns - {""}, key=lambda code: (len(code) < TOWN, code))
    ]

"""What the norms look at, read from the register: categories, members, their situation; sealed values are opened."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bangfu.catalogue.norm_rules import HouseFacts, PersonFacts, Present
from bangfu.households.sealing import disability_of, health_of, plain_tags
from bangfu.households.tables import Household, Person
from bangfu.needs import rules as need_rules
from bangfu.needs.tables import Need

_HOMES = "SELECT h.id, h.division, h.category, h.support_mode, h.selfcare_level, h.risk_color FROM household h WHERE "
_PEOPLE = (
    "SELECT p.id, p.household, p.birth_date, p.is_head, p.assisted, p.selfcare_level, p.tags, p.child_type,"
    " p.health_enc, p.disability_enc FROM person p JOIN household h ON h.id = p.household WHERE p.left_on IS NULL AND "
)
_SERVED = "h.status IN ('active', 'grace') AND "
_OPEN = "SELECT n.household, n.service, n.person, n.visits FROM need n WHERE n.status = ANY({}::varchar[]) AND "


async def house_facts(condition: str, *values: Any) -> dict[UUID, tuple[str, HouseFacts]]:
    """Household -> its division and facts; `condition` speaks of `h`. Only households whose services go on."""
    homes = await Household.raw("".join((_HOMES, _SERVED, condition)), *values)
    order = " ORDER BY p.household, p.is_head DESC, p.id"
    people = await Person.raw("".join((_PEOPLE, _SERVED, condition, order)), *values)
    members: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in people:
        members.setdefault(row["household"], []).append(row)
    return {row["id"]: (row["division"], _house(row, members.get(row["id"], []))) for row in homes}


async def facts_of(household: UUID) -> HouseFacts:
    """The facts of one household; empty ones where its services have ended."""
    found = await house_facts("h.id = {}", household)
    return found[household][1] if household in found else HouseFacts()


def _house(row: Mapping[str, Any], members: list[Mapping[str, Any]]) -> HouseFacts:
    named = any(member["assisted"] for member in members)
    return HouseFacts(
        row["category"], row["support_mode"], row["selfcare_level"], row["risk_color"],
        tuple(_person(member, member["assisted"] if named else member["is_head"]) for member in members),
    )  # fmt: skip


def _person(row: Mapping[str, Any], supported: bool) -> PersonFacts:
    tags = set(plain_tags(row))
    if row["health_enc"] or row["tags"]:
        tags |= set(health_of(row)[1])
    if row["child_type"]:
        tags.add(row["child_type"])
    pairs: tuple[tuple[int, int], ...] = ()
    if row["disability_enc"]:
        found = disability_of(row)
        # A certificate without a level says nothing about severity: the mildest level counts.
        pairs = tuple((int(kind), found.level or 4) for kind in found.types)
    return PersonFacts(row["id"], row["birth_date"], supported, row["selfcare_level"], frozenset(tags), pairs)


async def present_needs(condition: str, *values: Any) -> dict[UUID, list[Present]]:
    """Household -> its open needs; `condition` speaks of `n`."""
    rows = await Need.raw("".join((_OPEN, condition)), sorted(need_rules.OPEN), *values)
    found: dict[UUID, list[Present]] = {}
    for row in rows:
        found.setdefault(row["household"], []).append(Present(row["service"], row["person"], row["visits"]))
    return found


def canonical(value: object) -> str:
    """One text for equal facts."""
    return json.dumps(value, sort_keys=True, default=str)

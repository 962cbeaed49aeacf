"""Households of one's area that may be the same, with the reasons; and what somebody found to be two."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotYours
from bangfu.households import merge_rules
from bangfu.households.tables import Household, NotDuplicate
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.masking import mask_name

MOST = 100
"""Pairs that one page shows; the most telling ones first."""
_PEOPLE = (
    "WITH someone AS (SELECT p.household, p.name, p.name_grams, p.birth_date, p.phone_index, p.pinyin, p.is_head,"
    " h.division, h.address_grams FROM person p JOIN household h ON h.id = p.household"
    " WHERE p.division LIKE {} AND h.status <> 'merged' AND p.left_on IS NULL)"
    " SELECT DISTINCT a.household AS first, b.household AS second FROM someone a JOIN someone b"
    " ON a.household < b.household AND"
)
_NOT_TWO = (
    "WHERE NOT EXISTS (SELECT 1 FROM not_duplicate n WHERE n.first = a.household AND n.second = b.household) LIMIT 400"
)
_SAME = {
    "name_birth": "a.name = b.name AND a.birth_date = b.birth_date",
    "phone": "a.phone_index = b.phone_index AND a.phone_index <> ''",
    "name_address": (
        "a.address_grams = b.address_grams AND cardinality(a.address_grams) > 1 AND a.name_grams && b.name_grams"
    ),
    "sound_village": (
        "a.division = b.division AND a.pinyin = b.pinyin AND a.is_head AND b.is_head"
        " AND (a.birth_date IS NULL OR b.birth_date IS NULL OR a.name <> b.name AND a.birth_date = b.birth_date)"
    ),
}
_SIDE = (
    "SELECT h.id, h.number, h.head_name, h.category, h.created_at, h.status, coalesce(d.name, '') AS place,"
    " (SELECT count(*) FROM person m WHERE m.household = h.id) AS members"
    " FROM household h LEFT JOIN division d ON d.code = h.division WHERE h.id = ANY({})"
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, its name masked."""

    id: UUID
    number: str
    head: str
    place: str
    category: str
    members: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two households that may be one; `kept` is the one recorded first."""

    kept: Side
    other: Side
    level: str
    reasons: tuple[str, ...]


async def candidates(actor: Actor) -> list[Candidate]:
    """The pairs of the actor's scope, the most telling first, at most MOST."""
    if not actor.scope:
        return []
    pairs: dict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for reason, same in _SAME.items():
        for row in await Household.raw(" ".join((_PEOPLE, same, _NOT_TWO)), f"{actor.scope}%"):
            pairs[row["first"], row["second"]].add(reason)
    chosen = merge_rules.in_order(pairs)[:MOST]
    sides = await _sides([household for pair, _ in chosen for household in pair])
    return [_candidate(sides[first], sides[second], reasons) for (first, second), reasons in chosen]


async def _sides(households: Sequence[UUID]) -> dict[UUID, Side]:
    rows = await Household.raw(_SIDE, list(households))
    return {row["id"]: _side(row) for row in rows}


def _side(row: dict[str, Any]) -> Side:
    return Side(
        row["id"], row["number"], mask_name(row["head_name"]), row["place"], row["category"], row["members"],
        row["created_at"],
    )  # fmt: skip


def _candidate(one: Side, two: Side, reasons: set[str]) -> Candidate:
    kept, other = sorted((one, two), key=lambda side: (side.created_at, side.number))
    order = list(merge_rules.REASONS)
    return Candidate(kept, other, merge_rules.level_of(reasons), tuple(sorted(reasons, key=order.index)))


async def pair_numbered(actor: Actor, kept: str, other: str) -> tuple[UUID, UUID]:
    """The ids of two households by their numbers.

    Raises:
        FormError: for a number that is not in the actor's scope, or twice the same.
    """
    found, faults = dict[str, UUID](), dict[str, tuple[str, dict[str, object]]]()
    for field, number in (("kept", kept), ("other", other)):
        rows = await Household.raw(
            "SELECT id FROM household WHERE number = {} AND division LIKE {} AND status <> 'merged'",
            number.strip().upper(), f"{actor.scope}%" if actor.scope else "",
        )  # fmt: skip
        if rows:
            found[field] = rows[0]["id"]
        else:
            faults[field] = (N_("There is no household of this number in your area."), {})
    if not faults and found["kept"] == found["other"]:
        faults["other"] = (N_("These are one and the same household."), {})
    if faults:
        raise FormError(faults)
    return found["kept"], found["other"]


async def say_different(actor: Actor, one: UUID, two: UUID, at: datetime) -> None:
    """The two are two: they are not proposed again. Repeats change nothing.

    Raises:
        NotYours: if one of them is not in the actor's scope.
    """
    first, second = sorted((one, two))
    async with transaction():
        rows = await Household.raw("SELECT division FROM household WHERE id = ANY({})", [first, second])
        if len(rows) < 2 or not all(actor.sees(row["division"]) for row in rows):
            raise NotYours
        await NotDuplicate.raw(
            "INSERT INTO not_duplicate (id, first, second, said_by, said_at) VALUES ({}, {}, {}, {}, {})"
            " ON CONFLICT DO NOTHING",
            uuid4(), first, second, actor.user, at,
        )  # fmt: skip

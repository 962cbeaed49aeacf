"""Finding households by what people remember: a name, its pinyin, a whole number, the tail of a phone (PRODUCT.md).

Always inside the actor's scope, limited, and with masked results; a part of an ID number finds nothing (DOMAIN.md 9.3).
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bangfu.households.tables import Household
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import blind_index
from bangfu.shared.faults import Fault
from bangfu.shared.identifiers import compact, parse_phone
from bangfu.shared.masking import mask_name
from bangfu.shared.names import grams, query_terms

MOST_HITS = 50
Condition = tuple[str, list[Any]]
"""An SQL condition over `h` (household) and `p` (person) with `{}` for its values."""

_FOUND = (
    "SELECT h.id, h.number, h.head_name, h.category, h.risk_color, p.name,"
    " coalesce(t.name, '') || coalesce(d.name, '') AS place"
    " FROM person p JOIN household h ON h.id = p.household LEFT JOIN division d ON d.code = h.division"
    " LEFT JOIN division t ON t.code = left(h.division, 9) || '000' WHERE h.division LIKE {} AND"
)
_FIRST = f"ORDER BY h.head_pinyin, h.number LIMIT {MOST_HITS}"
_NUMBER = re.compile(r"[A-Z]{1,8}-?[0-9]{1,12}")
_ID_LIKE = re.compile(r"[0-9]{5,17}[0-9Xx]?")


@dataclass(frozen=True, slots=True)
class Hit:
    """A household that was found; names are masked already."""

    household: UUID
    number: str
    head: str
    people: str
    division: str
    category: str
    risk_color: str


def is_sensitive(query: str) -> bool:
    """Whether the text may be an ID number, a phone or an account: such a thing never stands in an address."""
    return not is_number(query) and sum(character.isdecimal() for character in compact(query)) >= 7


def is_number(query: str) -> bool:
    """Whether the text looks like the number of a household or a need: letters, then digits (HH-000123, CZX-0921)."""
    return _NUMBER.fullmatch(compact(query).upper()) is not None


def condition(query: str) -> Condition | None:
    """What the query asks for; None where nothing may be found by it (an empty text, a part of an ID number)."""
    text = compact(query)
    if re.fullmatch(r"[0-9]{17}[0-9Xx]", text):
        return "p.id_number_index = {}", [blind_index(text.upper(), "id_number")]
    if re.fullmatch(r"[0-9]{4}", text):
        return "p.phone_tail_index = {}", [blind_index(text, "phone_tail")]
    if is_number(text):
        return "h.number = {} AND p.is_head", [text.upper()]
    if phone := _phone(text):
        return "p.phone_index = {}", [blind_index(phone, "phone")]
    if not text or _ID_LIKE.fullmatch(text) or text.isdecimal():
        return None
    return _by_name(query)


def _phone(text: str) -> str:
    try:
        return parse_phone(text)
    except Fault:
        return ""


def _by_name(query: str) -> Condition | None:
    parts: list[str] = []
    values: list[Any] = []
    for term in query_terms(query):
        if term.isascii():
            parts.append("(p.initials LIKE {} OR replace(p.pinyin, ' ', '') LIKE {} OR p.name_grams @> {}::varchar[])")
            pairs = [gram for gram in grams(term) if len(gram) == 2] or [term]
            values += [f"{term}%", f"{term}%", pairs]
        else:
            parts.append("p.name_grams @> {}::varchar[]")
            values.append([term])
    return (" AND ".join(parts), values) if parts else None


async def search(actor: Actor, query: str) -> list[Hit]:
    """The first households of the actor's scope that fit, by the name of their head."""
    asked = condition(query)
    if asked is None or not actor.scope:
        return []
    sql, values = asked
    rows = await Household.raw(" ".join((_FOUND, sql, _FIRST)), f"{actor.scope}%", *values)
    return _by_household(rows)


def _by_household(rows: list[dict[str, Any]]) -> list[Hit]:
    """One hit for each household, naming everyone who fits."""
    people: dict[UUID, list[str]] = {}
    for row in rows:
        people.setdefault(row["id"], []).append(mask_name(row["name"]))
    first = {row["id"]: row for row in reversed(rows)}
    found = [first[household] for household in people]
    return [
        Hit(
            row["id"], row["number"], mask_name(row["head_name"]), " ".join(people[row["id"]]), row["place"],
            row["category"], row["risk_color"],
        )
        for row in found
    ]  # fmt: skip

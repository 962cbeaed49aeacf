"""Finding households by what people remember: a name, pinyin, a whole number, a phone's tail, a part of the address.

Always inside the actor's scope, limited, and with masked results; a part of an ID number finds nothing (DOMAIN.md 9.3).
A search reads at most MOST_READ rows whatever the register's size, and counts nothing: the first hits of a common name
are some of its people, those with exactly the typed name before the others.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bangfu.households.sealing import unseal
from bangfu.households.tables import Household
from bangfu.shared.actor import Actor
from bangfu.shared.address_grams import asked_tokens, contains
from bangfu.shared.crypto import blind_index
from bangfu.shared.database import transaction
from bangfu.shared.faults import Fault
from bangfu.shared.identifiers import compact, parse_phone
from bangfu.shared.masking import mask_address, mask_name
from bangfu.shared.names import normal_name, query_terms

MOST_HITS = 50
MOST_READ = 400
"""Rows that one search by name looks at [D]."""
MOST_OPENED = 2000
"""Addresses that one search opens to see whether they really hold what was typed [D]."""
Condition = tuple[str, list[Any]]
"""An SQL condition over `h` (household) and `p` (person) with `{}` for its values."""

_SHOWN = (
    "h.id, h.number, h.head_name, h.head_pinyin, h.category, h.risk_color, h.address_enc,"
    " coalesce(t.name, '') || coalesce(d.name, '') AS place"
)
_PLACE = " LEFT JOIN division d ON d.code = h.division LEFT JOIN division t ON t.code = left(h.division, 9) || '000'"
_FOUND = (
    f"SELECT {_SHOWN}, p.name FROM person p JOIN household h ON h.id = p.household{_PLACE}"  # noqa: S608
    " WHERE h.status <> 'merged' AND p.division LIKE {} AND"
)
_FIRST = f"LIMIT {MOST_READ}"
_BY_ADDRESS = (
    f"SELECT {_SHOWN}, '' AS name FROM household h{_PLACE}"  # noqa: S608
    " WHERE h.status <> 'merged' AND h.division LIKE {} AND h.address_grams @> {}::integer[] LIMIT {}"
)
_PLAN = (
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true),"
    " set_config('jit', 'off', true)"
)
"""Plan for the typed value, by the search indexes: what a rare and a common name need differs."""
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
    address: str = ""
    """Down to the village, where it was found by the address."""


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
    terms = query_terms(query)
    return ("p.search_terms @> {}::varchar[]", [terms]) if terms else None


async def search(actor: Actor, query: str) -> list[Hit]:
    """The first households of the actor's scope that fit: by name those with just that name first, then by pinyin;
    then those whose address holds the text.
    """
    asked = condition(query)
    if asked is None or not actor.scope:
        return []
    sql, values = asked
    tokens = asked_tokens(query)
    async with transaction():
        await Household.raw(_PLAN)
        rows = await Household.raw(" ".join((_FOUND, sql, _FIRST)), f"{actor.scope}%", *values)
        near = await Household.raw(_BY_ADDRESS, f"{actor.scope}%", tokens, MOST_OPENED) if tokens else []
    found = _by_household(sorted(rows, key=_order(query)))[:MOST_HITS]
    known = {hit.household for hit in found}
    there = _by_address([row for row in near if row["id"] not in known], query, MOST_HITS - len(found))
    return found + there


def _order(query: str) -> Callable[[Mapping[str, Any]], tuple[bool, str, str]]:
    name = normal_name(query)
    return lambda row: (row["name"] != name, row["head_pinyin"], row["number"])


def _by_household(rows: list[dict[str, Any]]) -> list[Hit]:
    """One hit for each household, naming everyone who fits."""
    people: dict[UUID, list[str]] = {}
    for row in rows:
        people.setdefault(row["id"], []).append(mask_name(row["name"]))
    first = {row["id"]: row for row in reversed(rows)}
    return [_hit(first[household], people=" ".join(people[household])) for household in people]


def _by_address(rows: list[dict[str, Any]], query: str, most: int) -> list[Hit]:
    """Those proposals whose opened address holds the text."""
    found: list[Hit] = []
    for row in rows:
        if len(found) >= most:
            break
        if contains(row["place"] + (address := _opened(row)), query):
            found.append(_hit(row, address=mask_address(address)))
    return sorted(found, key=lambda hit: (hit.division, hit.number))


def _opened(row: Mapping[str, Any]) -> str:
    try:
        return unseal("household", row, "address_enc")
    except ValueError:
        return ""


def _hit(row: Mapping[str, Any], *, people: str = "", address: str = "") -> Hit:
    return Hit(
        row["id"], row["number"], mask_name(row["head_name"]), people, row["place"], row["category"],
        row["risk_color"], address,
    )  # fmt: skip

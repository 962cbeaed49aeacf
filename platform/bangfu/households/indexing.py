"""What households and people are found by, made for rows that lack it: after an update of the product, or a raw write.

The rows left are the ones with an older `search_version`, so that the work goes on where it was cut off.
"""

from typing import Any
from uuid import UUID

from bangfu.households.sealing import SEARCH_VERSION, unseal
from bangfu.households.tables import Household, Person
from bangfu.shared.address_grams import address_tokens
from bangfu.shared.database import transaction
from bangfu.shared.names import full_pinyin, initials, search_terms

BATCH = 500


async def refresh(most: int = 20_000) -> int:
    """Make the search columns of at most so many rows, each batch in a transaction of its own; the number made."""
    made = 0
    for step in (_people, _households):
        while made < most and (done := await step()):
            made += done
    return made


async def _people() -> int:
    async with transaction():
        rows = await _stale(Person, "id, name")
        terms = [",".join(search_terms(row["name"])) for row in rows]
        await Person.raw(
            "UPDATE person p SET search_terms = string_to_array(n.terms, ','), pinyin = n.pinyin,"
            " initials = n.initials, search_version = {}"
            " FROM unnest({}::uuid[], {}::text[], {}::text[], {}::text[]) AS n (id, terms, pinyin, initials)"
            " WHERE p.id = n.id",
            SEARCH_VERSION, _ids(rows), terms, [full_pinyin(row["name"])[:200] for row in rows],
            [initials(row["name"])[:32] for row in rows],
        )  # fmt: skip
    return len(rows)


async def _households() -> int:
    async with transaction():
        rows = await _stale(Household, "id, address_enc")
        tokens = [",".join(map(str, address_tokens(_opened(row)))) for row in rows]
        await Household.raw(
            "UPDATE household h SET address_grams = string_to_array(n.tokens, ',')::integer[], search_version = {}"
            " FROM unnest({}::uuid[], {}::text[]) AS n (id, tokens) WHERE h.id = n.id",
            SEARCH_VERSION, _ids(rows), tokens,
        )  # fmt: skip
    return len(rows)


def _opened(row: dict[str, Any]) -> str:
    """The address, or nothing where it cannot be opened (`bangfu keys status` names such values)."""
    try:
        return unseal("household", row, "address_enc")
    except ValueError:
        return ""


async def _stale(table: type[Person] | type[Household], columns: str) -> list[dict[str, Any]]:
    name = table._meta.tablename
    found: list[dict[str, Any]] = await table.raw(
        f"SELECT {columns} FROM {name} WHERE search_version < {SEARCH_VERSION}"  # noqa: S608 (constants)
        f" ORDER BY id LIMIT {BATCH} FOR UPDATE SKIP LOCKED"
    )
    return found


def _ids(rows: list[dict[str, Any]]) -> list[UUID]:
    return [row["id"] for row in rows]

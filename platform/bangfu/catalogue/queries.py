"""Reads of the catalogue. It holds no personal data and is the same for every area."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.accounts.tables import User
from bangfu.catalogue import rules
from bangfu.catalogue.tables import CatalogueItem
from bangfu.catalogue.versions import Kind
from bangfu.needs.items import Item
from bangfu.needs.tables import Service
from bangfu.shared.i18n import current, word
from bangfu.shared.names import query_terms

_CURRENT = (
    "SELECT DISTINCT ON (code) * FROM catalogue_item WHERE status IN ('published', 'retired') AND valid_from <= {}"
    " ORDER BY code, version DESC"
)
_LIST = (
    "SELECT c.*, count(*) OVER () AS total FROM ({source}) c WHERE {where}"
    " ORDER BY array_position(ARRAY['life', 'employment', 'education', 'medical', 'disability', 'care', 'inclusion']"
    "::varchar[], c.area), c.code, c.version DESC LIMIT {{}} OFFSET {{}}"
)
_OFFERED = f"SELECT * FROM ({_CURRENT}) c WHERE status = 'published' ORDER BY code"  # noqa: S608 (constants only)
_OPEN = "SELECT * FROM catalogue_item WHERE status IN ('draft', 'submitted')"


@dataclass(frozen=True, slots=True)
class Past:
    """One version in the history of a code; `state` is a status, `ahead` (published for a later day) or `replaced`."""

    id: UUID
    version: int
    state: str
    valid_from: date | None
    note: str
    published_by: str
    current: bool


async def items(filters: Mapping[str, str], today: date, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """One page of items, by group and code, and how many there are.

    `filters`: q (characters, pinyin, initials, code, English words), area, service, target, status ("" in force,
    draft, submitted, retired); empty ones do not restrict.
    """
    status = filters.get("status", "")
    values: list[Any] = []
    if status in {"draft", "submitted"}:
        source, parts = _OPEN, ["c.status = {}"]
        values.append(status)
    else:
        source, parts = _CURRENT, ["c.status = {}"]
        values += [today, "retired" if status == "retired" else "published"]
    for name in ("area", "service"):
        if filters.get(name):
            parts.append(f"c.{name} = {{}}")
            values.append(filters[name])
    if filters.get("target"):
        parts.append("{} = ANY(c.targets)")
        values.append(filters["target"])
    if filters.get("q"):
        parts.append("string_to_array(c.terms, ' ') @> {}::text[]")
        values.append(query_terms(filters["q"]) or ["?"])
    sql = _LIST.replace("{source}", source).replace("{where}", " AND ".join(parts)).replace("{{}}", "{}")
    rows = await CatalogueItem.raw(sql, *values, limit, offset)
    return rows, rows[0]["total"] if rows else 0


async def current_item(code: str, today: date) -> Any | None:
    """The version of an item that counts today."""
    return rules.in_force(await CatalogueItem.objects().where(CatalogueItem.code == code), today)


async def offered(today: date) -> list[Item]:
    """The items that a need may name today."""
    rows = await CatalogueItem.raw(_OFFERED, today)
    return [as_item(row) for row in rows]


async def item_version(code: str, version: int | None) -> Item | None:
    """One version of an item as a need names it."""
    rows = await CatalogueItem.raw("SELECT * FROM catalogue_item WHERE code = {} AND version = {}", code, version or 0)
    return as_item(rows[0]) if rows else None


def as_item(row: Mapping[str, Any]) -> Item:
    """A row as a need's form and page show it."""
    name = row["en"] if current() == "en" else row["zh"]
    label = f"{name} · {word('service', row['service'])}"
    return Item(row["code"], row["version"], row["service"], label, f"/catalogue/items/{row['id']}")


async def history(kind: Kind, code: str, today: date) -> list[Past]:
    """Every version of a code, the newest first."""
    rows = await kind.table.objects().where(kind.table.code == code).order_by(kind.table.version, ascending=False)
    counts = rules.in_force(rows, today)
    names = await _names([row.published_by for row in rows])
    return [
        Past(
            row.id, row.version, _state(row, counts, today), row.valid_from, row.note,
            names.get(row.published_by, ""), counts is not None and row.id == counts.id,
        )
        for row in rows
    ]  # fmt: skip


def _state(row: Any, counts: Any, today: date) -> str:
    if row.status != "published" or (counts is not None and row.id == counts.id):
        return str(row.status)
    return "ahead" if row.valid_from > today else "replaced"


async def _names(users: list[UUID | None]) -> dict[UUID, str]:
    found = [user for user in users if user is not None]
    rows = await User.raw("SELECT id, display_name FROM app_user WHERE id = ANY({})", found)
    return {row["id"]: row["display_name"] for row in rows}


async def before(kind: Kind, row: Any) -> Any | None:
    """The version before this one."""
    return await kind.table.objects().get((kind.table.code == row.code) & (kind.table.version == row.version - 1))


async def newest(kind: Kind) -> list[Any]:
    """Of every code the newest version and those that are open, by code: for lists of norms and usual values."""
    rows: list[Any] = await kind.table.objects().order_by(kind.table.code)
    return rows


async def services() -> dict[str, Service]:
    """The kinds of service, by code, in their order."""
    return {row.code: row for row in await Service.objects().order_by(Service.sort)}


async def waiting() -> int:
    """How many versions wait for publication."""
    rows = await CatalogueItem.raw(
        "SELECT (SELECT count(*) FROM catalogue_item WHERE status = 'submitted')"
        " + (SELECT count(*) FROM service_norm WHERE status = 'submitted')"
        " + (SELECT count(*) FROM service_default WHERE status = 'submitted') AS n"
    )
    return int(rows[0]["n"])

"""Reading the lists for another system: its area, its own rows, page by page in the order of the keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.exchange.change_line import Noted, changed_at, changes_after, end_of_line, put_in_line
from bangfu.exchange.problems import Refusal
from bangfu.exchange.read_asking import NOW, Wanted
from bangfu.exchange.read_cursor import KEEP_DAYS, line_cursor, list_cursor
from bangfu.exchange.read_fields import written
from bangfu.exchange.read_resource import Resource
from bangfu.exchange.read_resources import RESOURCES
from bangfu.exchange.tables import ApiToken
from bangfu.shared.permissions import allows


@dataclass(frozen=True, slots=True)
class Reader:
    """The system that reads: what its token covers."""

    id: UUID
    scopes: frozenset[str]
    division: str
    organization: UUID | None
    roles: frozenset[str]
    """The roles that its owner has now: what the owner may not see, the token may not read."""

    def covers(self, resource: Resource) -> bool:
        """Whether the token may read the list at all."""
        return (
            resource.name in self.scopes
            and allows(self.roles, resource.permission)
            and not (self.organization and not resource.own)
        )


def allowed(reader: Reader, resource: Resource, area: str = "") -> tuple[str, list[Any]]:
    """Which rows the reader may see, as SQL and its values.

    Raises:
        Refusal: where the token does not cover the list, or the area.
    """
    if not reader.covers(resource):
        raise Refusal("scope")
    if area and not area.startswith(reader.division):
        raise Refusal("area")
    prefix = area or reader.division
    visible = resource.own_visible if reader.organization and resource.own_visible else resource.visible
    parts, values = [visible], list[Any]()
    if resource.area:
        parts.append(resource.area)
        values += [prefix] * resource.area.count("{}")
    if reader.organization:
        parts.append(resource.own)
        values += [reader.organization] * resource.own.count("{}")
    return " AND ".join(f"({part})" for part in parts), values


async def page_of(reader: Reader, resource: Resource, wanted: Wanted) -> dict[str, Any]:
    """One page: `items` and the cursor of the `next` one, null at the end.

    Raises:
        Refusal: where the token does not cover it.
    """
    where, values = allowed(reader, resource, wanted.area)
    for part, own in _narrowed(resource, wanted):
        where, values = f"{where} AND {part}", [*values, *own]
    if wanted.updated_since:
        await put_in_line()
    rows = await ApiToken.raw(
        f"SELECT {resource.columns()} FROM {resource.source} WHERE {where} ORDER BY {resource.key} LIMIT {{}}",  # noqa: S608 (constants)
        *values, wanted.limit + 1,
    )  # fmt: skip
    items = await _written(resource, rows[: wanted.limit])
    last = items[-1][resource.key_field.name] if len(rows) > wanted.limit else None
    return {"items": items, "next": list_cursor(resource.name, last) if last else None}


async def object_of(reader: Reader, resource: Resource, key: str) -> dict[str, Any]:
    """One object.

    Raises:
        Refusal: where there is none that the token covers.
    """
    where, values = allowed(reader, resource)
    rows = await ApiToken.raw(
        f"SELECT {resource.columns()} FROM {resource.source} WHERE {where} AND {resource.key} = {{}}",  # noqa: S608
        *values, _key(resource, key),
    )  # fmt: skip
    if not rows:
        raise Refusal("unknown")
    return (await _written(resource, rows))[0]


async def changes_of(reader: Reader, asked: dict[str, Any], limit: int, at: datetime) -> dict[str, Any]:
    """What changed after a place: `items`, whether there are `more` at once, and where to read on (`next`).

    Raises:
        Refusal: for an old cursor, or where the token does not cover it.
    """
    area, after = asked.get("area", ""), asked.get("after")
    if area and not area.startswith(reader.division):
        raise Refusal("area")
    covered = sorted(name for name, one in RESOURCES.items() if reader.covers(one))
    scopes = [asked["resource"]] if "resource" in asked else covered
    if not scopes or not set(covered).issuperset(scopes):
        raise Refusal("scope")
    if isinstance(after, tuple) and after[1] < at - timedelta(days=KEEP_DAYS):
        raise Refusal("cursor_too_old")
    await put_in_line()
    if after == NOW:
        return {"items": [], "more": False, "next": line_cursor(await end_of_line(), at)}
    place = after[0] if after else 0
    found = await changes_after(place, scopes, area or reader.division, reader.organization, limit)
    place = found[-1].place if found else place
    items = await told(reader, found, area or reader.division)
    return {"items": items, "more": len(found) == limit, "next": line_cursor(place, at)}


async def told(reader: Reader, found: list[Noted], area: str) -> list[dict[str, Any]]:
    """Objects that the reader sees were changed; the others are gone for it, unless they never were in its area."""
    seen = {
        name: await _seen(reader, RESOURCES[name], [one.subject for one in found if one.resource == name], area)
        for name in {one.resource for one in found}
    }
    items = []
    for one in found:
        there = one.subject in seen[one.resource]
        if there or (not RESOURCES[one.resource].silent and (one.division == "" or one.division.startswith(area))):
            kind = "changed" if there else "deleted"
            items.append({"resource": one.resource, "id": one.subject, "at": written(one.at), "kind": kind})
    return items


async def _seen(reader: Reader, resource: Resource, subjects: list[str], area: str) -> set[str]:
    where, values = allowed(reader, resource, area)
    rows = await ApiToken.raw(
        f"SELECT {resource.key}::text AS key FROM {resource.source}"  # noqa: S608
        f" WHERE {where} AND {resource.key} = ANY({{}})",
        *values, [_key(resource, subject) for subject in subjects],
    )  # fmt: skip
    return {row["key"] for row in rows}


def _narrowed(resource: Resource, wanted: Wanted) -> list[tuple[str, list[Any]]]:
    """The wishes of a request as parts of a condition."""
    parts: list[tuple[str, list[Any]]] = []
    if wanted.after:
        parts.append((f"{resource.key} > {{}}", [_key(resource, wanted.after)]))
    if wanted.status and resource.status:
        parts.append((f"{resource.status.sql} = {{}}", [wanted.status]))
    if wanted.period:
        parts.append((f"{resource.period} BETWEEN {{}} AND {{}}", list(wanted.period)))
    if wanted.updated_since:
        cast = "subject::uuid" if resource.key_is_uuid else "subject"
        lately = f"SELECT {cast} FROM api_change WHERE resource = {{}} AND at >= {{}}"  # noqa: S608
        parts.append((f"{resource.key} IN ({lately})", [resource.name, wanted.updated_since]))
    return parts


def _key(resource: Resource, text: str) -> UUID | str:
    if not resource.key_is_uuid:
        return text
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("unknown") from None


async def _written(resource: Resource, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = [str(row[resource.key_field.name]) for row in rows]
    moments = await changed_at(resource.name, keys) if keys else {}
    return [
        resource.written({**row, "changed_at": moments.get(key)}) for row, key in zip(rows, keys, strict=True)
    ]  # fmt: skip

"""Reads of the directory: the register's organisations of the area and the listed ones, an entry, an upload's notes."""

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from bangfu.directory.hsds import TABLES, Directory
from bangfu.directory.tables import DirectoryNote, DirectoryRecord, DirectorySource, DirectoryUpload
from bangfu.errors import NotYours
from bangfu.providers.queries import VISIBLE
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import words_of
from bangfu.shared.like import containing

SOURCES: Final = "({} <> '' AND (s.division LIKE {} || '%' OR {} LIKE s.division || '%'))"
"""Directories that an office below, beside or above took in for the reader's area."""
MOST_OF_ENTRY: Final = 2000
"""Rows of one entry on its page [D]; the export has all."""
MOST_POINTS: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A listed organisation with what belongs to it."""

    id: UUID
    source: str
    name: str
    rows: Directory
    cut: bool


async def entries(actor: Actor, q: str, town: str, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """Organisations by name: id, kind registered or listed, name, services (codes or text), towns, source."""
    scope, codes = actor.scope, [code for code, word in words_of("service") if q and q.lower() in word.lower()]
    rows = await DirectoryRecord.raw(
        "SELECT *, count(*) OVER () AS total FROM ("  # noqa: S608 (constants)
        "SELECT o.id, 'registered' AS kind, o.name, array_to_string(o.services, ',') AS services, o.address AS towns,"
        " '' AS source, o.lat, o.lon, '' AS key FROM organization o WHERE o.active AND " + VISIBLE +
        " AND (o.name ILIKE {} OR o.services && {}::varchar[]) AND o.address ILIKE {}"
        " UNION ALL SELECT r.id, 'listed', r.name, r.services, r.towns, s.name, NULL, NULL, r.key"
        " FROM directory_record r JOIN directory_source s ON s.id = r.source WHERE r.kind = 'organization' AND "
        + SOURCES + " AND (r.name ILIKE {} OR r.services LIKE {}) AND r.towns LIKE {}"
        ") each ORDER BY name, id LIMIT {} OFFSET {}",
        scope, scope, scope, scope, containing(q), codes, containing(town),
        scope, scope, scope, containing(q), containing(q.lower()), containing(town.lower()), limit, offset,
    )  # fmt: skip
    return rows, rows[0]["total"] if rows else 0


async def points(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The places of the rows of a page, as the map takes them."""
    found = [
        _point(row["id"], row["lat"], row["lon"], row["name"], f"/providers/{row['id']}")
        for row in rows
        if row["kind"] == "registered" and row["lat"] is not None
    ]
    listed = {row["key"]: row for row in rows if row["kind"] == "listed"}
    places = await DirectoryRecord.raw(
        "SELECT l.organization, l.body->>'latitude' AS lat, l.body->>'longitude' AS lon FROM directory_record l"
        " JOIN directory_record o ON o.source = l.source AND o.kind = 'organization' AND o.key = l.organization"
        " WHERE l.kind = 'location' AND o.id = ANY({}::uuid[]) AND l.body ? 'latitude' AND l.body ? 'longitude'"
        " ORDER BY l.id LIMIT {}",
        [row["id"] for row in listed.values()], MOST_POINTS,
    )  # fmt: skip
    for place in places:
        row = listed[place["organization"]]
        at = f"/directory/entries/{row['id']}"
        found.append(_point(row["id"], float(place["lat"]), float(place["lon"]), row["name"], at))
    return found


def _point(key: UUID, lat: float, lon: float, label: str, href: str) -> dict[str, Any]:
    return {"id": str(key), "lat": lat, "lon": lon, "kind": "organisation", "label": label, "status": "", "href": href}


async def entry_for(actor: Actor, entry: UUID) -> Entry:
    """A listed organisation of a directory that the actor sees.

    Raises:
        NotYours: for an unknown one and for one of another area.
    """
    scope = actor.scope
    found = await DirectoryRecord.raw(
        "SELECT r.id, r.source, r.key, r.name, s.name AS source_name FROM directory_record r"  # noqa: S608 (constants)
        " JOIN directory_source s ON s.id = r.source WHERE r.id = {} AND r.kind = 'organization' AND " + SOURCES,
        entry, scope, scope, scope,
    )  # fmt: skip
    if not found:
        raise NotYours
    rows = await DirectoryRecord.raw(
        "SELECT kind, body FROM directory_record WHERE source = {} AND organization = {} ORDER BY kind, name, key"
        " LIMIT {}",
        found[0]["source"], found[0]["key"], MOST_OF_ENTRY + 1,
    )  # fmt: skip
    directory: Directory = {name: [] for name in TABLES}
    for row in rows[:MOST_OF_ENTRY]:
        directory[row["kind"]].append(json.loads(row["body"]))
    return Entry(entry, found[0]["source_name"], found[0]["name"], directory, len(rows) > MOST_OF_ENTRY)


async def registered(actor: Actor, entry: Entry) -> UUID | None:
    """The organisation of the register that has the entry's name or number, if the actor sees one."""
    numbers = [row["identifier"] for row in entry.rows["organization_identifier"]]
    rows = await DirectoryRecord.raw(
        "SELECT o.id FROM organization o WHERE (o.name = {} OR o.uscc = ANY({}::varchar[])) AND {} <> ''"
        " AND o.division LIKE {} || '%' ORDER BY o.id LIMIT 1",
        entry.name, numbers, actor.scope, actor.scope,
    )  # fmt: skip
    return rows[0]["id"] if rows else None


async def sources(actor: Actor) -> list[dict[str, Any]]:
    """The directories of the actor's area: id, name, division, organizations."""
    rows: list[dict[str, Any]] = await DirectorySource.raw(
        "SELECT s.id, s.name, s.division, s.created_at, (SELECT count(*) FROM directory_record r WHERE r.source = s.id"  # noqa: S608 (constants)
        " AND r.kind = 'organization') AS organizations FROM directory_source s WHERE " + SOURCES
        + " ORDER BY s.name, s.id LIMIT 200",
        actor.scope, actor.scope, actor.scope,
    )  # fmt: skip
    return rows


async def uploads(actor: Actor) -> list[dict[str, Any]]:
    """The actor's last files."""
    rows: list[dict[str, Any]] = await DirectoryUpload.raw(
        "SELECT id, source_name, filename, status, created_at FROM directory_upload WHERE uploaded_by = {}"
        " ORDER BY created_at DESC, id LIMIT 20", actor.me,
    )  # fmt: skip
    return rows


async def notes(upload: UUID, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """What was left out of a file or changed, in its order."""
    rows = await DirectoryNote.raw(
        "SELECT file, line, field, value, what, reason FROM directory_note WHERE upload = {} ORDER BY place"
        " LIMIT {} OFFSET {}", upload, limit, offset,
    )  # fmt: skip
    return rows, await DirectoryNote.count().where(DirectoryNote.upload == upload)


async def reasons(upload: UUID) -> list[dict[str, Any]]:
    """How often each reason was noted: file, field, what, reason, n."""
    rows: list[dict[str, Any]] = await DirectoryNote.raw(
        "SELECT file, field, what, reason, count(*) AS n FROM directory_note WHERE upload = {}"
        " GROUP BY file, field, what, reason ORDER BY n DESC, file, field, what, reason LIMIT 100", upload,
    )  # fmt: skip
    return rows

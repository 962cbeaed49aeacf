"""Writing a directory as a file: the register's or one that was taken in, which never lies in memory whole."""

import json
import tempfile
from collections.abc import AsyncIterator
from typing import IO, Any, Final
from uuid import UUID

from bangfu.directory.hsds import TABLES, Directory
from bangfu.directory.nested import Nesting
from bangfu.directory.package import Package, write_package
from bangfu.directory.queries import SOURCES
from bangfu.directory.register import directory_of
from bangfu.directory.tables import DirectoryRecord
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.database import in_parts

IN_MEMORY: Final = 8_000_000
"""Bytes of a file before it goes to the disk [D]."""


async def write(actor: Actor, source: UUID | None, kind: str) -> IO[bytes]:
    """The file, to be read from its start: kind `zip` (tables) or `json` (services).

    Raises:
        NotYours: for a directory of another area, and for any where the actor belongs to an organisation.
    """
    out: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed by whoever sends it)
    if source is None:
        directory = await directory_of(actor)
        out.write(write_package(directory) if kind == "zip" else b"".join(_array([directory])))
    else:
        await _check(actor, source)
        await (_tables(out, source) if kind == "zip" else _services(out, source))
    out.seek(0)
    return out


async def _check(actor: Actor, source: UUID) -> None:
    found = await DirectoryRecord.raw(
        "SELECT 1 FROM directory_source s WHERE s.id = {} AND {}::uuid IS NULL AND " + SOURCES,  # noqa: S608 (constants)
        source, actor.organization, actor.scope, actor.scope, actor.scope,
    )  # fmt: skip
    if not found:
        raise NotYours


async def _tables(out: IO[bytes], source: UUID) -> None:
    kinds = await DirectoryRecord.raw("SELECT DISTINCT kind FROM directory_record WHERE source = {}", source)
    filled = {row["kind"] for row in kinds}
    package = Package(out, filled)
    for name, table in TABLES.items():
        if name in filled:
            package.begin(table)
            sql = 'SELECT body FROM directory_record WHERE source = {} AND kind = {} ORDER BY key COLLATE "C"'
            async for part in in_parts(sql, source, name):
                package.add([json.loads(row["body"]) for row in part])
    package.close()


def _array(directories: list[Directory]) -> list[bytes]:
    services = [text for each in directories for text in _texts(each)]
    return [b"[\n", b",\n".join(services), b"\n]\n"]


def _texts(directory: Directory) -> list[bytes]:
    return [json.dumps(each, ensure_ascii=False, sort_keys=True).encode() for each in Nesting(directory).services()]


async def _services(out: IO[bytes], source: UUID) -> None:
    """One organisation after the other; places that belong to another one are read for it."""
    terms = await _rows(source, [""])
    out.write(b"[\n")
    first = True
    async for directory in _by_organization(source):
        await _complete(source, directory)
        directory["taxonomy_term"] = terms.get("taxonomy_term", [])
        for text in _texts(directory):
            out.write(text if first else b",\n" + text)
            first = False
    out.write(b"\n]\n")


async def _by_organization(source: UUID) -> AsyncIterator[Directory]:
    held, key = Directory(), ""
    sql = (
        "SELECT kind, organization, body FROM directory_record WHERE source = {} AND organization <> ''"
        ' ORDER BY organization COLLATE "C", kind, key COLLATE "C"'
    )
    async for part in in_parts(sql, source):
        for row in part:
            if row["organization"] != key and held:
                yield held
                held = Directory()
            key = row["organization"]
            held.setdefault(row["kind"], []).append(json.loads(row["body"]))
    if held:
        yield held


async def _complete(source: UUID, directory: Directory) -> None:
    own = {row["id"] for row in directory.get("location", [])}
    missing = sorted({row["location_id"] for row in directory.get("service_at_location", [])} - own)
    if not missing:
        return
    owners = await DirectoryRecord.raw(
        "SELECT DISTINCT organization FROM directory_record WHERE source = {} AND kind = 'location'"
        " AND key = ANY({}::varchar[])", source, missing,
    )  # fmt: skip
    others, wanted = await _rows(source, [row["organization"] for row in owners]), set(missing)
    for table, rows in others.items():
        for row in rows:
            if (row["id"] if table == "location" else _at(row)) in wanted:
                directory.setdefault(table, []).append(row)


def _at(row: dict[str, str]) -> str:
    """The place that a row belongs to and nothing else."""
    return row.get("link_id", "") or ("" if row.get("service_id") else row.get("location_id", ""))


async def _rows(source: UUID, organizations: list[str]) -> Directory:
    found: dict[str, list[dict[str, Any]]] = {}
    rows = await DirectoryRecord.raw(
        "SELECT kind, body FROM directory_record WHERE source = {} AND organization = ANY({}::varchar[])"
        " AND (organization <> '' OR kind IN ('taxonomy', 'taxonomy_term')) ORDER BY kind, key",
        source, organizations,
    )  # fmt: skip
    for row in rows:
        found.setdefault(row["kind"], []).append(json.loads(row["body"]))
    return found

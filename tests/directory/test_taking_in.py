"""A directory is tried, taken over once, found, changed by a later file, and written as it came."""

import csv
import io
import json
import zipfile
from uuid import UUID, uuid4

import pytest

from bangfu.directory import queries, sending, taking
from bangfu.directory.package import write_package
from bangfu.directory.reading import read
from bangfu.directory.tables import DirectoryRecord, DirectoryUpload
from bangfu.directory.unpacking import unpack
from bangfu.errors import NotYours
from bangfu.shared.clock import now
from bangfu.shared.faults import Fault
from bangfu.shared.tables import AuditEvent
from tests.directory.made import OLD, zipped
from tests.support import World

pytestmark = pytest.mark.database


async def tried(world: World, files: dict[str, str]) -> UUID:
    key = uuid4()
    await taking.receive(world["bureau"], key, "Harbour 2018", "US", "directory.zip", zipped(files), now())
    return key


async def taken(world: World, files: dict[str, str]) -> dict[str, int]:
    counts = await taking.take(world["bureau"], await tried(world, files), now())
    assert counts is not None
    return counts


async def entry(name: str) -> UUID:
    rows = await DirectoryRecord.raw("SELECT id FROM directory_record WHERE kind = 'organization' AND name = {}", name)
    found: UUID = rows[0]["id"]
    return found


async def test_a_try_lists_nothing_and_tells_line_field_and_reason(world: World) -> None:
    upload = await tried(world, OLD)
    assert await DirectoryRecord.count() == 0
    notes, total = await queries.notes(upload, 100, 0)
    assert total == len(notes)
    told = {(note["file"], note["line"], note["field"], note["what"], note["reason"]) for note in notes}
    assert ("services.csv", 3, "organization_id", "row", "points_nowhere") in told
    assert ("regular_schedules.csv", 3, "opens_at", "value", "form_t") in told
    with pytest.raises(NotYours):
        await taking.own(world["outside_officer"], upload)


async def test_a_second_time_changes_nothing_and_each_upload_is_taken_once(world: World) -> None:
    await taken(world, OLD)
    state = "SELECT id, digest, organization, body FROM directory_record ORDER BY id"
    before = await DirectoryRecord.raw(state)
    upload = await tried(world, OLD)
    assert await taking.take(world["bureau"], upload, now()) == {
        "inserted": 0, "changed": 0, "removed": 0, "unchanged": len(before),
    }  # fmt: skip
    assert await taking.take(world["bureau"], upload, now()) is None
    assert await DirectoryRecord.raw(state) == before
    events = await AuditEvent.raw("SELECT 1 FROM audit_event WHERE action = 'directory.taken'")
    assert len(events) == 2
    assert not any(row["content"] for row in await DirectoryUpload.raw("SELECT content FROM directory_upload"))


async def test_a_changed_file_brings_its_difference_and_entries_keep_their_address(world: World) -> None:
    await taken(world, OLD)
    before = await entry("Harbour Aid")
    counts = await taken(world, OLD | {"organizations.csv": "id,name,description\n1,Harbour Aid,Meals only\n"})
    assert (counts["inserted"], counts["changed"], counts["removed"]) == (0, 1, 2)
    assert await entry("Harbour Aid") == before


async def test_what_was_taken_in_is_written_as_it_came(world: World) -> None:
    await taken(world, OLD)
    source = (await queries.sources(world["bureau"]))[0]["id"]
    with await sending.write(world["bureau"], source, "zip") as file:
        assert file.read() == write_package(read(unpack(zipped(OLD)), "US").directory)
    with await sending.write(world["bureau"], source, "json") as file:
        (service,) = json.loads(file.read())
    assert service["organization"]["name"] == "Harbour Aid"
    place = service["service_at_locations"][0]["location"]
    assert (place["latitude"], place["addresses"][0]["city"]) == (30.5, "Seatown")
    assert "meals" in {mark["taxonomy_term"]["name"] for mark in service["attributes"]}
    for stranger in ("outside_officer", "manager"):
        with pytest.raises(NotYours):
            await sending.write(world[stranger], source, "zip")


async def test_a_listed_organisation_is_found_by_name_service_and_town_in_its_area_only(world: World) -> None:
    await taken(world, OLD)
    for asked in (("harbour", ""), ("meals at", ""), ("", "seatown")):
        rows, total = await queries.entries(world["bureau"], *asked, 25, 0)
        assert [(row["name"], row["kind"]) for row in rows] == [("Harbour Aid", "listed")]
        assert total == 1
    (point,) = await queries.points(rows)
    assert (point["lat"], point["lon"]) == (30.5, 119.5)
    found = await queries.entry_for(world["bureau"], await entry("Harbour Aid"))
    assert [row["name"] for row in found.rows["service"]] == ["Meals at home"]
    assert (await queries.entries(world["outside_officer"], "harbour", "", 25, 0))[1] == 0
    with pytest.raises(NotYours):
        await queries.entry_for(world["outside_officer"], await entry("Harbour Aid"))


async def test_the_register_is_written_validly_without_people_and_a_manager_gets_the_own_one(world: World) -> None:
    with await sending.write(world["bureau"], None, "zip") as file:
        content = file.read()
    assert read(unpack(content), "CN").notes == []
    with await sending.write(world["manager"], None, "zip") as file, zipfile.ZipFile(io.BytesIO(file.read())) as own:
        listed = list(csv.DictReader(io.StringIO(own.read("organizations.csv").decode())))
        assert "contacts.csv" not in own.namelist()
    assert [row["id"] for row in listed] == [str(world.organization)]
    assert str(world.organization).encode() in zipfile.ZipFile(io.BytesIO(content)).read("organizations.csv")


async def test_a_file_that_is_no_zip_is_refused(world: World) -> None:
    with pytest.raises(Fault):
        await taking.receive(world["bureau"], uuid4(), "x", "US", "x.zip", b"no zip", now())
    assert await DirectoryUpload.count() == 0

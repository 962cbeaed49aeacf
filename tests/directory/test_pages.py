"""The pages of the directory: a zip comes in with its report, is found, leaves as it came, and goes again."""

import io
import json
import re
import zipfile

import pytest

from bangfu.directory.reading import read
from bangfu.directory.tables import DirectoryRecord, DirectorySource, DirectoryUpload
from bangfu.directory.unpacking import unpack
from tests.conftest import SignIn
from tests.directory import specification as hsds
from tests.directory.made import OLD, zipped
from tests.support import Visitor, World

pytestmark = pytest.mark.usefixtures("database")


async def brought(visitor: Visitor, files: dict[str, str] = OLD, name: str = "Harbour") -> str:
    """The address of an upload's report."""
    answer = await visitor.post(
        "/directory/import",
        {"name": name, "country": "us"},
        files={"file": ("old.zip", zipped(files), "application/zip")},
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_zip_is_read_reported_taken_found_exported_and_removed(visit: SignIn, world: World) -> None:
    visitor = await visit("bureau")
    report = await brought(visitor)
    shown = await visitor.get(report)
    assert "What it refers to is not there, or was left out" in shown.text
    assert await DirectoryRecord.count() == 0
    notes = (await visitor.get(f"{report}/notes.csv")).content.decode("utf-8-sig").splitlines()
    assert len(notes) - 1 == len(read(unpack(zipped(OLD)), "US").notes)
    for _twice in range(2):
        assert (await visitor.post(f"{report}/take")).status_code == 303
    assert await DirectorySource.count() == 1
    found = await visitor.get("/directory?q=harbour&town=seatown")
    entry = re.search(r"/directory/entries/[0-9a-f-]{36}", found.text)
    assert entry is not None
    page = await visitor.get(entry[0])
    assert "Meals at home" in page.text
    assert "1 Quay Seatown FL 33157" in page.text
    assert (await visitor.get("/directory?q=quiet&town=nowhere")).text.count("/directory/entries/") == 0
    source = (await DirectorySource.select(DirectorySource.id).first())["id"]
    parsed = read(unpack(zipped(OLD)), "US")
    content = (await visitor.get(f"/directory/export/zip?source={source}")).content
    assert read(unpack(content), "CN").directory == {
        name: sorted(rows, key=lambda row: row["id"]) for name, rows in parsed.directory.items()
    }
    again = await brought(visitor)
    assert json.loads((await DirectoryUpload.select().where(DirectoryUpload.status == "checked").first())["summary"])[
        "unchanged"
    ] == sum(map(len, parsed.directory.values()))
    assert (await visitor.post(f"{again}/drop")).status_code == 303
    assert (await visitor.post(f"{again}/take")).status_code == 303
    assert (await visitor.post(f"/directory/sources/{source}/remove")).status_code == 303
    assert await DirectoryRecord.count() == 0


@pytest.mark.parametrize(
    ("fields", "content", "said"),
    [
        ({"name": "", "country": "CN"}, zipped(OLD), "name"),
        ({"name": "A", "country": "1"}, zipped(OLD), "CN"),
        ({"name": "A", "country": "CN"}, b"no zip", "zip"),
        ({"name": "A", "country": "CN"}, zipped({"readme.txt": "x"}), "CSV"),
        ({"name": "A", "country": "CN"}, zipped({"../services.csv": "id\n"}), "services.csv"),
    ],
)
async def test_what_cannot_be_read_is_told_and_nothing_typed_is_lost(
    visit: SignIn, world: World, fields: dict[str, str], content: bytes, said: str
) -> None:
    visitor = await visit("bureau")
    answer = await visitor.post("/directory/import", fields, files={"file": ("a.zip", content, "application/zip")})
    assert answer.status_code == 422
    assert said in answer.text
    if fields["name"]:
        assert f'value="{fields["name"]}"' in answer.text
    assert await DirectoryUpload.count() == 0


async def test_a_manager_gets_the_own_organisation_and_no_directory_of_others(visit: SignIn, world: World) -> None:
    visitor = await visit("manager")
    content = (await visitor.get("/directory/export/zip")).content
    assert [row["id"] for row in read(unpack(content), "CN").directory["organization"]] == [str(world.organization)]
    assert (await visitor.get("/directory")).status_code == 404


async def test_what_leaves_is_valid_by_the_specifications_own_schema(visit: SignIn, world: World) -> None:
    """Fields, kinds, required ones, allowed values and references of the published description."""
    visitor = await visit("bureau")
    await visitor.post(f"{await brought(visitor)}/take")
    source = (await DirectorySource.select(DirectorySource.id).first())["id"]
    for address in ("/directory/export/zip", f"/directory/export/zip?source={source}"):
        content = (await visitor.get(address)).content
        assert hsds.faults_of_package(content) == []
        tables = hsds.tables_of(content)
        assert tables["organization"]
        hsds.TABLES.validate(tables)
    broken = dict(hsds.tables_of(content), service=[{"id": "x", "status": "gone"}])
    assert not hsds.TABLES.is_valid(broken)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "datapackage.json" in archive.namelist()

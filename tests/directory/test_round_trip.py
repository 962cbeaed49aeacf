"""In, out and in again: the same tables and values, of made-up directories and of a real one."""

import io
import json
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.directory.hsds import TABLES, Column, Directory, fits, links_of
from bangfu.directory.nested import Nesting
from bangfu.directory.package import write_package
from bangfu.directory.reading import read
from bangfu.directory.unpacking import unpack
from tests.directory.made import OLD, zipped

MIAMI = Path(__file__).resolve().parents[3] / "shared" / "data" / "hsds_miami"
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30).filter(
    lambda text: bool(text.strip())
)
SHAPES = {
    "n": st.integers(-80, 80).map(str), "d": st.dates().map(str), "t": st.sampled_from(["08:00", "23:59:59Z"]),
    "m": st.just("2024-02-29T08:00:00Z"), "l": st.just("https://example.org/a?b=c"), "e": st.just("a@example.org"),
}  # fmt: skip


def _values(column: Column) -> st.SearchStrategy[str]:
    return st.sampled_from(column.codes) if column.codes else SHAPES.get(column.kind, TEXT)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Rows of every table; each names only rows that are there."""
    made: Directory = {}
    for place, (name, table) in enumerate(TABLES.items()):
        for number in range(draw(st.integers(0, 2))):
            row = {"id": str(UUID(int=place * 100 + number + 1))}
            for column in table.columns[1:]:
                if column.kind == "u" or column.name in {"link_entity", "link_type"}:
                    continue
                if column.required or draw(st.booleans()):
                    row[column.name] = draw(_values(column))
            good = True
            for column in table.references:
                there = [each["id"] for each in made.get(column.refers, [])]
                if there and (column.required or draw(st.booleans())):
                    row[column.name] = draw(st.sampled_from(there))
                good = good and (bool(there) or not column.required)
            if name == "attribute":
                linked = made.get("service", [])
                good = good and bool(linked)
                if good:
                    row |= {"link_id": linked[0]["id"], "link_entity": "service"}
            if good:
                made.setdefault(name, []).append(row)
    return made


@settings(max_examples=60, deadline=None)
@given(directories())
def test_every_directory_comes_back_as_it_was(made: Directory) -> None:
    made.setdefault("organization", []).append({"id": str(UUID(int=9999)), "name": "x", "description": "y"})
    content = write_package(made)
    again = read(unpack(content), "CN")
    assert again.notes == []
    assert again.directory == made
    assert write_package(again.directory) == content
    assert len(list(Nesting(made).services())) == len(made.get("service", []))


def test_an_older_directory_is_brought_to_version_3_and_stays_there() -> None:
    parsed = read(unpack(zipped(OLD)), "US")
    for name, rows in parsed.directory.items():
        kinds = {column.name: column for column in TABLES[name].columns}
        for row in rows:
            assert all(fits(kinds[field], value) for field, value in row.items())
            assert {column.name for column in TABLES[name].columns if column.required} <= row.keys()
            assert name in {"organization", "taxonomy"} or links_of(TABLES[name], row)
    monday = next(row for row in parsed.directory["schedule"] if row["byday"] == "MO")
    assert (monday["opens_at"], monday["closes_at"], monday["freq"]) == ("09:00", "17:00", "WEEKLY")
    assert {(note.file, note.line, note.reason) for note in parsed.notes} >= {
        ("services.csv", 3, "points_nowhere"), ("regular_schedules.csv", 3, "form_t"),
    }  # fmt: skip
    again = read(unpack(write_package(parsed.directory)), "US")
    assert again.notes == [] and write_package(again.directory) == write_package(parsed.directory)


def test_the_descriptor_tells_required_fields_kinds_and_references() -> None:
    content = write_package(read(unpack(zipped(OLD)), "US").directory)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        described = {each["name"]: each for each in json.loads(archive.read("datapackage.json"))["resources"]}
        assert {each["path"] for each in described.values()} == set(archive.namelist()) - {"datapackage.json"}
    fields = {field["name"]: field for field in described["service"]["schema"]["fields"]}
    assert fields["status"]["constraints"] == {
        "required": True, "enum": ["active", "inactive", "defunct", "temporarily closed"],
    }  # fmt: skip
    assert fields["organization_id"]["format"] == "uuid"
    assert {key["fields"] for key in described["service"]["schema"]["foreignKeys"]} == {"organization_id"}


@pytest.mark.shared
@pytest.mark.skipif(not MIAMI.is_dir(), reason="needs the shared folder: hsds_miami")
def test_a_real_directory_comes_in_whole_and_the_rest_is_told() -> None:
    files = {each.name: each.read_text(encoding="utf-8") for each in MIAMI.glob("*.csv")}
    parsed = read(unpack(zipped(files)), "US")
    counts = {name: len(rows) for name, rows in parsed.directory.items()}
    assert (counts["organization"], counts["service"], counts["location"]) == (1074, 3642, 4089)
    left = [note for note in parsed.notes if note.file == "services.csv" and note.field == "organization_id"]
    assert len(left) == 447, "services of organisations that are not there"
    content = write_package(parsed.directory)
    again = read(unpack(content), "US")
    assert again.notes == [] and write_package(again.directory) == content

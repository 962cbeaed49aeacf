"""Routes and objects of directory."""

import json
from uuid import UUID, uuid4

from bangfu.directory import taking
from bangfu.directory.tables import DirectoryRecord, DirectorySource
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from tests.authorisation.row import Row, Stage
from tests.directory.made import OLD, zipped
from tests.support import World

UPLOAD, SOURCE = "/directory/import/{directory_upload:uuid}", "/directory/sources/{directory_source:uuid}/remove"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/directory"): Row("directory.read"),
    ("GET", "/directory/entries/{directory_entry:uuid}"): Row("directory.read", "directory_entry"),
    ("GET", "/directory/export"): Row("directory.export"),
    ("GET", "/directory/export/{form:str}"): Row("directory.export", "directory_form"),
    ("GET", "/directory/import"): Row("directory.import"),
    ("POST", "/directory/import"): Row("directory.import"),
    ("GET", UPLOAD): Row("directory.import", "directory_upload"),
    ("GET", f"{UPLOAD}/notes.csv"): Row("directory.import", "directory_upload"),
    ("POST", f"{UPLOAD}/take"): Row("directory.import", "directory_upload"),
    ("POST", f"{UPLOAD}/drop"): Row("directory.import", "directory_upload"),
    ("GET", SOURCE): Row("directory.import", "directory_source"),
    ("POST", SOURCE): Row("directory.import", "directory_source"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """For each importer an upload and a directory of the own office; an entry that the whole county sees."""
    stage.put("directory_form", "zip", "exe")
    foreign = await _source("990201", "foreign")
    stage.put("directory_entry", await _entry(await _source("990101", "county")), await _entry(foreign))
    stranger = await _upload(world["officer"])
    stage.put("directory_upload", stranger, stranger)
    stage.put("directory_source", foreign, foreign)
    for name, actor in world.cast.items():
        if allows(actor.roles, "directory.import"):
            stage.put("directory_upload", await _upload(actor), stranger, name)
            stage.put("directory_source", await _source(actor.scope, name), foreign, name)


async def _upload(actor: Actor) -> UUID:
    key = uuid4()
    await taking.receive(actor, key, f"Upload {key}", "US", "old.zip", zipped(OLD), now())
    return key


async def _source(division: str, name: str) -> UUID:
    key = uuid4()
    await DirectorySource(id=key, division=division, name=f"Directory {name}").save()
    return key


async def _entry(source: UUID) -> UUID:
    key = uuid4()
    body = {"id": str(key), "name": "Harbour Aid", "description": "Meals"}
    await DirectoryRecord(
        id=key, source=source, kind="organization", key=str(key), organization=str(key), name="Harbour Aid",
        body=json.dumps(body), digest="0" * 32,
    ).save()  # fmt: skip
    return key

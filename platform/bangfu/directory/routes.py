"""Services, organisations and places as open data (Open Referral HSDS 3): the directory, an entry, its files."""

from typing import Any, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Stream

from bangfu.directory import import_routes, queries, sending
from bangfu.directory.hsds import Row
from bangfu.directory.register import identifier_of
from bangfu.errors import N_, NotYours
from bangfu.shared.clock import today
from bangfu.shared.i18n import word
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import stream_file
from bangfu.shared.web.frame import MenuItem, TodoHook
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

READ, EXPORT = [requires("directory.read")], [requires("directory.export")]
TYPES: Final = {"zip": "application/zip", "json": "application/json"}


@get("/directory", guards=READ)
async def show_directory(request: Request) -> Page:
    """Organisations of the register and of directories that were taken in, by name."""
    filters = {name: request.query_params.get(name, "").strip()[:60] for name in ("q", "town")}
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.entries(
        request.actor, filters["q"], filters["town"], PAGE_SIZE, (number - 1) * PAGE_SIZE
    )
    shown = [{**row, "told": _told(row)} for row in rows]
    return await page(
        request, "directory/list.html", rows=shown, filters=filters, points=await queries.points(rows),
        listing=ListPage(number, total, "/directory", filters),
    )  # fmt: skip


def _told(row: dict[str, Any]) -> str:
    """The services in words: the register has codes, a listed one has texts."""
    if row["kind"] == "listed":
        return str(row["services"])
    return " · ".join(word("service", code) for code in row["services"].split(",") if code)


@get("/directory/entries/{directory_entry:uuid}", guards=READ)
async def show_entry(request: Request, directory_entry: FromPath[UUID]) -> Page:
    """A listed organisation with its services, places and hours."""
    found = await queries.entry_for(request.actor, directory_entry)
    addresses: dict[str, Row] = {row.get("location_id", ""): row for row in found.rows["address"]}
    [body] = found.rows["organization"] or [{}]
    return await page(
        request, "directory/entry.html", entry=found, rows=found.rows, addresses=addresses, body=body,
        registered=await queries.registered(request.actor, found),
    )  # fmt: skip


@get("/directory/export", guards=EXPORT)
async def show_export(request: Request) -> Page:
    """The files that there are: of the register, and of each directory that was taken in."""
    known = [] if request.actor.organization else await queries.sources(request.actor)
    return await page(request, "directory/export.html", sources=known)


@get("/directory/export/{form:str}", guards=EXPORT)
async def export(request: Request, form: FromPath[str]) -> Stream:
    """The register of the own area, or (`source`) a directory that was taken in: `zip` of tables or `json`."""
    if form not in TYPES:
        raise NotYours
    asked = request.query_params.get("source", "")
    source = identifier_of(asked)
    if asked and source is None:
        raise NotYours
    made = await sending.write(request.actor, source, form)
    return stream_file(made, f"directory-{today().isoformat()}.{form}", TYPES[form])


ROUTES: list[Any] = [show_directory, show_entry, show_export, export, *import_routes.ROUTES]
MENU: list[MenuItem] = [
    MenuItem(77, "directory", N_("Service directory"), "/directory", "directory.read", "organisation", group="basis"),
    MenuItem(78, "directory_export", N_("Open data"), "/directory/export", "directory.export", "export", group="basis"),
]
TODO: list[TodoHook] = []

"""The pages on which a directory comes in: choose the zip, read what was left out, take it over; take one out again."""

import json
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Stream

from bangfu.directory import queries, taking
from bangfu.directory.unpacking import LIMITS
from bangfu.errors import N_, FormError
from bangfu.imports.forms import posted_file
from bangfu.shared.clock import now
from bangfu.shared.faults import Fault
from bangfu.shared.i18n import _, sentence, word
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import stream_list
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

IMPORT = [requires("directory.import")]
NOTES_ON_A_PAGE: Final = 50
NOTES_AT_ONCE: Final = 2_000
_UPLOAD: Final = "/directory/import/{directory_upload:uuid}"
_REMOVE: Final = "/directory/sources/{directory_source:uuid}/remove"


@get("/directory/import", guards=IMPORT)
async def show_form(request: Request) -> Page:
    """Choose a zip, its name and the country of addresses that name none."""
    return await _form(request, Form({}), uuid4())


@post("/directory/import", guards=IMPORT, status_code=200)
async def upload(request: Request) -> Page:
    """Read it; nothing is taken over yet."""
    posted = await request.form()
    form = Form.of(posted)
    key = form.uuid("key", required=False) or uuid4()
    try:
        name, country = form.text("name", most=80), form.text("country", most=2).upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            form.fault("country", N_("Please give the two letters of a country, such as CN."))
        filename, content = await posted_file(posted, form)
        form.check()
        await taking.receive(request.actor, key, name, country, filename, content, now())
    except Fault as fault:
        text = f"{sentence(fault.message, fault.params)} {sentence(fault.fix, fault.params)}".strip()
        return await _form(request, form, key, 422, errors={"file": text})
    except FormError as error:
        return await _form(request, form, key, 422, errors=error_texts(error.fields))
    return go(request, f"/directory/import/{key}")


async def _form(request: Request, form: Form, key: UUID, status: int = 200, **more: Any) -> Page:
    return await page(
        request, "directory/import.html", status, form=form, key=key, limit_mb=LIMITS.file_bytes // 1_000_000,
        uploads=await queries.uploads(request.actor),
        own=[each for each in await queries.sources(request.actor) if each["division"] == request.actor.scope], **more,
    )  # fmt: skip


@get(_UPLOAD, guards=IMPORT)
async def show_upload(request: Request, directory_upload: FromPath[UUID]) -> Page:
    """What comes in, what was left out and why, and what would change."""
    found = await taking.own(request.actor, directory_upload)
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.notes(found.id, NOTES_ON_A_PAGE, (number - 1) * NOTES_ON_A_PAGE)
    return await page(
        request, "directory/report.html", upload=found, summary=json.loads(found.summary), notes=rows,
        reasons=await queries.reasons(found.id),
        listing=ListPage(number, total, f"/directory/import/{found.id}", {}, NOTES_ON_A_PAGE),
    )  # fmt: skip


@get(f"{_UPLOAD}/notes.csv", guards=IMPORT)
async def export_notes(request: Request, directory_upload: FromPath[UUID]) -> Stream:
    """Every note as CSV."""
    found = await taking.own(request.actor, directory_upload)
    titles = [_("File"), _("Line"), _("Field"), _("Value"), _("What"), _("Reason")]

    async def parts() -> AsyncIterator[list[list[object]]]:
        offset = 0
        while rows := (await queries.notes(found.id, NOTES_AT_ONCE, offset))[0]:
            offset += len(rows)
            yield [
                [each["file"], each["line"] or "", each["field"], each["value"],
                 word("directory_what", each["what"]), word("directory_reason", each["reason"])]
                for each in rows
            ]  # fmt: skip

    return await stream_list(titles, parts(), found.source_name, "csv")


@post(f"{_UPLOAD}/take", guards=IMPORT, status_code=200)
async def take(request: Request, directory_upload: FromPath[UUID]) -> Page:
    """Put it in the place of the directory of its name."""
    await taking.take(request.actor, directory_upload, now())
    await flash(request, "ok", N_("The directory is taken over."))
    return go(request, f"/directory/import/{directory_upload}")


@post(f"{_UPLOAD}/drop", guards=IMPORT, status_code=200)
async def drop(request: Request, directory_upload: FromPath[UUID]) -> Page:
    """Forget its content."""
    await taking.drop(request.actor, directory_upload)
    await flash(request, "ok", N_("The upload is dropped; nothing was changed."))
    return go(request, "/directory/import")


@get(_REMOVE, guards=IMPORT)
async def ask_remove(request: Request, directory_source: FromPath[UUID]) -> Page:
    """Say what goes."""
    found = await taking.source_for(request.actor, directory_source)
    return await page(request, "directory/remove.html", source=found)


@post(_REMOVE, guards=IMPORT, status_code=200)
async def remove(request: Request, directory_source: FromPath[UUID]) -> Page:
    """Take a directory out again."""
    await taking.remove(request.actor, directory_source, now())
    await flash(request, "ok", N_("The directory is taken out."))
    return go(request, "/directory/import")


ROUTES: list[Any] = [show_form, upload, show_upload, export_notes, take, drop, ask_remove, remove]

"""Keeping an own ledger: choose columns, order and filters, name it, share it, delete it."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.ledgers import own
from bangfu.ledgers.asking import title_of
from bangfu.ledgers.definitions import may_read
from bangfu.ledgers.more_sources import SOURCES
from bangfu.ledgers.sources import Source
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.i18n import words_of
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

READ = [requires("ledgers.read")]


@get("/ledgers/new", guards=READ)
async def new_own(request: Request) -> Page:
    """The form of a new ledger; `?source=` chooses what it is made of."""
    chosen = _source(request.actor, request.query_params.get("source", ""))
    usual = [each.code for each in own.offered(request.actor, chosen)]
    return await _form(request, chosen, {"columns": usual, "own": str(uuid4())})


@post("/ledgers/own", guards=READ)
async def keep_own(request: Request) -> Page:
    """Keep a new ledger."""
    form = Form.of(await request.form())
    return await _save(request, form, _source(request.actor, form.get("source", "")))


@get("/ledgers/own/{own_ledger:uuid}/edit", guards=READ)
async def edit_own(request: Request, own_ledger: FromPath[UUID]) -> Page:
    """The form of a kept one."""
    found = await own.own_for(request.actor, own_ledger, mine=True)
    sort = found.definition.sort[0] if found.definition.sort != found.definition.source.order else ""
    values = {
        "name": found.name, "columns": [each.code for each in found.definition.columns], "sort": sort,
        "shared": found.shared, **{f"filter_{code}": value for code, value in found.filters.items()},
    }  # fmt: skip
    return await _form(request, found.definition.source, values, found)


@post("/ledgers/own/{own_ledger:uuid}/edit", guards=READ)
async def change_own(request: Request, own_ledger: FromPath[UUID]) -> Page:
    """Change name, columns, order, filters or who sees it."""
    found = await own.own_for(request.actor, own_ledger, mine=True)
    return await _save(request, Form.of(await request.form()), found.definition.source, found)


@get("/ledgers/own/{own_ledger:uuid}/delete", guards=READ)
async def ask_delete(request: Request, own_ledger: FromPath[UUID]) -> Page:
    """Whether it shall go."""
    return await page(request, "ledgers/delete.html", kept=await own.own_for(request.actor, own_ledger, mine=True))


@post("/ledgers/own/{own_ledger:uuid}/delete", guards=READ)
async def delete_own(request: Request, own_ledger: FromPath[UUID]) -> Page:
    """Delete it; what was issued from it stays."""
    await own.delete(request.actor, own_ledger, now())
    await flash(request, "ok", N_("The ledger was deleted."))
    return go(request, "/ledgers")


def _source(actor: Actor, key: str) -> Source:
    found = SOURCES.get(key)
    if found is not None and may_read(actor, found) and not found.needs:
        return found
    return next(each for each in SOURCES.values() if may_read(actor, each) and not each.needs)


async def _save(request: Request, form: Form, source: Source, kept: own.OwnView | None = None) -> Page:
    try:
        name = form.text("name", most=60)
        fresh = form.uuid("own", required=False)
        form.check()
        filters = {code: form.get(f"filter_{code}", "").strip()[:80] for code in source.filters}
        wanted = own.Wanted(name, source, _ordered(form), form.get("sort", ""), filters, form.yes("shared"))
        key = await own.save(request.actor, wanted, now(), kept.id if kept else None, fresh)
    except FormError as error:
        values = {**form, "columns": form.many("columns")}
        return await _form(request, source, values, kept, error)
    await flash(request, "ok", N_("The ledger was saved."))
    return go(request, f"/ledgers/own/{key}")


def _ordered(form: Form) -> list[str]:
    """The chosen columns; the one named as the first goes in front."""
    chosen, first = form.many("columns"), form.get("first", "")
    return [first, *(each for each in chosen if each != first)] if first in chosen else chosen


async def _form(
    request: Request, source: Source, values: dict[str, Any], kept: own.OwnView | None = None,
    error: FormError | None = None,
) -> Page:  # fmt: skip
    errors = error_texts(error.fields) if error else {}
    columns = [(each.code, title_of(each.zh, each.en)) for each in own.offered(request.actor, source)]
    sources = [
        (each.key, title_of(each.zh, each.en))
        for each in SOURCES.values()
        if may_read(request.actor, each) and not each.needs
    ]
    filters = [
        (f"filter_{code}", title_of(source.column(code).zh, source.column(code).en),
         [each for each in words_of(source.column(code).words) if each[0]] if source.column(code).words else [])
        for code in source.filters
    ]  # fmt: skip
    return await page(
        request, "ledgers/own_form.html", 422 if error else 200, values=values, errors=errors, columns=columns,
        source=source, sources=sources, filters=filters, kept=kept,
    )  # fmt: skip


ROUTES: list[Any] = [new_own, keep_own, edit_own, change_own, ask_delete, delete_own]

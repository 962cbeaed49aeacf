"""The buttons of an emergency: help before the papers, add a paper, end the clock."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.needs import emergency, queries
from bangfu.needs.pages import need_page
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go


@post("/needs/{need:uuid}/help-first", guards=[requires("needs.decide")], status_code=200)
async def help_first(request: Request, need: FromPath[UUID]) -> Page:
    """submitted -> confirmed, papers later."""
    await queries.need_for(request.actor, need)
    form = Form.of(await request.form())
    try:
        why = form.text("why", most=300)
        form.check()
        await emergency.help_first(request.actor, need, why, now())
    except FormError as error:
        errors = error_texts(error.fields)
        return await need_page(request, need, status=422, form=form, errors=errors, tried="help_first")
    await flash(request, "ok", N_("Confirmed as an emergency. The papers are due within 10 working days."))
    return go(request, f"/needs/{need}")


@post("/needs/{need:uuid}/papers", guards=[requires("needs.papers")], status_code=200)
async def add_paper(request: Request, need: FromPath[UUID]) -> Page:
    """A paper that came in."""
    await queries.need_for(request.actor, need)
    form = Form.of(await request.form())
    try:
        kind, reference = form.choice("kind", emergency.PAPERS), form.text("reference", most=300)
        form.check()
        await emergency.add_paper(request.actor, need, kind, reference, now())
    except FormError as error:
        errors = error_texts(error.fields)
        return await need_page(request, need, status=422, form=form, errors=errors, tried="papers")
    await flash(request, "ok", N_("The paper is recorded."))
    return go(request, f"/needs/{need}")


@post("/needs/{need:uuid}/papers/complete", guards=[requires("needs.papers")], status_code=200)
async def complete_papers(request: Request, need: FromPath[UUID]) -> Page:
    """Nothing is missing any more."""
    await queries.need_for(request.actor, need)
    if await emergency.check_papers(request.actor, need, now()):
        await flash(request, "ok", N_("All papers are there; the clock has ended."))
    else:
        await flash(request, "warn", N_("Some papers are still missing."))
    return go(request, f"/needs/{need}")


EMERGENCY = [help_first, add_paper, complete_papers]

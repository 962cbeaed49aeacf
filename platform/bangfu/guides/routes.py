"""Help inside the portal: guides per role, first steps, the glossary, and a hint on every form."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, NotYours
from bangfu.guides import actions, glossary, queries, readers, texts
from bangfu.guides.hints import hint
from bangfu.shared.i18n import current
from bangfu.shared.web.access import public, signed_in
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import HintFinder, MenuItem, TodoHook
from bangfu.shared.web.pages import Page, Request, go, page

LONGEST_SEARCH = 40
"""So many signs of what somebody looks for in the glossary are read."""


@get("/guides", guards=[public])
async def list_guides(request: Request) -> Page:
    """Every guide, the reader's own first, and their first steps."""
    lang = current()
    visitor = request.visitor
    roles = visitor.roles if visitor else frozenset()
    found = [texts.guide(slug, lang) for slug in readers.ordered(texts.slugs(lang), roles)]
    own = readers.own_guides(roles)
    return await page(
        request, "guides/list.html", own=[each for each in found if each and each.slug in own],
        others=[each for each in found if each and each.slug not in own], roles_of=readers.roles_of,
        progress=await queries.progress(visitor) if visitor else None,
    )  # fmt: skip


@get("/guides/{slug:str}", guards=[public])
async def show_guide(request: Request, slug: FromPath[str]) -> Page:
    """One guide with its contents and the terms that it uses."""
    lang = current()
    found = texts.guide(slug, lang)
    if found is None:
        raise NotYours
    return await page(
        request, "guides/show.html", guide=found, roles=readers.roles_of(slug),
        terms=glossary.named_in(found.plain, lang) if slug != texts.FORMS else (),
    )  # fmt: skip


@get("/glossary", guards=[public])
async def show_glossary(request: Request) -> Page:
    """The words of the portal, found by a part of any of their texts."""
    words = request.query_params.get("q", "").strip()[:LONGEST_SEARCH]
    found = [
        (group, terms)
        for group in glossary.groups()
        if (terms := [term for term in group.terms if not words or term.found_by(words)])
    ]
    return await page(
        request, "guides/glossary.html", groups=found, q=words, total=sum(len(terms) for _, terms in found),
        language=current(),
    )  # fmt: skip


@post("/guides/steps/hide", guards=[signed_in], status_code=200)
async def hide_steps(request: Request) -> Page:
    """Take the first steps off one's start page."""
    await actions.put_away(request.actor, hidden=True)
    await flash(request, "ok", N_("The first steps are put away; you find them again under “Guides”."))
    return go(request, "/")


@post("/guides/steps/show", guards=[signed_in], status_code=200)
async def show_steps(request: Request) -> Page:
    """Bring the first steps back to one's start page."""
    await actions.put_away(request.actor, hidden=False)
    return go(request, "/")


@post("/guides/steps/{step:str}", guards=[signed_in], status_code=200)
async def tick_step(request: Request, step: FromPath[str]) -> Page:
    """Tick one of one's first steps, or take the tick back."""
    form = Form.of(await request.form())
    await actions.tick(request.actor, step, done=form.get("done") != "no")
    return go(request, "/guides#first-steps" if form.get("from") == "guides" else "/#first-steps")


ROUTES: list[Any] = [list_guides, show_guide, show_glossary, hide_steps, show_steps, tick_step]
MENU: list[MenuItem] = []
TODO: list[TodoHook] = []
HINTS: list[HintFinder] = [hint]

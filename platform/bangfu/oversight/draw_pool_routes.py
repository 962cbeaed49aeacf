"""The pool of inspectors: the bureau's officer says who may be drawn in a county."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for, division_for
from bangfu.errors import N_, FormError
from bangfu.oversight import draw_pool
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

POOL: Final = "/draws/pool"
COUNTY_DIGITS: Final = 6


@get(POOL, guards=[requires(draw_pool.KEEP)])
async def show_pool(request: Request) -> Page:
    """Who may be drawn, and who could be added."""
    return await _pool_page(request, request.query_params.get("county", ""))


@post(POOL, guards=[requires(draw_pool.KEEP)], status_code=200)
async def add_inspector(request: Request) -> Page:
    """Add somebody from now on."""
    form = Form.of(await request.form())
    county = await county_for(request.actor, form.get("county", ""))
    try:
        inspector = form.uuid("inspector")
        form.check()
        assert inspector is not None  # noqa: S101 (checked above)
        await draw_pool.add(request.actor, county, inspector, now())
    except FormError as error:
        return await _pool_page(request, county, form, error)
    await flash(request, "ok", N_("Added. Lists that close from now on draw from the pool with this person."))
    return go(request, f"{POOL}?county={county}")


@post(POOL + "/{member:uuid}/remove", guards=[requires(draw_pool.KEEP)], status_code=200)
async def remove_inspector(request: Request, member: FromPath[UUID]) -> Page:
    """Take somebody out from now on."""
    await draw_pool.remove(request.actor, member, now())
    await flash(request, "ok", N_("Taken out. Checks that are drawn already stay with whom they were drawn for."))
    return go(request, POOL)


async def county_for(actor: Actor, code: str) -> str:
    """The county that is asked for, else the actor's own, else the first of a city.

    Raises:
        NotYours: for one outside of the actor's area.
    """
    if len(actor.scope) >= COUNTY_DIGITS:
        code = code or actor.scope.ljust(12, "0")
    elif not code:
        code = next(iter(await areas_for(actor)), (actor.scope, ""))[0].ljust(12, "0")
    return draw_pool.county_of((await division_for(actor, code)).code)


async def _pool_page(
    request: Request, code: str, form: Mapping[str, Any] | None = None, error: FormError | None = None
) -> Page:
    county = await county_for(request.actor, code)
    counties = [] if len(request.actor.scope) >= COUNTY_DIGITS else await areas_for(request.actor)
    return await page(
        request, "oversight/draws/pool.html", 422 if error else 200, county=county,
        counties=[(prefix.ljust(12, "0"), name) for prefix, name in counties], form=form or {},
        errors=error_texts(error.fields) if error else {}, members=await draw_pool.members(county),
        candidates=await draw_pool.candidates(county),
    )  # fmt: skip


POOL_ROUTES = [show_pool, add_inspector, remove_inspector]

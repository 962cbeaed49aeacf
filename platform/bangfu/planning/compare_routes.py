"""Two runs side by side, any two that the reader may see; a what-if run is shown beside the run it came from."""

from typing import Any
from uuid import UUID

from litestar import get

from bangfu.errors import NotYours
from bangfu.planning import compare_pages, pages, queries
from bangfu.planning.queries import RunView
from bangfu.shared.web.access import requires
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import page_number


@get("/match/compare", guards=[requires("planning.read")])
async def compare(request: Request) -> Page:
    """Two finished runs (`a` and `b`), or the form that asks for them."""
    before, after = await _chosen(request, "a"), await _chosen(request, "b")
    choices = await compare_pages.choices(request.actor, before, after)
    shown: dict[str, Any] = {"choices": choices, "a": before, "b": after}
    if before is None or after is None:
        return await page(request, "planning/compare.html", **shown)
    query = request.query_params
    number, kind = page_number(query.get("page")), query.get("kind", "")
    compared = await compare_pages.comparison(before, after, kind, number, "/match/compare")
    return await page(request, "planning/compare.html", **shown, **compared)


async def _chosen(request: Request, name: str) -> RunView | None:
    """The run that the address names; None where it names none.

    Raises:
        NotYours: if it is not one of the reader's, or has no result.
    """
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        found = await queries.run_for(request.actor, UUID(text))
    except ValueError as error:
        raise NotYours from error
    if found.status != "done":
        raise NotYours
    return found


async def show_what_if(request: Request, run: RunView) -> Page:
    """A what-if run: its change, and once it is done what it would mean beside its parent."""
    shown: dict[str, Any] = {"run": run, "may_run": pages.may_run(request.actor, run)}
    shown["what_if"] = await compare_pages.what_if(run)
    if run.status != "done" or run.parent is None:
        return await page(request, "planning/run.html", **shown)
    parent, query = await queries.run_for(request.actor, run.parent), request.query_params
    number, kind = page_number(query.get("page")), query.get("kind", "")
    compared = await compare_pages.comparison(parent, run, kind, number, f"/match/{run.id}")
    return await page(request, "planning/what_if.html", **shown, **compared)


COMPARING = [compare]

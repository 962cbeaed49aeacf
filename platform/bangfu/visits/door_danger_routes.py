"""Danger at the door: one tap from every page of a visit, two fields, no approval."""

from typing import Any
from uuid import UUID, uuid4

from litestar import MediaType, Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, Refused
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.visits import door_rules
from bangfu.visits.door_access import visit_for
from bangfu.visits.door_danger import Danger, stop_for_danger
from bangfu.visits.tables import Visit

MOST_WORDS = 2000


@get("/my-visits/{visit:uuid}/danger", guards=[requires("visits.own")])
async def danger_form(request: Request, visit: FromPath[UUID]) -> Page:
    """The short form; calling 110 stands on top."""
    return await _page(request, await visit_for(request.actor, visit), {"key": str(uuid4())}, {})


@post("/my-visits/{visit:uuid}/danger", guards=[requires("visits.own")], status_code=200)
async def report_danger(request: Request, visit: FromPath[UUID]) -> Response[Any]:
    """Report it, stop the visit, tell the people in charge; a report that was kept on the phone gets JSON."""
    row = await visit_for(request.actor, visit)
    form, draft = Form.of(await request.form()), request.headers.get("X-Draft") == "1"
    try:
        danger = Danger(
            form.choice("kind", door_rules.DANGERS), form.text("what", most=MOST_WORDS), form.yes("danger_now"),
            form.yes("police_told"),
        )  # fmt: skip
        key = form.uuid("key", required=False) or uuid4()
        form.check()
        await stop_for_danger(request.actor, visit, key, danger, now())
    except FormError as error:
        errors = error_texts(error.fields)
        return _document(422, {"faults": errors}) if draft else await _page(request, row, form, errors)
    except Refused as error:
        if not draft:
            raise
        return _document(409, {"told": i18n.sentence(error.message, error.params)})
    if draft:
        return _document(200, {"state": "done"})
    await flash(
        request, "ok", N_("It is reported, the station was told, and the visit is stopped. Go somewhere safe first; the"
                          " record can follow later."),
    )  # fmt: skip
    return go(request, f"/my-visits/{visit}")


async def _page(request: Request, row: Visit, form: Any, errors: dict[str, str]) -> Page:
    return await page(request, "door/danger.html", 422 if errors else 200, row=row, form=dict(form), errors=errors)


def _document(status: int, content: dict[str, object]) -> Response[dict[str, object]]:
    return Response(content, status_code=status, media_type=MediaType.JSON, headers={"Cache-Control": "no-store"})


ROUTES: list[Any] = [danger_form, report_danger]

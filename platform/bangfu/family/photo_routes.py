"""Pictures of carers: the organisation's page for one, and the picture for homes served and for staff."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.family import photos
from bangfu.family.entering import PATH
from bangfu.family.pages import home_of
from bangfu.family.reading import coming
from bangfu.providers.carer_reading import carer_for, shown_name
from bangfu.shared.clock import now
from bangfu.shared.files import Looked
from bangfu.shared.web.access import public, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.visits.door_photos import picture
from bangfu.visits.tables import Visit

_ONE = "/carers/{carer:uuid}/photo"


@get(_ONE, guards=[requires("family.photos")])
async def show_photo(request: Request, carer: FromPath[UUID]) -> Page:
    """The picture that homes see, and the form for another."""
    return await _page(request, carer)


@post(_ONE, guards=[requires("family.photos")], status_code=200)
async def keep_photo(request: Request, carer: FromPath[UUID]) -> Page:
    """Keep a picture."""
    await photos.own_carer(request.actor, carer)
    posted = await request.form()
    form = Form.of(posted)
    try:
        upload = posted.get("file")
        if upload is None or not hasattr(upload, "read") or not upload.filename:
            raise FormError({"file": (N_("Please choose a picture."), {})})
        looked = await picture("photo", await upload.read(), "file")
        await photos.keep_photo(request.actor, carer, looked, now(), consent=form.yes("consent"))
    except FormError as error:
        return await _page(request, carer, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("The picture is kept. The homes that this carer serves see it."))
    return go(request, f"/carers/{carer}/photo")


@post(f"{_ONE}/remove", guards=[requires("family.photos")], status_code=200)
async def remove_photo(request: Request, carer: FromPath[UUID]) -> Page:
    """Delete it."""
    await photos.remove_photo(request.actor, carer, now())
    await flash(request, "ok", N_("The picture is deleted."))
    return go(request, f"/carers/{carer}/photo")


@get(f"{_ONE}/file", guards=[requires("family.photos_seen")])
async def photo_file(request: Request, carer: FromPath[UUID]) -> Response[bytes]:
    """The picture, for staff who see the carer."""
    await carer_for(request.actor, carer)
    return _shown(await photos.content_of(carer))


@get(f"{PATH}/photo", guards=[public])
async def home_photo(request: Request) -> Response[bytes]:
    """The picture of who comes to a visit, for the home that has entered."""
    home, wanted = await home_of(request), request.query_params.get("visit", "")
    if home is None:
        raise NotYours
    visit = next((each.id for each in await coming(home, now()) if str(each.id) == wanted), None)
    row = await Visit.select(Visit.carer).where(Visit.id == visit).first() if visit else None
    if row is None:
        raise NotYours
    return _shown(await photos.content_of(row["carer"]))


def _shown(looked: Looked) -> Response[bytes]:
    headers = {"Cache-Control": "no-store", "Content-Disposition": "inline"}
    return Response(looked.content, media_type=looked.media_type, headers=headers)


async def _page(request: Request, carer: UUID, status: int = 200, **more: Any) -> Page:
    await photos.own_carer(request.actor, carer)
    row = await carer_for(request.actor, carer)
    return await page(
        request, "family/photo.html", status, carer=row, who=shown_name(request.actor, row),
        photo=await photos.photo_of(carer), **more,
    )  # fmt: skip


ROUTES: list[Any] = [show_photo, keep_photo, remove_photo, photo_file, home_photo]

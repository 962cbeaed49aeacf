"""The pages of privacy: who read a household's data, requests about one's data, the package."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.households.labels import summary
from bangfu.households.queries import household_for, members
from bangfu.households.routes import head_of
from bangfu.households.tabs import Tab, add_tab
from bangfu.households.timeline import add_page
from bangfu.privacy import actions, forms, queries
from bangfu.privacy.package import Package, package_of
from bangfu.privacy.readers import readings
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, environment, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

FORMATS = ("page", "json", "zip")


@get("/households/{household:uuid}/readers", guards=[requires("privacy.readers")])
async def show_readers(request: Request, household: FromPath[UUID]) -> Page:
    """Who was shown what of this household, and who could see it because they serve it."""
    head = await head_of(request, household, "readers")
    people = {one.id: one.name for one in await members(household, today())}
    return await page(
        request, "privacy/readers.html", **head, readings=await readings(household), people=people, said=_said,
        may_export=allows(request.actor.roles, "privacy.export"),
    )  # fmt: skip


def _said(reason: str) -> str:
    """The words of a reason's code, or the reason as it was typed."""
    for group in ("unmask_reason", "contact_reason", "read_reason"):
        if reason in dict(i18n.words_of(group)):
            return i18n.word(group, reason)
    return reason


@get("/privacy/requests", guards=[requires("privacy.export")])
async def list_requests(request: Request) -> Page:
    """The requests of one's area, the open ones first."""
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.requests(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/privacy/requests", {})
    return await page(request, "privacy/requests.html", rows=rows, listing=listing)


@get("/households/{household:uuid}/privacy/new", guards=[requires("privacy.export")])
async def new_request(request: Request, household: FromPath[UUID]) -> Page:
    """The form: who asks for what about whom."""
    first = {"key": str(uuid4()), "kind": "access", "applicant_relation": "self"}
    return await _form(request, household, first)


@post("/households/{household:uuid}/privacy/new", guards=[requires("privacy.export")], status_code=200)
async def record_request(request: Request, household: FromPath[UUID]) -> Page:
    """Store the request; its page hands out the package."""
    await household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        key = form.uuid("key")
        asked = forms.read_request(form, await queries.births(household), today())
        made = await actions.record_request(
            request.actor, key or uuid4(), household, asked.person, asked.kind, asked.applicant, asked.relation,
            asked.reason, now(),
        )  # fmt: skip
    except FormError as error:
        return await _form(request, household, form, error)
    await flash(request, "ok", N_("The request is recorded."))
    return go(request, f"/privacy/requests/{made}")


async def _form(request: Request, household: UUID, form: Any, error: FormError | None = None) -> Page:
    shown = await household_for(request.actor, household)
    people = [
        (str(one.id), f"{one.name} · {i18n.word('relation', one.relation)}")
        for one in await members(household, today())
    ]
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "privacy/new.html", 422 if error else 200, household=shown, people=people, form=form, errors=errors,
        faults=summary(errors, forms.LABELS),
    )  # fmt: skip


@get("/privacy/requests/{privacy:uuid}", guards=[requires("privacy.export")])
async def show_request(request: Request, privacy: FromPath[UUID]) -> Page:
    """One request: what is asked for, the package, the answer."""
    return await _show(request, privacy)


async def _show(request: Request, privacy: UUID, status: int = 200, **more: Any) -> Page:
    found = await queries.request_for(request.actor, privacy)
    return await page(request, "privacy/request.html", status, asked=found, **more)


@post("/privacy/requests/{privacy:uuid}/package", guards=[requires("privacy.export"), proved], status_code=200)
async def hand_out(request: Request, privacy: FromPath[UUID]) -> Response[Any]:
    """The package in one of its forms, after it is written down that it was handed out."""
    found = await queries.request_for(request.actor, privacy)
    form = Form.of(await request.form())
    try:
        wanted, at = form.choice("format", FORMATS), now()
        form.check()
    except FormError as error:
        errors = error_texts(error.fields)
        return await _show(request, privacy, 422, form=form, errors=errors, faults=summary(errors, forms.LABELS))
    await actions.note_export(request.actor, privacy, wanted, at)
    made = await package_of(found.number, found.household, found.person, request.actor.display_name, at)
    if wanted == "page":
        return await page(request, "privacy/package.html", asked=found, package=made, cells=_cells)
    text = json.dumps(made.document(), ensure_ascii=False, indent=1, default=str)
    if wanted == "json":
        return _file(text.encode(), "application/json", f"{found.number}.json")
    return _file(_zipped(found.number, text, _readable(made)), "application/zip", f"{found.number}.zip")


def _cells(row: dict[str, Any]) -> list[tuple[str, str]]:
    """The label and the text of every value of a row."""
    return [(i18n.word("held_column", name) or name, _text(name, value)) for name, value in row.items()]


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return i18n._("yes") if value else i18n._("no")
    if isinstance(value, list):
        return i18n._(", ").join(_text(name, item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_text(str(key), item)}" for key, item in value.items())
    group = VALUES.get(name, "")
    return (i18n.word(group, str(value)) if group else "") or str(value)


VALUES = {
    "category": "household_category", "sex": "sex", "relation": "relation", "giver_relation": "relation",
    "applicant_relation": "relation", "id_type": "id_type", "ground": "consent_ground", "purposes": "consent_purpose",
    "tags": "person_tag", "health_tags": "person_tag", "service": "service", "priority": "priority",
    "risk_color": "risk_color", "support_mode": "support_mode", "admission_mode": "admission_mode",
    "selfcare_level": "selfcare_level",
}  # fmt: skip


def _readable(made: Package) -> str:
    """The readable form as a file of its own: no style, no script, opens and prints anywhere."""
    template = environment().get_template("privacy/package_file.html")
    return template.render(package=made, cells=_cells, lang=i18n.TAGS[i18n.current()])


def _zipped(number: str, text: str, readable: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{number}.json", text)
        archive.writestr(f"{number}.html", readable)
    return packed.getvalue()


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


@post("/privacy/requests/{privacy:uuid}/answer", guards=[requires("privacy.export"), proved], status_code=200)
async def answer_request(request: Request, privacy: FromPath[UUID]) -> Page:
    """Close it with what was done, or refuse it with the reason."""
    await queries.request_for(request.actor, privacy)
    form = Form.of(await request.form())
    try:
        action, text = form.choice("action", ("answer", "refuse")), form.text("answer", most=500)
        form.check()
        await actions.decide_request(request.actor, privacy, action, text, now())
    except FormError as error:
        errors = error_texts(error.fields)
        return await _show(request, privacy, 422, form=form, errors=errors, faults=summary(errors, forms.LABELS))
    await flash(request, "ok", N_("The answer is recorded."))
    return go(request, f"/privacy/requests/{privacy}")


add_tab(Tab(90, "readers", N_("Who read it"), "/households/{household}/readers", "privacy.readers"))
add_page("privacy_request", "/privacy/requests/{}", "privacy.export")
ROUTES: list[Any] = [
    show_readers, list_requests, new_request, record_request, show_request, hand_out, answer_request
]  # fmt: skip

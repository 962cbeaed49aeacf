"""The survey on a phone: works without a line, as a queue of drafts that are sent when there is one again."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from litestar import MediaType, Response, get, post
from litestar.utils.scope.state import ScopeState

from bangfu.discovery import field
from bangfu.discovery.facts import ReportFacts
from bangfu.divisions.queries import villages_for
from bangfu.errors import N_, FormError
from bangfu.paths import STATIC
from bangfu.shared.clock import now
from bangfu.shared.faults import Fault
from bangfu.shared.identifiers import parse_phone
from bangfu.shared.web.access import public, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

REPORT = "discovery.report"
AS_DRAFT = "X-Draft"
"""The header with which the script sends a kept draft; the answer is then a small document."""


@get("/field", guards=[requires(REPORT)])
async def show_survey(request: Request) -> Page:
    """The next home of the survey; the village stays chosen."""
    division = request.query_params.get("division", "")[:12]
    first = {"key": str(uuid4()), "division": division, "outcome": "report"}
    return await _form_page(request, first, [])


@post("/field", guards=[requires(REPORT)], status_code=200)
async def enter_home(request: Request) -> Page | Response[dict[str, object]]:
    """Store one home; a repeat is the same one."""
    form = Form.of(await request.form())
    kept = request.headers.get(AS_DRAFT) == "1"
    try:
        facts, outcome, key = _facts(form, request), form.choice("outcome", field.OUTCOMES), form.uuid("key")
        form.check()
        assert key is not None  # noqa: S101 (checked with the form)
        number = await field.enter(request.actor, key, outcome, facts, now())
    except FormError as error:
        if kept:
            return _document({"faults": error_texts(error.fields)}, 422)
        return await _form_page(request, form, form.many("need_kinds"), error)
    if kept:
        return _document({"number": number}, 200)
    await flash(request, "ok", N_("The home is entered. Next: the neighbour's."))
    return go(request, f"/field?division={facts.division}")


@get("/field/ready", guards=[requires(REPORT)])
async def say_ready(request: Request) -> Response[dict[str, object]]:
    """Who is signed in and the token that a draft is sent with: the script asks before it sends."""
    token = ScopeState.from_scope(request.scope).csrf_token
    return _document({"owner": str(request.actor.me), "token": token if isinstance(token, str) else ""}, 200)


@get("/field/worker.js", guards=[public])
async def keeper_script(request: Request) -> Response[str]:
    """The script that keeps the survey's page on the phone; it holds no data."""
    headers = {"Service-Worker-Allowed": "/field", "Cache-Control": "no-cache"}
    text = (STATIC / "js" / "field-worker.js").read_text(encoding="utf-8")
    return Response(text, media_type="text/javascript", headers=headers)


def _facts(form: Form, request: Request) -> ReportFacts:
    phone = form.text("phone", required=False, most=32)
    try:
        phone = parse_phone(phone) if phone else ""
    except Fault as fault:
        form.fault("phone", fault.message, **fault.params)
    return ReportFacts(
        source=field.source_of(request.actor.roles),
        division=form.text("division", most=40).partition(" ")[0],
        need_kinds=tuple(form.many("need_kinds")),
        urgent=form.yes("urgent"),
        seen=form.text("seen", required=False, most=2000),
        name=form.text("name", required=False, most=60),
        phone=phone,
        address=form.text("address", required=False),
        lat=form.decimal("lat", least=-90, most=90, required=False),
        lon=form.decimal("lon", least=-180, most=180, required=False),
    )


def _document(content: dict[str, object], status: int) -> Response[dict[str, object]]:
    return Response(content, status_code=status, media_type=MediaType.JSON, headers={"Cache-Control": "no-store"})


async def _form_page(
    request: Request, form: Mapping[str, str], kinds: list[str], error: FormError | None = None
) -> Page:
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "discovery/field.html", 422 if error else 200, form=form, kinds=kinds, errors=errors,
        villages=await villages_for(request.actor), tally=await field.tally(request.actor, now()),
        owner=UUID(str(request.actor.me)),
    )  # fmt: skip


ROUTES = [show_survey, enter_home, say_ready, keeper_script]
MENU = [MenuItem(13, "field", N_("Survey"), "/field", REPORT, "phone", group="discovery", phone=2)]

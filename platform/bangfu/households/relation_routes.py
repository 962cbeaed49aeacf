"""The pages of contacts and near relatives, and of everything that happened to a household."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.households import contacts, forms, kinship, queries, register_forms, timeline
from bangfu.households.pages import form_page, head_of
from bangfu.households.people import members
from bangfu.households.tabs import Tab, add_tab
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go, page

add_tab(Tab(90, "events", N_("All events"), "/households/{household}/events", "households.read"))


@get("/households/{household:uuid}/contacts/new", guards=[requires("households.record")])
async def new_contact(request: Request, household: FromPath[UUID]) -> Page:
    """The form for somebody to call."""
    return await _contact_page(request, household, {"key": str(uuid4()), "kind": "emergency"})


@post("/households/{household:uuid}/contacts/new", guards=[requires("households.record")], status_code=200)
async def add_contact(request: Request, household: FromPath[UUID]) -> Page:
    """Store the contact."""
    await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        facts = register_forms.read_contact(form)
        await contacts.add(request.actor, household, forms.key_of(form), facts, now())
    except FormError as error:
        return await _contact_page(request, household, form, error=error)
    await flash(request, "ok", N_("The contact person is recorded."))
    return go(request, f"/households/{household}")


async def _contact_page(
    request: Request, household: UUID, form: Mapping[str, str], *, error: FormError | None = None
) -> Page:
    home = await queries.household_for(request.actor, household)
    people = [
        (str(one.id), f"{one.name} · {i18n.word('relation', one.relation)}")
        for one in await members(household, today())
    ]
    return await form_page(request, "households/contact.html", form, {}, error=error, household=home, people=people)


@post(
    "/households/{household:uuid}/contacts/{contact:uuid}/end", guards=[requires("households.record")], status_code=200
)
async def end_contact(request: Request, household: FromPath[UUID], contact: FromPath[UUID]) -> Page:
    """The contact is not called any more."""
    await contacts.end(request.actor, household, contact, now())
    await flash(request, "ok", N_("The contact is no longer used."))
    return go(request, f"/households/{household}")


@get("/households/{household:uuid}/relatives/new", guards=[requires("kinship.declare")])
async def new_relative(request: Request, household: FromPath[UUID]) -> Page:
    """The form for declaring oneself, or (for an officer) somebody else, as a near relative."""
    return await _relative_page(request, household, {"key": str(uuid4())})


@post("/households/{household:uuid}/relatives/new", guards=[requires("kinship.declare")], status_code=200)
async def declare_relative(request: Request, household: FromPath[UUID]) -> Page:
    """Store the declaration."""
    await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        relation = register_forms.read_relation(form, request.actor)
        await kinship.declare(request.actor, household, forms.key_of(form), relation, now())
    except FormError as error:
        return await _relative_page(request, household, form, error=error)
    await flash(
        request, "ok", N_("The relation is recorded; a near relative neither decides on nor checks this household.")
    )
    return go(request, f"/households/{household}")


async def _relative_page(
    request: Request, household: UUID, form: Mapping[str, str], *, error: FormError | None = None
) -> Page:
    home, officer = (
        await queries.household_for(request.actor, household),
        allows(request.actor.roles, "households.status"),
    )
    users, carers = await kinship.choices(request.actor) if officer else ([], [])
    who = [("me", i18n._("I myself"))]
    who += [(f"user:{code}", text) for code, text in users if code != str(request.actor.user)]
    who += [(f"carer:{code}", i18n._("Carer {number}", number=text)) for code, text in carers]
    return await form_page(
        request, "households/relative.html", form, {}, error=error, household=home, who=who, officer=officer
    )


@post(
    "/households/{household:uuid}/relatives/{relative:uuid}/end",
    guards=[requires("households.status")],
    status_code=200,
)
async def end_relative(request: Request, household: FromPath[UUID], relative: FromPath[UUID]) -> Page:
    """The relation does not hold any more."""
    await kinship.end(request.actor, household, relative, now())
    await flash(request, "ok", N_("The relation has ended."))
    return go(request, f"/households/{household}")


@get("/households/{household:uuid}/events", guards=[requires("households.read")])
async def show_events(request: Request, household: FromPath[UUID]) -> Page:
    """Everything that happened, page by page, all of it or of one kind."""
    head = await head_of(request, household, "events")
    asked, before = request.query_params.get("group", ""), request.query_params.get("before", "")
    group = asked if asked in timeline.KINDS else ""
    number = int(before) if before.isdecimal() and len(before) < 18 else None
    found, more = await timeline.page_of_household(household, group=group, before=number, reader=request.actor)
    query = f"?group={group}&" if group else "?"
    return await page(
        request, "households/events.html",
        **{**head, "events": timeline.shown(found, own=str(household), roles=request.actor.roles)},
        group=group, kinds=timeline.KINDS, earlier=f"{query}before={found[-1].id}" if more else "",
        newest=number is None,
    )  # fmt: skip


ROUTES = [
    new_contact, add_contact, end_contact, new_relative, declare_relative, end_relative, show_events,
]  # fmt: skip

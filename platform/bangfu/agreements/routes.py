"""The pages of care agreements: list, household's tab, draft, signing, ending; coverage and rates beside them."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.agreements import drafting, ending, forms, handing_out, listing, queries, renewing, rules, signing
from bangfu.agreements.coverage_routes import COVERAGE
from bangfu.agreements.own_routes import OWN
from bangfu.agreements.pages import agreement_page, draft_page, first_form
from bangfu.agreements.rate_routes import RATES
from bangfu.agreements.todo import todo
from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError, NotYours
from bangfu.households import routes as household_pages
from bangfu.households.queries import household_for
from bangfu.households.reading import note_read
from bangfu.households.tabs import Tab, add_tab
from bangfu.households.timeline import add_page
from bangfu.shared import files, i18n
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

add_tab(Tab(25, "agreement", N_("Agreement"), "/households/{household}/agreement", "agreements.read"))
add_page("care_agreement", "/agreements/{}", "agreements.read")
FILTERS = ("state", "division", "ends")
Act = Callable[[Form], Awaitable[object]]


@get("/agreements", guards=[requires("agreements.read")])
async def list_agreements(request: Request) -> Page:
    """The agreements of one's area, by state, place and end."""
    filters = {name: request.query_params.get(name, "").strip()[:20] for name in FILTERS}
    number = page_number(request.query_params.get("page"))
    rows, total = await listing.agreements(request.actor, filters, today(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    found, areas = ListPage(number, total, "/agreements", filters), await areas_for(request.actor)
    states = [("", i18n._("All that go on")), ("all", i18n._("All")), *i18n.words_of("agreement_status")]
    ends = [("30", i18n._("within 30 days")), ("60", i18n._("within 60 days"))]
    words = {"state": dict(states), "division": dict(areas), "ends": dict(ends)}
    labels = {"state": i18n._("State"), "division": i18n._("Area"), "ends": i18n._("Ends")}
    active = [
        {"label": labels[name], "value": words[name].get(value, value), "remove_href": found.href(1, **{name: ""})}
        for name, value in filters.items()
        if value
    ]
    return await page(
        request, "agreements/list.html", rows=rows, listing=found, filters=filters, areas=areas, states=states,
        ends=ends, active=active, today=today(),
    )  # fmt: skip


@get("/households/{household:uuid}/agreement", guards=[requires("agreements.read")])
async def agreements_of_household(request: Request, household: FromPath[UUID]) -> Page:
    """The tab of a household's page."""
    head = await household_pages.head_of(request, household, "agreement")
    return await page(
        request, "agreements/household.html", **head, rows=await listing.of_household(request.actor, household),
        may_draft=allows(request.actor.roles, "agreements.draft"), today=today(),
    )  # fmt: skip


@get("/households/{household:uuid}/agreements/new", guards=[requires("agreements.draft")])
async def new_agreement(request: Request, household: FromPath[UUID]) -> Page:
    """The form of a new draft, filled with what is usual here."""
    await household_for(request.actor, household)
    form = await first_form(request.actor, household, request.query_params.get("person", ""))
    return await draft_page(request, household, form, {"triggers": form["triggers"]})


@post("/households/{household:uuid}/agreements/new", guards=[requires("agreements.draft")], status_code=200)
async def begin_agreement(request: Request, household: FromPath[UUID]) -> Page:
    """Keep the draft."""
    await household_for(request.actor, household)
    form = Form.of(await request.form())
    people = [code for code, _ in await listing.candidates(household)]
    try:
        key, person = form.uuid("key", required=False), form.uuid("person")
        if person is not None and str(person) not in people:
            form.fault("person", N_("Please choose one of the list."))
        content = forms.read_content(form, None, await forms.contact_of(household))
        assert person is not None  # noqa: S101 (checked above)
        made = await drafting.begin(request.actor, key or uuid4(), household, person, content, now())
    except FormError as error:
        return await draft_page(request, household, form, {"triggers": form.many("triggers")}, error=error)
    await flash(request, "ok", N_("The draft is kept. Next: check it and hand it out for signing."))
    return go(request, f"/agreements/{made}")


@get("/agreements/{agreement:uuid}", guards=[requires("agreements.read")])
async def show_agreement(request: Request, agreement: FromPath[UUID]) -> Page:
    """One agreement: what is agreed, the seven parties and their signatures."""
    return await agreement_page(request, agreement)


@get("/agreements/{agreement:uuid}/edit", guards=[requires("agreements.draft")])
async def edit_agreement(request: Request, agreement: FromPath[UUID]) -> Page:
    """The form of a draft; of one that is being signed with the warning that signatures fall."""
    found = await queries.agreement_for(request.actor, agreement)
    rules.MACHINE.step(found.status, "change")
    values = await forms.present_values(agreement)
    values |= {"person": str(found.person), "revision": str(found.revision)}
    return await draft_page(request, found.household, values, {"triggers": values["triggers"]}, draft=found)


@post("/agreements/{agreement:uuid}/edit", guards=[requires("agreements.draft")], status_code=200)
async def change_agreement(request: Request, agreement: FromPath[UUID]) -> Page:
    """Word a draft anew."""
    found = await queries.agreement_for(request.actor, agreement)
    form = Form.of(await request.form())
    try:
        revision = form.whole("revision")
        kept = await renewing.content_of(agreement)
        content = forms.read_content(form, kept, kept.emergency)
        fallen = await drafting.change(request.actor, agreement, revision or 0, content, now())
    except FormError as error:
        chosen = {"triggers": form.many("triggers")}
        return await draft_page(request, found.household, form, chosen, error=error, draft=found)
    if fallen:
        message = N_("Changed. {n} signatures are void: hand the agreement out and have it signed anew.")
        await flash(request, "warn", message, n=str(fallen))
    else:
        await flash(request, "ok", N_("The change is saved."))
    return go(request, f"/agreements/{agreement}")


async def _decide(request: Request, agreement: UUID, tried: str, act: Act, done: str) -> Page:
    """Run one action; its form comes back with what was typed where something is missing."""
    await queries.agreement_for(request.actor, agreement)
    form = Form.of(await request.form())
    try:
        reached = await act(form)
    except FormError as error:
        return await agreement_page(request, agreement, form=form, error=error, tried=tried)
    await flash(request, "ok", done)
    return go(request, f"/agreements/{reached or agreement}")


@post("/agreements/{agreement:uuid}/hand-out", guards=[requires("agreements.draft")], status_code=200)
async def hand_out(request: Request, agreement: FromPath[UUID]) -> Page:
    """draft -> party_signing."""

    async def act(form: Form) -> None:
        revision = form.whole("revision", required=False)
        form.check()
        await handing_out.hand_out(request.actor, agreement, revision or 0, now())

    return await _decide(request, agreement, "hand_out", act, N_("Handed out. Next: the seven parties sign."))


@post("/agreements/{agreement:uuid}/sign", guards=[requires("agreements.sign")], status_code=200)
async def sign(request: Request, agreement: FromPath[UUID]) -> Page:
    """One party's signature: recorded from paper, or given electronically by the own account."""
    return await take_signature(request, agreement, f"/agreements/{agreement}")


async def take_signature(request: Request, agreement: UUID, back: str, template: str = "agreements/show.html") -> Page:
    """Read and keep a signature, and say how many are missing."""
    await queries.agreement_for(request.actor, agreement)
    posted = await request.form()
    form = Form.of(posted)
    try:
        role, given = forms.read_signature(form)
        looked = await posted_scan(posted, "file")
        status = await signing.sign(request.actor, agreement, role, given, looked, now())
    except FormError as error:
        tried = f"sign_{form.get('role', '')[:24]}"
        return await agreement_page(request, agreement, form=form, error=error, tried=tried, template=template)
    done = N_("All seven parties have signed: the agreement is in force.")
    await flash(request, "ok", done if status == "active" else N_("The signature is kept."))
    return go(request, back)


@post("/agreements/{agreement:uuid}/guide", guards=[requires("agreements.guide")], status_code=200)
async def guide(request: Request, agreement: FromPath[UUID]) -> Page:
    """The bureau's guidance to a draft."""

    async def act(form: Form) -> None:
        text = form.text("guidance", most=1000)
        form.check()
        await handing_out.guide(request.actor, agreement, text, now())

    return await _decide(request, agreement, "guide", act, N_("The guidance is kept; the drafter is told."))


@post("/agreements/{agreement:uuid}/terminate", guards=[requires("agreements.draft")], status_code=200)
async def terminate(request: Request, agreement: FromPath[UUID]) -> Page:
    """Any living state -> terminated."""

    async def act(form: Form) -> None:
        reason = form.choice("reason", rules.END_REASONS)
        text = form.text("text", required=reason in ("breach", "other"), most=500)
        on = form.day("ended_on", parse_date)
        form.check()
        assert on is not None  # noqa: S101 (checked above)
        await ending.terminate(request.actor, agreement, reason, text, on, now())

    return await _decide(request, agreement, "terminate", act, N_("The agreement is terminated; the record stays."))


@post("/agreements/{agreement:uuid}/renew", guards=[requires("agreements.draft")], status_code=200)
async def renew(request: Request, agreement: FromPath[UUID]) -> Page:
    """A new agreement with the same content, handed out for signing."""

    async def act(form: Form) -> UUID:
        key = form.uuid("key", required=False)
        form.check()
        return await renewing.renew(request.actor, key or uuid4(), agreement, now())

    done = N_("Renewed unchanged for twelve months. Next: the seven parties sign it anew.")
    return await _decide(request, agreement, "renew", act, done)


@post("/agreements/{agreement:uuid}/make-anew", guards=[requires("agreements.draft")], status_code=200)
async def make_anew(request: Request, agreement: FromPath[UUID]) -> Page:
    """A new draft at today's level and rate."""

    async def act(form: Form) -> UUID:
        key, reason = form.uuid("key", required=False), form.choice("reason", ("level", "caregiver", "other"))
        form.check()
        return await renewing.make_anew(request.actor, key or uuid4(), agreement, reason, now())

    done = N_("A new draft is made from the old agreement, which counts until this one is signed. Check it first.")
    return await _decide(request, agreement, "make_anew", act, done)


@get("/agreements/{agreement:uuid}/files/{file:uuid}", guards=[requires("agreements.paper")])
async def download(request: Request, agreement: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """The scan of a signed page; who opened it is recorded."""
    found = await queries.agreement_for(request.actor, agreement)
    if file not in {party.file for party in found.parties}:
        raise NotYours
    await note_read(request.actor, found.household, found.person, "identity", "agreement", now())
    return file_answer(await files.opened(file, "care_agreement", agreement), "signed")


ROUTES: list[Any] = [
    list_agreements, agreements_of_household, new_agreement, begin_agreement, show_agreement, edit_agreement,
    change_agreement, hand_out, sign, guide, terminate, renew, make_anew, download, *COVERAGE, *OWN, *RATES,
]  # fmt: skip
MENU = [
    MenuItem(24, "agreements", N_("Care agreements"), "/agreements", "agreements.read", "quality", group="register"),
    MenuItem(
        59, "own_agreements", N_("Care agreements"), "/my-agreements", "agreements.own", "quality", group="supply"
    ),
    MenuItem(72, "care_rates", N_("Care rates"), "/care-rates", "rates.read", "quality", group="basis"),
]
TODO = [todo]

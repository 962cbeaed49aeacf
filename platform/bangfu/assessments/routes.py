"""The pages of assessments: lists, the household's tab, beginning and filling in; decisions and forms beside them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.assessments import queries, reading, recording
from bangfu.assessments.conflicts import tie_of
from bangfu.assessments.decision_routes import DECISIONS
from bangfu.assessments.form_routes import FORMS
from bangfu.assessments.labels import items_named, summary, translated
from bangfu.assessments.moves import check_first
from bangfu.assessments.pages import assessment_page, progress
from bangfu.assessments.queries import AssessmentView
from bangfu.assessments.recording import check_draft
from bangfu.assessments.todo import todo
from bangfu.errors import N_, FormError
from bangfu.households import routes as household_pages
from bangfu.households.queries import household_for
from bangfu.households.tabs import Tab, add_tab
from bangfu.households.timeline import add_page
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

add_tab(Tab(30, "assessments", N_("Assessments"), "/households/{household}/assessments", "assessments.read"))
add_page("assessment", "/assessments/{}", "assessments.read")
add_page("assessment_form", "/assessment-forms/{}", "assessments.read")

SHOWN = {"mine": N_("Mine"), "due": N_("To be renewed"), "disputed": N_("Disputed"), "all": N_("All")}


@get("/assessments", guards=[requires("assessments.read")])
async def list_assessments(request: Request) -> Page:
    """What waits for oneself, what is to be renewed, what is disputed, or all of one's area."""
    actor = request.actor
    first = "mine" if allows(actor.roles, "assessments.assess") else "due"
    show = request.query_params.get("show", first)
    show = show if show in SHOWN else first
    number = page_number(request.query_params.get("page"))
    found, total = await queries.assessments(actor, show, today(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    counts = await queries.counts(actor, today())
    tabs = [
        {"href": f"/assessments?show={code}", "label": i18n._(label), "count": counts[code], "active": code == show}
        for code, label in SHOWN.items()
        if code != "mine" or first == "mine"
    ]
    listing = ListPage(number, total, "/assessments", {"show": show})
    return await page(
        request, "assessments/list.html", rows=found, tabs=tabs, show=show, listing=listing, today=today(),
        may_assess=first == "mine",
    )  # fmt: skip


@get("/households/{household:uuid}/assessments", guards=[requires("assessments.read")])
async def assessments_of_household(request: Request, household: FromPath[UUID]) -> Page:
    """The tab of a household's page."""
    head = await household_pages.head_of(request, household, "assessments")
    found = await queries.of_household(request.actor, household)
    tie = await tie_of(request.actor.me, household, None, today())
    may = allows(request.actor.roles, "assessments.assess")
    return await page(
        request, "assessments/household.html", **head, rows=found, today=today(), may_assess=may and tie is None,
        tie=tie if may else None,
    )  # fmt: skip


@get("/households/{household:uuid}/assessments/new", guards=[requires("assessments.assess")])
async def new_assessment(request: Request, household: FromPath[UUID]) -> Page:
    """Choose whom, by which form, and say under which circumstances."""
    await household_for(request.actor, household)
    people = await queries.people_of(request.actor, household)
    query = request.query_params
    first = {
        "key": str(uuid4()), "assessed_on": today().isoformat(), "place": "home", "informant_relation": "self",
        "person": query.get("person", people[0][0] if people else "")[:36], "form": query.get("form", "")[:36],
        "reason": query.get("reason", "first")[:12],
    }  # fmt: skip
    return await _circumstances_page(request, household, first)


@post("/households/{household:uuid}/assessments/new", guards=[requires("assessments.assess")], status_code=200)
async def begin_assessment(request: Request, household: FromPath[UUID]) -> Page:
    """Keep the draft and open its first area."""
    await household_for(request.actor, household)
    form = Form.of(await request.form())
    people = [code for code, _ in await queries.people_of(request.actor, household)]
    try:
        key, chosen = form.uuid("key", required=False), form.uuid("form")
        person, facts = reading.read_person(form, people), reading.read_circumstances(form, today())
        form.check()
        assert person is not None and chosen is not None  # noqa: S101, PT018 (checked above)
        found = await recording.begin(request.actor, key or uuid4(), person, chosen, facts, now())
    except FormError as error:
        return await _circumstances_page(request, household, form, error=error)
    await flash(request, "ok", N_("The draft is kept. Every area is saved by itself."))
    return go(request, f"/assessments/{found}/fill")


@get("/assessments/{assessment:uuid}", guards=[requires("assessments.read")])
async def show_assessment(request: Request, assessment: FromPath[UUID]) -> Page:
    """One assessment: level, circumstances, signatures; answers and arithmetic for its assessors."""
    return await assessment_page(request, assessment)


@get("/assessments/{assessment:uuid}/edit", guards=[requires("assessments.assess")])
async def edit_circumstances(request: Request, assessment: FromPath[UUID]) -> Page:
    """The form for day, place, reason and informant of a draft."""
    found = await _own_draft(request, assessment)
    inside = await queries.contents(assessment)
    present = {
        "reason": found.reason, "assessed_on": found.assessed_on.isoformat(), "place": found.place,
        "informant": inside.informant, "informant_relation": found.informant_relation,
    }  # fmt: skip
    return await _circumstances_page(request, found.household, present, draft=found)


@post("/assessments/{assessment:uuid}/edit", guards=[requires("assessments.assess")], status_code=200)
async def change_circumstances(request: Request, assessment: FromPath[UUID]) -> Page:
    """Keep the changed circumstances."""
    found = await _own_draft(request, assessment)
    form = Form.of(await request.form())
    try:
        facts = reading.read_circumstances(form, today())
        form.check()
        await recording.change_circumstances(request.actor, assessment, facts, now())
    except FormError as error:
        return await _circumstances_page(request, found.household, form, error=error, draft=found)
    await flash(request, "ok", N_("The change is saved."))
    return go(request, f"/assessments/{assessment}")


@get("/assessments/{assessment:uuid}/fill", guards=[requires("assessments.assess")])
async def fill(request: Request, assessment: FromPath[UUID]) -> Page:
    """One area of the form of a draft; the first that is not complete, unless one is asked for."""
    found = await _own_draft(request, assessment)
    answers = (await queries.contents(assessment)).answers
    rows = progress(found, answers)
    asked = request.query_params.get("area", "")
    open_areas = [row["code"] for row in rows if not row["done"]]
    area = asked if asked in {row["code"] for row in rows} else (open_areas or [rows[0]["code"]])[0]
    typed = {reading.FIELD + code: text for code, text in answers.items()}
    return await _fill_page(request, found, area, typed, answers)


@post("/assessments/{assessment:uuid}/fill", guards=[requires("assessments.assess")], status_code=200)
async def save_area(request: Request, assessment: FromPath[UUID]) -> Page:
    """Keep an area; go on with the next one, if it is complete and that was asked for."""
    found = await _own_draft(request, assessment)
    form = Form.of(await request.form())
    codes = [area["code"] for area in found.document["areas"]]
    area = form.get("area", "")
    area = area if area in codes else codes[0]
    answers = reading.read_answers(form, found.document, area)
    reading.note_faults(form, found.document, area, answers, complete=form.get("do") != "save")
    sound = {code: text for code, text in answers.items() if reading.is_sound(found.document, code, text)}
    await recording.save_answers(request.actor, assessment, area, sound, now())
    if form.faults:
        kept = {**(await queries.contents(assessment)).answers, **answers}
        return await _fill_page(request, found, area, form, kept, error=FormError(form.faults))
    following = codes[codes.index(area) + 1 :]
    if form.get("do") == "save" or not following:
        await flash(request, "ok", N_("The answers are saved."))
        return go(request, f"/assessments/{assessment}")
    return go(request, f"/assessments/{assessment}/fill?area={following[0]}")


async def _own_draft(request: Request, assessment: UUID) -> AssessmentView:
    """The actor's own draft.

    Raises:
        NotYours: if it is not the actor's to see.
        Refused: if it is somebody else's, or signed (409).
    """
    found = await queries.assessment_for(request.actor, assessment)
    check_first(request.actor, found.first_assessor)
    check_draft(found.status)
    return found


async def _fill_page(
    request: Request, found: AssessmentView, area: str, form: Mapping[str, str], answers: Mapping[str, str], *,
    error: FormError | None = None,
) -> Page:  # fmt: skip
    errors = error_texts(error.fields) if error else {}
    areas = found.document["areas"]
    place = [one["code"] for one in areas].index(area)
    return await page(
        request, "assessments/fill.html", 422 if error else 200, a=found, area=areas[place], place=place + 1,
        areas=progress(found, answers), form=form, errors=errors, faults=summary(errors, items_named(found.document)),
    )  # fmt: skip


async def _circumstances_page(
    request: Request, household: UUID, form: Mapping[str, str], *, error: FormError | None = None,
    draft: AssessmentView | None = None,
) -> Page:  # fmt: skip
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "assessments/new.html", 422 if error else 200, form=form, errors=errors, draft=draft,
        faults=summary(errors, translated()), household=await household_for(request.actor, household),
        people=await queries.people_of(request.actor, household), forms=await queries.forms_in_use(today()),
    )  # fmt: skip


ROUTES: list[Any] = [
    list_assessments, assessments_of_household, new_assessment, begin_assessment, show_assessment, edit_circumstances,
    change_circumstances, fill, save_area, *DECISIONS, *FORMS,
]  # fmt: skip
MENU = [MenuItem(19, "assessments", N_("Assessments"), "/assessments", "assessments.read", "quality", group="register")]
TODO = [todo]

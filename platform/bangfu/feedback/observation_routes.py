"""Process observations: the volunteer's form on a phone, the office's list and an agreement's page of them."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.agreements import duties
from bangfu.agreements.panels import add_panel
from bangfu.agreements.rules import ROLES
from bangfu.errors import N_, FormError
from bangfu.feedback import observation_queries as queries
from bangfu.feedback import observing, rating_queries
from bangfu.feedback.observing import OCCASIONS, SEEN, Seen
from bangfu.feedback.pages import choices, code_of, show, term_of
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import parse_date, quarter_of
from bangfu.shared.clock import now, today
from bangfu.shared.masking import mask_name
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go

OWN, OFFICE = "/my-observations", "/observations"
LABELS = {
    "on": N_("Day"), "occasion": N_("On what occasion"), "words": N_("In your own words"),
    **{f"duty_{role}": role for role in ROLES},
}  # fmt: skip


@get(OWN, guards=[requires("observations.write")])
async def list_own(request: Request) -> Page:
    """The homes with a care agreement that this volunteer visits."""
    rows = await observing.homes_of(request.actor, now())
    return await show(request, "own_observations.html", rows=[_masked(row) for row in rows])


@get(f"{OWN}/{{agreement:uuid}}", guards=[requires("observations.write")])
async def ask_observation(request: Request, agreement: FromPath[UUID]) -> Page:
    """Each party's duty with four answers."""
    return await _ask(request, agreement)


async def _ask(request: Request, agreement: UUID, form: Form | None = None, error: FormError | None = None) -> Page:
    home = await observing.home_for(request.actor, agreement, now())
    errors = error_texts(error.fields) if error else {}
    labels = {**LABELS, **{f"duty_{role}": i18n.word("party_role", role) for role in ROLES}}
    return await show(
        request, "observe.html", 422 if error else 200, home=_masked(home), form=form or {}, errors=errors,
        faults=summary(errors, labels), duties=await _duties(agreement, home["duties_version"]), key=uuid4(),
        roles=ROLES, occasions=OCCASIONS, seen=SEEN, today=today(),
    )  # fmt: skip


async def _duties(agreement: UUID, version: str) -> dict[str, str]:
    """Role -> duties in the reader's language, where the usual words were kept."""
    worded = await queries.duties_of(agreement)
    if i18n.current() == "zh":
        return worded
    return {role: duties.in_english(role, version, text) or text for role, text in worded.items()}


def _masked(home: dict[str, Any]) -> dict[str, Any]:
    return {**home, "person_name": mask_name(home["person_name"])}


@post(f"{OWN}/{{agreement:uuid}}", guards=[requires("observations.write")], status_code=200)
async def keep_observation(request: Request, agreement: FromPath[UUID]) -> Page:
    """File what was seen."""
    await observing.home_for(request.actor, agreement, now())
    form = Form.of(await request.form())
    try:
        key, on = form.uuid("key", required=False), form.day("on", parse_date)
        words = form.text("words", required=False, most=1000)
        form.check()
        answers = {role: form.get(f"duty_{role}", "") for role in ROLES}
        seen = Seen(key or uuid4(), form.get("occasion", ""), on or date.min, answers, words)
        await observing.observe(request.actor, agreement, seen, now())
    except FormError as error:
        return await _ask(request, agreement, form, error)
    await flash(
        request, "ok", N_("Thank you. The township sees what you observed; who serves does not see who you are.")
    )
    return go(request, OWN)


@get(OFFICE, guards=[requires("observations.read")])
async def list_observed(request: Request) -> Page:
    """Agreements with what volunteers observed in a quarter, broken duties first."""
    year, quarter = term_of(request)
    return await show(
        request, "observations.html", rows=await queries.observed(request.actor, year, quarter), terms=choices(),
        term=code_of(year, quarter), year=year, quarter=quarter,
    )  # fmt: skip


@get(f"{OFFICE}/{{agreement:uuid}}", guards=[requires("observations.read")])
async def show_observed(request: Request, agreement: FromPath[UUID]) -> Page:
    """What was observed of one agreement: sums by party and quarter, then each observation."""
    found = await queries.agreement_for(request.actor, agreement)
    year, quarter = term_of(request)
    number, counts = await rating_queries.duties_seen(year, quarter, agreement=agreement)
    return await show(
        request, "observed.html", a=found, counts=counts, number=number, roles=ROLES, terms=choices(),
        rows=await queries.observations_of(request.actor, agreement), term=code_of(year, quarter), year=year,
        quarter=quarter, duties=await _duties(agreement, found["duties_version"]),
    )  # fmt: skip


async def _panel(actor: Actor, agreement: UUID) -> dict[str, Any] | None:
    """On the agreement's page: how often each duty was seen kept this quarter."""
    if not allows(actor.roles, "observations.read"):
        return None
    year, quarter = quarter_of(today())
    number, counts = await rating_queries.duties_seen(year, quarter, agreement=agreement)
    return {"number": number, "counts": counts, "roles": ROLES, "href": f"{OFFICE}/{agreement}"} if number else None


add_panel("feedback/_agreement_panel.html", _panel)
ROUTES: list[Any] = [list_own, ask_observation, keep_observation, list_observed, show_observed]

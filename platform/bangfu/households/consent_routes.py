"""The pages of grounds: record a consent or a statute, its printed form, one ground in full, its withdrawal."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.households import consent_actions, consent_forms, consent_queries, forms, queries
from bangfu.households.consent_rules import PURPOSES, STATUTORY
from bangfu.households.labels import summary
from bangfu.households.pages import chosen_of, form_page, head_of
from bangfu.households.words import STATUTE_ZH
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page


@get("/households/{household:uuid}/grounds/new", guards=[requires("households.record")])
async def new_ground(request: Request, household: FromPath[UUID]) -> Page:
    """The form for a consent or a statutory ground."""
    first = {"key": str(uuid4()), "statute": STATUTE_ZH, "giver_relation": "self"}
    return await _ground_page(request, household, first, {"purposes": ["service", "share_provider"]})


@post("/households/{household:uuid}/grounds/new", guards=[requires("households.record")], status_code=200)
async def record_ground(request: Request, household: FromPath[UUID]) -> Page:
    """Store the consent or the statutory ground."""
    await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        key = forms.key_of(form)
        ground = consent_forms.read_ground(form, today(), await consent_queries.published_texts(today()))
        consent_forms.check_guardian(form, await _born(household, ground.person), ground, today())
        form.check()
    except FormError as error:
        return await _ground_page(request, household, form, chosen_of(form), error=error)
    await consent_actions.record_ground(request.actor, household, key, ground, now())
    await flash(request, "ok", N_("The ground is recorded; needs can be confirmed on it."))
    return go(request, f"/households/{household}")


async def _born(household: UUID, person: UUID | None) -> date | None:
    """The birth date of whom the consent is about: the member, else the head."""
    births = await consent_queries.births(household)
    return next((born for who, head, born in births if (person is None and head) or who == person), None)


async def _ground_page(request: Request, household: UUID, form: Any, chosen: Any, **more: Any) -> Page:
    shown = await queries.household_for(request.actor, household)
    people = [
        (str(member.id), f"{member.name} · {i18n.word('relation', member.relation)}")
        for member in await queries.members(household, today())
    ]
    return await form_page(request, "households/ground.html", form, chosen, household=shown, people=people, **more)


@get("/households/{household:uuid}/grounds/form", guards=[requires("households.read")])
async def print_form(request: Request, household: FromPath[UUID]) -> Page:
    """The consent text with the household's masked data, to print, read out and sign."""
    shown = await queries.household_for(request.actor, household)
    texts = await consent_queries.published_texts(today())
    wanted = request.query_params.get("text", "")
    text = next((known for known in texts if known.version == wanted), texts[0] if texts else None)
    return await page(request, "households/consent_form.html", household=shown, text=text, texts=texts)


@get("/households/{household:uuid}/grounds/{consent:uuid}", guards=[requires("households.read")])
async def show_ground(request: Request, household: FromPath[UUID], consent: FromPath[UUID]) -> Page:
    """One ground with the exact text that was shown, what was taken back, and the form to take it back."""
    return await _show(request, household, consent)


async def _show(request: Request, household: UUID, consent: UUID, status: int = 200, **more: Any) -> Page:
    head = await head_of(request, household, "people")
    found = await consent_queries.consent_for(household, consent)
    others = [ground for ground in head["live"] if ground.id != consent]
    form = more.pop("form", {"extent": "all", "relation": "self", "others": "yes" if others else ""})
    return await page(
        request, "households/consent.html", status, **head, consent=found, others=others, form=form,
        text=await consent_queries.text_of(found.text_version), left=_left(found), about=await _about(household, found),
        may_withdraw=found.withdrawn_at is None and allows(request.actor.roles, "households.record"), **more,
    )  # fmt: skip


def _left(found: consent_queries.ConsentView) -> list[str]:
    """What the ground covers now."""
    given = STATUTORY if found.ground == "statutory" else found.purposes
    return [purpose for purpose in PURPOSES if purpose in given]


async def _about(household: UUID, found: consent_queries.ConsentView) -> str:
    members = await queries.members(household, today())
    return next(
        (f"{one.name} · {i18n.word('relation', one.relation)}" for one in members if one.id == found.person), ""
    )


@post(
    "/households/{household:uuid}/grounds/{consent:uuid}/withdraw",
    guards=[requires("households.record")],
    status_code=200,
)
async def withdraw_ground(request: Request, household: FromPath[UUID], consent: FromPath[UUID]) -> Page:
    """Note who withdrew what, when and how; everything that has lost its ground stops at once."""
    await queries.household_for(request.actor, household)
    found = await consent_queries.consent_for(household, consent)
    form = Form.of(await request.form())
    try:
        taken = consent_forms.read_taken_back(form, found.given_for, today())
    except FormError as error:
        errors = error_texts(error.fields)
        return await _show(
            request, household, consent, 422, form=form, chosen=form.many("withdrawn"), errors=errors,
            faults=summary(errors),
        )  # fmt: skip
    await consent_actions.withdraw_ground(request.actor, household, consent, taken, now())
    if await queries.live_grounds(household, today()):
        await flash(request, "ok", N_("The withdrawal is recorded. What other grounds do not cover has been stopped."))
    else:
        await flash(request, "ok", N_("The withdrawal is recorded; nothing more is shared on this ground."))
    return go(request, f"/households/{household}")


ROUTES = [new_ground, record_ground, print_form, show_ground, withdraw_ground]

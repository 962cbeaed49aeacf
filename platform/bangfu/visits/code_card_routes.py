"""A home's cards at the station, and the door that their QR codes open."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.households import queries
from bangfu.households.pages import head_of
from bangfu.households.tabs import Tab, add_tab
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import public, requires
from bangfu.shared.web.files import download
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.visits import code_card_reading as reading
from bangfu.visits import code_cards, code_rules
from bangfu.visits.code_card_paper import card_paper

add_tab(Tab(28, "home-code", N_("Card of the home"), "/households/{household}/home-code", "visits.codes"))
_TAB = "/households/{household:uuid}/home-code"


async def _card_page(request: Request, household: UUID, form: Any = None, error: FormError | None = None) -> Page:
    head = await head_of(request, household, "home-code")
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "visits/codes/cards.html", 422 if error else 200, **head, form=form or {}, errors=errors,
        cards=await reading.cards_of(household), key=uuid4(), today=today(),
        own=await code_cards.serves(request.actor, household),
    )  # fmt: skip


@get(_TAB, guards=[requires("visits.codes")])
async def show_cards(request: Request, household: FromPath[UUID]) -> Page:
    """The home's card: which counts, since when, how often it was used; and those before it."""
    return await _card_page(request, household)


@post(f"{_TAB}/print", guards=[requires("visits.codes")], status_code=200)
async def print_card(request: Request, household: FromPath[UUID]) -> Page | Response[bytes]:
    """A card with a fresh code, as a PDF; an older one dies at once."""
    await queries.household_for(request.actor, household)
    form, at = Form.of(await request.form()), now()
    try:
        key, reason = form.uuid("key"), form.choice("reason", code_rules.REPLACE_REASONS, required=False)
        form.check()
        secret, card = await code_cards.print_card(request.actor, household, key or uuid4(), at, reason)
    except FormError as error:
        return await _card_page(request, household, form, error)
    made = await card_paper(secret, card.serial, portal_of(request), at)
    return download(made, "card.pdf", "application/pdf")


def portal_of(request: Request) -> str:
    """The address at which people open this portal."""
    settings = request.app.state.settings
    return str(settings.public_url or settings.url)


@post(f"{_TAB}/{{card:uuid}}/hand-over", guards=[requires("visits.codes")], status_code=200)
async def hand_over(request: Request, household: FromPath[UUID], card: FromPath[UUID]) -> Page:
    """The card was given to the household."""
    await _checked(request, household, card)
    form = Form.of(await request.form())
    try:
        on = form.day("handed_on", parse_date)
        form.check()
        await code_cards.hand_over(request.actor, household, card, on or today(), now())
    except FormError as error:
        return await _card_page(request, household, form, error)
    await flash(request, "ok", N_("The card counts from now on."))
    return go(request, f"/households/{household}/home-code")


@post(f"{_TAB}/{{card:uuid}}/confirm-place", guards=[requires("visits.codes")], status_code=200)
async def confirm_place(request: Request, household: FromPath[UUID], card: FromPath[UUID]) -> Page:
    """The card still hangs in the home whose address was worded anew."""
    await _checked(request, household, card)
    await code_cards.confirm_place(request.actor, household, card, now())
    await flash(request, "ok", N_("The card counts from now on."))
    return go(request, f"/households/{household}/home-code")


@post(f"{_TAB}/{{card:uuid}}/revoke", guards=[requires("visits.codes")], status_code=200)
async def revoke(request: Request, household: FromPath[UUID], card: FromPath[UUID]) -> Page:
    """The card does not count any more."""
    await _checked(request, household, card)
    form = Form.of(await request.form())
    try:
        await code_cards.revoke(request.actor, household, card, form.get("reason", "").strip(), now())
    except FormError as error:
        renamed = FormError({"revoke_reason": error.fields["reason"]})
        return await _card_page(request, household, form, renamed)
    await flash(request, "ok", N_("The card does not count any more."))
    return go(request, f"/households/{household}/home-code")


async def _checked(request: Request, household: UUID, card: UUID) -> None:
    await queries.household_for(request.actor, household)
    await reading.card_of(household, card)


@get("/h/{code:str}", guards=[public])
async def scanned(request: Request, code: FromPath[str]) -> Page:
    """What a phone's camera opens: for the named server today's visit of that home with the code filled in, for
    everybody else the same page whatever the code is."""
    actor = request.visitor
    visit = await reading.visit_behind(actor, code, now()) if actor else None
    if visit is not None:
        return go(request, f"/my-visits/{visit}?code={code_rules.typed_secret(code)}")
    typed = code_rules.typed_secret(code)
    return await page(request, "visits/codes/scanned.html", here=f"/h/{typed}" if typed else "/")


CARDS = [show_cards, print_card, hand_over, confirm_place, revoke, scanned]

"""The household's cards at the station: print, replace, revoke."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.family import cards, reading
from bangfu.family.paper import card_paper
from bangfu.households import queries
from bangfu.households.pages import head_of
from bangfu.households.tabs import Tab, add_tab
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import download
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.visits.code_card_routes import portal_of
from bangfu.visits.code_cards import serves

add_tab(Tab(29, "family-card", N_("Card of the household's page"), "/households/{household}/card", "family.cards"))
_TAB = "/households/{household:uuid}/card"


@get(_TAB, guards=[requires("family.cards")])
async def show_cards(request: Request, household: FromPath[UUID]) -> Page:
    """Which card counts, when the page was last opened with it, and the cards before."""
    return await _page(request, household)


@post(f"{_TAB}/print", guards=[requires("family.cards")], status_code=200)
async def print_card(request: Request, household: FromPath[UUID]) -> Page | Response[bytes]:
    """A card with a fresh code and PIN, as a PDF; an older one dies at once."""
    shown = await queries.household_for(request.actor, household)
    form, at = Form.of(await request.form()), now()
    try:
        key = form.uuid("key")
        form.check()
        printed = await cards.print_card(request.actor, household, key or uuid4(), at, form.get("reason", ""))
    except FormError as error:
        return await _page(request, household, form, error_texts(error.fields))
    station = await reading.station_of(shown.division)
    made = await card_paper(printed, portal_of(request), station)
    return download(made, "card.pdf", "application/pdf")


@post(f"{_TAB}/{{card:uuid}}/revoke", guards=[requires("family.cards")], status_code=200)
async def revoke(request: Request, household: FromPath[UUID], card: FromPath[UUID]) -> Page:
    """The card opens nothing any more."""
    await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        await cards.revoke(request.actor, household, card, form.get("reason", "").strip(), now())
    except FormError as error:
        return await _page(request, household, form, {"revoke_reason": error_texts(error.fields)["reason"]})
    await flash(request, "ok", N_("The card does not count any more."))
    return go(request, f"/households/{household}/card")


async def _page(request: Request, household: UUID, form: Any = None, errors: dict[str, str] | None = None) -> Page:
    head, at = await head_of(request, household, "family-card"), now()
    return await page(
        request, "family/cards.html", 422 if errors else 200, **head, cards=await cards.cards_of(household, at),
        key=uuid4(), form=form or {}, errors=errors or {}, own=await serves(request.actor, household),
    )  # fmt: skip


ROUTES: list[Any] = [show_cards, print_card, revoke]

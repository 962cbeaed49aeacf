"""Pages of draws behind the sign-in: months with whose turn it is, one round with its forms, one contract's draw."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.households.labels import summary
from bangfu.oversight import draw_queries as queries
from bangfu.oversight import draw_rules as rules
from bangfu.oversight.draw_committing import COMMIT, commit, give_up
from bangfu.oversight.draw_revealing import reveal
from bangfu.oversight.draw_turns import turn_of
from bangfu.oversight.draw_views import RoundView
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

LIST: Final = "/draws"
ONE: Final = "/draws/{draw_round:uuid}"
READ: Final = "draws.read"
_LABELS: Final = {"hash": N_("SHA-256 of the secret"), "secret": N_("Secret value"), "reason": N_("Reason")}


@get(LIST, guards=[requires(READ)])
async def list_draws(request: Request) -> Page:
    """Every round of the area, the newest month first."""
    number = page_number(request.query_params.get("page"))
    filters = filters_of(request)
    found = await queries.rounds(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE, **filters)
    return await page(
        request, "oversight/draws/list.html", rows=found.rows, listing=ListPage(number, found.total, LIST, filters),
        filters=filters, states=state_choices(), counties=await queries.counties(request.actor),
        keeps_pool=allows(request.actor.roles, "draws.pool"),
    )  # fmt: skip


def filters_of(request: Request) -> dict[str, str]:
    """State and county of the address."""
    given = request.query_params
    return {"state": given.get("state", "")[:12], "county": given.get("county", "")[:12]}


def state_choices() -> list[tuple[str, str]]:
    """What a list of rounds can be narrowed to, in words."""
    going = [("going", i18n._("Under way"))]
    return going + [(code, i18n.word("draw_status", code)) for code in queries.STATES if code != "going"]


@get(ONE, guards=[requires(READ)])
async def show_draw(request: Request, draw_round: FromPath[UUID]) -> Page:
    """One round: its hashes, its lists, what the reader has to do."""
    return await _round_page(request, await queries.round_for(request.actor, draw_round))


@post(ONE + "/commit", guards=[requires(COMMIT)], status_code=200)
async def give_hash(request: Request, draw_round: FromPath[UUID]) -> Page:
    """Publish the hash of the own secret, or replace it while it stands alone."""
    row = await queries.round_for(request.actor, draw_round)
    form = Form.of(await request.form())
    try:
        key, text = form.uuid("key", required=False), form.text("hash", most=100)
        form.check()
        await commit(request.actor, key or uuid4(), row.id, text, now())
    except FormError as error:
        return await _round_page(request, row, form, error)
    await flash(request, "ok", N_("Your SHA-256 is published. Keep the secret on paper until you are asked for it."))
    return go(request, f"/draws/{row.id}")


@post(ONE + "/reveal", guards=[requires(COMMIT)], status_code=200)
async def give_secret(request: Request, draw_round: FromPath[UUID]) -> Page:
    """Give the own secret; the second one draws."""
    row = await queries.round_for(request.actor, draw_round)
    form = Form.of(await request.form())
    try:
        text = form.text("secret", most=100)
        form.check()
        done = await reveal(request.actor, row.id, text, now())
    except FormError as error:
        return await _round_page(request, row, {}, error)  # the secret is never sent back to a page
    said = N_("The draw is made.") if done else N_("Your secret is right. The draw is made once the other one is in.")
    await flash(request, "ok", said)
    return go(request, f"/draws/{row.id}")


@post(ONE + "/give-up", guards=[requires(COMMIT)], status_code=200)
async def lose_secret(request: Request, draw_round: FromPath[UUID]) -> Page:
    """Say that the own secret is lost, or that the hash is not one's own: a new round begins."""
    row = await queries.round_for(request.actor, draw_round)
    form = Form.of(await request.form())
    try:
        reason = form.choice("reason", rules.GIVE_UP)
        form.check()
        await give_up(request.actor, row.id, reason, now())
    except FormError as error:
        return await _round_page(request, row, form, error)
    await flash(request, "info", N_("This round is void, and that is public. A new round asks both for new secrets."))
    return go(request, LIST)


@get("/draws/lists/{draw_list:uuid}", guards=[requires(READ)])
async def show_list(request: Request, draw_list: FromPath[UUID]) -> Page:
    """One contract's draw: population, strata, hashes, drawn ones, inspectors, conflicts. Prints on A4."""
    one = await queries.list_for(request.actor, draw_list)
    return await page(
        request, "oversight/draws/one_list.html", one=one, picks=await queries.picks_of(one),
        towns=await queries.townships([one]), stratum_word=stratum_word,
        may_visit_page=allows(request.actor.roles, "visits.read"), may_check=allows(request.actor.roles, "checks.read"),
    )  # fmt: skip


def stratum_word(stratum: str, towns: Mapping[str, str]) -> str:
    """A stratum in words: the township and the service (or the form of a survey)."""
    town, _, service = stratum.partition("/")
    return f"{towns.get(town, town)} · {i18n.word('service', service)}"


async def _round_page(
    request: Request, row: RoundView, form: Mapping[str, Any] | None = None, error: FormError | None = None
) -> Page:
    errors, at = error_texts(error.fields) if error else {}, now()
    return await page(
        request, "oversight/draws/round.html", 422 if error else 200, row=row, errors=errors,
        form={"key": str(uuid4()), **(form or {})}, faults=summary(errors, _LABELS), at=at,
        lists=await queries.lists_of_round(row),
        reasons=[(code, i18n.word("draw_void", code)) for code in rules.GIVE_UP],
        **turn_of(request.actor, row, at),
    )  # fmt: skip


ROUNDS = [list_draws, show_draw, give_hash, give_secret, lose_secret, show_list]

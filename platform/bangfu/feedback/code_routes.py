"""The village aide's page: whose home has its card of the quarter, and the sheet to be printed and cut up."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from bangfu.divisions.queries import names_of, villages_for
from bangfu.errors import FormError, NotYours, Refused
from bangfu.feedback import code_paper, codes, coding, policy
from bangfu.feedback.pages import show, words_of
from bangfu.shared import i18n
from bangfu.shared.civil_time import quarter_of, quarter_span
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import download
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request

LIST = "/rating-codes"
PRINT = "ratings.codes"


@get(LIST, guards=[requires(PRINT)])
async def list_cards(request: Request) -> Page:
    """The homes of a village that were served this quarter, and their cards."""
    return await _page(request, request.query_params.get("village", "")[:12])


async def _page(request: Request, village: str, status: int = 200, **more: Any) -> Page:
    groups = await villages_for(request.actor)
    known = {code: name for _, group in groups for code, name in group}
    counts = await coding.served_homes(request.actor, now())
    if village not in known:
        village = next((code for code in known if counts.get(code)), next(iter(known), ""))
    rows = await coding.homes(request.actor, village, now()) if village else []
    term = quarter_of(today())
    return await show(
        request, "codes.html", status, groups=groups, village=village, counts=counts, rows=rows,
        term_words=words_of(*term), key=uuid4(), fresh=sum(row.code is None and not row.own for row in rows), **more,
    )  # fmt: skip


@post(f"{LIST}/print", guards=[requires(PRINT)], status_code=200)
async def print_cards(request: Request) -> Page | Response[bytes]:
    """The sheet as a PDF; the codes stand on it and nowhere else."""
    form, at = Form.of(await request.form()), now()
    village = form.get("village", "")[:12]
    if village and not request.actor.sees(village):
        raise NotYours
    try:
        key = form.uuid("key", required=False) or uuid4()
        form.text("village", most=12)
        form.check()
        again = frozenset(UUID(each) for each in form.many("again")[: coding.MOST])
        cards = await coding.print_sheet(request.actor, key, village, at, again=again)
    except FormError as error:
        return await _page(
            request, village, 422, errors={name: i18n.sentence(*told) for name, told in error.fields.items()}
        )
    except ValueError:
        return await _page(request, village, 422, errors={"": i18n._("Please choose one of the list.")})
    except Refused as refused:
        return await _page(request, village, 409, errors={"": i18n.told(refused)})
    term = quarter_of(today())
    settings = request.app.state.settings
    until = codes.ends(*term, policy.in_force(quarter_span(*term)[0]).code_days)
    name = (await names_of([village])).get(village, "")
    made = await code_paper.sheet(cards, term, name, str(settings.public_url or settings.url), until)
    return download(made, "rating-cards.pdf", "application/pdf")


ROUTES: list[Any] = [list_cards, print_cards]

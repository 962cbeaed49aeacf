"""The public check of a ledger's paper by its code: what was issued, and no row of it."""

import re
from typing import Any

from litestar import get

from bangfu.errors import NotYours
from bangfu.ledgers import asking, checking, issuing
from bangfu.ledgers.issue_routes import sum_rows
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import public
from bangfu.shared.web.pages import Page, Request, page

_CODE = re.compile(r"[2-9A-HJ-NP-Z]{12}")


@get("/ledgers/check", guards=[public])
async def check_ledger(request: Request) -> Page:
    """Title, unit, period, day, rows, sums and hash of the ledger with this code, and whether the data still give the
    same; who may see it is led there. Not too often."""
    typed = request.query_params.get("code", "")[:40]
    code = re.sub(r"[\s-]", "", typed.upper())
    found = state = None
    at = now()
    if typed and not await checking.may_ask(request.client.host if request.client else "", at):
        return await page(request, "ledgers/check.html", 429, code=typed.strip(), found=None, throttled=True)
    if _CODE.fullmatch(code):
        found = await issuing.by_code("-".join((code[:4], code[4:8], code[8:])))
    if found is not None:
        state = await checking.state_of(found, at)
    return await page(
        request, "ledgers/check.html", 404 if typed and found is None else 200, code=typed.strip(), found=found,
        state=state, throttled=False,
        period=asking.period_words(found.asked.period) if found else "", sums=sum_rows(found) if found else [],
        may_open=await _may_open(request.scope.get("user"), found),
    )  # fmt: skip


async def _may_open(actor: Actor | None, found: issuing.IssueView | None) -> bool:
    if actor is None or found is None or not allows(actor.roles, "ledgers.read"):
        return False
    try:
        await issuing.issue_for(actor, found.id)
    except NotYours:
        return False
    return True


ROUTES: list[Any] = [check_ledger]

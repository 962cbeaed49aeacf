"""The public check of a ledger's paper by its code: what was issued, and no row of it."""

import re
from typing import Any

from litestar import get

from bangfu.errors import NotYours
from bangfu.ledgers import asking, issuing
from bangfu.ledgers.issue_routes import sum_rows
from bangfu.shared.actor import Actor
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import public
from bangfu.shared.web.pages import Page, Request, page

_CODE = re.compile(r"[2-9A-HJ-NP-Z]{12}")


@get("/ledgers/check", guards=[public])
async def check_ledger(request: Request) -> Page:
    """Title, unit, period, day, rows, sums and hash of the ledger with this code; who may see it is led there, where it
    is compared with the data of today."""
    typed = request.query_params.get("code", "")[:40]
    code = re.sub(r"[\s-]", "", typed.upper())
    found = None
    if _CODE.fullmatch(code):
        found = await issuing.by_code("-".join((code[:4], code[4:8], code[8:])))
    return await page(
        request, "ledgers/check.html", code=typed.strip(), found=found,
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

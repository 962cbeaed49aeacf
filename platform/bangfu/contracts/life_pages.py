"""What the pages after a contract's signature share: who sees them under which address, acting and going back."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.contracts.pages import head
from bangfu.contracts.reading import ContractView, contract_for, own_contract_for
from bangfu.errors import FormError
from bangfu.shared.clock import now, today
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go

BUREAU: Final = "/contracts"
OWN: Final = "/my-contracts"
Show = Callable[[Form | None, FormError | None], Awaitable[Page]]


async def seen(request: Request, contract: UUID) -> ContractView:
    """The contract, from the side whose address was asked for: the supplier's under /my-contracts.

    Raises:
        NotYours: if it is not the reader's to see.
    """
    if is_own(request):
        return await own_contract_for(request.actor, contract)
    return await contract_for(request.actor, contract)


def is_own(request: Request) -> bool:
    """Whether the page is the supplier's."""
    return request.url.path.startswith(OWN + "/")


def framed(request: Request, found: ContractView, tab: str) -> dict[str, Any]:
    """The context of a page about one contract: `frame` is the template that it extends, `base` its address."""
    base = f"{OWN if is_own(request) else BUREAU}/{found.id}"
    frame = "contracts/own_frame.html" if is_own(request) else "contracts/frame.html"
    known = head(request, found, tab)
    return {
        **known,
        "frame": frame,
        "base": base,
        "own": is_own(request),
        "today": today(),
        "me_id": request.actor.user,
    }


async def acted(
    request: Request, act: Callable[[Form, datetime, Any], Awaitable[None]], show: Show, done: str, back: str
) -> Page:
    """Read the form, act, go back; a fault shows the page with what was typed."""
    posted = await request.form()
    form = Form.of(posted)
    try:
        await act(form, now(), posted)
    except FormError as error:
        return await show(form, error)
    await flash(request, "ok", done)
    return go(request, back)

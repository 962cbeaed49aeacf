"""The way from a household's page to its sheet."""

from typing import Any
from uuid import UUID

from litestar import get
from litestar.params import FromPath

from bangfu.errors import N_
from bangfu.households.queries import household_for
from bangfu.households.tabs import Tab, add_tab
from bangfu.shared.clock import today
from bangfu.shared.web.access import requires
from bangfu.shared.web.pages import Page, Request, go

READ = "complaints.identity"
add_tab(Tab(85, "ledger", N_("File on one sheet"), "/households/{household}/ledger", READ))


@get("/households/{household:uuid}/ledger", guards=[requires(READ)])
async def open_sheet(request: Request, household: FromPath[UUID]) -> Page:
    """The household's file of this year, to look at, to print and to make."""
    home = await household_for(request.actor, household)
    return go(request, f"/ledgers/household_sheet?home={home.id}&period={today().year}")


ROUTES: list[Any] = [open_sheet]

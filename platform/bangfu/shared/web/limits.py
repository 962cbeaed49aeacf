"""Limits by network address, for pages that anybody may open (counted in the database: shared/tries.py)."""

from bangfu.shared import tries
from bangfu.shared.clock import now
from bangfu.shared.tries import Limit
from bangfu.shared.web.pages import Request


def address_of(request: Request) -> str:
    """Where the request came from; behind a proxy what the proxy says, "" where nobody knows."""
    return request.client.host if request.client else ""


async def may_try(request: Request, limit: Limit, cost: int = 1) -> bool:
    """Take a try of this network address; False where too many were taken. An unknown address always may."""
    address = address_of(request)
    return not address or await tries.take(limit, address, now(), cost) is None


async def was_right(request: Request, limit: Limit) -> None:
    """Give the place of a right try back."""
    if address := address_of(request):
        await tries.give_back(limit, address)

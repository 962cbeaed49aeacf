"""The two addresses that tell a balancer or a supervisor how this process does."""

from litestar import MediaType, Response, get

from bangfu.operating.readiness import obstacles
from bangfu.shared.web.access import public


@get("/healthz", guards=[public])
async def sign_of_life() -> Response[str]:
    """200: the process lives. It asks nothing of the database, so that its failure restarts no portal."""
    return Response("ok", media_type=MediaType.TEXT)


@get("/readyz", guards=[public])
async def readiness() -> Response[str]:
    """200 when requests can be served; else 503 and a word for each obstacle, without details for strangers."""
    found = await obstacles()
    return Response(" ".join(found) or "ok", status_code=503 if found else 200, media_type=MediaType.TEXT)


ROUTES = [sign_of_life, readiness]

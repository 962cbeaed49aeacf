"""What lets the day's visits work on a phone without a line: who is signed in, which pages to keep, the keeper."""

from litestar import MediaType, Response, get
from litestar.utils.scope.state import ScopeState

from bangfu.paths import STATIC
from bangfu.shared import i18n
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.clock import now
from bangfu.shared.web.access import public, requires
from bangfu.shared.web.pages import Page, Request, page
from bangfu.visits.tables import Visit

OWN = "visits.own"
MOST = 20
"""Pages of one day that a phone keeps."""


@get("/my-visits/ready", guards=[requires(OWN)])
async def say_ready(request: Request) -> Response[dict[str, object]]:
    """Who is signed in and the token that a draft is sent with: the script asks before it sends."""
    token = ScopeState.from_scope(request.scope).csrf_token
    return _document({"owner": str(request.actor.me), "token": token if isinstance(token, str) else ""})


@get("/my-visits/keep", guards=[requires(OWN)])
async def day_to_keep(request: Request) -> Response[dict[str, object]]:
    """The paths of the pages of today that the phone keeps, encrypted: the list, today's open visits, and the page for
    what is not kept."""
    start, end = day_span(civil_date(now()))
    rows = await Visit.raw(
        "SELECT id FROM visit WHERE {}::uuid IN (carer, partner) AND (status = 'in_progress'"
        " OR (status = 'planned' AND planned_start >= {} AND planned_start < {})) ORDER BY planned_start LIMIT {}",
        request.actor.carer, start, end, MOST,
    )  # fmt: skip
    paths = ["/my-visits", "/my-visits/no-line"]
    paths += [f"/my-visits/{row['id']}{part}" for row in rows for part in ("", "/danger")]
    return _document({"owner": str(request.actor.me), "paths": paths})


@get("/my-visits/no-line", guards=[requires(OWN)])
async def no_line(request: Request) -> Page:
    """Shown by the keeper for a page that is not on the phone; it knows nothing about anybody."""
    return await page(request, "door/no_line.html", owner=request.actor.me)


@get("/my-visits/worker.js", guards=[public])
async def keeper_script(request: Request) -> Response[str]:
    """The script that keeps the pages; it holds no data."""
    text = (STATIC / "js" / "door-worker.js").read_text(encoding="utf-8")
    headers = {"Service-Worker-Allowed": "/my-visits", "Cache-Control": "no-cache"}
    return Response(text, media_type="text/javascript", headers=headers)


@get("/app.webmanifest", guards=[public])
async def app_manifest(request: Request) -> Response[dict[str, object]]:
    """What a phone needs to put the portal on its home screen."""
    icons = [
        {
            "src": f"/static/img/app-{size}.png",
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    content: dict[str, object] = {
        "name": i18n._("Bangfu"), "short_name": i18n._("Bangfu"), "id": "/my-visits", "start_url": "/my-visits",
        "scope": "/", "display": "standalone", "lang": "zh-CN" if i18n.current() == "zh" else "en", "dir": "ltr",
        "background_color": "#f4f6f8", "theme_color": "#0b5c7a", "icons": icons,
    }  # fmt: skip
    return Response(content, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


def _document(content: dict[str, object]) -> Response[dict[str, object]]:
    return Response(content, media_type=MediaType.JSON, headers={"Cache-Control": "no-store"})


ROUTES = [say_ready, day_to_keep, no_line, keeper_script, app_manifest]

"""The start page (待办), help and privacy."""

from datetime import datetime
from pathlib import Path

from litestar import get
from litestar.params import FromPath

from bangfu.errors import N_, NotYours
from bangfu.guides.queries import progress
from bangfu.reports.headline import headline
from bangfu.shared.clock import now
from bangfu.shared.i18n import _
from bangfu.shared.masking_filters import shown_number, shown_time
from bangfu.shared.web import frame
from bangfu.shared.web.access import public, signed_in
from bangfu.shared.web.frame import MenuItem, TodoRow
from bangfu.shared.web.pages import Page, Request, page

_URGENCY = ("bad", "warn")


@get("/", guards=[signed_in])
async def start(request: Request) -> Page:
    """What waits for this person: late, today, waiting for others."""
    at = now()
    todo = await frame.everything(frame.TODO, request.actor, at)
    counts, rows = todo.counts, todo.rows
    late = [row for row in rows if row.until is not None and row.until < at and row.group == "today"]
    waiting = [row for row in rows if row.group == "waiting"]
    today = [row for row in rows if row not in late and row not in waiting]
    counts.sort(key=lambda count: _URGENCY.index(count.level) if count.level in _URGENCY else len(_URGENCY))
    for group in (late, today, waiting):
        group.sort(key=lambda row: (row.until is None, row.until or at))
    return await page(
        request, "home/start.html", late=[_row(row, at) for row in late], today=[_row(row, at) for row in today],
        waiting=[_row(row, at) for row in waiting], progress=await progress(request.actor),
        headline=await headline(request.actor, at),
        counts=[
            {"label": c.label, "value": shown_number(c.count), "href": c.opens,
             "hint": _("as of {time}", time=shown_time(c.at)) if c.at else ""}
            for c in counts
        ],
    )  # fmt: skip


@get("/todo", guards=[signed_in])
async def show_waiting(request: Request) -> Page:
    """The rows behind one number of the start page, the most urgent first."""
    of, at = request.query_params.get("of", ""), now()
    todo = await frame.everything(frame.TODO, request.actor, at, whole=True)
    counts = [count for count in todo.counts if of and count.of == of]
    rows = sorted(
        (row for row in todo.rows if of and row.of == of), key=lambda row: (row.until is None, row.until or at)
    )
    return await page(
        request, "home/waiting.html", label=counts[0].label if counts else "", href=counts[0].href if counts else "",
        total=sum(count.count for count in counts), rows=[_row(row, at) for row in rows],
    )  # fmt: skip


def _row(row: TodoRow, at: datetime) -> dict[str, str]:
    """A row as todo_row.html reads it."""
    late = row.until is not None and row.until < at and row.group == "today"
    return {
        "what": row.what, "who": row.who, "href": row.href, "action_text": row.button, "action_href": row.href,
        "since": shown_time(row.since), "until": shown_time(row.until),
        "level": "bad" if late else "", "level_word": _("Late") if late else "",
    }  # fmt: skip


@get("/help", guards=[public])
async def show_help(request: Request) -> Page:
    """What each role does here, and whom to ask."""
    return await page(request, "home/help.html")


@get("/privacy", guards=[public])
async def show_privacy(request: Request) -> Page:
    """What is kept about whom and who may see it."""
    return await page(request, "home/privacy.html")


@get("/{rest:path}", guards=[public])
async def nothing_here(request: Request, rest: FromPath[Path]) -> Page:
    """Every other address: the same answer as for an object that is not yours."""
    raise NotYours


ROUTES = [start, show_waiting, show_help, show_privacy, nothing_here]
MENU = [MenuItem(0, "start", N_("To do"), "/", "signed_in", "todo", phone=0)]

"""What the pages of dispatch share: lists, timelines, and how a task says whose turn it is."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from bangfu.dispatch import queries
from bangfu.dispatch.queries import Task
from bangfu.needs.catalogue import WORDS as SERVICES
from bangfu.shared import i18n
from bangfu.shared.i18n import _, word
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.web.pages import Request
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

LEVELS = {
    "offered": "info", "accepted": "ok", "scheduled": "ok", "active": "ok", "completed": "ok", "declined": "warn",
    "expired": "bad", "withdrawn": "warn", "cancelled": "neutral", "replaced": "neutral",
}  # fmt: skip

Notes = Callable[[UUID], Awaitable[list[tuple[str, Mapping[str, object]]]]]
NOTES: Final[list[Notes]] = []
"""`await hook(assignment)`: sentences that later features have to say on a task's page."""


async def notes_of(assignment: UUID) -> list[str]:
    """All of them in the reader's language."""
    return [i18n.sentence(*note) for hook in NOTES for note in await hook(assignment)]


def wanted(request: Request, states: tuple[str, ...], default: str) -> tuple[int, str, str]:
    """Page number, list and service from the address; anything odd falls back."""
    state, service = request.query_params.get("state", default), request.query_params.get("service", "")
    return (
        page_number(request.query_params.get("page")),
        state if state in states else default,
        service if service in SERVICES["service"] else "",
    )


def listing_of(number: int, total: int, path: str, **filters: str) -> ListPage:
    """The list's page with its filters."""
    return ListPage(number, total, path, filters)


def offset_of(number: int) -> int:
    """The first row of a page."""
    return (number - 1) * PAGE_SIZE


def tab_items(listing: ListPage, words: str, counts: dict[str, int], shown: tuple[str, ...]) -> list[dict[str, Any]]:
    """One tab per list, the current one marked; the number stands where somebody waits."""
    return [
        {
            "href": listing.href(state=state), "label": word(words, state), "count": counts[state],
            "active": listing.filters["state"] == state,
        }
        for state in shown
    ]  # fmt: skip


def active_filters(listing: ListPage, labels: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    """The chips of the filters that are set: field -> (label, shown value)."""
    return [
        {"label": label, "value": value, "remove_href": listing.href(1, **{field: ""})}
        for field, (label, value) in labels.items()
        if listing.filters.get(field)
    ]


def service_choices() -> list[tuple[str, str]]:
    """(code, word) of every service."""
    return i18n.words_of("service")


async def timeline_of(task: Task, *, names: bool) -> list[dict[str, str]]:
    """The events of a task as timeline.html reads them; `names` shows who, else only in which role."""
    events = await queries.events(task.id)
    return [
        {
            "at": shown_time(event["at"]), "at_iso": event["at"].isoformat(),
            "what": word("assignment_event", event["action"]), "who": _who(event, names),
            "reason": word("assignment_reason", event["reason"]),
            "level": LEVELS.get(event["action"].partition(".")[2], "neutral"),
        }
        for event in events
    ]  # fmt: skip


def _who(event: dict[str, Any], names: bool) -> str:
    roles = _(", ").join(word("role", role) for role in event["role"].split(",") if role)
    return f"{event['display_name']} · {roles}" if names and event["display_name"] else roles


def station_turn(task: Task, waits: bool) -> str:
    """One line for the station: whose turn it is and until when."""
    if waits:
        return _("It is the station's turn: decide who is asked next.")
    texts = {
        "offered": _("Waiting for the answer until {until}; without one it comes back here.",
                     until=shown_time(task.deadline)),
        "accepted": _("Accepted. Who serves arranges the times with the household."),
        "declined": _("Declined; the need has moved on since."),
        "expired": _("Not answered in time; the need has moved on since."),
        "withdrawn": _("Given back; the need has moved on since."),
    }  # fmt: skip
    return texts.get(task.status) or whose_turn(task)


def whose_turn(task: Task) -> str:
    """One line for who serves: whose turn it is and until when."""
    until = shown_time(task.deadline)
    texts = {
        "offered": _("Answer by {until}; without an answer the task goes back to the station.", until=until),
        "accepted": (
            _("Accepted. Go at the times below; to change them or to call the household, ask the station.")
            if task.carer_kind == "volunteer"
            else _("Accepted. Arrange the times with the household, then serve as planned.")
        ),
        "scheduled": _("The times are set; the service begins with the first visit."),
        "active": _("The service is running."),
        "completed": _("The service is completed. Nothing more to do."),
        "declined": _("Declined. The station decides who is asked next."),
        "expired": _("Not answered in time. The station decides who is asked next."),
        "withdrawn": _("Given back. The station decides who is asked next."),
        "cancelled": _("Cancelled by the station. Nothing more to do."),
        "replaced": _("Another carer serves now. Nothing more to do."),
    }
    return texts[task.status]

"""What happened to a household or one of its needs, from the audit trail; newest first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.shared.i18n import word
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.tables import AuditEvent

RECENT = 30


@dataclass(frozen=True, slots=True)
class Happening:
    """One event; `who` is the person's display name, "" for the system. `data` holds codes and numbers."""

    at: datetime
    action: str
    who: str
    reason: str
    subject_type: str
    subject: str
    data: Mapping[str, Any]


_EVENTS = (
    "SELECT e.at, e.action, e.reason, e.subject_type, e.subject, e.data, coalesce(u.display_name, '') AS who"
    " FROM audit_event e LEFT JOIN app_user u ON u.id = e.actor"
)
_OF_HOUSEHOLD = (
    "WHERE e.subject = {} OR e.data->>'household' = {}"
    " OR e.subject IN (SELECT id::text FROM need WHERE household = {}) ORDER BY e.id DESC LIMIT {}"
)
_PAGES = {"need": "/needs/{}"}


def add_page(subject_type: str, path: str) -> None:
    """Let events of a later feature's objects link to their page: `path` has a gap for the object's id.

    Such an event belongs to a household's timeline when its data say `"household": <id>`; an event that not everybody
    who may read the household may know of leaves that out.
    """
    _PAGES[subject_type] = path


async def events_of(subject: UUID, limit: int = RECENT) -> list[Happening]:
    """The newest events of one object."""
    rows = await AuditEvent.raw(_EVENTS + " WHERE e.subject = {} ORDER BY e.id DESC LIMIT {}", str(subject), limit)
    return [_happening(row) for row in rows]


async def events_of_household(household: UUID, limit: int = RECENT) -> list[Happening]:
    """The newest events of a household and of everything that was done for it, in one row."""
    sql = " ".join((_EVENTS, _OF_HOUSEHOLD))
    rows = await AuditEvent.raw(sql, str(household), str(household), household, limit)
    return [_happening(row) for row in rows]


def _happening(row: Mapping[str, Any]) -> Happening:
    return Happening(
        row["at"], row["action"], row["who"], row["reason"], row["subject_type"], row["subject"],
        json.loads(row["data"]),
    )  # fmt: skip


_LEVELS = {
    "household.unmasked": "info",
    "consent.withdrawn": "warn",
    "need.confirmed": "ok",
    "need.assigned": "ok",
    "need.in_service": "ok",
    "need.closed": "ok",
    "need.rejected": "bad",
    "need.unserved": "warn",
    "need.suspended": "warn",
    "need.cancelled": "bad",
}


def shown(events: list[Happening], *, own: str = "") -> list[dict[str, str]]:
    """Events as components/timeline.html reads them; those of other objects than `own` name and link it."""
    return [
        {
            "at": shown_time(event.at),
            "at_iso": event.at.isoformat(),
            "who": event.who or word("role", "system"),
            "what": _what(event, own),
            "reason": event.reason or _reason_code(event),
            "level": _LEVELS.get(event.action, ""),
            "href": _PAGES.get(event.subject_type, "").format(event.subject) if event.subject != own else "",
        }
        for event in events
    ]


def _what(event: Happening, own: str) -> str:
    text = word("event", event.action)
    number = event.data.get("number", "") if event.subject != own and event.subject_type != "household" else ""
    group = word("unmask_group", event.data["group"]) if event.action == "household.unmasked" else ""
    return " · ".join(part for part in (text, str(number), group) if part)


def _reason_code(event: Happening) -> str:
    if event.action == "household.unmasked":
        return word("unmask_reason", event.data.get("reason", ""))
    return word("binding_reason", event.data["binding_reason"]) if "binding_reason" in event.data else ""

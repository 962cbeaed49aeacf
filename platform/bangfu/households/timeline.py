"""What happened to a household or one of its needs, from the audit trail; newest first."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.shared.actor import Actor
from bangfu.shared.i18n import word
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.permissions import allows
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
    id: int = 0


_EVENTS = (
    "SELECT e.id, e.at, e.action, e.reason, e.subject_type, e.subject, e.data, coalesce(u.display_name, '') AS who"
    " FROM audit_event e LEFT JOIN app_user u ON u.id = e.actor"
)
_OWN = (
    "e.id IN (SELECT id FROM audit_event WHERE subject = ANY({}::text[]) UNION SELECT id FROM audit_event"
    " WHERE data->>'household' = ANY({}::text[]) UNION SELECT a.id FROM audit_event a"
    " JOIN need n ON n.id::text = a.subject WHERE n.household = {})"
)
"""Three index scans instead of one that looks at every event."""
_WITH_DUPLICATES = (
    "WITH RECURSIVE one AS (SELECT {}::uuid AS id UNION SELECT h.id FROM household h"
    " JOIN one ON h.merged_into = one.id) SELECT id::text AS id FROM one"
)
"""A household and its merged duplicates: what happened to them belongs to it."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "register": ("household", "person", "contact", "kinship", "assessment", "child"),
    "needs": ("need", "assignment", "report", "norm"),
    "visits": ("visit", "home_code"),
    "consent": ("consent",),
}
"""Kind of event -> the first part of its name; what is in none is `other`. Readings belong to `consent`."""
KINDS = (*GROUPS, "other")
_READINGS = ("household.unmasked", "household.address_shown")
_PAGES = {"need": ("/needs/{}", "needs.read")}


_REASONS: dict[str, str] = {}


def add_reasons(groups: Mapping[str, str]) -> None:
    """Word the reasons of later features' events: event -> the group of words that its codes are of."""
    _REASONS.update(groups)


def add_page(subject_type: str, path: str, permission: str) -> None:
    """Let events of a later feature's objects link to their page: `path` has a gap for the object's id.

    Who has not got the `permission` of that page sees the event without a link.
    Such an event belongs to a household's timeline when its data say `"household": <id>`; an event that not everybody
    who may read the household may know of leaves that out.
    """
    _PAGES[subject_type] = path, permission


async def events_of(subject: UUID, limit: int = RECENT) -> list[Happening]:
    """The newest events of one object."""
    rows = await AuditEvent.raw(_EVENTS + " WHERE e.subject = {} ORDER BY e.id DESC LIMIT {}", str(subject), limit)
    return [_happening(row) for row in rows]


Subjects = Callable[[Actor, str], Awaitable[list[str]]]
_SUBJECTS: list[Subjects] = []


def add_subjects(found: Subjects) -> None:
    """Let a later feature put objects on a household's timeline that only some may know of: called with the reader and
    the household's id, it gives the ids of those that this reader sees. Their events do not name the household."""
    if found not in _SUBJECTS:
        _SUBJECTS.append(found)


async def page_of_household(
    household: UUID, *, group: str = "", before: int | None = None, limit: int = RECENT, reader: Actor | None = None
) -> tuple[list[Happening], bool]:
    """The newest events of a household and of everything that was done for it, and whether there are earlier ones.

    `group`: one of GROUPS or "other"; `before`: the number of an event, for those before it; `reader`: who reads, to
    whom also what only some may know of is shown.
    """
    parts: list[str] = [_OWN]
    own = [row["id"] for row in await AuditEvent.raw(_WITH_DUPLICATES, household)]
    seen = [each for find in _SUBJECTS for each in await find(reader, str(household))] if reader else []
    values: list[Any] = [[*own, *seen], own, household]
    if before is not None:
        parts.append("e.id < {}")
        values.append(before)
    if group:
        condition, more = _of_group(group)
        parts.append(condition)
        values += more
    rows = await AuditEvent.raw(
        " ".join((_EVENTS, "WHERE", " AND ".join(parts), "ORDER BY e.id DESC LIMIT {}")), *values, limit + 1
    )
    return [_happening(row) for row in rows[:limit]], len(rows) > limit


async def events_of_household(household: UUID, limit: int = RECENT) -> list[Happening]:
    """The newest events of a household and of everything that was done for it, in one row."""
    return (await page_of_household(household, limit=limit))[0]


def _of_group(group: str) -> tuple[str, list[Any]]:
    first = "split_part(e.action, '.', 1)"
    if group == "other":
        return f"NOT {first} = ANY({{}}::varchar[])", [[name for names in GROUPS.values() for name in names]]
    if group == "consent":
        return f"({first} = ANY({{}}::varchar[]) OR e.action = ANY({{}}::varchar[]))", [
            list(GROUPS[group]), list(_READINGS),
        ]  # fmt: skip
    return f"{first} = ANY({{}}::varchar[]) AND NOT e.action = ANY({{}}::varchar[])", [
        list(GROUPS[group]), list(_READINGS),
    ]  # fmt: skip


def _happening(row: Mapping[str, Any]) -> Happening:
    return Happening(
        row["at"], row["action"], row["who"], row["reason"], row["subject_type"], row["subject"],
        json.loads(row["data"]), row["id"],
    )  # fmt: skip


_LEVELS = {
    "household.unmasked": "info",
    "consent.withdrawn": "warn",
    "person.left": "warn",
    "person.leaving_undone": "info",
    "household.reviewed": "ok",
    "household.recategorised": "info",
    "household.exiting": "warn",
    "household.left": "bad",
    "household.expired": "bad",
    "household.readmitted": "ok",
    "household.refused_relative": "warn",
    "need.confirmed": "ok",
    "need.assigned": "ok",
    "need.in_service": "ok",
    "need.closed": "ok",
    "need.rejected": "bad",
    "need.unserved": "warn",
    "need.suspended": "warn",
    "need.cancelled": "bad",
}


def shown(events: list[Happening], *, own: str = "", roles: frozenset[str] = frozenset()) -> list[dict[str, str]]:
    """Events as components/timeline.html reads them; those of other objects than `own` name it, and link it for the
    `roles` that may open its page."""
    return [
        {
            "at": shown_time(event.at),
            "at_iso": event.at.isoformat(),
            "who": event.who or word("role", "system"),
            "what": _what(event, own),
            "reason": word(_REASONS.get(event.action, ""), event.reason) or _reason_code(event),
            "level": _LEVELS.get(event.action, ""),
            "href": _href(event, roles) if event.subject != own else "",
        }
        for event in events
    ]


def _href(event: Happening, roles: frozenset[str]) -> str:
    path, permission = _PAGES.get(event.subject_type, ("", ""))
    return path.format(event.subject) if permission and allows(roles, permission) else ""


def _what(event: Happening, own: str) -> str:
    text = word("event", event.action)
    number = event.data.get("number", "") if event.subject != own and event.subject_type != "household" else ""
    return " · ".join(part for part in (text, str(number), _detail(event)) if part)


def _detail(event: Happening) -> str:
    """The codes of an event that say more than its name."""
    data = event.data
    if event.action == "household.unmasked":
        return word("unmask_group", data["group"]) if "group" in data else ""
    if event.action in {"household.recategorised", "household.category_corrected"}:
        return f"{word('household_category', data['from'])} → {word('household_category', data['to'])}"
    if event.action == "household.reviewed":
        return word("review_outcome", data["outcome"])
    if event.action in {"person.left", "person.removed"}:
        return word("leaving_reason", data.get("reason", ""))
    return ""


def _reason_code(event: Happening) -> str:
    if event.action == "household.unmasked":
        return word("unmask_reason", event.data.get("reason", ""))
    return word("binding_reason", event.data["binding_reason"]) if "binding_reason" in event.data else ""

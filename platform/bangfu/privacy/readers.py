"""Who read the data of a household or was given them: readings, unmaskings, exports, shares, in one list."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.dispatch.rules import SERVING, SHOWN_AFTER_END, household_shown
from bangfu.households.tables import ReadLog
from bangfu.shared.tables import AuditEvent

LIMIT = 500
SHOWN = ("household.unmasked", "household.address_shown", "privacy.exported")


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody saw something: `what` is a code of the words "read_what"; `until` is set where it was open for a time
    (None: still open). `person` is the member concerned, None the household."""

    at: datetime
    who: str
    role: str
    what: str
    reason: str
    person: UUID | None = None
    shared: bool = False
    until: datetime | None = None


async def readings(household: UUID, person: UUID | None = None) -> list[Reading]:
    """The newest first; with `person` only what concerns this member or the whole household."""
    found = [*await _noted(household), *await _shares(household)]
    known = {(one.at, one.who, one.what) for one in found}
    found += [one for one in await _events(household) if (one.at, one.who, one.what) not in known]
    mine = [one for one in found if person is None or one.person in {None, person}]
    return sorted(mine, key=lambda one: one.at, reverse=True)


async def _noted(household: UUID) -> list[Reading]:
    rows = await ReadLog.raw(
        "SELECT r.*, coalesce(u.display_name, r.actor_name) AS who FROM read_log r LEFT JOIN app_user u"
        ' ON u.id = r."user" WHERE r.household = {} ORDER BY r.at DESC LIMIT {}',
        household, LIMIT,
    )  # fmt: skip
    return [Reading(row["at"], row["who"], row["role"], row["what"], row["why"], row["person"]) for row in rows]


async def _events(household: UUID) -> list[Reading]:
    rows = await AuditEvent.raw(
        "SELECT e.at, e.action, e.reason, e.role, e.data, coalesce(u.display_name, e.actor_name) AS who"
        " FROM audit_event e LEFT JOIN app_user u ON u.id = e.actor WHERE e.action = ANY({}::varchar[])"
        " AND (e.subject = {} OR e.data->>'household' = {}) ORDER BY e.id DESC LIMIT {}",
        list(SHOWN), str(household), str(household), LIMIT,
    )  # fmt: skip
    return [Reading(row["at"], row["who"], row["role"], *_told(row)) for row in rows]


def _told(row: dict[str, Any]) -> tuple[str, str, UUID | None]:
    """What, why and of whom an event tells."""
    data = json.loads(row["data"])
    what = {"household.address_shown": "address", "privacy.exported": "export"}.get(row["action"])
    person = UUID(data["person"]) if data.get("person") else None
    return what or data.get("group", "contact"), row["reason"] or str(data.get("reason", "")), person


async def _shares(household: UUID) -> list[Reading]:
    """Who could see the household because they serve it: from acceptance to the end, an organisation 30 days more."""
    rows = await ReadLog.raw(
        "SELECT a.number, a.status, a.carer_kind, a.answered_at, a.ended_at, n.person,"
        " coalesce(o.name, c.name) AS who FROM assignment a JOIN need n ON n.id = a.need"
        " JOIN carer c ON c.id = a.carer LEFT JOIN organization o ON o.id = a.organization"
        " WHERE a.household = {} AND a.answered_at IS NOT NULL AND a.status NOT IN ('offered', 'declined', 'expired')"
        " ORDER BY a.answered_at DESC LIMIT {}",
        household, LIMIT,
    )  # fmt: skip
    return [_share(row) for row in rows]


def _share(row: dict[str, Any]) -> Reading:
    return Reading(
        row["answered_at"], row["who"], row["carer_kind"], "share", row["number"], row["person"], True, _end(row)
    )


def _end(row: dict[str, Any]) -> datetime | None:
    ended: datetime | None = row["ended_at"]
    if row["status"] in SERVING or ended is None:
        return None
    return ended + SHOWN_AFTER_END if household_shown(row["status"], row["carer_kind"], ended, ended) else ended

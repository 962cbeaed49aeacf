"""Telling organisations and the bureau what runs out: licences 60, 30 and 7 days before, capacity to confirm."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.messages.actions import send
from bangfu.providers.declaring import capacities
from bangfu.providers.register import licence_ends
from bangfu.providers.register_rules import STEPS, step_due
from bangfu.providers.tables import Organization
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction

LATEST = timedelta(days=30)
"""What ended longer ago than this is told no more: it stands on the pages."""


async def look_after(at: datetime) -> int:
    """Tell what is due; everybody hears of each step once, however often this runs.

    Returns:
        How many things were looked at because they run out or wait.
    """
    day = civil_date(at)
    ends, declared = await licence_ends(), await capacities()
    rows = {
        row["id"]: row for row in await Organization.raw("SELECT id, name, division FROM organization WHERE active")
    }
    due = 0
    for found in sorted(rows.keys() & (ends.keys() | declared.keys())):
        kinds = {kind: last for kind, last in ends.get(found, {}).items() if _is_due(last, day)}
        known = declared.get(found)
        overdue = known is not None and known.overdue(day) and known.confirm_until >= day - LATEST
        if not kinds and not overdue:
            continue
        due += len(kinds) + overdue
        async with transaction():
            people = await managers_of(found), await users_with("bureau_officer", rows[found]["division"])
            for kind, last in sorted(kinds.items()):
                await _tell_licence(rows[found], people, kind, last, day)
            if known is not None and overdue:
                params = {"name": rows[found]["name"], "day": known.confirm_until.isoformat()}
                await _tell(found, people, "capacity_overdue", params, f"{found}:{known.confirm_until}", "#capacity")
    return due


def _is_due(last: date, day: date) -> bool:
    return day - LATEST <= last <= day + timedelta(days=max(STEPS))


async def _tell_licence(
    row: dict[str, Any], people: tuple[list[UUID], list[UUID]], kind: str, last: date, day: date
) -> None:
    step = step_due(last, day)
    params = {"name": row["name"], "licence_kind": kind, "day": last.isoformat()}
    told = "licence_ended" if step == 0 else "licence_ends"
    await _tell(row["id"], people, told, params, f"{row['id']}:{kind}:{last}:{step}", "#licences")


async def _tell(
    organization: UUID, people: tuple[Iterable[UUID], Iterable[UUID]], kind: str, params: dict[str, str], event: str,
    anchor: str,
) -> None:  # fmt: skip
    managers, bureau = people
    await send(managers, kind, f"/organization{anchor}", params, event)
    await send(bureau, kind, f"/providers/{organization}{anchor}", params, event)

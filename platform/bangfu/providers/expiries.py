"""The end of certificates and policies: announced 60, 30 and 7 days before and on the last day (DOMAIN.md 2.3).

From the day after, matching, dispatch and pay stop by themselves: they compare last valid days (standing.py).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.accounts.queries import managers_of, user_of_carer, users_with
from bangfu.messages.actions import send
from bangfu.providers.carer_reading import LAST_DAY, Row, may_keep, visible_sql, visible_to
from bangfu.providers.carer_tables import ExpiryNotice
from bangfu.providers.rules import Expiry, due_step, expiry
from bangfu.providers.tables import Carer
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction

LATE_DAYS, AHEAD_DAYS, BATCH = 7, 60, 500
"""A last day that passed while nobody looked is still announced within a week."""

# Of several certificates of one code (or policies) of a person the longest counts; the others end in silence.
_ENDS = (
    "WITH ends AS (SELECT DISTINCT ON (q.carer, q.code) q.id, q.carer, q.code, " + LAST_DAY + " AS ends_on"  # noqa: S608
    " FROM qualification q WHERE q.status = 'verified' ORDER BY q.carer, q.code, " + LAST_DAY + " DESC),"
    " policies AS (SELECT DISTINCT ON (i.carer) i.id, i.carer, '' AS code, i.ends_on FROM volunteer_insurance i"
    " ORDER BY i.carer, i.ends_on DESC),"
    " everything AS (SELECT * FROM ends UNION ALL SELECT * FROM policies)"
    " SELECT e.id AS subject, e.code, e.ends_on, c.id, c.number, c.name, c.kind, c.organization, c.division,"
    " coalesce(o.name, '') AS employer FROM everything e JOIN carer c ON c.id = e.carer"
    " LEFT JOIN organization o ON o.id = c.organization WHERE c.active"
)


@dataclass(frozen=True, slots=True)
class Ending:
    """A certificate (`code`) or a policy (code "") that ends soon or has ended; `days` are left, the last one is 0."""

    carer: UUID
    number: str
    name: str
    masked: bool
    employer: str
    code: str
    ends_on: date
    days: int
    state: Expiry


async def endings(actor: Actor, today: date, limit: int, offset: int) -> tuple[list[Ending], int]:
    """One page of what ends within 60 days or is over, of the carers whom the actor sees, the most urgent first."""
    rows = await Carer.raw(
        "SELECT *, count(*) OVER () AS total FROM ("  # noqa: S608
        f"{_ENDS} AND {visible_sql()} AND e.ends_on <= {{}}::date + {{}}::int)"
        " AS found ORDER BY ends_on, number, code LIMIT {} OFFSET {}",
        *visible_to(actor), today, AHEAD_DAYS, limit, offset,
    )  # fmt: skip
    return [_ending(actor, row, today) for row in rows], rows[0]["total"] if rows else 0


def _ending(actor: Actor, row: Row, today: date) -> Ending:
    own = actor.organization is not None and row["organization"] == actor.organization and may_keep(actor, row)
    days = (row["ends_on"] - today).days
    return Ending(
        row["id"], row["number"], row["name"], not own, row["employer"], row["code"], row["ends_on"], days,
        expiry(row["ends_on"], today),
    )  # fmt: skip


async def count_endings(actor: Actor, today: date) -> int:
    """How many the page of `endings` lists."""
    return (await endings(actor, today, 1, 0))[1]


async def look_after(at: datetime) -> int:
    """Announce what ends in 60, 30, 7 days or today: each step of each certificate or policy once, to who keeps the
    record (the manager, or the station) and to the person's own account.

    Returns:
        How many were announced.
    """
    today = civil_date(at)
    rows = await Carer.raw(
        f"SELECT f.* FROM ({_ENDS} AND e.ends_on BETWEEN {{}} AND {{}}) f WHERE NOT EXISTS (SELECT 1 FROM"  # noqa: S608
        " expiry_notice n WHERE n.subject = f.subject AND n.ends_on = f.ends_on AND n.days <= CASE"
        " WHEN f.ends_on <= {}::date THEN 0 WHEN f.ends_on <= {}::date + 7 THEN 7 WHEN f.ends_on <= {}::date + 30"
        " THEN 30 ELSE 60 END) ORDER BY f.ends_on, f.subject LIMIT {}",
        today - timedelta(days=LATE_DAYS), today + timedelta(days=AHEAD_DAYS), today, today, today, BATCH,
    )  # fmt: skip
    return sum([await _announce(row, today, at) for row in rows])


async def _announce(row: Row, today: date, at: datetime) -> bool:
    left = (row["ends_on"] - today).days
    step = due_step(left)
    async with transaction():
        made = await ExpiryNotice.raw(
            "INSERT INTO expiry_notice (id, carer, subject, ends_on, days, sent_at) VALUES ({}, {}, {}, {}, {}, {})"
            " ON CONFLICT (subject, ends_on, days) DO NOTHING RETURNING id",
            uuid4(), row["id"], row["subject"], row["ends_on"], step, at,
        )  # fmt: skip
        if not made:
            return False
        what = "certificate" if row["code"] else "insurance"
        kind = f"{what}_last_day" if step == 0 else f"{what}_ends"
        params: dict[str, Any] = {"number": row["number"], "day": row["ends_on"].isoformat(), "days": left}
        if row["code"]:
            params["qualification"] = row["code"]
        event = f"{row['subject']}:{row['ends_on']}:{step}"
        await send(await _keepers(row), kind, f"/carers/{row['id']}", params, event)
        if row["kind"] != "worker":
            await send(await user_of_carer(row["id"]), kind, "/my-certificates", params, event)
    return True


async def _keepers(row: Row) -> list[UUID]:
    if row["kind"] == "worker":
        return await managers_of(row["organization"])
    return await users_with("station_dispatcher", row["division"])

"""Loading the sample city: each list whole or not at all, going on where an earlier try was cut off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bangfu.divisions.tables import Division
from bangfu.imports.actions import KINDS, take_rows
from bangfu.sample.city import City, Rows
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.sample.places import division_rows
from bangfu.shared.actor import SYSTEM, Actor

LISTS = ("divisions", "organisations", "carers", "contract_lines")
OFFICES = ("department", "assessor")
"""Bodies that a sample of an earlier version did not have."""
OVERDUE_DAYS = 9
OVERDUE_HOMES = 6

_FOUND = {
    "divisions": "SELECT 1 FROM division WHERE code = {}",
    "organisations": "SELECT 1 FROM organization WHERE uscc = {}",
    "carers": "SELECT 1 FROM carer WHERE number = {}",
    "contract_lines": "SELECT 1 FROM contract_line WHERE contract_number = {}",
    "households": "SELECT 1 FROM household WHERE number = {}",
}
_KEYS = {
    "divisions": "code", "organisations": "uscc", "carers": "number", "contract_lines": "contract_number",
    "households": "household_number",
}  # fmt: skip


async def may_load() -> bool:
    """Whether the database is empty or was a sample's from the start: nobody's own data get mixed with it."""
    province = division_rows()[0]
    rows = await Division.raw(
        "SELECT count(*) AS n, coalesce(bool_or(code = {} AND name = {}), false) AS ours FROM division",
        province["code"], province["name"],
    )  # fmt: skip
    return rows[0]["n"] == 0 or bool(rows[0]["ours"])


async def load_past(city: City, at: datetime) -> None:
    """Everything but what the coordinator records today, as lists that came in over the last days, oldest first (the
    audit trail is in the order of time). Some of the officer's needs have waited longer than they should.

    Raises:
        ImportFaults: if a row does not pass the checks of imports; then nothing of that list is written.
    """
    homes = _batches(city.rows["households"])
    for kind in LISTS:
        await _take(SYSTEM, kind, city.rows[kind], at - timedelta(days=OVERDUE_DAYS, hours=1))
    offices = [row for row in city.rows["organisations"] if row["org_type"] in OFFICES]
    await _take(SYSTEM, "organisations", offices, at - timedelta(days=OVERDUE_DAYS, hours=1))
    await _take(SYSTEM, "households", homes.late, at - timedelta(days=OVERDUE_DAYS))
    await _take(SYSTEM, "households", homes.others, at - timedelta(hours=20))


async def load_today(city: City, coordinator: Actor, at: datetime) -> None:
    """What waits for the officer of the coordinator's township.

    Raises:
        ImportFaults: as load_past.
    """
    await _take(coordinator, "households", _batches(city.rows["households"]).waiting, at)


@dataclass(frozen=True, slots=True)
class _Batches:
    late: Rows
    waiting: Rows
    others: Rows


def _batches(rows: Rows) -> _Batches:
    homes: dict[str, Rows] = {}
    for row in rows:
        homes.setdefault(row["household_number"], []).append(row)
    waiting = [home for home in homes.values() if _all_wait(home)]
    # The officer's oldest needs can be decided on: they have their ground.
    submitted = [home for home in waiting if home[0].get("consent_ground") and _is_submitted(home)]
    late = [home[0]["household_number"] for home in submitted[:OVERDUE_HOMES]]
    early = {home[0]["household_number"] for home in waiting}
    return _Batches(
        [row for row in rows if row["household_number"] in late],
        [row for row in rows if row["household_number"] in early and row["household_number"] not in late],
        [row for row in rows if row["household_number"] not in early],
    )


def _all_wait(home: Rows) -> bool:
    """Whether a household of the officer's township has no confirmed need yet."""
    states = {row["need_status"] for row in home if "need_status" in row}
    return home[0]["division"].startswith(OFFICER_TOWN) and "confirmed" not in states


def _is_submitted(home: Rows) -> bool:
    return any(row.get("need_status") == "submitted" for row in home)


async def _take(actor: Actor, kind: str, rows: Rows, at: datetime) -> None:
    if not await _there(kind, rows[0]):
        await take_rows(actor, KINDS[kind], rows, at)


async def _there(kind: str, row: Mapping[str, str]) -> bool:
    return bool(await Division.raw(_FOUND[kind], row[_KEYS[kind]]))

"""What the pages of budgets show: counties, funds with their history, the ledger of commitments; within the scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.budgets.funding import BASIS
from bangfu.budgets.queries import FundMeter, meter_of
from bangfu.budgets.tables import Commitment, Fund, FundTotal
from bangfu.divisions.tables import Division
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.files import FileRow, files_of


@dataclass(frozen=True, slots=True)
class TotalStep:
    """One step of a total's history; a proposal comes with the scans of its paper."""

    id: UUID
    kind: str
    amount: Decimal
    basis: str
    reason: str
    who: str
    recorded_by: UUID | None
    at: datetime
    files: list[FileRow]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger as a list shows it."""

    id: UUID
    at: datetime
    kind: str
    amount: Decimal
    source: str
    year: int
    item_code: str
    contract: UUID
    contract_number: str
    project: str
    service: str
    override_reason: str
    who: str


async def counties_for(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the counties in the actor's scope, also a city without districts; by code."""
    if not actor.scope:
        return []
    rows = await Division.raw(
        "SELECT d.code, d.name FROM division d WHERE d.code LIKE {} AND (d.level = 3 OR (d.level = 2 AND EXISTS"
        " (SELECT 1 FROM division t WHERE t.parent = d.code AND t.level = 4))"
        " OR EXISTS (SELECT 1 FROM fund f WHERE f.division = d.code)) ORDER BY d.code",
        f"{actor.scope}%",
    )
    return [(row["code"], row["name"]) for row in rows]


async def fund_for(actor: Actor, fund: UUID) -> FundMeter:
    """A fund in the actor's scope.

    Raises:
        NotYours: if there is none, or it is another area's.
    """
    found = await meter_of(fund)
    if found is None or not actor.sees(found.division):
        raise NotYours
    return found


async def totals_of(fund: UUID) -> list[TotalStep]:
    """The history of a fund's total, the newest step first."""
    rows = await FundTotal.raw(
        "SELECT t.id, t.kind, t.amount, t.basis, t.reason, t.recorded_by, t.at, coalesce(u.display_name, '') AS who"
        " FROM fund_total t LEFT JOIN app_user u ON u.id = t.recorded_by WHERE t.fund = {} ORDER BY t.at DESC, t.id",
        fund,
    )
    files = await files_of(BASIS, [row["id"] for row in rows if row["kind"] == "proposed"])
    return [TotalStep(files=files.get(row["id"], []), **row) for row in rows]


async def file_owner(fund: UUID, file: UUID) -> UUID:
    """The entered total of this fund to which a scan belongs.

    Raises:
        NotYours: if it belongs to none.
    """
    for step in await totals_of(fund):
        if any(each.id == file for each in step.files):
            return step.id
    raise NotYours


async def ledger(
    actor: Actor, filters: Mapping[str, Any], limit: int, offset: int
) -> tuple[list[Entry], int, Mapping[str, Decimal]]:
    """One page of the ledger, the newest entry first, how many there are, and the sums (committed, released, net).

    `filters`: division (county), year, fund, item, contract; those that are None or "" do not count.
    """
    condition = (
        " f.division LIKE {} AND ({}::varchar IS NULL OR f.division = {}::varchar)"
        " AND ({}::int IS NULL OR f.year = {}::int) AND ({}::uuid IS NULL OR c.fund = {}::uuid)"
        " AND ({}::uuid IS NULL OR c.item = {}::uuid) AND ({}::uuid IS NULL OR c.contract = {}::uuid)"
    )
    if not actor.scope:
        return [], 0, {"committed": Decimal(0), "released": Decimal(0), "net": Decimal(0)}
    names = ("division", "year", "fund", "item", "contract")
    values = [value for name in names for value in (filters.get(name) or None,) * 2]
    rows = await Commitment.raw(
        "SELECT c.id, c.at, c.kind, c.amount, c.override_reason, c.contract, f.source, f.year, i.code AS item_code,"  # noqa: S608
        " k.number AS contract_number, k.project, l.service, coalesce(u.display_name, '') AS who FROM commitment c"
        " JOIN fund f ON f.id = c.fund JOIN budget_item i ON i.id = c.item JOIN contract k ON k.id = c.contract"
        " JOIN contract_line l ON l.id = c.line LEFT JOIN app_user u ON u.id = c.recorded_by WHERE"
        + condition
        + " ORDER BY c.at DESC, c.id LIMIT {} OFFSET {}",
        f"{actor.scope}%", *values, limit, offset,
    )  # fmt: skip
    sums = await Commitment.raw(
        "SELECT count(*) AS n, coalesce(sum(c.amount) FILTER (WHERE c.kind = 'committed'), 0) AS committed,"  # noqa: S608
        " coalesce(-sum(c.amount) FILTER (WHERE c.kind = 'released'), 0) AS released,"
        " coalesce(sum(c.amount), 0) AS net FROM commitment c JOIN fund f ON f.id = c.fund WHERE" + condition,
        f"{actor.scope}%", *values,
    )  # fmt: skip
    total = {name: sums[0][name] for name in ("committed", "released", "net")}
    return [Entry(**row) for row in rows], sums[0]["n"], total


async def to_confirm(actor: Actor) -> list[dict[str, Any]]:
    """Funds in the scope whose total waits for somebody other than this person: id, year, source, since."""
    if not actor.scope:
        return []
    rows: list[dict[str, Any]] = await Fund.raw(
        "SELECT f.id, f.year, f.source, d.name AS county, t.at FROM fund f JOIN fund_total t ON t.id = f.proposal"
        " JOIN division d ON d.code = f.division WHERE f.division LIKE {}"
        " AND t.recorded_by IS DISTINCT FROM {} ORDER BY t.at",
        f"{actor.scope}%", actor.user,
    )  # fmt: skip
    return rows


async def without_total(actor: Actor, year: int) -> list[dict[str, Any]]:
    """The funds of a year in the scope that have neither a total nor one that waits."""
    if not actor.scope:
        return []
    found: list[dict[str, Any]] = await Fund.raw(
        "SELECT id, source, division FROM fund WHERE division LIKE {} AND year = {} AND total IS NULL"
        " AND proposal IS NULL ORDER BY division, source",
        f"{actor.scope}%", year,
    )  # fmt: skip
    return found

"""What later features ask of draws: how many checks a quarter needs, what was drawn, and further draws (DOMAIN.md 5.3).

A redraw takes the next of the same order. A second draw, which failures cause, takes a fresh pair of secrets: an order
made of secrets that are public already could be read by everybody beforehand (docs/draws.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.oversight import draw_holding
from bangfu.oversight import draw_rounds as rounds
from bangfu.oversight import draw_script as script
from bangfu.oversight.check_tables import SpotCheck
from bangfu.oversight.draw_closing import keep_list
from bangfu.oversight.draw_holding import rows_of
from bangfu.oversight.draw_revealing import add_full_checks, pick
from bangfu.oversight.draw_tables import DrawList, DrawPick, FullCheck
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import day_span, quarter_span
from bangfu.shared.database import transaction

LIMIT: Final = 5
"""More than one failure in five checks causes the second draw."""
COUNTED: Final = ("regular", "survey", "second")
"""Origins that make up the share of ten per cent; everything else comes on top."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn visit (or survey) of a contract's quarter."""

    subject: UUID
    origin: str
    check: UUID | None
    list: UUID
    month: int
    """0: of the second draw."""
    at: datetime


async def required_of(contract: UUID, year: int, quarter: int) -> int:
    """How many checks the quarter needs before it may be scored: each month's share, rounded up, and the second
    draw's; less the unreachable ones for whom nobody was left to draw.

    A visit counts in the quarter that it was planned in, as its check does (check_facts.checks_of). Before a list is
    drawn its size counts, and before it is closed what came in so far.
    """
    rows = await DrawList.raw(
        "SELECT coalesce(sum(n) FILTER (WHERE drawn_at IS NULL AND year = {} AND quarter = {}), 0)"
        " - coalesce(sum(exhausted) FILTER (WHERE year = {} AND quarter = {}), 0) AS open,"
        " (SELECT count(*) FROM draw_pick p JOIN draw_list l ON l.id = p.list JOIN spot_check s ON s.id = p.\"check\""
        "  WHERE l.contract = {} AND s.period = {} AND p.origin = ANY({}::varchar[])) AS drawn"
        " FROM draw_list WHERE contract = {}",
        year, quarter, year, quarter, contract, f"{year:04d}Q{quarter}", list(COUNTED), contract,
    )  # fmt: skip
    return int(rows[0]["open"]) + int(rows[0]["drawn"]) + await _not_listed(contract, year, quarter)


async def _not_listed(contract: UUID, year: int, quarter: int) -> int:
    """The shares of months that are not closed yet."""
    first, last = (day_span(day) for day in quarter_span(year, quarter))
    rows = await DrawList.raw(
        "SELECT count(*) AS n, c.spot_check_share FROM visit v JOIN contract_line l ON l.id = v.contract_line"
        " JOIN contract c ON c.id = l.contract WHERE c.id = {} AND v.submitted_at >= {} AND v.submitted_at < {}"
        " AND NOT EXISTS (SELECT 1 FROM draw_list d WHERE d.kind = 'month' AND d.division = c.division"
        "  AND d.year = extract(year FROM v.submitted_at AT TIME ZONE 'Asia/Shanghai')"
        "  AND d.month = extract(month FROM v.submitted_at AT TIME ZONE 'Asia/Shanghai'))"
        " GROUP BY c.spot_check_share, date_trunc('month', v.submitted_at AT TIME ZONE 'Asia/Shanghai')",
        contract, first[0], last[1],
    )  # fmt: skip
    return sum(script.sample_size(row["n"], int(row["spot_check_share"] * script.FULL)) for row in rows)


async def drawn_of(contract: UUID, year: int, quarter: int) -> list[Drawn]:
    """Everything that was drawn from the contract's lists of a quarter, list by list in the order of the draw."""
    rows = await DrawPick.raw(
        'SELECT p.subject, p.origin, p."check", p.list, l.month, p.at FROM draw_pick p'
        " JOIN draw_list l ON l.id = p.list WHERE l.contract = {} AND l.year = {} AND l.quarter = {}"
        " ORDER BY l.month = 0, l.month, l.population, p.place",
        contract, year, quarter,
    )  # fmt: skip
    return [Drawn(**row) for row in rows]


async def redraw(check: UUID, at: datetime) -> UUID | None:
    """An unreachable check is followed by the next of the same order, without a new seed; that is on record.

    Returns:
        The new check, None where everybody is drawn already: then the quarter needs one check less.

    Raises:
        LookupError: for a check that no draw made.
    """
    async with transaction():
        drawn, former = await draw_holding.list_of(check), await DrawPick.objects().get(DrawPick.check == check)
        if drawn is None or former is None:
            raise LookupError(f"no draw made the check {check}")
        known = await DrawPick.objects().get((DrawPick.list == drawn.id) & (DrawPick.replaces == former.subject))
        if known is not None:
            return known.check
        found = await draw_holding.next_of(drawn, former.subject)
        one = await _locked(drawn.id)
        if found is None:
            await _exhausted(one, former, at)
            return None
        await _note(one, "redrawn", at, {"unreachable": str(former.subject), "next": found})
        made = (await pick(one, [(found, "redraw")], at, replaces=former))[0]
        rows = await DrawPick.raw('SELECT "check" FROM draw_pick WHERE id = {}', made.id)
        new: UUID = rows[0]["check"]
        await SpotCheck.update({SpotCheck.replaces: check}).where(SpotCheck.id == new)
        return new


async def _exhausted(one: DrawList, former: DrawPick, at: datetime) -> None:
    """Once for each unreachable one of the counted share."""
    told = await DrawList.raw(
        "SELECT 1 FROM audit_event WHERE subject_type = 'draw_list' AND subject = {} AND action = 'draw.exhausted'"
        " AND data ->> 'unreachable' = {}",
        str(one.id), str(former.subject),
    )  # fmt: skip
    if told:
        return
    await DrawList.update({DrawList.exhausted: one.exhausted + 1}).where(DrawList.id == one.id)
    await _note(one, "exhausted", at, {"unreachable": str(former.subject)})


async def second_draw_if_needed(contract: UUID, year: int, quarter: int, at: datetime) -> UUID | None:
    """Where more than 20 % of the quarter's checks have failed, once all of them are done: 30 % more are drawn.

    Visits and surveys of one contract are two populations: failures of the one draw nothing more of the other. The
    lists (what of the quarter is not drawn yet) are closed at once; both holders give one fresh pair of secrets.

    Returns:
        The round that was opened, None where no second draw is due or one was opened before.
    """
    async with transaction():
        lists = await _lists(contract, year, quarter)
        if (
            not lists
            or any(one.kind == "second" for one in lists)
            or not await _is_over(lists[0].division, year, quarter, at)
        ):
            return None
        await audit.hold(lists[0].division)
        counts = await _results(contract, year, quarter)
        if any(each["open"] for each in counts.values()):
            return None
        made = [
            await _second([one for one in lists if one.population == population], year, quarter, at, counts[population])
            for population in sorted(counts)
            if counts[population]["failed"] * LIMIT > counts[population]["done"]
        ]
        return await rounds.open_second(lists[0].division, year, quarter, contract, at) if any(made) else None


async def _second(lists: list[DrawList], year: int, quarter: int, at: datetime, counts: Mapping[str, int]) -> bool:
    """Close the second list of one population; whether there was anything left to draw."""
    contract = lists[0].contract
    taken = {str(each.subject) for each in await drawn_of(contract, year, quarter)}
    rest = sorted([row[0], row[1], ""] for one in lists for row in rows_of(one) if row[0] not in taken)
    n = min(len(rest), script.sample_size(sum(one.size for one in lists), script.SECOND))
    made = n and await keep_list(
        contract, lists[0].organization, lists[0].division, rest, script.SECOND, n, at, kind="second", year=year,
        quarter=quarter, population=lists[0].population,
    )  # fmt: skip
    if not made:
        return False
    await _note(made, "second_ordered", at, {"population": made.population, **counts})
    return True


async def full_check(contract: UUID, carer: UUID, year: int, quarter: int, at: datetime) -> list[UUID]:
    """A forged record was proved: every visit of that carer in the contract's quarter is checked, those of lists that
    are drawn now at once, later ones when their list is drawn.

    Returns:
        The visits that were added.
    """
    async with transaction():
        await draw_holding.lists([contract], year, quarter)
        await draw_holding.of_carers(contract, year, quarter, [carer])
        rows = await FullCheck.raw("SELECT division FROM contract WHERE id = {}", contract)
        await audit.hold(rows[0]["division"])
        made = await FullCheck.raw(
            "INSERT INTO full_check (id, contract, carer, year, quarter, ordered_at) VALUES (gen_random_uuid(), {}, {},"
            " {}, {}, {}) ON CONFLICT (contract, carer, year, quarter) DO NOTHING RETURNING id",
            contract, carer, year, quarter, at,
        )  # fmt: skip
        if made:
            await audit.record(
                SYSTEM, "draw.full_ordered", "contract", contract, division=rows[0]["division"], at=at,
                data={"carer": str(carer), "quarter": f"{year}Q{quarter}"},
            )  # fmt: skip
        return await add_full_checks(contract, year, quarter, at)


async def look_for_second(at: datetime) -> int:
    """Open the second draws that are due; the clock repeats it for quarters of the last year."""
    rows = await DrawList.raw(
        'SELECT l.contract, l.year, l.quarter FROM draw_list l JOIN draw_pick p ON p.list = l.id JOIN spot_check s ON'
        " s.id = p.\"check\" WHERE l.kind = 'month' AND l.year >= {} AND s.result = 'fail' AND NOT EXISTS (SELECT 1"
        " FROM draw_list o WHERE o.kind = 'second' AND o.contract = l.contract AND o.year = l.year"
        " AND o.quarter = l.quarter) GROUP BY l.contract, l.year, l.quarter ORDER BY l.contract, l.year, l.quarter",
        at.year - 1,
    )  # fmt: skip
    opened = [await second_draw_if_needed(row["contract"], row["year"], row["quarter"], at) for row in rows]
    return sum(each is not None for each in opened)


async def _lists(contract: UUID, year: int, quarter: int) -> list[DrawList]:
    found: list[DrawList] = (
        await DrawList.objects()
        .where((DrawList.contract == contract) & (DrawList.year == year) & (DrawList.quarter == quarter))
        .order_by(DrawList.month)
    )
    return found


async def _is_over(division: str, year: int, quarter: int, at: datetime) -> bool:
    """Whether the quarter has ended and each of its months is drawn."""
    if at < day_span(quarter_span(year, quarter)[1])[1]:
        return False
    rows = await DrawList.raw(
        "SELECT 1 FROM draw_round WHERE division = {} AND kind = 'month' AND year = {} AND quarter = {}"
        " AND status IN ('open', 'closed') LIMIT 1",
        division, year, quarter,
    )  # fmt: skip
    return not rows


async def _results(contract: UUID, year: int, quarter: int) -> dict[str, dict[str, int]]:
    """Population -> how many checks of the months' draws are open, done and failed."""
    rows = await DrawPick.raw(
        "SELECT l.population, count(*) FILTER (WHERE s.status IN ('drawn', 'assigned')) AS open,"
        " count(*) FILTER (WHERE s.status NOT IN ('drawn', 'assigned') AND s.result IN ('pass', 'fail')) AS done,"
        " count(*) FILTER (WHERE s.status NOT IN ('drawn', 'assigned') AND s.result = 'fail') AS failed"
        ' FROM draw_pick p JOIN draw_list l ON l.id = p.list JOIN spot_check s ON s.id = p."check"'
        " WHERE l.contract = {} AND l.year = {} AND l.quarter = {} AND l.kind = 'month' GROUP BY l.population",
        contract, year, quarter,
    )  # fmt: skip
    return {row["population"]: {name: row[name] for name in ("open", "done", "failed")} for row in rows}


async def _locked(key: UUID) -> DrawList:
    known = await DrawList.objects().get(DrawList.id == key)
    assert known is not None  # noqa: S101 (a pick refers to it)
    await audit.hold(known.division)
    row: DrawList | None = await DrawList.objects().where(DrawList.id == key).first().lock_rows("UPDATE")
    assert row is not None  # noqa: S101 (lists are never deleted)
    return row


async def _note(one: DrawList, event: str, at: datetime, data: dict[str, Any]) -> None:
    about = {"draw": rounds.name_of(one), "contract": str(one.contract)}
    await audit.record(
        SYSTEM, f"draw.{event}", "draw_list", one.id, division=one.division, at=at, data={**about, **data}
    )  # fmt: skip

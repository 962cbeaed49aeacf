"""Rounds of secrets: opened, closed, ended, replaced, and watched all the time (DOMAIN.md 5.3; docs/draws.md)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.accounts.queries import users_with
from bangfu.errors import NotYours
from bangfu.messages.actions import send
from bangfu.oversight import draw_rules as rules
from bangfu.oversight.draw_tables import DrawList, DrawRound, DrawSecret
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_datetime, day_span, month_span
from bangfu.supervision.actions import Timed, drop, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day

KEY: Final = ("kind", "division", "year", "month", "quarter", "contract")
"""What names a draw; its rounds differ in the number."""
STUCK: Final = "draw.stuck"
"""The lead's task while rounds of one draw fail one after another."""


def name_of(row: DrawRound | DrawList) -> str:
    """The draw in short: 2026-11, or 2026Q4 of a second draw."""
    return f"{row.year}-{row.month:02d}" if row.month else f"{row.year}Q{row.quarter}"


def end_of_month(year: int, month: int) -> datetime:
    """The first instant of the next month in China."""
    return day_span(month_span(year, month)[1])[1]


def last_moment(row: DrawRound) -> datetime | None:
    """Until when a month's round takes hashes so that they stand before the lists close; None for a round that began
    after that."""
    ends = end_of_month(row.year, row.month) if row.kind == "month" else None
    return ends if ends is not None and row.opened_at < ends else None


async def locked(draw_round: UUID) -> DrawRound:
    """The round with its row lock; the county's audit chain is locked before.

    Raises:
        NotYours: if there is none.
    """
    known = await DrawRound.objects().get(DrawRound.id == draw_round)
    if known is None:
        raise NotYours
    await audit.hold(known.division)
    row: DrawRound | None = await DrawRound.objects().where(DrawRound.id == draw_round).first().lock_rows("UPDATE")
    assert row is not None  # noqa: S101 (rounds are never deleted)
    return row


async def standing_of(draw_round: UUID) -> list[DrawSecret]:
    """The hashes of a round that were not replaced, the bureau's first."""
    rows: list[DrawSecret] = await DrawSecret.objects().where(
        (DrawSecret.round == draw_round) & DrawSecret.replaced_at.is_null()
    )
    return sorted(rows, key=lambda row: rules.SIDES.index(row.side))


def held(rows: Iterable[DrawSecret]) -> list[rules.Held]:
    """Rows as the rules read them."""
    return [rules.Held(row.side, row.holder, row.hash, row.committed_at, row.revealed_at) for row in rows]


async def lists_of(row: DrawRound) -> list[DrawList]:
    """The closed lists that a round draws from, by contract."""
    found: list[DrawList] = await DrawList.objects().where(
        (DrawList.kind == row.kind) & (DrawList.division == row.division) & (DrawList.year == row.year)
        & (DrawList.month == row.month) & (DrawList.quarter == row.quarter)
    ).order_by(DrawList.contract)  # fmt: skip
    return [one for one in found if row.contract is None or one.contract == row.contract]


async def open_month(division: str, first: date, at: datetime) -> None:
    """Round 1 of a county's month, once: hashes are taken until the month ends."""
    known = (DrawRound.division == division) & (DrawRound.kind == "month")
    if await DrawRound.exists().where(known & (DrawRound.year == first.year) & (DrawRound.month == first.month)):
        return
    await _open(
        {"kind": "month", "division": division, "year": first.year, "month": first.month,
         "quarter": (first.month + 2) // 3, "contract": None}, 1, end_of_month(first.year, first.month), at,
    )  # fmt: skip


async def open_second(division: str, year: int, quarter: int, contract: UUID, at: datetime) -> UUID:
    """Round 1 of a contract's second draw, whose list is closed already."""
    key = {"kind": "second", "division": division, "year": year, "month": 0, "quarter": quarter, "contract": contract}
    return await _open(key, 1, await _working(at, rules.COMMIT_DAYS), at)


async def _open(key: dict[str, Any], number: int, until: datetime, at: datetime) -> UUID:
    await audit.hold(key["division"])
    row = DrawRound(**key, id=uuid4(), number=number, opened_at=at, commit_until=until)
    made = await DrawRound.raw(
        "INSERT INTO draw_round (id, kind, division, year, month, quarter, contract, number, status, opened_at,"
        " commit_until, void_reason, void_side, version)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, 'open', {}, {}, '', '', 1) ON CONFLICT DO NOTHING RETURNING id",
        row.id, *(key[name] for name in KEY), number, at, until,
    )  # fmt: skip
    if not made:
        return row.id
    await note(SYSTEM, row, "opened", at, {"until": until.isoformat()})
    for side in rules.SIDES:
        await watch_side(row, "commit", side, until - timedelta(minutes=1), at)
    return row.id


async def watch_side(
    row: DrawRound, what: str, side: str, due: datetime, at: datetime, owner: UUID | None = None
) -> None:
    """Put one side's hash or secret under supervision."""
    timed = Timed(
        kind=f"draw.{what}_{side}", subject_type="draw_round", subject=row.id, href=f"/draws/{row.id}",
        division=row.division, due_at=due, number=name_of(row), unit="bureau", role=rules.ROLE_OF[side], owner=owner,
    )  # fmt: skip
    await watch(SYSTEM, timed, at)


async def close(row: DrawRound, at: datetime) -> None:
    """open -> closed: both hashes and the lists stand; the secrets may be given from now on."""
    row_standing, lists = await standing_of(row.id), await lists_of(row)
    due, last = await _working(at, rules.REVEAL_DAYS), await _working(at, rules.REVEAL_LAST)
    data = {
        **{one.side: one.hash for one in row_standing}, "until": last.isoformat(),
        "lists": {f"{one.contract}/{one.population}": one.list_hash for one in lists},
        "frames": {f"{one.contract}/{one.population}": one.frame_hash for one in lists},
    }  # fmt: skip
    await step(SYSTEM, row, "close", at, data, event="closed", closed_at=at, reveal_due=due, reveal_until=last)
    await settle(SYSTEM, STUCK, row.id, at, evidence="draw.closed")
    for one in row_standing:
        await watch_side(row, "reveal", one.side, due, at, one.holder)
    await send(
        [one.holder for one in row_standing], "draw_closed", f"/draws/{row.id}",
        {"draw": name_of(row), "deadline": f"{civil_datetime(due):%Y-%m-%d %H:%M}"},
    )  # fmt: skip


async def end(actor: Actor, row: DrawRound, action: str, reason: str, sides: tuple[str, ...], at: datetime) -> None:
    """-> void, for good and in public; but for a month without anything a new round asks both for new secrets."""
    changes = {"void_at": at, "void_reason": reason, "void_side": rules.as_side(sides) if sides else ""}
    await step(actor, row, action, at, {"why": reason, "side": changes["void_side"]}, event="void", **changes)
    for what in ("commit", "reveal"):
        for side in rules.SIDES:
            await drop(SYSTEM, f"draw.{what}_{side}", row.id, at, reason=reason)
    await drop(SYSTEM, STUCK, row.id, at, reason=reason)
    if reason == "empty":
        return
    ends = end_of_month(row.year, row.month) if row.kind == "month" else at
    until = ends if at < ends else await _working(at, rules.COMMIT_DAYS)
    number = row.number + 1
    fresh = await _open({name: getattr(row, name) for name in KEY}, number, until, at)
    if last_moment(row) is None:
        await _escalate(row, fresh, until, at)
    await send(
        await overseers(row.division), "draw_void", f"/draws/{fresh}",
        {"draw": name_of(row), "draw_void": reason, "draw_side": changes["void_side"]},
    )  # fmt: skip


async def _escalate(row: DrawRound, fresh: UUID, due: datetime, at: datetime) -> None:
    """A round after the lists were closed failed too: nothing can be drawn, and the quarter waits. Whoever leads the
    bureau has to see to holders who do it; the ladder of supervision goes on from there."""
    timed = Timed(
        kind=STUCK, subject_type="draw_round", subject=fresh, href=f"/draws/{fresh}", division=row.division, due_at=due,
        number=name_of(row), unit="bureau", role="bureau_lead",
    )  # fmt: skip
    await watch(SYSTEM, timed, at)


async def overseers(division: str) -> list[UUID]:
    """Who hears of a failed round: the bureau's lead and officers, the auditors."""
    roles = ("bureau_lead", "bureau_officer", "auditor")
    return list(dict.fromkeys([user for role in roles for user in await users_with(role, division)]))


async def step(
    actor: Actor, row: DrawRound, action: str, at: datetime, data: dict[str, Any], *, event: str, **columns: Any
) -> None:
    """One transition of a locked round with its audit event.

    Raises:
        Refused: if the table does not list it (409).
    """
    before, target = row.status, rules.DRAW_MACHINE.target(row.status, action)
    values: dict[Any, Any] = {**columns, "status": target, "version": row.version + 1}
    await DrawRound.update(values).where(DrawRound.id == row.id)
    for name, value in values.items():
        setattr(row, name, value)
    await note(actor, row, event, at, data, before)


async def note(actor: Actor, row: DrawRound, event: str, at: datetime, data: dict[str, Any], before: str = "") -> None:
    """One event on the county's chain: codes, hashes and numbers, never a secret that is not public."""
    about = {"kind": row.kind, "draw": name_of(row), "round": row.number}
    await audit.record(
        actor, f"draw.{event}", "draw_round", row.id, division=row.division, at=at, data={**about, **data},
        before={"status": before} if before else None, after={"status": row.status},
    )  # fmt: skip


async def settle_side(actor: Actor, row: DrawRound, what: str, side: str, at: datetime) -> None:
    """The side has done it."""
    await settle(actor, f"draw.{what}_{side}", row.id, at, evidence=f"draw.{what}")


async def _working(at: datetime, days: int) -> datetime:
    return end_of_working_day(at, days, await current_calendar())

"""What follows when inspectors have finished: unreachable ones are drawn anew, the provider hears of the others, a
failure speaks against the visit (DOMAIN.md 5.3, 8.8)."""

from datetime import datetime
from uuid import UUID

from bangfu.accounts.queries import managers_of
from bangfu.messages.actions import send
from bangfu.oversight import check_hooks, draws
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_seating import DO, step
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.supervision.actions import settle
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.verification.disputing import dispute_by_check
from bangfu.visits import moves
from bangfu.visits.tables import Visit


async def visit_locked(row: SpotCheck | None) -> Visit | None:
    """The visit of a check with its lock, taken before the check's own (lock order); None for a survey."""
    return await moves.locked(row.visit) if row is not None and row.visit is not None else None


async def finish(actor: Actor, row: SpotCheck, visit: Visit | None, at: datetime) -> None:
    """assigned -> done, and on at once: redrawn or notified. Both rows are locked, the result stands in `row`."""
    await step(actor, row, "finish", at, done_at=at)
    await settle(actor, DO, row.id, at, evidence="check.done")
    if row.result == "unreachable":
        await step(SYSTEM, row, "redraw", at)
        await draws.redraw(row.id, at)
        return
    until = end_of_working_day(at, rules.APPEAL_DAYS, await current_calendar())
    await step(SYSTEM, row, "notify", at, notified_at=at, appeal_until=until)
    await send(
        await managers_of(row.organization), f"check_{row.result}", f"/my-results/{row.id}", {"number": row.number}
    )
    if row.result == "fail":
        await _failed(actor, row, visit, at)


async def _failed(actor: Actor, row: SpotCheck, visit: Visit | None, at: datetime) -> None:
    year, quarter = int(row.period[:4]), int(row.period[5:])
    inspector: UUID = row.done_by
    if visit is not None:
        await dispute_by_check(inspector, row.id, visit, row.reason, row.number, at)
    await check_hooks.tell("failed", actor, row, at)
    if row.reason == "forged" and visit is not None:
        await draws.full_check(row.contract, visit.carer, year, quarter, at)
        await check_hooks.tell("forged", actor, row, at)
    await draws.second_draw_if_needed(row.contract, year, quarter, at)

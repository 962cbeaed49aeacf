"""Who hears of a report's steps; messages carry numbers and links, nothing about the person."""

from collections.abc import Iterable
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.accounts.tables import User
from bangfu.discovery import clocks
from bangfu.discovery.tables import Report
from bangfu.messages.actions import send
from bangfu.shared.actor import Actor
from bangfu.shared.permissions import FIELD


async def tell_next(actor: Actor, row: Report) -> None:
    """Those whose turn it is: a named person, else every holder of the role in the area; never whom it concerns."""
    turn = clocks.turn_of(row)
    if turn is None:
        return
    people = [row.owner] if row.owner is not None else await users_with(turn.role, row.division)
    if turn.kind == "report.verify" and row.owner is None:
        people += await users_with("township_officer", row.division)
    await _send(actor, row, people, "report_next")


async def tell_role(actor: Actor, row: Report, role: str, kind: str) -> None:
    """All holders of a role in the report's area."""
    await _send(actor, row, await users_with(role, row.division), kind)


async def tell_user(actor: Actor, row: Report, user: UUID | None, kind: str) -> None:
    """One person, for example who asked for a decision."""
    await _send(actor, row, [user] if user else [], kind)


async def tell_reporters(actor: Actor, row: Report, kind: str) -> None:
    """Whoever filed the report or a duplicate of it; who only reports reads it in the own list."""
    rows = await Report.raw(
        "SELECT DISTINCT r.reporter, u.roles FROM report r JOIN app_user u ON u.id = r.reporter AND u.active"
        " WHERE r.id = {} OR r.duplicate_of = {}",
        row.id, row.id,
    )  # fmt: skip
    for found in rows:
        href = "/my-reports" if set(found["roles"]) <= FIELD else f"/discovery/{row.id}"
        await _send(actor, row, [found["reporter"]], kind, href)


async def _send(actor: Actor, row: Report, people: Iterable[UUID], kind: str, href: str = "") -> None:
    fitting = [user for user in people if user != actor.user and user not in row.excluded]
    await send(fitting, kind, href or f"/discovery/{row.id}", {"number": row.number})


async def active_user(user: UUID) -> User | None:
    """An account that can be given something to do."""
    found: User | None = await User.objects().get((User.id == user) & (User.active.eq(True)))
    return found

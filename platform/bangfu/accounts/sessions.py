"""Signed-in browsers: an own table, because the framework's session keeps an id that the client invented (STACK.md)."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.accounts.tables import Session, User
from bangfu.shared.actor import Actor

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
PENDING = timedelta(minutes=10)
"""For so long a right password waits for the second factor."""
_TOUCH = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Signed:
    """A live session: who, with which preferences, since when proved, what is still missing of the account."""

    actor: Actor
    lang: str
    large_type: bool
    has_flashes: bool
    proved_at: datetime
    has_factor: bool
    password_given: bool


async def start(
    user: UUID, address: str, agent: str, at: datetime, *, pending: bool = False, strong: bool = False
) -> str:
    """Open a session and return its token, which only the browser keeps; a `pending` one opens nothing yet. `strong`:
    somebody else (the unified sign-in) asked for a second factor."""
    token = secrets.token_urlsafe(32)
    await Session(
        id=uuid4(), token_hash=_hash(token), user=user, created_at=at, last_seen_at=at, proved_at=at, pending=pending,
        strong=strong, expires_at=at + (PENDING if pending else ABSOLUTE), address=address[:64], agent=agent[:200],
        flashes="[]",
    ).save()  # fmt: skip
    return token


_LIVE = (
    "SELECT s.id AS session, s.last_seen_at, s.proved_at, s.strong, s.flashes <> '[]'::jsonb AS has_flashes, u.*,"
    ' EXISTS (SELECT 1 FROM app_second_factor f WHERE f."user" = u.id AND f.confirmed_at IS NOT NULL) AS has_factor'
    " FROM app_session s JOIN app_user u ON u.id = s.user WHERE s.token_hash = {} AND s.expires_at > {}"
    " AND s.last_seen_at > {} AND u.active AND s.pending = {}"
)


async def find(token: str, address: str, at: datetime) -> Signed | None:
    """Who the token belongs to, if it is still good; marks the session as seen."""
    rows = await Session.raw(_LIVE, _hash(token), at, at - IDLE, False)
    if not rows:
        return None
    row = rows[0]
    if at - row["last_seen_at"] > _TOUCH:
        await Session.raw("UPDATE app_session SET last_seen_at = {} WHERE id = {}", at, row["session"])
    return Signed(
        _actor(row, address), row["lang"], row["large_type"], row["has_flashes"], row["proved_at"],
        row["has_factor"] or row["strong"], row["password_given"],
    )  # fmt: skip


async def find_pending(token: str, address: str, at: datetime) -> Actor | None:
    """Who gave the right password and owes the second factor."""
    rows = await Session.raw(_LIVE, _hash(token), at, at - IDLE, True)
    return _actor(rows[0], address) if rows else None


def _actor(row: dict[str, Any], address: str) -> Actor:
    return Actor(
        user=row["id"], username=row["username"], display_name=row["display_name"], roles=frozenset(row["roles"]),
        scope=row["scope"], organization=row["organization"], carer=row["carer"], address=address,
        session=row["session"],
    )  # fmt: skip


async def proved(session: UUID | None, at: datetime) -> None:
    """The person of this session has just given the password or a code."""
    await Session.raw("UPDATE app_session SET proved_at = {} WHERE id = {}", at, session)


async def end(session: UUID | None) -> None:
    """Sign this browser out."""
    await Session.raw("DELETE FROM app_session WHERE id = {}", session)


async def is_of_another(user: UUID, session: UUID) -> bool:
    """Whether a live session belongs to somebody else."""
    return bool(await Session.raw('SELECT 1 FROM app_session WHERE id = {} AND "user" <> {}', session, user))


async def end_one(user: UUID, session: UUID) -> bool:
    """Sign one browser of a person out; False where it is none of theirs, or gone."""
    return bool(await Session.raw('DELETE FROM app_session WHERE id = {} AND "user" = {} RETURNING id', session, user))


async def end_all(user: UUID, besides: UUID | None = None) -> None:
    """Sign the user out everywhere (also after a change of password or roles), perhaps besides one browser."""
    await Session.raw('DELETE FROM app_session WHERE "user" = {} AND id IS DISTINCT FROM {}', user, besides)


async def end_expired(at: datetime) -> None:
    """Forget the sessions that ran out."""
    await Session.raw("DELETE FROM app_session WHERE expires_at <= {} OR last_seen_at <= {}", at, at - IDLE)


async def add_flash(session: UUID, level: str, message: str, params: dict[str, str]) -> None:
    """Keep one message for the next page."""
    await Session.raw(
        "UPDATE app_session SET flashes = flashes || {}::jsonb WHERE id = {}",
        json.dumps([{"level": level, "message": message, "params": params}]), session,
    )  # fmt: skip


async def take_flashes(session: UUID) -> list[dict[str, object]]:
    """The messages kept for this page; they are shown once."""
    rows = await Session.raw(
        "WITH old AS (SELECT id, flashes FROM app_session WHERE id = {} AND flashes <> '[]'::jsonb FOR UPDATE)"
        " UPDATE app_session s SET flashes = '[]'::jsonb FROM old WHERE s.id = old.id RETURNING old.flashes",
        session,
    )
    return json.loads(rows[0]["flashes"]) if rows else []


async def preferences(user: UUID, lang: str | None, large_type: bool | None) -> None:
    """Keep a person's language and type size."""
    await User.raw(
        "UPDATE app_user SET lang = coalesce({}, lang), large_type = coalesce({}, large_type) WHERE id = {}",
        lang, large_type, user,
    )  # fmt: skip


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

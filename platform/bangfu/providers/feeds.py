"""Secret calendar addresses: made, renewed, revoked, and read by a calendar program that shows nothing but the token.

The token has 256 bits and only its SHA-256 is stored. An address counts for the account as it was when the address was
made: it is dead as soon as the account is closed or has other roles, another organisation or another carer.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.accounts.tables import User
from bangfu.errors import N_, NotYours, Refused
from bangfu.providers.roster_tables import CalendarFeed
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows

MOST = 5
"""Live addresses of one person [D]."""
REPEATED = timedelta(minutes=10)
"""How long the form, sent once more, is taken for a repeat of the same click."""


@dataclass(frozen=True, slots=True)
class Feed:
    """An address as its owner sees it; `live`: it still answers."""

    id: UUID
    label: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    live: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a token stands for, at the moment of reading."""

    feed: UUID
    lang: str
    roles: frozenset[str]
    organization: UUID | None
    carer: UUID | None
    last_used_at: datetime | None


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


_LIVE = (
    "f.revoked_at IS NULL AND u.active AND u.organization IS NOT DISTINCT FROM f.organization"
    " AND u.carer IS NOT DISTINCT FROM f.carer AND u.roles = f.roles"
    " AND (f.carer IS NULL OR EXISTS (SELECT 1 FROM carer c WHERE c.id = f.carer AND c.active))"
    " AND (f.organization IS NULL OR EXISTS (SELECT 1 FROM organization o WHERE o.id = f.organization AND o.active))"
)


async def feeds_of(actor: Actor) -> list[Feed]:
    """The person's addresses, the live ones first."""
    rows = await CalendarFeed.raw(
        f"SELECT f.id, f.label, f.created_at, f.last_used_at, f.revoked_at, ({_LIVE}) AS live"  # noqa: S608
        ' FROM calendar_feed f JOIN app_user u ON u.id = f."user" WHERE f."user" = {}'
        " ORDER BY live DESC, f.created_at DESC LIMIT 20",
        actor.me,
    )
    return [Feed(**row) for row in rows]


async def make(actor: Actor, key: UUID, label: str, lang: str, at: datetime) -> str:
    """A new address; its token is returned this once. The same form sent once more replaces the token that got lost.

    Raises:
        Refused: where the person has as many live ones as one may have.
    """
    token = secrets.token_urlsafe(32)
    async with transaction():
        # The accounts' row first: what makes an address live does not change while it is made.
        user = await User.objects().where(User.id == actor.me).first().lock_rows("UPDATE")
        if user is None:
            raise NotYours
        known = await CalendarFeed.objects().where(CalendarFeed.id == key).first()
        if known is not None:
            return await _replace(actor, known, token, at)
        live = [feed for feed in await feeds_of(actor) if feed.live]
        if len(live) >= MOST:
            raise Refused(N_("You have {n} calendar addresses already; end one that you do not use."), n=MOST)
        await CalendarFeed(
            id=key, user=user.id, token_hash=token_hash(token), label=label, roles=user.roles, lang=lang,
            organization=user.organization, carer=user.carer, created_at=at,
        ).save()  # fmt: skip
        await audit.record(actor, "calendar_feed.made", "calendar_feed", key, at=at)
    return token


async def _replace(actor: Actor, known: CalendarFeed, token: str, at: datetime) -> str:
    if known.user != actor.me:
        raise NotYours
    if known.revoked_at is not None or known.last_used_at is not None or known.created_at < at - REPEATED:
        raise Refused(N_("This address exists already; renew it to get a new secret."))
    await CalendarFeed.update({CalendarFeed.token_hash: token_hash(token)}).where(CalendarFeed.id == known.id)
    await audit.record(actor, "calendar_feed.renewed", "calendar_feed", known.id, at=at)
    return token


async def renew(actor: Actor, feed: UUID, at: datetime) -> str:
    """A new secret for an address of one's own; the old one is dead at once.

    Raises:
        NotYours: if it is another's. Refused: if it was ended.
    """
    token = secrets.token_urlsafe(32)
    async with transaction():
        row = await _own(actor, feed)
        if row.revoked_at is not None:
            raise Refused(N_("This address was ended; make a new one."))
        user = await User.objects().where(User.id == actor.me).first()
        if user is None:
            raise NotYours
        values: dict[Any, Any] = {
            CalendarFeed.token_hash: token_hash(token), CalendarFeed.last_used_at: None, CalendarFeed.created_at: at,
            CalendarFeed.roles: user.roles, CalendarFeed.organization: user.organization,
            CalendarFeed.carer: user.carer,
        }  # fmt: skip
        await CalendarFeed.update(values).where(CalendarFeed.id == feed)
        await audit.record(actor, "calendar_feed.renewed", "calendar_feed", feed, at=at)
    return token


async def revoke(actor: Actor, feed: UUID, at: datetime) -> None:
    """End an address of one's own; ended already: nothing.

    Raises:
        NotYours: if it is another's.
    """
    async with transaction():
        row = await _own(actor, feed)
        if row.revoked_at is not None:
            return
        await CalendarFeed.update({CalendarFeed.revoked_at: at}).where(CalendarFeed.id == feed)
        await audit.record(actor, "calendar_feed.revoked", "calendar_feed", feed, at=at)


async def _own(actor: Actor, feed: UUID) -> CalendarFeed:
    row: CalendarFeed | None = await CalendarFeed.objects().where(CalendarFeed.id == feed).first().lock_rows("UPDATE")
    if row is None or row.user != actor.me:
        raise NotYours
    return row


async def reader_of(token: str) -> Reader:
    """Whom a token stands for now.

    Raises:
        NotYours: for a token that is unknown, ended, or whose account has changed.
    """
    rows = await CalendarFeed.raw(
        "SELECT f.id AS feed, f.lang, u.roles, u.organization, u.carer, f.last_used_at FROM calendar_feed f"  # noqa: S608
        f' JOIN app_user u ON u.id = f."user" WHERE f.token_hash = {{}} AND {_LIVE}',
        token_hash(token),
    )
    if not rows or not allows(frozenset(rows[0]["roles"]), "feeds.own"):
        raise NotYours
    return Reader(**{**rows[0], "roles": frozenset(rows[0]["roles"])})


async def used(reader: Reader, at: datetime) -> None:
    """Note that a program has read the address, at most once a minute."""
    if reader.last_used_at is None or reader.last_used_at < at - timedelta(minutes=1):
        await CalendarFeed.update({CalendarFeed.last_used_at: at}).where(CalendarFeed.id == reader.feed)

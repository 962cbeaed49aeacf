"""Signing in and out, and proving once more who one is.

Tries are counted under the name that was typed, whether there is such an account or not: neither the answer nor the
work behind it tells which names exist.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bangfu.accounts import factors, sessions
from bangfu.accounts.passwords import password_matches
from bangfu.accounts.tables import User
from bangfu.errors import N_, NotYours
from bangfu.shared import audit, tries
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.shared.tries import Limit

FAILURES: Final = 5
ACCOUNT: Final = Limit("sign-in", FAILURES, locks=True)
"""Five failures lock an account for 15 minutes (DOMAIN.md 9.5)."""
NETWORK: Final = Limit("sign-in network", 50)
"""Failures of one network address, whatever the accounts [D]: an office shares one."""
PROOF: Final = Limit("proof", FAILURES, locks=True)
PROVED_FOR: Final = timedelta(minutes=10)
"""For so long a sign-in or a proof is enough for what is grave [D]."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome of a try: a token, or the reason why not (`wrong`, `locked`). `second`: the token opens nothing
    before the second factor was given."""

    token: str | None
    why: str = ""
    user: UUID | None = None
    second: bool = False


async def sign_in(username: str, password: str, address: str, agent: str, at: datetime) -> SignIn:
    """Check a password and open a session; where the person has a second factor, one that waits for it."""
    name = username.strip().lower()
    locked = await tries.take(ACCOUNT, name, at) is not None
    async with transaction():
        user = await User.objects().where(User.username == name).first().lock_rows("UPDATE")
        right = password_matches(user.password_hash if user else None, password)
        if locked or user is None or not right or not user.active:
            await _note_failure(user, name, address, at, locked=locked)
            return SignIn(None, "locked" if locked else "wrong", user.id if user else None)
        second = await factors.has_factor(user.id)
        token = await sessions.start(user.id, address, agent, at, pending=second)
        if not second:
            await audit.record(_as_actor(user, address), "account.sign_in", "user", user.id, at=at)
    await tries.forget(ACCOUNT, name)
    return SignIn(token, "", user.id, second)


async def give_second(pending: Actor, typed: str, address: str, agent: str, at: datetime) -> SignIn:
    """The second factor of a sign-in; the session gets another token."""
    fault = await factors.check(pending, typed, at)
    async with transaction():
        if fault is not None:
            await audit.record(pending, "account.second_factor_failed", "user", pending.me, at=at)
            return SignIn(None, "locked" if fault == factors.CLOSED else "wrong", pending.me)
        await sessions.end(pending.session)
        token = await sessions.start(pending.me, address, agent, at)
        await audit.record(pending, "account.sign_in", "user", pending.me, data={"second_factor": True}, at=at)
    return SignIn(token, "", pending.me)


async def sign_in_unified(mark: str, address: str, agent: str, at: datetime, *, strong: bool) -> SignIn:
    """Open a session for who the unified sign-in vouches for; `strong`: it asked for a second factor itself. Nobody
    gets an account by it: the person linked it before."""
    async with transaction():
        rows = await User.raw(
            'SELECT u.id FROM app_identity i JOIN app_user u ON u.id = i."user" WHERE i.mark = {} AND u.active'
            " FOR UPDATE OF u",
            mark,
        )
        user = await User.objects().where(User.id == rows[0]["id"]).first() if rows else None
        if user is None:
            return SignIn(None, "unknown")
        second = not strong and await factors.has_factor(user.id)
        token = await sessions.start(user.id, address, agent, at, pending=second, strong=strong)
        if not second:
            data = {"unified": True, "second_factor": strong}
            await audit.record(_as_actor(user, address), "account.sign_in", "user", user.id, data=data, at=at)
    return SignIn(token, "", user.id, second)


async def sign_out(actor: Actor, at: datetime, *, everywhere_else: bool = False) -> None:
    """End this browser's session, or every other one of the person."""
    async with transaction():
        if everywhere_else:
            await sessions.end_all(actor.me, besides=actor.session)
        else:
            await sessions.end(actor.session)
        action = "account.signed_out_elsewhere" if everywhere_else else "account.sign_out"
        await audit.record(actor, action, "user", actor.me, at=at)


async def end_session(actor: Actor, session: UUID, at: datetime) -> bool:
    """End one of one's own sessions; False where it is gone already.

    Raises:
        NotYours: if it is somebody else's.
    """
    async with transaction():
        if await sessions.is_of_another(actor.me, session):
            raise NotYours
        ended = await sessions.end_one(actor.me, session)
        if ended:
            await audit.record(actor, "account.session_ended", "user", actor.me, at=at)
    return ended


def is_proved(proved_at: datetime, at: datetime) -> bool:
    """Whether the last proof is young enough for what is grave."""
    return proved_at <= at + timedelta(minutes=1) and at - proved_at <= PROVED_FOR


async def prove(actor: Actor, typed: str, at: datetime) -> str | None:
    """Take a code where the person has a second factor, else the password. Five wrong ones end all sessions of the
    person: somebody else sits at this browser.

    Returns:
        None if it is right, else the message id that says why not.
    """
    if await tries.take(PROOF, str(actor.me), at) is not None:
        return N_("Too many wrong tries. Wait 15 minutes, then sign in again.")
    if await factors.has_factor(actor.me):
        fault = await factors.check(actor, typed, at)
    else:
        user = await User.objects().where(User.id == actor.me).first()
        right = user is not None and password_matches(user.password_hash, typed)
        fault = None if right else N_("This is not your password.")
    if fault is None:
        await tries.forget(PROOF, str(actor.me))
        await sessions.proved(actor.session, at)
        return None
    async with transaction():
        await audit.record(actor, "account.proof_failed", "user", actor.me, at=at)
        if await tries.closed_until(PROOF, str(actor.me), at) is not None:
            await sessions.end_all(actor.me)
    return fault


async def _note_failure(user: User | None, name: str, address: str, at: datetime, *, locked: bool) -> None:
    """The same work for a name that nobody has: what was typed there is not kept, it may be a password."""
    closed = locked or await tries.closed_until(ACCOUNT, name, at) is not None
    action = "account.locked" if closed else "account.sign_in_failed"
    actor = _as_actor(user, address) if user else Actor(None, "", "", SYSTEM.roles, address=address)
    await audit.record(actor, action, "user", user.id if user else "unknown", at=at)


def _as_actor(user: User, address: str) -> Actor:
    return Actor(user.id, user.username, user.display_name, frozenset(user.roles), user.scope, address=address)

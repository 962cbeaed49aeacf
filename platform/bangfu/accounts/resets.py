"""A new password for who forgot it: asked for under a name, sent as a code over a confirmed channel.

The page that asks does the same for every name: it only notes the wish. The worker looks whether somebody has that
name and can be reached (messages/password_codes.py), so that neither answer nor time tells who has an account.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from bangfu.accounts import notices, sessions
from bangfu.accounts.factor_rules import plain
from bangfu.accounts.passwords import hash_password, password_fault
from bangfu.accounts.signing_in import ACCOUNT
from bangfu.accounts.tables import PasswordCode, User
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.shared import audit, tries
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import blind_index
from bangfu.shared.database import transaction
from bangfu.shared.tries import Limit

PAGE: Final = "/signin/reset"
COUNTS: Final = timedelta(minutes=20)
KEPT: Final = timedelta(days=1)
ASKING: Final = Limit("password asked", 3, timedelta(hours=1))
"""Codes under one name in an hour [D]: nobody is pestered."""
ASKING_NETWORK: Final = Limit("password asked network", 20, timedelta(hours=1))
GIVING: Final = Limit("password code", 5, timedelta(hours=1), locks=True)
WRONG: Final = N_("This user name and this code do not go together, or the code is over. Ask for another one.")


async def ask(username: str, address: str, at: datetime) -> None:
    """Note that somebody wants a new password; beyond the limit nothing is noted, and nothing says so."""
    name = username.strip().lower()[:64]
    if await tries.take(ASKING, name, at) is None:
        await PasswordCode(id=uuid4(), username=name, address=address[:64], asked_at=at).save()


async def take_wish(at: datetime) -> tuple[UUID, UUID, str, str] | None:
    """The worker's part, in its transaction: the oldest open wish of somebody there is.

    Returns:
        (row, user, language, code), or None when no wish is open. The code stands nowhere but in this answer.
    """
    while True:
        rows = await PasswordCode.raw(
            "SELECT c.id, u.id AS user, u.lang FROM app_password_code c LEFT JOIN app_user u"
            " ON u.username = c.username AND u.active WHERE c.handled_at IS NULL ORDER BY c.asked_at LIMIT 1"
            " FOR UPDATE OF c SKIP LOCKED"
        )
        if not rows:
            return None
        row, code = rows[0], f"{secrets.randbelow(10**8):08d}"
        known = row["user"] is not None
        await PasswordCode.raw(
            "UPDATE app_password_code SET handled_at = {}, \"user\" = {}, code_hash = {}, expires_at = {},"
            " username = '' WHERE id = {}",
            at, row["user"], _mark(row["user"], code) if known else "", at + COUNTS, row["id"],
        )  # fmt: skip
        if known:
            return row["id"], row["user"], row["lang"], code


async def set_with_code(username: str, typed: str, new: str, address: str, at: datetime) -> None:
    """Set a new password with the code that was sent; every browser of the person is signed out.

    Raises:
        FormError: for a wrong or old code, which never says whether the name exists; for a weak password.
    """
    name = username.strip().lower()[:64]
    if fault := password_fault(new, name):
        raise FormError({"new_password": (fault, {})})
    if await tries.take(GIVING, name, at) is not None:
        raise FormError({"code": (N_("Too many wrong codes. Wait an hour, then ask for another one."), {})})
    hashed = hash_password(new)
    async with transaction():
        user = await User.objects().where((User.username == name) & (User.active == True)).first().lock_rows("UPDATE")  # noqa: E712
        rows = await PasswordCode.raw(
            'SELECT id FROM app_password_code WHERE "user" = {} AND code_hash = {} AND used_at IS NULL'
            " AND expires_at > {} FOR UPDATE",
            user.id if user else uuid4(), _mark(user.id if user else None, plain(typed)), at,
        )  # fmt: skip
        if user is None or not rows:
            raise FormError({"code": (WRONG, {})})
        await PasswordCode.raw('UPDATE app_password_code SET used_at = {} WHERE "user" = {}', at, user.id)
        await _set(user.id, hashed, at, given=False)
        actor = Actor(user.id, user.username, user.display_name, frozenset(user.roles), user.scope, address=address)
        await audit.record(actor, "account.password_reset", "user", user.id, at=at)
        await notices.tell(user.id, "password_reset", rows[0]["id"])
    for limit in (GIVING, ACCOUNT):
        await tries.forget(limit, name)


async def give_password(actor: Actor, user_id: UUID, password: str, at: datetime, *, given: bool = True) -> None:
    """An administrator (or the operator) sets a password. The person is told, and changes it first (`given`).

    Raises:
        NotYours: if there is no such account.
        Refused: for one's own account.
    """
    if actor.user == user_id:
        raise Refused(N_("Change your own password on the page of your account."))
    async with transaction():
        user = await User.objects().where(User.id == user_id).first().lock_rows("UPDATE")
        if user is None:
            raise NotYours
        await _set(user_id, hash_password(password), at, given=given)
        await audit.record(actor, "account.password_set", "user", user_id, at=at)
        await notices.tell(user_id, "password_reset", uuid4())
    await tries.forget(ACCOUNT, user.username)


async def forget_old(at: datetime) -> None:
    """Wishes are kept for a day."""
    await PasswordCode.raw("DELETE FROM app_password_code WHERE asked_at < {}", at - KEPT)


async def _set(user: UUID, hashed: str, at: datetime, *, given: bool) -> None:
    await User.raw(
        "UPDATE app_user SET password_hash = {}, password_set_at = {}, password_given = {} WHERE id = {}",
        hashed, at, given, user,
    )  # fmt: skip
    await sessions.end_all(user)


def _mark(user: UUID | None, code: str) -> str:
    return blind_index(f"{user}:{code}", "password_code")

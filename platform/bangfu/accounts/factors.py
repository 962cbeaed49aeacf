"""Verbs on second factors: begin, confirm, check a code, renew the recovery codes, remove."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.accounts import factor_rules as rules
from bangfu.accounts import notices, sessions
from bangfu.accounts.tables import RecoveryCode, SecondFactor, User
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.shared import audit, tries
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import blind_index, decrypt, encrypt
from bangfu.shared.database import transaction
from bangfu.shared.tries import Limit

CODES: Final = Limit("second factor", most=5, locks=True)
WRONG: Final = N_("This code is wrong or was used before. Wait for the next one, or use a recovery code.")
CLOSED: Final = N_("Too many wrong codes. Wait 15 minutes, then try again.")


async def begin(actor: Actor, at: datetime) -> None:
    """Make the secret of a new authenticator; one that was begun and not confirmed is replaced.

    Raises:
        Refused: while another one counts: that one is removed first.
    """
    async with transaction():
        row = await _locked(actor.me)
        if row is not None and row["confirmed_at"] is not None:
            raise Refused(N_("An authenticator is set up already. Remove it before you set up another one."))
        sealed = encrypt(rules.fresh_secret(), _place(actor.me))
        await SecondFactor.raw(
            'INSERT INTO app_second_factor ("user", secret_enc, last_step, begun_at) VALUES ({}, {}, 0, {})'
            ' ON CONFLICT ("user") DO UPDATE SET secret_enc = excluded.secret_enc, begun_at = excluded.begun_at,'
            " last_step = 0",
            actor.me, sealed, at,
        )  # fmt: skip


async def begun_secret(actor: Actor) -> str | None:
    """The secret that waits for its first code; None where nothing was begun."""
    rows = await SecondFactor.raw(
        'SELECT secret_enc FROM app_second_factor WHERE "user" = {} AND confirmed_at IS NULL', actor.me
    )
    return decrypt(rows[0]["secret_enc"], _place(actor.me)) if rows else None


async def confirm(actor: Actor, typed: str, at: datetime) -> list[str]:
    """The first code of the new authenticator: from now on every sign-in asks for one; other browsers are signed out.

    Returns:
        The recovery codes, which are shown once.

    Raises:
        FormError: for a wrong code.
        Refused: if nothing was begun.
    """
    if await tries.take(CODES, str(actor.me), at) is not None:
        raise FormError({"code": (CLOSED, {})})
    async with transaction():
        row = await _locked(actor.me)
        if row is None or row["confirmed_at"] is not None:
            raise Refused(N_("Nothing waits for a code here. Open the page of the second factor again."))
        step = rules.taken_step(decrypt(row["secret_enc"], _place(actor.me)), rules.plain(typed), at, row["last_step"])
        if step is None:
            raise FormError({"code": (WRONG, {})})
        await SecondFactor.raw(
            'UPDATE app_second_factor SET confirmed_at = {}, last_step = {} WHERE "user" = {}', at, step, actor.me
        )
        codes = await _fresh_codes(actor.me)
        await sessions.end_all(actor.me, besides=actor.session)
        await sessions.proved(actor.session, at)
        await audit.record(actor, "account.second_factor_set", "user", actor.me, at=at)
        await notices.tell(actor.me, "second_factor_set", uuid4())
    await tries.forget(CODES, str(actor.me))
    return codes


async def has_factor(user: UUID) -> bool:
    """Whether signing in asks the person for a code."""
    rows = await SecondFactor.raw(
        'SELECT 1 FROM app_second_factor WHERE "user" = {} AND confirmed_at IS NOT NULL', user
    )
    return bool(rows)


async def codes_left(user: UUID) -> int:
    """How many recovery codes were not used yet."""
    rows = await RecoveryCode.raw(
        'SELECT count(*) AS n FROM app_recovery_code WHERE "user" = {} AND used_at IS NULL', user
    )
    return int(rows[0]["n"])


async def check(actor: Actor, typed: str, at: datetime) -> str | None:
    """Take a code of the authenticator or a recovery code; each counts once, also at two processes at once.

    Returns:
        None if it counts, else the message id that says why not.
    """
    if await tries.take(CODES, str(actor.me), at) is not None:
        return CLOSED
    async with transaction():
        row = await _locked(actor.me)
        if row is None or row["confirmed_at"] is None:
            return WRONG
        code = rules.plain(typed)
        step = rules.taken_step(decrypt(row["secret_enc"], _place(actor.me)), code, at, row["last_step"])
        if step is not None:
            await SecondFactor.raw('UPDATE app_second_factor SET last_step = {} WHERE "user" = {}', step, actor.me)
        elif not await _use_recovery(actor, code, at):
            return WRONG
    await tries.forget(CODES, str(actor.me))
    return None


async def renew_codes(actor: Actor, at: datetime) -> list[str]:
    """New recovery codes; the old ones end.

    Raises:
        Refused: without an authenticator.
    """
    async with transaction():
        row = await _locked(actor.me)
        if row is None or row["confirmed_at"] is None:
            raise Refused(N_("Set up an authenticator first."))
        codes = await _fresh_codes(actor.me)
        await audit.record(actor, "account.recovery_codes_renewed", "user", actor.me, at=at)
    return codes


async def remove(actor: Actor, at: datetime) -> None:
    """Remove one's own authenticator, for a new phone; roles that need one are led to set up the next at once."""
    async with transaction():
        if await _remove(actor.me):
            await sessions.end_all(actor.me, besides=actor.session)
            await audit.record(actor, "account.second_factor_removed", "user", actor.me, at=at)
            await notices.tell(actor.me, "second_factor_removed", uuid4())


async def remove_for(actor: Actor, user: UUID, at: datetime) -> None:
    """An administrator (or the operator) removes the authenticator of who lost it and the recovery codes too. The
    person is signed out and told.

    Raises:
        NotYours: if there is no such account.
        Refused: for one's own account.
    """
    if actor.user == user:
        raise Refused(N_("Nobody removes their own second factor here. Use the page of your own account."))
    async with transaction():
        if not await User.exists().where(User.id == user):
            raise NotYours
        if await _remove(user):
            await sessions.end_all(user)
            await audit.record(actor, "account.second_factor_removed", "user", user, at=at)
            await notices.tell(user, "second_factor_removed", uuid4())


async def _remove(user: UUID) -> bool:
    gone = await SecondFactor.raw('DELETE FROM app_second_factor WHERE "user" = {} RETURNING 1', user)
    await RecoveryCode.raw('DELETE FROM app_recovery_code WHERE "user" = {}', user)
    return bool(gone)


async def _locked(user: UUID) -> dict[str, Any] | None:
    """The person's row, locked; the account too, so that two that begin at once queue behind each other."""
    await User.raw("SELECT id FROM app_user WHERE id = {} FOR NO KEY UPDATE", user)
    rows = await SecondFactor.raw('SELECT * FROM app_second_factor WHERE "user" = {} FOR UPDATE', user)
    return rows[0] if rows else None


async def _fresh_codes(user: UUID) -> list[str]:
    codes = [rules.fresh_code() for _ in range(rules.RECOVERY_CODES)]
    await RecoveryCode.raw('DELETE FROM app_recovery_code WHERE "user" = {}', user)
    await RecoveryCode.insert(
        *(RecoveryCode(id=uuid4(), user=user, code_hash=_mark(user, rules.plain(code))) for code in codes)
    )
    return codes


async def _use_recovery(actor: Actor, code: str, at: datetime) -> bool:
    rows = await RecoveryCode.raw(
        'UPDATE app_recovery_code SET used_at = {} WHERE "user" = {} AND code_hash = {} AND used_at IS NULL'
        " RETURNING id",
        at, actor.me, _mark(actor.me, code),
    )  # fmt: skip
    if rows:
        await audit.record(actor, "account.recovery_code_used", "user", actor.me, at=at)
        await notices.tell(actor.me, "recovery_code_used", rows[0]["id"])
    return bool(rows)


def _mark(user: UUID, code: str) -> str:
    return blind_index(f"{user}:{code}", "recovery_code")


def _place(user: UUID) -> str:
    return f"app_second_factor:secret_enc:{user}"

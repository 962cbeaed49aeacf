"""Verbs on accounts: create, change roles, change the password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from asyncpg import UniqueViolationError

from bangfu.accounts import sessions
from bangfu.accounts.passwords import hash_password, password_fault, password_matches
from bangfu.accounts.queries import organization_of
from bangfu.accounts.signing_in import ACCOUNT
from bangfu.accounts.tables import User
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.shared import audit, tries
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.i18n import Word
from bangfu.shared.permissions import barred_pair
from bangfu.shared.tables import AuditEvent

REPEATED = timedelta(minutes=10)
"""How long after an account was made its form, sent once more, is taken for a repeat of the same click."""


@dataclass(frozen=True, slots=True)
class NewUser:
    """What an account is made of; `scope` is a division prefix."""

    username: str
    display_name: str
    roles: frozenset[str]
    scope: str = ""
    organization: UUID | None = None
    carer: UUID | None = None
    lang: str = "zh"


async def create_user(
    actor: Actor, new: NewUser, password: str, user_id: UUID | None = None, *, given: bool = False
) -> UUID:
    """Make an account. `given`: the password is known to who makes it, so its person has to change it first.

    Raises:
        FormError: for a taken name, a weak password or two roles that one person may not hold.
    """
    if fault := password_fault(password, new.username):
        raise FormError({"password": (fault, {})})
    _check_roles(new.roles)
    user = User(
        id=user_id or uuid4(), username=new.username.lower(), display_name=new.display_name,
        password_hash=hash_password(password), roles=sorted(new.roles), scope=new.scope,
        organization=new.organization, carer=new.carer, lang=new.lang, password_given=given,
    )  # fmt: skip
    try:
        async with transaction():
            await user.save()
            data = {"roles": sorted(new.roles), "scope": new.scope}
            await audit.record(actor, "account.created", "user", user.id, data=data)
    except UniqueViolationError:
        raise FormError({"username": (N_("This user name is taken."), {})}) from None
    return user.id


async def create_once(actor: Actor, key: UUID, new: NewUser, password: str, at: datetime) -> UUID:
    """Make an account with the id `key`. The same form once more is the same account; as the first answer got lost
    then, its first password is replaced by this one, as long as nobody has signed in with it.

    Raises:
        FormError: as for `create_user`.
    """
    try:
        return await create_user(actor, new, password, key, given=True)
    except FormError:
        if not await _replace_first_password(actor, key, new, password, at):
            raise
    return key


async def _replace_first_password(actor: Actor, key: UUID, new: NewUser, password: str, at: datetime) -> bool:
    async with transaction():
        user = await User.objects().where(User.id == key).first().lock_rows("UPDATE")
        if user is None or user.username != new.username.lower() or user.created_at < at - REPEATED:
            return False
        if await AuditEvent.exists().where((AuditEvent.action == "account.sign_in") & (AuditEvent.subject == str(key))):
            return False
        await User.update({User.password_hash: hash_password(password)}).where(User.id == key)
        await audit.record(actor, "account.password_set", "user", key, at=at)
    return True


def _check_roles(roles: frozenset[str]) -> None:
    if not roles:
        raise FormError({"roles": (N_("Please choose at least one role."), {})})
    if pair := barred_pair(roles):
        message = N_("One person may not hold the roles {first} and {second} together.")
        raise FormError({"roles": (message, {"first": Word("role", pair[0]), "second": Word("role", pair[1])})})


async def change_roles(actor: Actor, user_id: UUID, roles: frozenset[str], scope: str, active: bool) -> None:
    """Change what an account may do; it is signed out everywhere, so that no session keeps old rights.

    Raises:
        FormError: for roles that do not go together, or a caregiver who is linked to no carer of an organisation.
        Refused: for one's own account.
    """
    _check_roles(roles)
    if actor.user == user_id:
        raise Refused(N_("Nobody changes their own roles."))
    async with transaction():
        user = await User.objects().where(User.id == user_id).first().lock_rows("UPDATE")
        if user is None:
            raise NotYours
        if "caregiver" in roles and await organization_of(user.carer) is None:
            raise FormError({"roles": (N_("A caregiver's account is made for a carer of an organisation."), {})})
        before = {"roles": sorted(user.roles), "scope": user.scope, "active": user.active}
        after = {"roles": sorted(roles), "scope": scope, "active": active}
        if before == after:
            return
        user.roles, user.scope, user.active = sorted(roles), scope, active
        await user.save()
        await sessions.end_all(user_id)
        await audit.record(
            actor, "account.roles_changed", "user", user_id, data={"from": before, "to": after}, before=before,
            after=after,
        )  # fmt: skip
    await tries.forget(ACCOUNT, user.username)


async def change_password(actor: Actor, old: str, new: str, at: datetime) -> None:
    """Change one's own password; every other browser is signed out.

    Raises:
        FormError: if the old password is wrong or the new one too weak.
    """
    if fault := password_fault(new, actor.username):
        raise FormError({"new_password": (fault, {})})
    if new == old:
        raise FormError({"new_password": (N_("This is the present password. Please choose another one."), {})})
    async with transaction():
        user = await User.objects().where(User.id == actor.user).first().lock_rows("UPDATE")
        if user is None or not password_matches(user.password_hash, old):
            raise FormError({"old_password": (N_("This is not your present password."), {})})
        user.password_hash, user.password_set_at, user.password_given = hash_password(new), at, False
        await user.save()
        await sessions.proved(actor.session, at)
        await sessions.end_all(user.id, besides=actor.session)
        await audit.record(actor, "account.password_changed", "user", user.id, at=at)


async def sign_out_user(actor: Actor, user: UUID, at: datetime) -> None:
    """End every session of another person.

    Raises:
        NotYours: if there is no such account.
    """
    async with transaction():
        if not await User.exists().where(User.id == user):
            raise NotYours
        await sessions.end_all(user, besides=actor.session)
        await audit.record(actor, "account.signed_out_by_admin", "user", user, at=at)

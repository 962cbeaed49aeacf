"""Who has to do a task, who oversees it, and who is told."""

from collections.abc import Iterable
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.accounts.tables import User
from bangfu.shared.actor import Actor
from bangfu.supervision import rules
from bangfu.supervision.tables import SupervisionTask

LEADER_OF_LEVEL = {2: "township_officer", 3: "bureau_lead"}
"""Whom a level reaches beside the unit itself (DOMAIN.md 8.10)."""


CONFIDENTIAL: set[str] = set()


def confidential(kind: str) -> None:
    """Tasks of this kind show nothing but kind and number to whoever has not to do them; a feature says it once."""
    CONFIDENTIAL.add(kind)


def roles_of(row: SupervisionTask) -> frozenset[str]:
    """Who of the unit acts: the role that the task names, else the unit's usual ones."""
    return frozenset({row.role}) if row.role else rules.UNIT_ROLES[row.unit]


def is_doer(actor: Actor, row: SupervisionTask) -> bool:
    """Whether the task is the actor's to do: named, or in the role of the unit that has it."""
    if actor.user is None or actor.user in row.excluded:
        return False
    if row.owner is not None:
        return bool(row.owner == actor.user)
    if not actor.has(*roles_of(row)):
        return False
    if row.organization is not None:
        return bool(row.organization == actor.organization)
    return actor.sees(row.division)


def oversees(actor: Actor, row: SupervisionTask) -> bool:
    """Whether the task lies in the divisions that the actor oversees."""
    return actor.has(*rules.OVERSEERS) and actor.sees(row.division) and actor.user not in row.excluded


async def doers_of(row: SupervisionTask) -> list[UUID]:
    """The people who have it to do."""
    if row.owner is not None:
        return [row.owner]
    return await unit_of(row)


async def unit_of(row: SupervisionTask) -> list[UUID]:
    """Everybody of the unit that has it, and the person named."""
    named = [row.owner] if row.owner is not None else []
    roles = sorted(roles_of(row))
    if row.organization is not None:
        found = await User.raw(
            "SELECT id FROM app_user WHERE active AND organization = {} AND roles && {}::varchar[]",
            row.organization, roles,
        )  # fmt: skip
        return _once([*named, *(user["id"] for user in found)], row)
    return _once([*named, *[user for role in roles for user in await users_with(role, row.division)]], row)


async def told_at(row: SupervisionTask, level: int) -> list[UUID]:
    """Who hears of an urging level: the unit; from level 2 the township leader; at level 3 the bureau lead too."""
    leaders = [
        user
        for reached, role in LEADER_OF_LEVEL.items()
        if reached == level
        for user in await users_with(role, row.division)
    ]
    return _once([*await unit_of(row), *leaders], row)


async def overseers_of(row: SupervisionTask) -> list[UUID]:
    """Who is told that feedback waits: who issued it, else the officers of the township."""
    if row.issued_by is not None:
        return [row.issued_by]
    return _once(await users_with("township_officer", row.division), row)


def _once(users: Iterable[UUID], row: SupervisionTask) -> list[UUID]:
    return [user for user in dict.fromkeys(users) if user not in row.excluded]

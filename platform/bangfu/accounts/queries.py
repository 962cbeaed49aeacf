"""Reads about accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bangfu.accounts.tables import Session, User
from bangfu.divisions.tables import Division
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.like import containing


@dataclass(frozen=True, slots=True)
class Account:
    """An account as a page shows it."""

    id: UUID
    username: str
    display_name: str
    roles: tuple[str, ...]
    scope: str
    scope_name: str
    organization_name: str
    active: bool
    created_at: datetime


_ACCOUNT = (
    "SELECT u.*, coalesce(d.name, '') AS scope_name, coalesce(o.name, '') AS organization_name, count(*) OVER () AS n"
    " FROM app_user u LEFT JOIN division d ON d.code = rpad(u.scope, 12, '0')"
    " LEFT JOIN organization o ON o.id = u.organization"
)


def _account(row: dict[str, object]) -> Account:
    picked = {name: row[name] for name in Account.__slots__ if name != "roles"}
    return Account(roles=tuple(row["roles"]), **picked)  # type: ignore[arg-type]


async def accounts(query: str, limit: int, offset: int) -> tuple[list[Account], int]:
    """One page of all accounts, found by a part of the name."""
    rows = await User.raw(
        _ACCOUNT + " WHERE u.username LIKE {} OR u.display_name LIKE {} ORDER BY u.username LIMIT {} OFFSET {}",
        containing(query.lower()), containing(query), limit, offset,
    )  # fmt: skip
    return [_account(row) for row in rows], rows[0]["n"] if rows else 0


async def account(user: UUID | None) -> Account:
    """One account.

    Raises:
        NotYours: if there is none.
    """
    rows = await User.raw(_ACCOUNT + " WHERE u.id = {}", user)
    if not rows:
        raise NotYours
    return _account(rows[0])


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What an account is guarded by."""

    factor_since: datetime | None
    codes_left: int
    password_given: bool
    password_set_at: datetime


async def own_account(user: UUID) -> OwnAccount:
    """Password and second factor of one account.

    Raises:
        NotYours: if there is none.
    """
    rows = await User.raw(
        "SELECT f.confirmed_at AS factor_since, u.password_given, u.password_set_at, (SELECT count(*) FROM"
        ' app_recovery_code c WHERE c."user" = u.id AND c.used_at IS NULL) AS codes_left'
        ' FROM app_user u LEFT JOIN app_second_factor f ON f."user" = u.id WHERE u.id = {}',
        user,
    )
    if not rows:
        raise NotYours
    return OwnAccount(**rows[0])


async def without_factor(roles: frozenset[str]) -> int:
    """How many active holders of the roles have not set up a second factor."""
    rows = await User.raw(
        "SELECT count(*) AS n FROM app_user u WHERE u.active AND u.roles && {}::varchar[] AND NOT EXISTS"
        ' (SELECT 1 FROM app_second_factor f WHERE f."user" = u.id AND f.confirmed_at IS NOT NULL)',
        sorted(roles),
    )
    return int(rows[0]["n"])


async def sessions_of(user: UUID | None) -> list[dict[str, object]]:
    """The person's signed-in browsers."""
    rows: list[dict[str, object]] = await Session.raw(
        "SELECT id, created_at, last_seen_at, address, agent FROM app_session"
        ' WHERE "user" = {} AND NOT pending ORDER BY created_at',
        user,
    )
    return rows


async def choices() -> dict[str, list[tuple[str, str]]]:
    """What an account may be linked to: (id, words) of organisations, of volunteers and social workers, and of
    organisations' carers."""
    organizations = await User.raw("SELECT id, name FROM organization WHERE active ORDER BY pinyin, name LIMIT 500")
    carers = await User.raw(
        "SELECT c.id, c.number, c.name, coalesce(o.name, '') AS body FROM carer c LEFT JOIN organization o"
        " ON o.id = c.organization WHERE c.active ORDER BY c.kind = 'worker', c.number LIMIT 3000"
    )
    return {
        "organizations": [(str(row["id"]), row["name"]) for row in organizations],
        "carers": [(str(row["id"]), f"{row['number']} {row['name']} {row['body']}".strip()) for row in carers],
    }


async def linkable(organization: UUID | None, carer: UUID | None, *, worker: bool = False) -> tuple[bool, bool]:
    """Whether an account may be linked to the organisation, and to the carer; nothing is always fine. A caregiver
    (`worker`) is a carer of an organisation, everybody else is none."""
    rows = await User.raw(
        "SELECT ({}::uuid IS NULL OR EXISTS (SELECT 1 FROM organization WHERE id = {}::uuid AND active)) AS body,"
        " ({}::uuid IS NULL OR EXISTS (SELECT 1 FROM carer WHERE id = {}::uuid AND active"
        " AND (kind = 'worker') = {}::boolean)) AS person",
        organization, organization, carer, carer, worker,
    )  # fmt: skip
    return rows[0]["body"], rows[0]["person"]


async def organization_of(carer: UUID | None) -> UUID | None:
    """The organisation whose worker a carer is; None for everybody else."""
    rows = await User.raw("SELECT organization FROM carer WHERE id = {} AND kind = 'worker'", carer)
    found: UUID | None = rows[0]["organization"] if rows else None
    return found


async def division_exists(code: str) -> bool:
    """Whether the (perhaps shortened) code names a division."""
    return await Division.exists().where(Division.code == code.ljust(12, "0"))


async def scope_name(actor: Actor) -> str:
    """The name of the area or the organisation that the person works for."""
    if actor.organization is not None:
        rows = await User.raw("SELECT name FROM organization WHERE id = {}", actor.organization)
    else:
        rows = await User.raw("SELECT name FROM division WHERE code = rpad({}, 12, '0')", actor.scope)
    return str(rows[0]["name"]) if rows else ""


async def users_with(role: str, division: str) -> list[UUID]:
    """The active holders of a role whose scope covers a division: to whom a message goes."""
    rows = await User.raw(
        "SELECT id FROM app_user WHERE active AND {} = ANY(roles) AND {} LIKE scope || '%' AND scope <> ''",
        role, division,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def managers_of(organization: UUID) -> list[UUID]:
    """The active managers of an organisation."""
    rows = await User.raw(
        "SELECT id FROM app_user WHERE active AND organization = {} AND 'provider_manager' = ANY(roles)", organization
    )
    return [row["id"] for row in rows]


async def user_of_carer(carer: UUID) -> list[UUID]:
    """The active account of a volunteer or social worker, if there is one."""
    return [row["id"] for row in await User.raw("SELECT id FROM app_user WHERE active AND carer = {}", carer)]

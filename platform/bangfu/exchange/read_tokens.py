"""The systems that may read: a token each, shown once, for some lists of one area, until a day."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bangfu.divisions.tables import Division
from bangfu.errors import N_, FormError, NotYours
from bangfu.exchange.read_resources import OWN_SCOPES
from bangfu.exchange.tables import ApiToken
from bangfu.providers.queries import VISIBLE
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.identifiers import division_prefix
from bangfu.shared.permissions import allows

PREFIX: Final = "bangfu_"
"""So that scanners recognise a token that was left lying about."""
MOST_DAYS: Final = 366
"""How long a token may count [D]."""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What the bureau says about a system that reads."""

    name: str
    scopes: tuple[str, ...]
    division: str
    organization: UUID | None
    expires_on: date
    per_minute: int


def fresh_token() -> str:
    """256 random bits in letters that can be copied."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token: as random as it is, so a plain hash cannot be tried out."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def stands(row: Mapping[str, Any]) -> bool:
    """Whether an owner (`roles`, `scope` of the account) could give a token for its `division` today."""
    scope: str = row["scope"]
    return allows(frozenset(row["roles"]), "exchange.tokens_add") and bool(scope) and row["division"].startswith(scope)


async def tokens(actor: Actor) -> list[dict[str, Any]]:
    """The systems of one's area (of the whole portal for a system administrator), those that work first. `owned`:
    whether the owner still has the account, the role and the area, without which a token counts no longer."""
    rows: list[dict[str, Any]] = await ApiToken.raw(
        "SELECT t.*, coalesce(d.name, t.division) AS place, o.name AS organization_name, coalesce(u.active, false)"
        " AS owner_active, coalesce(u.roles, ARRAY[]::varchar[]) AS roles, coalesce(u.scope, '') AS scope"
        " FROM api_token t"
        " LEFT JOIN division d ON d.code = rpad(t.division, 12, '0') LEFT JOIN organization o ON o.id = t.organization"
        " LEFT JOIN app_user u ON u.id = t.created_by"
        " WHERE t.division LIKE {} ORDER BY t.status, t.name, t.created_at",
        area_of(actor),
    )
    return [{**row, "owned": row["owner_active"] and stands(row)} for row in rows]


async def organizations(actor: Actor) -> list[tuple[str, str]]:
    """Whom a token can be for: organisations that the bureau sees, by name."""
    scope = actor.scope
    rows = await ApiToken.raw(
        f"SELECT o.id, o.name FROM organization o WHERE o.active AND {VISIBLE} ORDER BY o.name, o.id",  # noqa: S608
        scope, scope, scope, scope,
    )  # fmt: skip
    return [(str(row["id"]), row["name"]) for row in rows]


async def add_token(actor: Actor, key: UUID, facts: TokenFacts, at: datetime) -> str:
    """A new system; its token is returned once and never shown again. "" where the key was used already.

    Raises:
        FormError: by field, for what is not the actor's to give.
        NotYours: if the key is a token of another area.
    """
    await check_area(actor, facts.division, facts.organization, facts.scopes)
    async with transaction():
        await ApiToken.raw("SELECT pg_advisory_xact_lock(hashtextextended({}, 9915))", str(key))
        if await ApiToken.exists().where(ApiToken.id == key):
            await _locked(actor, key)
            return ""
        token, area = fresh_token(), division_prefix(facts.division)
        await ApiToken(
            id=key, name=facts.name, token_sha256=digest(token), scopes=list(facts.scopes), division=area,
            organization=facts.organization, expires_on=facts.expires_on, per_minute=facts.per_minute,
            tokens=float(facts.per_minute), refilled_at=at, created_by=actor.user, created_at=at,
        ).save()  # fmt: skip
        data = {
            "scopes": list(facts.scopes), "expires_on": facts.expires_on.isoformat(),
            "organization": str(facts.organization or ""),
        }  # fmt: skip
        await audit.record(actor, "exchange.token_added", "api_token", key, division=area, at=at, data=data)
    return token


async def disable_token(actor: Actor, key: UUID, at: datetime) -> None:
    """Stop a token for good; repeating it changes nothing.

    Raises:
        NotYours: for a token of another area.
    """
    async with transaction():
        row = await _locked(actor, key)
        if row.status == "disabled":
            return
        await ApiToken.update(status="disabled", disabled_at=at, disabled_by=actor.user).where(ApiToken.id == key)
        await audit.record(actor, "exchange.token_disabled", "api_token", key, division=row.division, at=at)


async def check_area(actor: Actor, division: str, organization: UUID | None, scopes: Sequence[str]) -> None:
    """Whether the actor may open these lists of an area, or of an organisation, to another system.

    Raises:
        FormError: by field.
    """
    choose = N_("Please choose one of the list.")
    if not actor.sees(division_prefix(division)) or not await Division.exists().where(Division.code == division):
        raise FormError({"division": (choose, {})})
    if organization is None:
        return
    if str(organization) not in dict(await organizations(actor)):
        raise FormError({"organization": (choose, {})})
    if set(scopes) - set(OWN_SCOPES):
        raise FormError({"scopes": (N_("A token of an organisation covers its own work only."), {})})


async def _locked(actor: Actor, key: UUID) -> ApiToken:
    row: ApiToken | None = await ApiToken.objects().where(ApiToken.id == key).first().lock_rows("UPDATE")
    if row is None or not covers(actor, row.division):
        raise NotYours
    return row


def covers(actor: Actor, division: str) -> bool:
    """Whether the actor may stop what other systems have of an area."""
    return "sysadmin" in actor.roles or actor.sees(division)


def area_of(actor: Actor) -> str:
    """The pattern of the areas that `covers` says yes to."""
    return "%" if "sysadmin" in actor.roles else f"{actor.scope}%" if actor.scope else ""

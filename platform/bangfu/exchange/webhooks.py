"""The endpoints that are told of changes: made, given a new secret, paused, ended by the bureau."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from bangfu.errors import N_, NotYours, Refused
from bangfu.exchange import webhook_rules as rules
from bangfu.exchange.change_line import end_of_line, put_in_line
from bangfu.exchange.read_tokens import area_of, check_area, covers, stands
from bangfu.exchange.tables import WebhookDelivery, WebhookEndpoint
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.database import transaction
from bangfu.shared.identifiers import division_prefix


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """What the bureau says about an endpoint; `url` is one that `webhook_rules.host_of` knows a host of."""

    name: str
    url: str
    scopes: tuple[str, ...]
    division: str
    organization: UUID | None


async def endpoints(actor: Actor) -> list[dict[str, Any]]:
    """The endpoints of one's area (of the whole portal for a system administrator), those that work first."""
    rows = await WebhookEndpoint.raw(
        _LIST + " WHERE e.division LIKE {} ORDER BY e.status, e.name, e.id", area_of(actor)
    )
    return [_seen(row) for row in rows]


async def endpoint_for(actor: Actor, key: UUID) -> dict[str, Any]:
    """One of them.

    Raises:
        NotYours: for any other.
    """
    rows = await WebhookEndpoint.raw(_LIST + " WHERE e.id = {} AND e.division LIKE {}", key, area_of(actor))
    if not rows:
        raise NotYours
    return _seen(rows[0])


async def deliveries(key: UUID, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """One page of an endpoint's messages, the newest first, and how many there are."""
    rows = await WebhookDelivery.raw(
        "SELECT id, kind, items AS told, status, attempts, code, created_at, tried_at, delivered_at,"
        " count(*) OVER () AS total FROM webhook_delivery WHERE endpoint = {}"
        " ORDER BY created_at DESC, id LIMIT {} OFFSET {}",
        key, limit, offset,
    )  # fmt: skip
    return rows, rows[0]["total"] if rows else 0


async def add_endpoint(actor: Actor, key: UUID, facts: EndpointFacts, at: datetime) -> str:
    """A new endpoint, told of what changes from now; its secret is returned once. "" where the key was used already.

    Raises:
        FormError: by field, for what is not the actor's to give.
        NotYours: if the key is an endpoint of another area.
    """
    await check_area(actor, facts.division, facts.organization, facts.scopes)
    await put_in_line()
    async with transaction():
        await WebhookEndpoint.raw("SELECT pg_advisory_xact_lock(hashtextextended({}, 9916))", str(key))
        if await WebhookEndpoint.exists().where(WebhookEndpoint.id == key):
            await _locked(actor, key)
            return ""
        secret, area = rules.fresh_secret(), division_prefix(facts.division)
        host = urlsplit(facts.url).hostname or ""
        await WebhookEndpoint(
            id=key, name=facts.name, host=host, url_enc=encrypt(facts.url, f"webhook_endpoint:url_enc:{key}"),
            secret_enc=_sealed(key, secret), scopes=list(facts.scopes), division=area,
            organization=facts.organization, place=await end_of_line(), next_at=at, created_by=actor.user,
            created_at=at,
        ).save()  # fmt: skip
        data = {"scopes": list(facts.scopes), "host": host, "organization": str(facts.organization or "")}
        await _note(actor, "added", key, area, at, data)
    return secret


async def rotate(actor: Actor, key: UUID, at: datetime) -> str:
    """Another secret; the one of before signs beside it for a day.

    Raises:
        NotYours, Refused: for an endpoint of another area, for one that was ended.
    """
    async with transaction():
        row = await _open(actor, key)
        secret = rules.fresh_secret()
        before = decrypt(row.secret_enc, f"webhook_endpoint:secret_enc:{key}")
        await WebhookEndpoint.update(
            secret_enc=_sealed(key, secret), old_secret_enc=encrypt(before, f"webhook_endpoint:old_secret_enc:{key}"),
            old_until=at + rules.OVERLAP,
        ).where(WebhookEndpoint.id == key)  # fmt: skip
        await _note(actor, "rotated", key, row.division, at)
    return secret


async def pause(actor: Actor, key: UUID, at: datetime) -> None:
    """Send nothing until it is resumed; what changes meanwhile is told then. Repeating it changes nothing.

    Raises:
        NotYours, Refused: for an endpoint of another area, for one that was ended.
    """
    async with transaction():
        row = await _open(actor, key)
        if row.status == "paused":
            return
        await WebhookEndpoint.update(status="paused", paused_for="hand").where(WebhookEndpoint.id == key)
        await _note(actor, "paused", key, row.division, at)


async def resume(actor: Actor, key: UUID, at: datetime) -> None:
    """Send on from where it stopped, at once. The endpoint becomes the actor's own where its owner has left.

    Raises:
        NotYours, Refused: for an endpoint of another area, for one that was ended.
    """
    async with transaction():
        row = await _open(actor, key)
        if row.status == "active":
            return
        owner = actor.user if row.paused_for == "owner" else row.created_by
        await WebhookEndpoint.update(
            status="active", paused_for="", failures=0, next_at=at, created_by=owner
        ).where(WebhookEndpoint.id == key)  # fmt: skip
        await _note(actor, "resumed", key, row.division, at)


async def end(actor: Actor, key: UUID, at: datetime) -> None:
    """End it for good: its address, its secrets and what still waited are wiped. Repeating it changes nothing.

    Raises:
        NotYours: for an endpoint of another area.
    """
    async with transaction():
        row = await _locked(actor, key)
        if row.status == "ended":
            return
        await WebhookEndpoint.update(
            status="ended", paused_for="", url_enc="", secret_enc="", old_secret_enc="", old_until=None,
            ended_by=actor.user, ended_at=at,
        ).where(WebhookEndpoint.id == key)  # fmt: skip
        await WebhookDelivery.update(status="dropped", body="").where(
            (WebhookDelivery.endpoint == key) & (WebhookDelivery.status == "waiting")
        )
        await _note(actor, "ended", key, row.division, at)


async def _locked(actor: Actor, key: UUID) -> WebhookEndpoint:
    row: WebhookEndpoint | None = (
        await WebhookEndpoint.objects().where(WebhookEndpoint.id == key).first().lock_rows("UPDATE")
    )
    if row is None or not covers(actor, row.division):
        raise NotYours
    return row


async def _open(actor: Actor, key: UUID) -> WebhookEndpoint:
    row = await _locked(actor, key)
    if row.status == "ended":
        raise Refused(N_("This webhook was ended. Set up another one."))
    return row


async def _note(
    actor: Actor, what: str, key: UUID, area: str, at: datetime, data: Mapping[str, object] | None = None
) -> None:
    await audit.record(
        actor, f"exchange.webhook_{what}", "webhook_endpoint", key, division=area, at=at, data=data or {}
    )


def _seen(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "owned": row["owner_active"] and stands(row)}


def _sealed(key: UUID, secret: str) -> str:
    return encrypt(secret, f"webhook_endpoint:secret_enc:{key}")


_LIST = (
    "SELECT e.id, e.name, e.host, e.scopes, e.division, e.status, e.paused_for, e.failures, e.next_at, e.old_until,"
    " e.created_at, e.delivered_at, e.ended_at, coalesce(d.name, e.division) AS place, o.name AS organization_name,"
    " coalesce(u.active, false) AS owner_active, coalesce(u.roles, ARRAY[]::varchar[]) AS roles,"
    " coalesce(u.scope, '') AS scope, (SELECT count(*) FROM webhook_delivery w WHERE w.endpoint = e.id AND"
    " w.status = 'delivered') AS delivered FROM webhook_endpoint e"
    " LEFT JOIN division d ON d.code = rpad(e.division, 12, '0') LEFT JOIN organization o ON o.id = e.organization"
    " LEFT JOIN app_user u ON u.id = e.created_by"
)

"""The systems that may report: made, given a new secret, and stopped by the bureau."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.divisions.tables import Division
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.exchange import rules
from bangfu.exchange.tables import ApiClient
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.shared.identifiers import division_prefix


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What the bureau says about a system; `division` is a code of its own area."""

    name: str
    kind: str
    division: str
    per_minute: int = rules.PER_MINUTE


async def clients(actor: Actor) -> list[dict[str, Any]]:
    """The systems of one's area, those that work first; without their secrets."""
    rows: list[dict[str, Any]] = await ApiClient.raw(
        "SELECT c.id, c.name, c.kind, c.division, c.status, c.per_minute, c.accepted, c.refused, c.last_used_at,"
        " c.created_at, c.rotated_at, c.disabled_at, coalesce(d.name, c.division) AS place FROM api_client c"
        " LEFT JOIN division d ON d.code = rpad(c.division, 12, '0') WHERE c.division LIKE {}"
        " ORDER BY c.status, c.name, c.created_at",
        f"{actor.scope}%" if actor.scope else "",
    )
    return rows


async def add_client(actor: Actor, key: UUID, facts: ClientFacts, at: datetime) -> str:
    """A new system; its secret is returned once and never shown again. "" where the key was used already.

    Raises:
        FormError: by field, for an area that is not the actor's.
        NotYours: if the key is a system of another area.
    """
    area = division_prefix(facts.division)
    if not actor.sees(area) or not await Division.exists().where(Division.code == facts.division):
        raise FormError({"division": (N_("Please choose one of the list."), {})})
    async with transaction():
        await ApiClient.raw("SELECT pg_advisory_xact_lock(hashtextextended({}, 9914))", str(key))
        if await ApiClient.exists().where(ApiClient.id == key):
            await _locked(actor, key)
            return ""
        secret = rules.fresh_secret()
        await ApiClient(
            id=key, name=facts.name, kind=facts.kind, division=area, secret_enc=_sealed(key, secret),
            per_minute=facts.per_minute, tokens=float(facts.per_minute), refilled_at=at, created_by=actor.user,
            created_at=at,
        ).save()  # fmt: skip
        await _note(actor, "exchange.client_added", key, area, at, {"kind": facts.kind})
    return secret


async def rotate(actor: Actor, client: UUID, at: datetime) -> str:
    """Another secret in place of the old one, which counts no longer from now.

    Raises:
        NotYours: for a system of another area.
        Refused: for one that was stopped.
    """
    async with transaction():
        row = await _locked(actor, client)
        if row.status != "active":
            raise Refused(N_("This system was stopped already. Add it anew if it shall report again."))
        secret = rules.fresh_secret()
        await ApiClient.update(secret_enc=_sealed(client, secret), rotated_at=at).where(ApiClient.id == client)
        await _note(actor, "exchange.client_rotated", client, row.division, at, {})
    return secret


async def disable(actor: Actor, client: UUID, at: datetime) -> None:
    """Stop a system for good; repeating it changes nothing.

    Raises:
        NotYours: for a system of another area.
    """
    async with transaction():
        row = await _locked(actor, client)
        if row.status == "disabled":
            return
        await ApiClient.update(status="disabled", disabled_at=at).where(ApiClient.id == client)
        await _note(actor, "exchange.client_disabled", client, row.division, at, {})


async def _locked(actor: Actor, client: UUID) -> ApiClient:
    row: ApiClient | None = await ApiClient.objects().where(ApiClient.id == client).first().lock_rows("UPDATE")
    if row is None or not actor.sees(row.division):
        raise NotYours
    return row


def _sealed(client: UUID, secret: str) -> str:
    return encrypt(secret, f"api_client:secret_enc:{client}")


async def _note(actor: Actor, action: str, client: UUID, area: str, at: datetime, data: dict[str, object]) -> None:
    await audit.record(actor, action, "api_client", client, division=area, at=at, data=data)

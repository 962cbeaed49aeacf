"""The worker's part of webhooks: each endpoint's messages in their order, at least once, with growing waits.

A message is put down before it is sent and stays the same at every try, so that a receiver knows a repeat by its id.
An endpoint has at most one message on its way; the next one is made when it has arrived.
"""

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import N_, Refused
from bangfu.exchange import webhook_rules as rules
from bangfu.exchange.change_line import changes_after, end_of_line, put_in_line
from bangfu.exchange.read_fields import written
from bangfu.exchange.read_resources import RESOURCES
from bangfu.exchange.read_tokens import stands
from bangfu.exchange.reading import Reader, told
from bangfu.exchange.tables import WebhookDelivery, WebhookEndpoint
from bangfu.exchange.webhooks import endpoint_for
from bangfu.messages.actions import send
from bangfu.messages.channels import http
from bangfu.messages.channels.base import DeliveryError, Temporary
from bangfu.messages.channels.offered import webhook_hosts
from bangfu.messages.rules import wait
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.database import transaction

log = logging.getLogger("bangfu.exchange")
ROUND_SECONDS: Final = 8.0
"""After so long a round takes no further message."""
AT_ONCE: Final = 8
"""Endpoints that one round looks after side by side."""
Row = dict[str, Any]


async def deliver_due(clock: Callable[[], datetime]) -> int:
    """One round: endpoints side by side, so that a slow one holds up few others. How many messages were sent."""
    if not await WebhookEndpoint.exists().where(WebhookEndpoint.status == "active"):
        return 0
    await put_in_line()
    ends = time.monotonic() + ROUND_SECONDS
    return sum(await asyncio.gather(*(_look_after_some(clock, ends) for _ in range(AT_ONCE))))


async def _look_after_some(clock: Callable[[], datetime], ends: float) -> int:
    sent, seen = 0, list[UUID]()
    while time.monotonic() < ends and (row := await _take(clock(), seen)) is not None:
        try:
            sent += await _look_after(row, clock, ends)
        finally:
            await WebhookEndpoint.update(held_until=None).where(WebhookEndpoint.id == row["id"])
            seen.append(row["id"])
    return sent


async def _take(at: datetime, seen: list[UUID]) -> Row | None:
    """An endpoint that is due and that nobody holds; held from now."""
    rows = await WebhookEndpoint.raw(
        "UPDATE webhook_endpoint SET held_until = {} WHERE id = (SELECT id FROM webhook_endpoint"
        " WHERE status = 'active' AND next_at <= {} AND (held_until IS NULL OR held_until < {})"
        " AND NOT (id = ANY({}::uuid[])) ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id",
        at + rules.LEASE, at, at, seen,
    )  # fmt: skip
    if not rows:
        return None
    found = await WebhookEndpoint.raw(
        "SELECT e.*, u.active, coalesce(u.roles, ARRAY[]::varchar[]) AS roles, coalesce(u.scope, '') AS scope"
        " FROM webhook_endpoint e LEFT JOIN app_user u ON u.id = e.created_by WHERE e.id = {}",
        rows[0]["id"],
    )  # fmt: skip
    row: Row = found[0]
    return row


async def _look_after(row: Row, clock: Callable[[], datetime], ends: float) -> int:
    """Send what waits for one endpoint; how many messages went out."""
    if not (row["active"] and stands(row)):
        await _pause(row, "owner", clock())
        return 0
    sent = 0
    while time.monotonic() < ends and (message := await _next_message(row, clock())) is not None:
        sent += 1
        if not await _try(row, message, clock):
            break
        row["place"] = message["place"]
        await WebhookEndpoint.update(held_until=clock() + rules.LEASE).where(WebhookEndpoint.id == row["id"])
    return sent


async def _next_message(row: Row, at: datetime) -> Row | None:
    """The message that waits, or one of the next changes that the endpoint may hear of."""
    waiting = await WebhookDelivery.raw(
        "SELECT id, body, place, attempts FROM webhook_delivery WHERE endpoint = {} AND status = 'waiting'"
        " AND kind = 'changes'",
        row["id"],
    )  # fmt: skip
    if waiting:
        found: Row = waiting[0]
        return found
    reader = Reader(
        row["id"], frozenset(row["scopes"]), row["division"], row["organization"], frozenset(row["roles"])
    )  # fmt: skip
    covered = sorted(name for name, one in RESOURCES.items() if reader.covers(one))
    while True:
        last = await end_of_line()
        noted = await changes_after(row["place"], covered, row["division"], row["organization"], rules.MOST_ITEMS)
        reached = noted[-1].place if len(noted) == rules.MOST_ITEMS else max(last, row["place"])
        items = await told(reader, noted, row["division"]) if noted else []
        if items:
            return await _put_down(row, items, reached, at)
        if reached != row["place"]:
            await WebhookEndpoint.update(place=reached).where(WebhookEndpoint.id == row["id"])
            row["place"] = reached
        if len(noted) < rules.MOST_ITEMS:
            return None


async def _put_down(row: Row, items: list[Row], place: int, at: datetime) -> Row | None:
    key, body = uuid4(), body_of("changes", items, at)
    async with transaction():
        state = await WebhookEndpoint.raw("SELECT status FROM webhook_endpoint WHERE id = {} FOR UPDATE", row["id"])
        if state[0]["status"] != "active":
            return None
        await WebhookDelivery(
            id=key, endpoint=row["id"], kind="changes", place=place, items=len(items), body=body, created_at=at
        ).save()
    return {"id": key, "body": body, "place": place, "attempts": 0}


async def _try(row: Row, message: Row, clock: Callable[[], datetime]) -> bool:
    """One try; whether it arrived."""
    code, asked = await _post(row, message, clock())
    at, attempts = clock(), row["failures"] + 1
    async with transaction():
        state = await WebhookEndpoint.raw("SELECT status FROM webhook_endpoint WHERE id = {} FOR UPDATE", row["id"])
        arrived = code.startswith("http_2")
        await WebhookDelivery.raw(
            "UPDATE webhook_delivery SET attempts = attempts + 1, code = {}, tried_at = {}, delivered_at = {},"
            " status = CASE WHEN {} THEN 'delivered' ELSE status END, body = CASE WHEN {} THEN '' ELSE body END"
            " WHERE id = {}",
            code, at, at if arrived else None, arrived, arrived, message["id"],
        )  # fmt: skip
        if arrived:
            await WebhookEndpoint.update(place=message["place"], failures=0, delivered_at=at).where(
                WebhookEndpoint.id == row["id"]
            )
            row["failures"] = 0
            return bool(state[0]["status"] == "active")
        later = wait(attempts, random.random(), asked)
        await WebhookEndpoint.update(failures=attempts, next_at=at + (later or timedelta())).where(
            WebhookEndpoint.id == row["id"]
        )
        if code == "http_410" or later is None:
            await _pause(row, "gone" if code == "http_410" else "failures", at)
    return False


async def _post(row: Row, message: Row, at: datetime) -> tuple[str, timedelta | None]:
    """Send one message; what was answered, and how long the receiver asks to wait. Its body is not kept."""
    key, body = row["id"], message["body"].encode()
    secrets = [decrypt(row["secret_enc"], f"webhook_endpoint:secret_enc:{key}")]
    if row["old_secret_enc"] and row["old_until"] and row["old_until"] > at:
        secrets.append(decrypt(row["old_secret_enc"], f"webhook_endpoint:old_secret_enc:{key}"))
    stamp = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8", "webhook-id": f"msg_{message['id']}",
        "webhook-timestamp": stamp, "webhook-signature": rules.signature(secrets, f"msg_{message['id']}", stamp, body),
    }  # fmt: skip
    url, named = decrypt(row["url_enc"], f"webhook_endpoint:url_enc:{key}"), webhook_hosts()
    host = rules.host_of(url, named)
    if host is None:  # the operator named it when it was set up, and does no longer
        return "private_address", None
    try:
        answer = await http.request(
            url, body=body, headers=headers, private=host in named, loopback=False, limit=rules.TIME_LIMIT
        )
    except DeliveryError as error:
        return error.code[:24], error.after if isinstance(error, Temporary) else None
    except Exception as error:
        # The error's text may hold an address: only its kind is logged.
        log.error("webhook message %s failed unexpectedly: %s", message["id"], type(error).__name__)
        return "unexpected", None
    return f"http_{answer.status}"[:24], answer.retry_after


async def _pause(row: Row, why: str, at: datetime) -> None:
    """Pause an endpoint and tell its owner; one that was paused or ended meanwhile stays as it is."""
    async with transaction():
        changed = await WebhookEndpoint.raw(
            "UPDATE webhook_endpoint SET status = 'paused', paused_for = {} WHERE id = {} AND status = 'active'"
            " RETURNING id",
            why, row["id"],
        )  # fmt: skip
        if not changed:
            return
        await audit.record(
            SYSTEM, "exchange.webhook_paused", "webhook_endpoint", row["id"], division=row["division"], at=at,
            data={"why": why},
        )  # fmt: skip
        if row["created_by"]:
            await send([row["created_by"]], "webhook_paused", f"/exchange/webhooks/{row['id']}")


async def send_trial(actor: Actor, key: UUID, at: datetime) -> str:
    """Send one message without changes and say what was answered, as a code.

    Raises:
        NotYours: for an endpoint of another area.
        Refused: for one that was ended, or so soon after another trial.
    """
    row = await endpoint_for(actor, key)
    async with transaction():
        found = await WebhookEndpoint.raw("SELECT * FROM webhook_endpoint WHERE id = {} FOR UPDATE", key)
        if row["status"] == "ended" or found[0]["status"] == "ended":
            raise Refused(N_("This webhook was ended. Set up another one."))
        lately = WebhookDelivery.created_at > at - rules.TRIAL_WAIT
        if await WebhookDelivery.exists().where(
            (WebhookDelivery.endpoint == key) & (WebhookDelivery.kind == "trial") & lately
        ):
            raise Refused(N_("A trial was sent just now. Wait a few seconds."))
        message = {"id": uuid4(), "body": body_of("trial", [], at)}
        await WebhookDelivery(
            id=message["id"], endpoint=key, kind="trial", status="failed", code="unexpected", created_at=at, tried_at=at
        ).save()
    code, _asked = await _post(found[0], message, at)
    arrived = code.startswith("http_2")
    await WebhookDelivery.update(
        status="delivered" if arrived else "failed", code=code, attempts=1, delivered_at=at if arrived else None
    ).where(WebhookDelivery.id == message["id"])
    return code


def body_of(kind: str, items: list[Row], at: datetime) -> str:
    """A message as it is sent."""
    told_now = {"type": kind, "timestamp": written(at), "data": {"items": items}}
    return json.dumps(told_now, ensure_ascii=False, separators=(",", ":"))


async def forget_old(at: datetime) -> None:
    """Forget messages that are long done; the worker repeats this."""
    await WebhookDelivery.raw(
        "DELETE FROM webhook_delivery WHERE status <> 'waiting' AND created_at < {}", at - rules.KEPT
    )
    await WebhookEndpoint.raw(
        "UPDATE webhook_endpoint SET old_secret_enc = '', old_until = NULL WHERE old_until < {}", at
    )

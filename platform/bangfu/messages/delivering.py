"""The worker's part: takes what is due, hands it to the channel, notes what became of it.

Towards the outside this is at least once: a worker that dies after handing over and before noting it leads to a second
try with the same id, by which the receiver drops it.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from datetime import datetime

from bangfu.accounts import resets
from bangfu.messages import outbox, rules
from bangfu.messages.channels import offered
from bangfu.messages.channels.base import Channel, Permanent, Rendered, Temporary
from bangfu.messages.outbox import Taken
from bangfu.messages.rendering import render
from bangfu.messages.tables import MessageChannel
from bangfu.shared.crypto import decrypt

log = logging.getLogger("bangfu.messages")

ROUND_SECONDS = 8.0
"""After so long a round ends, so that the worker can stop; the next one follows a few seconds later."""


async def deliver_due(clock: Callable[[], datetime]) -> int:
    """One round: every channel for itself, so that a slow one holds up no other.

    Returns:
        How many rows were worked on.
    """
    ends = time.monotonic() + ROUND_SECONDS
    await outbox.drop(list(offered.channels()), "not_configured", clock())
    rounds = [_channel_round(code, channel, clock, ends) for code, channel in offered.channels().items()]
    return sum(await asyncio.gather(*rounds))


async def _channel_round(code: str, channel: Channel, clock: Callable[[], datetime], ends: float) -> int:
    worked = 0
    while time.monotonic() < ends and (taken := await outbox.take(code, clock())) is not None:
        await _deliver(channel, taken, clock)
        worked += 1
    return worked


async def _deliver(channel: Channel, taken: Taken, clock: Callable[[], datetime]) -> None:
    try:
        await _hand_over(channel, taken, clock())
    except Permanent as error:
        counts = await outbox.given_up(taken, error.code, clock())
    except Temporary as error:
        counts = await _try_later(taken, error, clock())
    except Exception as error:
        # The error's text may hold an address: only its kind is logged.
        log.error("delivery %s failed unexpectedly: %s", taken.id, type(error).__name__)
        counts = await _try_later(taken, Temporary("unexpected"), clock())
    else:
        counts = await outbox.sent(taken, clock())
    if not counts:
        log.warning("delivery %s was taken over by another worker", taken.id)


async def _hand_over(channel: Channel, taken: Taken, at: datetime) -> None:
    if taken.attempts > rules.MOST_ATTEMPTS:
        raise Permanent("worker_lost")
    address, rendered = await _addressed(taken, at)
    try:
        async with asyncio.timeout(rules.DELIVERY_LIMIT.total_seconds()):
            await channel.deliver(address, rendered)
    except TimeoutError:
        raise Temporary("timeout") from None


async def _try_later(taken: Taken, error: Temporary, at: datetime) -> bool:
    wait = rules.wait(taken.attempts, random.random(), error.after)
    if wait is None:
        return await outbox.given_up(taken, error.code, at)
    return await outbox.failed(taken, error.code, at + wait, at)


async def _addressed(taken: Taken, at: datetime) -> tuple[str, Rendered]:
    """Where the row goes now, and what it says.

    Raises:
        Permanent: if the account is closed, the person no longer uses the channel, or the code is over.
    """
    rows = await MessageChannel.raw(
        'SELECT c.id, c.address_enc, c.confirmed_at, c.chosen, c.code_until > {} AS code_counts, u.active, u.lang'
        ' FROM app_user u LEFT JOIN message_channel c ON c."user" = u.id AND c.channel = {} WHERE u.id = {}',
        at, taken.channel, taken.recipient,
    )  # fmt: skip
    if not rows or not rows[0]["active"]:
        raise Permanent("account_closed")
    row, params = rows[0], dict(taken.params)
    if taken.kind in rules.CODES:
        over = at - taken.created_at > resets.COUNTS if taken.kind == "password_code" else not row["code_counts"]
        if over or not taken.secret:
            raise Permanent("code_over")
        params["one_time_code"] = decrypt(taken.secret, f"outbox:secret_enc:{taken.id}")
    # A code that confirms an address goes to one that is not confirmed yet; nothing else does.
    if taken.kind != "address_code" and not (row["confirmed_at"] and (row["chosen"] or taken.kind in rules.CODES)):
        raise Permanent("no_address")
    address = decrypt(row["address_enc"], f"message_channel:address_enc:{row['id']}")
    rendered = render(
        taken.channel, taken.id, taken.kind, params, taken.href, portal=offered.portal(), lang=row["lang"],
        occurred_at=taken.created_at,
    )  # fmt: skip
    return address, rendered

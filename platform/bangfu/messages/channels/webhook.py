"""A signed webhook: one JSON document per message to one system of the operator's choice.

The receiver checks `X-Bangfu-Signature: sha256=<hex>`, the HMAC-SHA256 with the shared secret over
`<X-Bangfu-Timestamp>.<body>`, refuses old timestamps, and drops a repeated `Idempotency-Key` (the document's `id`).
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime

from bangfu.messages.channels import http
from bangfu.messages.channels.base import Rendered
from bangfu.shared.clock import now


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What stands in the header of a genuine request."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Webhook:
    """Posts to one address; `recipient` in the document is the receiver's own name for the person."""

    def __init__(self, url: str, secret: str, *, private: bool = False, clock: Callable[[], datetime] = now) -> None:
        self._url, self._secret, self._private, self._clock = url, secret, private, clock

    async def deliver(self, address: str, rendered: Rendered) -> None:
        """Post the document; any 2xx counts as delivered. Raises as http.request and Answer.check."""
        body = json.dumps(document(address, rendered), ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": str(rendered.id),
            "X-Bangfu-Timestamp": timestamp,
            "X-Bangfu-Signature": signature(self._secret, timestamp, body),
        }
        (await http.request(self._url, body=body, headers=headers, private=self._private)).check()


def document(address: str, rendered: Rendered) -> dict[str, str]:
    """What the receiver is told: no sentence, only what kind of event, its number and where to look."""
    told = {
        "id": str(rendered.id),
        "event": rendered.kind,
        "number": rendered.number,
        "href": rendered.href,
        "occurred_at": rendered.occurred_at.isoformat(timespec="seconds"),
        "recipient": address,
    }
    return {**told, "code": rendered.code} if rendered.code else told

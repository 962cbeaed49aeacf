"""The other side of the interface, and a household to export."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import httpx

from bangfu.exchange import rules
from bangfu.exchange.clients import ClientFacts, add_client
from bangfu.exchange.incoming import EXAMPLE
from bangfu.exchange.rules import Signed
from bangfu.shared.clock import now
from tests.imports.lists import household, resident
from tests.support import World

PATH = "/api/v1/reports"


@dataclass
class Caller:
    """A system with its secret; it signs as docs/exchange.md says."""

    client: httpx.AsyncClient
    id: str
    secret: str

    async def post(self, message: Any, key: str = "", **changed: Any) -> httpx.Response:
        body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        headers = self.headers("POST", PATH, body, key or uuid4().hex, **changed)
        return await self.client.post(PATH, content=body, headers={"content-type": "application/json", **headers})

    async def get(self, reference: str, **changed: Any) -> httpx.Response:
        path = f"{PATH}/{reference}"
        return await self.client.get(path, headers=self.headers("GET", path, b"", "", **changed))

    def headers(self, method: str, path: str, body: bytes, key: str, **changed: Any) -> dict[str, Any]:
        """The signed headers; `changed` values are sent in place of those that were signed."""
        stamp = changed.pop("timestamp", str(int(now().timestamp())))
        signed = Signed(self.id, stamp, changed.pop("nonce", uuid4().hex), key, "")
        sent = {
            "bangfu-client": self.id, "bangfu-timestamp": signed.timestamp, "bangfu-nonce": signed.nonce,
            "bangfu-signature": rules.signature(self.secret, method, path, signed, body),
        }  # fmt: skip
        sent |= {"idempotency-key": key} if key else {}
        return {**sent, **{name.replace("_", "-"): value for name, value in changed.items()}}


async def caller(app, world: World, kind: str = "hotline", area: str = "990101000000", per_minute: int = 600) -> Caller:
    """A new system of the bureau's area."""
    key = uuid4()
    secret = await add_client(world["bureau"], key, ClientFacts("热线平台", kind, area, per_minute), now())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return Caller(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1"), str(key), secret)


def call(**changed: Any) -> dict[str, Any]:
    """A call for help with a reference of its own."""
    return {**EXAMPLE, "client_reference": f"c-{uuid4().hex[:12]}", **changed}


SECRETS = (resident(1), "13812345678", "6222020200112233445", "测试乙", "柳树村一组12号", "慢阻肺", "小测试")
"""What stands in whole nowhere but in an unmasked export."""


def rows_of_a_household() -> list[dict[str, object]]:
    """A household with everything that imports know: head, a child under 14, consent, two needs."""
    head = household(
        1, address="柳树村一组12号", category_since="2024-05-01", admission_mode="整户保", phone="13812345678",
        bank="6222020200112233445", health="慢阻肺", tags="独居", lat="31.7812", lon="119.9512", datum="WGS-84",
        household_language="普通话", consent_ground="同意", consent_on="2026-01-05", consent_method="书面",
        service="生活照料", visits=12, minutes=90, windows="周一至周五 08:00-12:00", need_status="已提交",
        need_reason="=1+1 不是公式",
    )  # fmt: skip
    child = {
        "household_number": "H-1", "member_name": "小测试", "relation": "孙子女",
        "id_number": resident(7, date(2016, 5, 6)), "service": "探访", "need_status": "草稿",
    }  # fmt: skip
    return [head, child]

"""企业微信 (WeCom): an application message (textcard) to a user id.

Two calls of its server interface: `gettoken` (kept until shortly before it ends, fetched anew when refused) and
`message/send`. WeCom itself drops the same card to the same person within half an hour.
"""

import asyncio
import html
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from bangfu.messages.channels import http
from bangfu.messages.channels.base import Permanent, Rendered, Temporary
from bangfu.shared.clock import now

EARLY = timedelta(minutes=5)
"""How long before its end a token is no longer used."""
REPEATS_DROPPED = 1800
"""Seconds within which WeCom drops the same card to the same person (at most four hours)."""
TOKEN_REFUSED = frozenset({40014, 41001, 42001})
"""Invalid, missing or expired access token: fetch another one and try once more."""
RECIPIENT_REFUSED = frozenset({40003, 60111, 81013, 60011, 50002})
"""No such user id, or one whom the application may not reach. Everything else, such as -1 (busy), 45009 and 45033
(too many calls), 40001 and 40013 (secret, corporation), 60020 (our address is not allowed), may be mended."""


class WeCom:
    """One application (agent) of one corporation."""

    def __init__(
        self, url: str, corp: str, agent: str, secret: str, *, private: bool = False,
        clock: Callable[[], datetime] = now,
    ) -> None:  # fmt: skip
        self._url, self._corp, self._agent, self._secret = url.rstrip("/"), corp, int(agent), secret
        self._private, self._clock = private, clock
        self._token, self._token_until = "", datetime.min.replace(tzinfo=clock().tzinfo)
        self._fetching = asyncio.Lock()

    async def deliver(self, address: str, rendered: Rendered) -> None:
        """Send one card; `address` is the person's WeCom user id.

        Raises:
            Temporary, Permanent: as http.request, Answer.check, and by WeCom's errcode.
        """
        token = await self._access_token()
        answer = await self._send(token, address, rendered)
        if answer["errcode"] in TOKEN_REFUSED:
            answer = await self._send(await self._access_token(refused=token), address, rendered)
        _check(answer)
        if answer.get("invaliduser") or answer.get("unlicenseduser"):
            raise Permanent("wecom_invalid_user")

    async def _send(self, token: str, address: str, rendered: Rendered) -> dict[str, Any]:
        card = {
            "title": rendered.subject[:40],
            "description": html.escape(rendered.text)[:160],
            "url": rendered.link,
        }
        document = {
            "touser": address,
            "msgtype": "textcard",
            "agentid": self._agent,
            "textcard": card,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": REPEATS_DROPPED,
        }
        body = json.dumps(document, ensure_ascii=False).encode()
        return await self._call("message/send", {"access_token": token}, "POST", body)

    async def _access_token(self, refused: str = "") -> str:
        """The token in use; another one if it has ended or is the one that was just refused."""
        async with self._fetching:
            if self._token and self._token != refused and self._clock() < self._token_until:
                return self._token
            answer = await self._call("gettoken", {"corpid": self._corp, "corpsecret": self._secret}, "GET", b"")
            _check(answer)
            token, lasts = answer.get("access_token"), answer.get("expires_in")
            if not isinstance(token, str) or not token or not isinstance(lasts, int):
                raise Temporary("bad_answer")
            self._token, self._token_until = token, self._clock() + timedelta(seconds=lasts) - EARLY
            return self._token

    async def _call(self, name: str, query: dict[str, str], method: str, body: bytes) -> dict[str, Any]:
        url = f"{self._url}/cgi-bin/{name}?{urlencode(query)}"
        headers = {"Content-Type": "application/json; charset=utf-8"}
        answer = await http.request(url, method=method, body=body, headers=headers, private=self._private)
        found = answer.check().document()
        if not isinstance(found.get("errcode"), int):
            raise Temporary("bad_answer")
        return found


def _check(answer: dict[str, Any]) -> None:
    number = answer["errcode"]
    if number == 0:
        return
    code = f"wecom_{number}"[:24]
    raise Permanent(code) if number in RECIPIENT_REFUSED else Temporary(code)

"""Text messages through a gateway: a worked adapter for the common kind of JSON interface (模板短信).

One POST: application key, template id, phone, template parameters, a request id and a timestamp; the header
`X-Signature` is the HMAC-SHA256 with the application's secret over `<timestamp>.<body>`. The answer is JSON with
`code`: 0 or "OK" is success. A gateway with other names needs another adapter of this size.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime

from bangfu.messages.channels import http
from bangfu.messages.channels.base import Permanent, Rendered, Temporary
from bangfu.messages.channels.webhook import signature
from bangfu.shared.clock import now
from bangfu.shared.phones import national_phone

MOST_CHARACTERS = 140
"""Two joined messages of Chinese text; a longer sentence is cut."""
_DONE = frozenset({"0", "OK", "DUPLICATE"})
_REFUSED = frozenset({"INVALID_PHONE", "BLACKLISTED", "PHONE_STOPPED", "INVALID_PARAMS"})
"""The number or the text is refused; a missing template, an empty account or a rate limit may be mended."""


class SmsGateway:
    """Sends with one application of one gateway."""

    def __init__(
        self, url: str, key: str, secret: str, template: str, code_template: str = "", *, private: bool = False,
        clock: Callable[[], datetime] = now,
    ) -> None:  # fmt: skip
        self._url, self._key, self._secret, self._private, self._clock = url, key, secret, private, clock
        self._template, self._code_template = template, code_template or template

    async def deliver(self, address: str, rendered: Rendered) -> None:
        """Hand over one text message; `address` is a mobile number as parse_phone gives it.

        Raises:
            Temporary, Permanent: as http.request, Answer.check, and by the gateway's own code.
        """
        timestamp = str(int(self._clock().timestamp()))
        body = json.dumps(self._document(address, rendered, timestamp), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": str(rendered.id),
            "X-Signature": signature(self._secret, timestamp, body),
        }
        answer = await http.request(self._url, body=body, headers=headers, private=self._private)
        code = str(answer.check().document().get("code", ""))
        if code in _DONE:
            return
        raise Permanent(error_code(code)) if code in _REFUSED else Temporary(error_code(code))

    def _document(self, address: str, rendered: Rendered, timestamp: str) -> dict[str, object]:
        params = {"code": rendered.code} if rendered.code else {"text": rendered.text[:MOST_CHARACTERS]}
        return {
            "app_key": self._key,
            "template_id": self._code_template if rendered.code else self._template,
            "phone": national_phone(address),
            "params": params,
            "request_id": str(rendered.id),
            "timestamp": timestamp,
        }


def error_code(code: str) -> str:
    """The gateway's code, if it is one and nothing that could be a number of somebody."""
    usable = re.fullmatch(r"[A-Za-z_]{1,24}|-?[0-9]{1,6}", code)
    return f"sms_{code.lower()}" if usable else "sms_other"

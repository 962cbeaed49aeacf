"""Answers of the interface that say no: a status, a code, a sentence in both languages, never a value that was sent."""

from collections.abc import Sequence
from typing import Any, Final

from bangfu.errors import N_
from bangfu.exchange.schema import Problem
from bangfu.shared import i18n

MESSAGES: Final[dict[str, tuple[int, str]]] = {
    "headers": (401, N_("A header of the signature is missing or not of the right form.")),
    "clock": (401, N_("The time stamp is more than five minutes away from the server's clock.")),
    "signature": (401, N_("The client is unknown or the signature is wrong.")),
    "replayed": (401, N_("This nonce was used already. Sign every try anew.")),
    "disabled": (403, N_("This client was disabled by the bureau.")),
    "outside_area": (403, N_("The division lies outside of the area of this client.")),
    "unknown_reference": (404, N_("No report of this client has this reference.")),
    "method": (405, N_("This address does not take that kind of request.")),
    "key_reused": (409, N_("This idempotency key was used for another content.")),
    "reference_reused": (409, N_("This client reference belongs to another report.")),
    "too_large": (413, N_("The body is larger than 64 KB.")),
    "media_type": (415, N_("Send the body as application/json.")),
    "json": (400, N_("The body is no JSON in UTF-8.")),
    "field_twice": (400, N_("A field stands twice.")),
    "query": (400, N_("This address takes no query.")),
    "request": (400, N_("The request was not understood.")),
    "invalid": (422, N_("Some fields are missing or not of the right form.")),
    "rate": (429, N_("Too many requests. Wait as long as Retry-After says.")),
    "failed": (500, N_("Something went wrong here. Nothing was stored. Send the same request again later.")),
    "unavailable": (503, N_("The database does not answer. Nothing was stored. Send the same request again later.")),
}
"""Code -> status and sentence."""
READ_MESSAGES: Final[dict[str, tuple[int, str]]] = {
    "token": (401, N_("The bearer token is missing, unknown, past its last day, or was stopped.")),
    "scope": (403, N_("This token does not cover this kind of data.")),
    "area": (403, N_("The area lies outside of the area of this token.")),
    "unknown": (404, N_("There is no such object, or this token may not see it.")),
    "cursor": (404, N_("This is no cursor of this list. Take it from an answer as it is.")),
    "cursor_too_old": (410, N_("Changes are not kept that long. Read the lists anew, then follow from a new cursor.")),
    "parameters": (422, N_("Some parameters are unknown or not of the right form.")),
    **{code: MESSAGES[code] for code in ("method", "request", "rate", "failed", "unavailable")},
}
"""The same for the interface that reads."""
_ALL: Final = READ_MESSAGES | MESSAGES
FIELDS: Final[dict[str, str]] = {
    "required": N_("This field is missing."),
    "type": N_("The value is of another type."),
    "length": N_("The value is too short, too long, or stands twice."),
    "pattern": N_("The value does not have the right form."),
    "choice": N_("The value is not one of the list."),
    "range": N_("The number lies outside of its limits."),
    "unknown_field": N_("There is a field that the description does not know."),
    "division": N_("There is no township or village with this code."),
    "phone": N_("This is no phone number."),
    "id_number": N_("This is no valid resident ID number."),
    "not_here": N_("This field does not belong to a report of this kind."),
    "someone": N_("Say who it is about, or where: a name, a phone or an address."),
}
"""What can be wrong with a field."""


class Refusal(Exception):
    """The request is answered with a problem."""

    def __init__(self, code: str, problems: Sequence[Problem] = (), *, retry_after: int = 0) -> None:
        super().__init__(code)
        self.code, self.problems, self.retry_after = code, tuple(problems), retry_after

    @property
    def status(self) -> int:
        return _ALL[self.code][0]

    def document(self) -> dict[str, Any]:
        """The body of the answer (RFC 9457)."""
        shown = {"status": self.status, "code": self.code, "message": both(_ALL[self.code][1])}
        faults = [{"field": one.field, "code": one.code, "message": both(FIELDS[one.code])} for one in self.problems]
        return shown | ({"problems": faults} if faults else {})


def both(message: str) -> dict[str, str]:
    """A sentence in Chinese and in English."""
    before = i18n.current()
    try:
        said: dict[str, str] = {}
        for lang in i18n.LANGUAGES:
            i18n.use(lang)
            said[lang] = i18n._(message)
        return said
    finally:
        i18n.use(before)

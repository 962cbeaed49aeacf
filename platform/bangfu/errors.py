"""The few errors that cross feature borders; each carries a sentence for the person who meets it."""

from collections.abc import Mapping
from typing import TypeVar


class SetupError(Exception):
    """The program cannot start: one sentence for the operator, shown without a traceback."""


class Told(Exception):
    """An error with a message in the user's language: an English message id and its parameters."""

    status = 400
    second_duty = ""
    """The duty that was refused because of another duty of the same person on the same matter (DOMAIN.md 8.11)."""

    def __init__(self, message: str, /, **params: object) -> None:
        super().__init__(message.format(**params) if params else message)
        self.message = message
        self.params: Mapping[str, object] = params


class NotYours(Told):
    """The object does not exist for this user: a foreign object looks like a missing one."""

    status = 404

    def __init__(self) -> None:
        super().__init__("This page does not exist, or it is not yours to see.")


class Elsewhere(Told):
    """The object was put together with another one: its page leads there (`href`)."""

    status = 303

    def __init__(self, href: str) -> None:
        super().__init__("This was put together with another one.")
        self.href = href


class NotAllowed(Told):
    """The object is the user's to see, but the action is not the user's to take."""

    status = 403

    def __init__(self, message: str = "Your role does not allow this.", /, **params: object) -> None:
        super().__init__(message, **params)


class Refused(Told):
    """The state of the object does not allow the action (DOMAIN.md 8: HTTP 409)."""

    status = 409


_E = TypeVar("_E", bound=Told)


def for_second_duty(error: _E, duty: str) -> _E:
    """The same error, marked as the refusal of a second duty on one matter: such a try is logged (DOMAIN.md 8.11)."""
    error.second_duty = duty
    return error


class FormError(Told):
    """Input with faults: `fields` maps a field's name to its message id and parameters."""

    status = 422

    def __init__(self, fields: Mapping[str, tuple[str, Mapping[str, object]]]) -> None:
        super().__init__("Please correct the fields named below.")
        self.fields = dict(fields)


def N_(message: str) -> str:  # noqa: N802 (the usual name of the marker)
    """Marks a message id for extraction; it is translated where it is shown."""
    return message

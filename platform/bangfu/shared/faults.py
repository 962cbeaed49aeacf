"""What is wrong with a value, in a form that a page, a report and a test can each use."""

from __future__ import annotations

from collections.abc import Mapping


class Fault(ValueError):  # noqa: N818 - the business word; it is a result as often as an error
    """A stable code, the English message id for gettext with {named} gaps, and what fills the gaps.

    Validators raise it; row checkers catch and keep it. `fix` is the message id of what to do about it.
    """

    def __init__(self, code: str, message: str, params: Mapping[str, object] | None = None, fix: str = "") -> None:
        super().__init__(code, message, params, fix)
        self.code = code
        self.message = message
        self.params: Mapping[str, object] = params or {}
        self.fix = fix

    def __str__(self) -> str:
        return self.message.format(**self.params)


def N_(message: str) -> str:  # noqa: N802 - the name that message extraction knows
    """Mark a message id that is translated later, where the reader's language is known."""
    return message

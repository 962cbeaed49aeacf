"""What is wrong with a value, in a form that a page, a report and a test can each use."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.errors import N_, Told

__all__ = ["N_", "Fault"]


class Fault(Told, ValueError):
    """A stable code, the English message id for gettext with {named} gaps, and what fills the gaps.

    Validators raise it; row checkers catch and keep it. `fix` is the message id of what to do about it, with the same
    gaps.
    """

    status = 422

    def __init__(self, code: str, message: str, params: Mapping[str, object] | None = None, fix: str = "") -> None:
        super().__init__(message, **(params or {}))
        self.code = code
        self.fix = fix

"""Where an error happened, without what it quotes: messages of drivers and parsers repeat the values that they were
given, and those may be somebody's number (DOMAIN.md 9.3: logs never contain ID or phone)."""

import traceback

_CODE_ONLY = (AttributeError, NameError, ImportError, TypeError, AssertionError)
"""Their texts speak of the program, not of its data."""


def where(error: BaseException) -> str:
    """The frames of an error and of those that led to it, the oldest first, each with its kind only."""
    parts: list[str] = []
    one: BaseException | None = error
    while one is not None and len(parts) < 10:
        frames = "".join(traceback.format_tb(one.__traceback__))
        parts.append(f"{frames}{kind(one)}")
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\nThen this happened:\n".join(reversed(parts))


def kind(error: BaseException) -> str:
    """The kind of an error: its class, the database's constraint, the text where it cannot quote data."""
    constraint = getattr(error, "constraint_name", None)
    text = str(error) if isinstance(error, _CODE_ONLY) else str(constraint or "")
    return f"{type(error).__name__} {text}".rstrip()

"""Patterns for LIKE out of what a person typed: the typed text is only text."""


def containing(text: str) -> str:
    """A pattern that finds the text anywhere; its own %, _ and backslash stand for themselves."""
    for mark in "\\%_":
        text = text.replace(mark, "\\" + mark)
    return f"%{text}%"

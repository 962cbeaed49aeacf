"""Codes in Chinese and English."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}
SENTENCES: dict[str, str] = {}
"""Message kind -> sentence of the inbox."""

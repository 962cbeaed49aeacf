"""Secrets of the portal's own: drawn at random, or refused."""

LEAST_DISTINCT = 10
"""Different characters that a secret of 32 must have: a word written again and again has fewer."""


def is_weak(secret: str) -> bool:
    """Whether a secret of the portal's own (32 characters and more) looks as if nobody drew it at random."""
    text = secret.strip()
    again = any(text == (text[:part] * len(text))[: len(text)] for part in range(1, len(text) // 2 + 1))
    return len(text) < 32 or len(set(text)) < LEAST_DISTINCT or again

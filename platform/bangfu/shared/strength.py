"""Secrets of the portal's own: drawn at random, or refused."""

LEAST_DISTINCT = 10
"""Different characters that a secret of 32 must have: a word written again and again has fewer."""


def is_weak(secret: str) -> bool:
    """Whether a secret of the portal's own (32 characters and more) looks as if nobody drew it at random."""
    text = secret.strip()
    half = text[: len(text) // 2]
    return len(text) < 32 or len(set(text)) < LEAST_DISTINCT or (bool(half) and text.startswith(half * 2))

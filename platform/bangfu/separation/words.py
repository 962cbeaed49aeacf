"""Words of separation."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

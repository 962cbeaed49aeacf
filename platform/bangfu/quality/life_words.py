"""Words of quality, life."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

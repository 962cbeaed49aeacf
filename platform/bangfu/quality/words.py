"""Words of quality."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

"""Words of family."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

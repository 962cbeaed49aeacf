"""Words."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

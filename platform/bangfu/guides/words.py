"""Words of guides."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

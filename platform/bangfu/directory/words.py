"""Words of directory."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

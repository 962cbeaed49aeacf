"""Words of settlement."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

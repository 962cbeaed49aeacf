"""Words of settlement, bundle."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

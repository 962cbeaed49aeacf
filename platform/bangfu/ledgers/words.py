"""Words of ledgers."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

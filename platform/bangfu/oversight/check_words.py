"""Words of oversight, check."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

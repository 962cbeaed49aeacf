"""Words of oversight, draw."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

"""Words of feedback."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

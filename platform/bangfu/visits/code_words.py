"""Words for codes."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

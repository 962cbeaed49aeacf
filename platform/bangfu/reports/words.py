"""Words of reports."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

"""Words of complaints."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}

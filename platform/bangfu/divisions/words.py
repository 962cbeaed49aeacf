"""Words of the network (DOMAIN.md 1.3)."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "division_level": {
        "1": ("省级", "Province"),
        "2": ("市级", "Prefecture"),
        "3": ("区县", "County"),
        "4": ("镇街", "Township"),
        "5": ("村居", "Village"),
    },
}

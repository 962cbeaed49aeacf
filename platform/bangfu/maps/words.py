"""Words of the map."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "map_layer": {
        "waiting": ("未满足的需求", "Unmet needs"),
        "served": ("已有人服务的需求", "Needs that are served"),
        "carers": ("服务人员", "Carers"),
    },
}

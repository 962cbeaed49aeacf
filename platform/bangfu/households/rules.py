"""What follows from a household's category (DOMAIN.md 1.1); nothing here reads a clock or a table."""

from typing import Final

LAYERS: Final[dict[str, str]] = {
    "dibao": "key",
    "tekun": "key",
    "dibao_edge": "edge",
    "rigid_expense": "edge",
    "emergency": "general",
}
"""Category -> layer of 五类三层: derived, never typed."""

CATEGORIES: Final = tuple(LAYERS)
RISK_COLORS: Final = ("red", "yellow", "blue", "green")


def layer_of(category: str) -> str:
    """The layer (`key`, `edge` or `general`) of a household category.

    Raises:
        KeyError: for a category that DOMAIN.md 1.1 does not know.
    """
    return LAYERS[category]


def categories_of(layer: str) -> list[str]:
    """The categories that make up a layer; an unknown layer has none."""
    return [category for category, its_layer in LAYERS.items() if its_layer == layer]

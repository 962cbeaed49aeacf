"""Documents to spoil, and what to put into them."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from tests.matching.cast import given_pairs, random_town

LIMIT = {
    "id": "town",
    "lines": [["sunrise", "daily_care"], ["harbour", "daily_care"]],
    "needs": ["n0"],
    "max_visits": 9,
}

ODD = (
    st.none()
    | st.booleans()
    | st.integers(-3, 30)
    | st.integers()
    | st.floats()
    | st.sampled_from(
        ["", "n1", "w0", "worker", "f", "sunrise", "2026-01-05", "\ud800", "a\nb", 10**30, -1, 1e300, 1440]
    )
    | st.text(max_size=5)
)
VALUES = st.recursive(
    ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def document(seed: int = 3) -> dict[str, Any]:
    """A sound document of four needs, three carers and a shared limit."""
    made = copy.deepcopy(random_town(seed, needs=4, carers=3).to_document())
    return made | {"limits": [copy.deepcopy(LIMIT)]}


def document_with_pairs() -> dict[str, Any]:
    """A sound document whose pairs are given."""
    return copy.deepcopy(given_pairs([[1, 2], [3, 1]], [[3, 4], [5, 6]], [5, 9]).to_document())


def put(spoiled: Any, path: tuple[str | int, ...], value: object) -> None:
    """Set what stands at a place of the document."""
    for step in path[:-1]:
        spoiled = spoiled[step]
    spoiled[path[-1]] = value


def spoil(spoiled: Any, data: st.DataObject, times: int) -> None:
    """Put something odd, or nothing, at places anywhere in the document."""
    for _ in range(times):
        place, key = spoiled, data.draw(st.sampled_from(sorted(spoiled)))
        while isinstance(place[key], dict | list) and place[key] and data.draw(st.integers(0, 4)):
            place = place[key]
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if isinstance(place, dict) and len(place) > 1 and data.draw(st.integers(0, 9)) == 0:
            del place[key]
        else:
            place[key] = data.draw(VALUES)

"""How points are gathered on a map, and how shades are chosen. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

LEAST_CELL: Final = 0.01
"""Degrees, about a kilometre: homes and carers are never shown nearer than that, at any zoom."""
CELL_PIXELS: Final = 56
TILE: Final = 256
LEAST_ZOOM, MOST_ZOOM = 4, 18
STEPS: Final = 5


def cell(zoom: int) -> float:
    """The side of the square, in degrees of longitude, whose points are one mark at a zoom of a web map."""
    zoom = min(MOST_ZOOM, max(LEAST_ZOOM, zoom))
    return max(LEAST_CELL, float(CELL_PIXELS * 360 / (TILE << zoom)))


def box(text: str) -> tuple[float, float, float, float] | None:
    """west,south,east,north in degrees as the address of the points carries them; None for anything else."""
    parts = text.split(",")
    try:
        west, south, east, north = (float(part) for part in parts)
    except ValueError:
        return None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # also refuses NaN
        return None
    return west, south, east, north


def steps(counts: Mapping[str, int]) -> dict[str, int]:
    """The shade of each town, 0 (none) to STEPS: equal parts of the largest count, so that a shade is a number."""
    most = max(counts.values(), default=0)
    return {code: -(-count * STEPS // most) if count and most else 0 for code, count in counts.items()}


def limits_of_steps(most: int) -> list[tuple[int, int, int]]:
    """(shade, from, to) of every shade that a count up to `most` may have, both ends included."""
    found = []
    for step in range(1, STEPS + 1):
        least, last = (step - 1) * most // STEPS + 1, step * most // STEPS
        if least <= last:
            found.append((step, least, last))
    return found


FARTHEST: Final = 0.3
"""Degrees beyond the towns' own points that a window follows the homes: a wrong point far away does not shrink all."""


def window(
    towns: Sequence[tuple[float, float]], homes: Sequence[tuple[float, float]]
) -> tuple[float, float, float, float] | None:
    """`bounds` of the towns' points and of the homes that are not far off them."""
    if not towns:
        return bounds(homes)
    west, south, east, north = bounds(towns) or (0.0, 0.0, 0.0, 0.0)
    held = [
        (min(max(lat, south - FARTHEST), north + FARTHEST), min(max(lon, west - FARTHEST), east + FARTHEST))
        for lat, lon in homes
    ]
    return bounds([*towns, *held])


def bounds(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float] | None:
    """west, south, east, north of (lat, lon) points, with some room; None without a point."""
    if not points:
        return None
    lats, lons = [lat for lat, _lon in points], [lon for _lat, lon in points]
    room = max(0.02, 0.08 * max(max(lats) - min(lats), max(lons) - min(lons)))
    return min(lons) - room, min(lats) - room, max(lons) + room, max(lats) + room

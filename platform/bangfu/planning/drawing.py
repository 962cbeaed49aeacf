"""Where the marks of a small drawing stand, in its own units. Pure: pages draw them as SVG with classes only."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians, sqrt
from typing import Final

WIDTH, HEIGHT = 480.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 76.0, 58.0, 22.0, 46.0
LEAST_RADIUS, MOST_RADIUS = 5.0, 26.0
NUMBERED: Final = 14
"""A larger mark has its number inside (templates/planning/shortage.html)."""
TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of the drawing: its centre, its radius, and where its words stand."""

    x: float
    y: float
    r: float = 0.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of an axis with its number."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Two series over one row of numbers, each on an axis of its own (the first left, the second right)."""

    first: tuple[Mark, ...]
    second: tuple[Mark, ...]
    first_ticks: tuple[Tick, ...]
    second_ticks: tuple[Tick, ...]
    across: tuple[Tick, ...]

    @property
    def first_line(self) -> str:
        return _line(self.first)

    @property
    def second_line(self) -> str:
        return _line(self.second)


def towns(places: Sequence[tuple[float, float]], sizes: Sequence[float]) -> list[Mark]:
    """Marks for places (lat, lon) whose areas go by the sizes; a degree east is as long as it is at their latitude."""
    if not places:
        return []
    middle = sum(lat for lat, _ in places) / len(places)
    flat = [(lon * cos(radians(middle)), -lat) for lat, lon in places]
    west, east = min(x for x, _ in flat), max(x for x, _ in flat)
    north, south = min(y for _, y in flat), max(y for _, y in flat)
    margin = MOST_RADIUS + 20
    scale = min((WIDTH - 2 * margin) / ((east - west) or 1e9), (HEIGHT - 2 * margin) / ((south - north) or 1e9))
    most = max([*sizes, 1e-9])
    return [
        Mark(
            round(WIDTH / 2 + (x - (west + east) / 2) * scale, 1),
            round(HEIGHT / 2 + (y - (north + south) / 2) * scale, 1),
            round(LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * sqrt(max(0.0, size) / most), 1),
        )
        for (x, y), size in zip(flat, sizes, strict=True)
    ]


def named(marks: Sequence[Mark], names: Sequence[str]) -> list[bool]:
    """Which marks have room for their name below them: the largest first, none over another, a number or the edge."""
    taken = [(mark.x - 12, mark.y - 10, mark.x + 12, mark.y + 10) for mark in marks if mark.r > NUMBERED]
    shown = [False] * len(marks)
    for at in sorted(range(len(marks)), key=lambda at: -marks[at].r):
        mark, half = marks[at], sum(14 if ord(sign) > 0x2E7F else 8 for sign in names[at]) / 2
        box = (mark.x - half, mark.y + mark.r + 1, mark.x + half, mark.y + mark.r + 18)
        inside = box[0] >= 0 and box[2] <= WIDTH and box[3] <= HEIGHT
        if inside and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            shown[at] = True
    return shown


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def curve(across: Sequence[float], first: Sequence[float], second: Sequence[float | None]) -> Curve:
    """Both series over `across`; a second one with gaps is left out."""
    low, high = min(across), max(across)
    known = [value for value in second if value is not None]
    ends = _ends(first)
    other = _ends(known) if len(known) == len(across) and known else None
    xs = [_place(value, low, high, LEFT, WIDTH - RIGHT) for value in across]
    return Curve(
        first=tuple(Mark(x, _height(value, ends)) for x, value in zip(xs, first, strict=True)),
        second=() if other is None else tuple(Mark(x, _height(v, other)) for x, v in zip(xs, known, strict=True)),
        first_ticks=_ticks(ends),
        second_ticks=() if other is None else _ticks(other),
        across=tuple(Tick(x, value) for x, value in zip(xs, across, strict=True)),
    )


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """A little more than the values take, so that a flat line lies in the middle."""
    low, high = min(values), max(values)
    room = (high - low) * 0.1 or max(1.0, abs(high) * 0.1)
    return max(0.0, low - room) if low >= 0 else low - room, high + room


def _ticks(ends: tuple[float, float]) -> tuple[Tick, ...]:
    """Evenly spaced; at the whole numbers where the axis has only a few, since counts are written without decimals."""
    values: list[float] = [ends[0] + (ends[1] - ends[0]) * step / (TICKS - 1) for step in range(TICKS)]
    if ends[1] - ends[0] < TICKS:
        whole = range(ceil(ends[0]), floor(ends[1]) + 1)
        values = [float(value) for value in whole] if len(whole) > 1 else values
    return tuple(Tick(_height(value, ends), value) for value in values)


def _height(value: float, ends: tuple[float, float]) -> float:
    return _place(value, ends[0], ends[1], HEIGHT - BOTTOM, TOP)


def _place(value: float, low: float, high: float, start: float, end: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return round(start + share * (end - start), 1)


def _line(marks: Sequence[Mark]) -> str:
    """The points of an SVG polyline."""
    return " ".join(f"{mark.x:g},{mark.y:g}" for mark in marks)

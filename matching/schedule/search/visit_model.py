"""One carer's day inside a CP-SAT model."""

from __future__ import annotations

from typing import Any, NamedTuple


class Stop(NamedTuple):
    """A visit that may stand on the day: whether it does (True: always), its start, length, and start's bounds."""

    item: int
    on: Any
    start: Any
    length: int
    low: int
    high: int


class Route:
    """The day's stops, literals of being first and last, and arcs (a, b): literal and minutes from start to start."""

    def __init__(self, stops: list[Stop]) -> None:
        self.stops = stops
        self.first: list[Any] = []
        self.last: list[Any] = []
        self.arcs: dict[tuple[int, int], tuple[Any, int]] = {}

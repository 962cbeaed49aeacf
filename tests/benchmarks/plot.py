"""Plots as plain SVG: panels side by side, logarithmic axes, lines with steps or dots, a legend under each panel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 360, 300  # of one panel's drawing area with its margins
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 34, 46
LEGEND_LINE = 18
COLOURS = ("#0b6e4f", "#b5471b", "#2f5d9b", "#7a4d9f", "#6b6b6b", "#a8811a")
FONT = "font-family='sans-serif' font-size='11'"


@dataclass(frozen=True, slots=True)
class Line:
    """A named series of (x, y), both above 0; drawn as steps, as a straight line, or as dots only."""

    label: str
    points: Sequence[tuple[float, float]]
    shape: str = "steps"  # steps | line | dots
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One diagram with logarithmic axes."""

    title: str
    x_label: str
    y_label: str
    lines: Sequence[Line] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis from `low` to `high` laid out between two pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value, within the axis."""
        share = math.log(min(max(value, self.low), self.high) / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Powers of ten, with 2 and 5 times them where there are few."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        steps = (1,) if last - first > 3 else (1, 2, 5)
        found = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        return [tick for tick in found if self.low * 0.999 <= tick <= self.high * 1.001]


def _axis(values: Sequence[float], start: float, end: float) -> Axis:
    """An axis a little wider than the values; one decade where there are none."""
    known = [value for value in values if value > 0 and math.isfinite(value)]
    low, high = (min(known), max(known)) if known else (1.0, 10.0)
    return Axis(low / 1.15, high * 1.15 if high > low * 1.05 else high * 10, start, end)


def svg(panels: Sequence[Panel]) -> str:
    """The panels side by side as one SVG document."""
    rows = max((len(panel.lines) for panel in panels), default=0)
    height, width = HEIGHT + LEGEND_LINE * rows + 8, WIDTH * max(1, len(panels))
    body = "".join(
        f"<g transform='translate({number * WIDTH} 0)'>{_panel(panel)}</g>" for number, panel in enumerate(panels)
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}'>"
        f"<rect width='100%' height='100%' fill='#ffffff'/>{body}</svg>\n"
    )


def _panel(panel: Panel) -> str:
    points = [point for line in panel.lines for point in line.points]
    x = _axis([p[0] for p in points], LEFT, WIDTH - RIGHT)
    y = _axis([p[1] for p in points], HEIGHT - BOTTOM, TOP)
    parts = [_text(LEFT, 20, panel.title, "start", bold=True), *_grid(x, y), *_labels(panel)]
    for number, line in enumerate(panel.lines):
        colour = COLOURS[number % len(COLOURS)]
        parts += [_drawn(line, x, y, colour), _legend(line, number, colour)]
    return "".join(parts)


def _grid(x: Axis, y: Axis) -> list[str]:
    found = []
    for tick in x.ticks():
        found.append(_stroke(x.at(tick), y.start, x.at(tick), y.end))
        found.append(_text(x.at(tick), HEIGHT - BOTTOM + 15, f"{tick:g}", "middle"))
    for tick in y.ticks():
        found.append(_stroke(x.start, y.at(tick), x.end, y.at(tick)))
        found.append(_text(LEFT - 6, y.at(tick) + 4, f"{tick:g}", "end"))
    frame = f"x='{LEFT}' y='{TOP}' width='{x.end - x.start:.0f}' height='{y.start - y.end:.0f}'"
    return [*found, f"<rect {frame} fill='none' stroke='#444444'/>"]


def _labels(panel: Panel) -> list[str]:
    middle = (TOP + HEIGHT - BOTTOM) / 2
    turned = f"<g transform='rotate(-90 14 {middle:.0f})'>{_text(14, middle, panel.y_label, 'middle')}</g>"
    return [_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 34, panel.x_label, "middle"), turned]


def _drawn(line: Line, x: Axis, y: Axis, colour: str) -> str:
    pixels = [(x.at(a), y.at(b)) for a, b in line.points if a > 0 and b > 0]
    if not pixels:
        return ""
    dots = "".join(f"<circle cx='{a:.1f}' cy='{b:.1f}' r='3.5' fill='{colour}'/>" for a, b in pixels)
    if line.shape == "dots":
        return dots
    path = f"M{pixels[0][0]:.1f} {pixels[0][1]:.1f}"
    for a, b in pixels[1:]:
        path += f" H{a:.1f} V{b:.1f}" if line.shape == "steps" else f" L{a:.1f} {b:.1f}"
    dash = " stroke-dasharray='5 4'" if line.dashed else ""
    drawn = f"<path d='{path}' fill='none' stroke='{colour}' stroke-width='2'{dash}/>"
    return drawn + (dots if line.shape == "line" else "")


def _legend(line: Line, number: int, colour: str) -> str:
    at = HEIGHT + LEGEND_LINE * number
    dash = " stroke-dasharray='5 4'" if line.dashed else ""
    if line.shape == "dots":
        sign = f"<circle cx='{LEFT + 12}' cy='{at}' r='3.5' fill='{colour}'/>"
    else:
        sign = f"<path d='M{LEFT} {at} h24' stroke='{colour}' stroke-width='2'{dash}/>"
    return sign + _text(LEFT + 32, at + 4, line.label, "start")


def _stroke(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"<path d='M{x1:.1f} {y1:.1f} L{x2:.1f} {y2:.1f}' stroke='#dddddd'/>"


def _text(x: float, y: float, words: str, anchor: str, bold: bool = False) -> str:
    weight = " font-weight='bold'" if bold else ""
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' {FONT}{weight}>{escape(words)}</text>"

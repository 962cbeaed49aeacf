"""What became of the money that a statement held: paid by which line, refused, or held further (DOMAIN.md 6.6). Pure.

A held line is never edited. One later line closes it: with the money that comes free, or with 0.00. Closed with 0.00 it
is not always lost: a correction of the same figure may have brought the money already (an appeal that was upheld), or a
further held line takes its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Line = Mapping[str, Any]
_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one held line; all money in yuan."""

    line: Line
    closed: int | None
    """The place of the line that closed it; None while it waits."""
    paid: tuple[tuple[int, Decimal], ...] = ()
    """(place of the line that brought the money, how much of it)."""
    further: tuple[int, Decimal] | None = None
    """(place of the held line that took its place, how much of it)."""
    refused: Decimal = _NOTHING


def outcomes(lines: Sequence[Line]) -> list[Outcome]:
    """Every held line by its place with what became of it.

    Args:
        lines: all lines of a statement by place, with id, place, of, contract_line, rate, amount, kind, status, frees
            and revision; numbers as numbers or as text.
    """
    closing = {str(line["frees"]): line for line in lines if line["frees"]}
    return [_of(line, closing.get(str(line["id"])), lines) for line in lines if line["status"] == "held"]


def _of(held: Line, closing: Line | None, lines: Sequence[Line]) -> Outcome:
    if closing is None:
        return Outcome(held, None)
    left, paid = Decimal(held["amount"]), []
    for line in [closing, *_corrections(held, closing, lines)]:
        part = min(left, Decimal(line["amount"]))
        if part > 0:
            paid.append((int(line["place"]), part))
            left -= part
    again = next((line for line in lines if _replaces(line, held, closing)), None) if left else None
    further = None if again is None else (int(again["place"]), min(left, Decimal(again["amount"])))
    refused = left - (further[1] if further else _NOTHING)
    return Outcome(held, int(closing["place"]), tuple(sorted(paid)), further, refused)


def _corrections(held: Line, closing: Line, lines: Sequence[Line]) -> list[Line]:
    """What corrections brought for an appeal's figure while the money was held."""
    if held["reason"] != "appealed":
        return []
    between = range(int(held["place"]), int(closing["place"]))
    return [
        line for line in lines
        if line["kind"] == "correction" and int(line["place"]) in between and _figure(line) == _figure(held)
    ]  # fmt: skip


def _replaces(line: Line, held: Line, closing: Line) -> bool:
    same = line["status"] == "held" and _figure(line) == _figure(held) and line["reason"] == held["reason"]
    return same and int(line["place"]) > int(closing["place"]) and int(line["revision"]) == int(closing["revision"])


def _figure(line: Line) -> tuple[str, str, Decimal]:
    return str(line["of"]), str(line["contract_line"] or ""), Decimal(line["rate"])

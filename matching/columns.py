"""Reads many records of one kind at once, in less than half the time of judging them one by one."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from operator import itemgetter
from typing import Any, TypeVar

from matching.shapes import Doubt, of

Made = TypeVar("Made")


def optional(kind: type[Any]) -> Mapping[str, Any]:
    """The keys that a record's document may leave out, each with what that means: the record's OPTIONAL."""
    found: Mapping[str, Any] = getattr(kind, "OPTIONAL", {})
    return found


def _column(kind: type[Any], field: str, entries: Sequence[Any]) -> list[Any]:
    """What all records say of one field. Raises KeyError."""
    if field in (absent := optional(kind)):
        return [entry.get(field, absent[field]) for entry in entries]
    return list(map(itemgetter(field), entries))


def read(kind: type[Made], entries: Sequence[Any]) -> tuple[Made, ...] | None:
    """The records of JSON objects; None where something is unusual and each has to be judged for itself.

    `kind` lists all its fields in SHAPES and is a frozen dataclass with slots that has no rule across its fields.
    """
    shapes = getattr(kind, "SHAPES", None)
    if shapes is None:
        return None
    try:
        of((dict,), entries)
        columns = [(field, shape.many(_column(kind, field, entries))) for field, shape in shapes.items()]
    except (Doubt, KeyError, OverflowError, TypeError):  # TypeError: a list or an object where a value should stand
        return None
    made = list(map(object.__new__, repeat(kind, len(entries))))
    for field, column in columns:
        deque(map(getattr(kind, field).__set__, made, column), maxlen=0)
    return tuple(made)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the collector of cyclic garbage, which would walk a growing document again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()

"""What a field of a record may hold: judged value by value with the fault named, or a whole column at once.

A record kind that may come by the hundred thousand lists its fields with their shapes in SHAPES; made one by one it
judges itself with `settle`, read from a document `columns.read` judges each field over all its records. Both ways
accept the same values and make equal records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from matching import values

ABSENT = type(None)
LISTS = frozenset((list, tuple))


class Doubt(Exception):
    """A column that holds something unusual: judge its values one by one."""


def of(types: Iterable[type], column: Iterable[Any]) -> None:
    """Every value is exactly of one of the types (a boolean is no int). Raises Doubt."""
    if not set(map(type, column)) <= set(types):
        raise Doubt


def within(least: float, most: float, column: Sequence[float]) -> None:
    """Every number is from `least` to `most`; NaN is not. Raises Doubt."""
    if not all(least <= value <= most for value in column):
        raise Doubt


class Pool(dict[Any, Any]):
    """One object for equal values: windows and lists of codes repeat, and memory counts."""

    def __missing__(self, key: Any) -> Any:
        self[key] = key
        return key


def said_in(texts: Iterable[Any]) -> set[str]:
    """The distinct texts, none of them empty; nothing but a text equals one, so distinct ones suffice. Raises Doubt."""
    said = set(texts)
    of((str,), said)
    if "" in said:
        raise Doubt
    return said


class Shape:
    """`one` judges a value (ProblemError names record and field), `many` a column (Doubt where that needs `one`)."""

    def one(self, record: str, field: str, value: Any) -> Any:
        """The value as the record keeps it."""
        raise NotImplementedError

    def many(self, column: Sequence[Any]) -> Sequence[Any]:
        """The column as the records keep it."""
        try:
            return [self.one("", "", value) for value in column]
        except values.ProblemError as fault:
            raise Doubt from fault


class Text(Shape):
    """A non-empty text, or None where it is optional."""

    def __init__(self, *, optional: bool = False) -> None:
        """`optional`: None is sound too."""
        self.types: tuple[type, ...] = (str, ABSENT) if optional else (str,)
        self.judge: Callable[[str, str, Any], Any] = values.text_or_none if optional else values.text

    def one(self, record: str, field: str, value: Any) -> Any:
        """The text."""
        return self.judge(record, field, value)

    def many(self, column: Sequence[Any]) -> Sequence[Any]:
        """The texts."""
        of(self.types, column)
        if "" in column:
            raise Doubt
        return column


class Flag(Shape):
    """True or False."""

    def one(self, record: str, field: str, value: Any) -> bool:
        """The flag."""
        return values.flag(record, field, value)


class Whole(Shape):
    """A whole number from `least` to `most`, or None where it is optional."""

    def __init__(self, most: int = values.MOST_WHOLE, least: int = 0, *, optional: bool = False) -> None:
        """The range; `optional`: None is sound too."""
        self.most, self.least, self.optional = most, least, optional

    def one(self, record: str, field: str, value: Any) -> int | None:
        """The number."""
        return None if value is None and self.optional else values.whole(record, field, value, self.most, self.least)

    def many(self, column: Sequence[Any]) -> Sequence[int | None]:
        """The numbers."""
        said = [value for value in column if value is not None] if self.optional else column
        of((int,), said)
        within(self.least, self.most, said)
        return column


class Real(Shape):
    """A finite number from `least` to `most`, kept as a float."""

    def __init__(self, least: float, most: float) -> None:
        """The range."""
        self.least, self.most = least, most

    def one(self, record: str, field: str, value: Any) -> float:
        """The number."""
        return values.real(record, field, value, self.least, self.most)

    def many(self, column: Sequence[Any]) -> Sequence[float]:
        """The numbers."""
        of((int, float), column)
        within(self.least, self.most, column)
        return list(map(float, column))


class OneOf(Shape):
    """One of the named codes, or None where it is optional."""

    def __init__(self, options: Sequence[str], *, optional: bool = False) -> None:
        """`optional`: None is sound too."""
        self.options, self.optional = options, optional
        self.sound: frozenset[str | None] = frozenset((*options, None) if optional else options)

    def one(self, record: str, field: str, value: Any) -> str | None:
        """The code."""
        judge = values.one_of_or_none if self.optional else values.one_of
        return judge(record, field, value, self.options)

    def many(self, column: Sequence[Any]) -> Sequence[str | None]:
        """The codes."""
        of((str, ABSENT), column)
        if not self.sound.issuperset(column):
            raise Doubt
        return column


class Texts(Shape):
    """A list of non-empty texts, of the named codes where `options` are given."""

    def __init__(self, options: Sequence[str] = ()) -> None:
        """Empty `options`: any text."""
        self.options = options

    def one(self, record: str, field: str, value: Any) -> tuple[str, ...]:
        """The texts."""
        if self.options:
            return tuple(
                values.one_of(record, field, entry, self.options) for entry in values.items(record, field, value)
            )
        return values.texts(record, field, value)

    def many(self, column: Sequence[Any]) -> Sequence[tuple[str, ...]]:
        """The lists."""
        of(LISTS, column)
        pool = Pool()
        kept = [pool[entry] for entry in map(tuple, column)]
        said = said_in(chain.from_iterable(pool))
        if self.options and not said.issubset(self.options):
            raise Doubt
        return kept


class Groups(Shape):
    """A list of lists of non-empty texts."""

    def one(self, record: str, field: str, value: Any) -> tuple[tuple[str, ...], ...]:
        """The lists."""
        return tuple(values.texts(record, field, group) for group in values.items(record, field, value))

    def many(self, column: Sequence[Any]) -> Sequence[tuple[tuple[str, ...], ...]]:
        """The lists of each record."""
        of(LISTS, column)
        of(LISTS, chain.from_iterable(column))
        pool = Pool()
        kept = [pool[tuple(map(tuple, groups))] for groups in column]
        said_in(chain.from_iterable(chain.from_iterable(pool)))
        return kept


class Windows(Shape):
    """Weekly windows [weekday, start, end]."""

    def one(self, record: str, field: str, value: Any) -> tuple[tuple[int, int, int], ...]:
        """The windows."""
        return values.windows(record, value)

    def many(self, column: Sequence[Any]) -> Sequence[tuple[tuple[int, int, int], ...]]:
        """The windows of each record; each distinct one is judged once."""
        of(LISTS, column)
        of(LISTS, chain.from_iterable(column))
        of((int,), chain.from_iterable(chain.from_iterable(column)))
        window, pool = Pool(), Pool()
        kept = [pool[tuple(map(window.__getitem__, map(tuple, row)))] for row in column]
        super().many([tuple(window)])
        return kept


class Days(Shape):
    """An object of codes with a civil date each."""

    def one(self, record: str, field: str, value: Any) -> dict[str, Any]:
        """The dates by code."""
        held = values.mapping(record, field, value)
        return {
            values.text(record, field, code): values.day(record, f"{field}.{code}", until)
            for code, until in held.items()
        }


def settle(record: Any, place: str) -> None:
    """Judge every field of a record that lists its SHAPES, and keep the values. Raises ProblemError."""
    for field, shape in type(record).SHAPES.items():
        object.__setattr__(record, field, shape.one(place, field, getattr(record, field)))

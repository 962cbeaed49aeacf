"""The kinds of values that the interface for reading answers with: how each is written, and its JSON Schema.

A field is both what is sent and what is described, so that the document cannot say something else than the answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bangfu.shared.civil_time import SHANGHAI
from bangfu.shared.masking import mask_name

MONEY_PATTERN: Final = r"^-?[0-9]+\.[0-9]{2}$"
DAY_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object: its name, where it comes from in SQL, how it is written, its schema."""

    name: str
    sql: str
    write: Callable[[Any], Any]
    schema: dict[str, Any]
    nullable: bool = False

    def value(self, found: Any) -> Any:
        """What is sent for a value of the database."""
        return None if found is None else self.write(found)

    def document(self) -> dict[str, Any]:
        """The field as JSON Schema."""
        return {**self.schema, "type": [self.schema["type"], "null"]} if self.nullable else dict(self.schema)


def or_null(field: Field) -> Field:
    """The same field, which may be empty."""
    return replace(field, nullable=True)


def ident(name: str, about: str, sql: str = "") -> Field:
    """The id of an object."""
    return Field(name, _of(name, sql), _text, {"type": "string", "format": "uuid", "description": about})


def text(name: str, about: str, sql: str = "") -> Field:
    """A text or a number that people read out."""
    return Field(name, _of(name, sql), _text, {"type": "string", "description": about})


def code(name: str, about: str, codes: Sequence[str] = (), sql: str = "") -> Field:
    """A code; one of a closed list where one is given."""
    schema: dict[str, Any] = {"type": "string", "description": about}
    return Field(name, _of(name, sql), _text, schema | ({"enum": list(codes)} if codes else {}))


def town(about: str, sql: str = "t.division") -> Field:
    """A division, cut to the township: no village leaves the portal with a household's data."""
    cut = f"CASE WHEN {sql} = '' THEN '' ELSE rpad(left({sql}, 9), 12, '0') END"
    schema = {"type": "string", "pattern": "^([0-9]{12})?$", "description": about}
    return Field("town", cut, _text, schema)


def masked(name: str, about: str, sql: str = "") -> Field:
    """A name: the first character and stars."""
    return Field(name, _of(name, sql), lambda found: mask_name(str(found)), {"type": "string", "description": about})


def whole(name: str, about: str, sql: str = "") -> Field:
    """A whole number."""
    return Field(name, _of(name, sql), int, {"type": "integer", "description": about})


def money(name: str, about: str, sql: str = "") -> Field:
    """An amount of CNY: a text with two decimals, because JSON's numbers are not exact."""
    schema = {"type": "string", "pattern": MONEY_PATTERN, "description": about}
    return Field(name, _of(name, sql), lambda found: f"{Decimal(found):.2f}", schema)


def number(name: str, about: str, sql: str = "") -> Field:
    """A measured number."""
    return Field(name, _of(name, sql), float, {"type": "number", "description": about})


def truth(name: str, about: str, sql: str = "") -> Field:
    """true or false."""
    return Field(name, _of(name, sql), bool, {"type": "boolean", "description": about})


def day(name: str, about: str, sql: str = "") -> Field:
    """A civil date of China."""
    return Field(name, _of(name, sql), _day, {"type": "string", "format": "date", "description": about})


def instant(name: str, about: str, sql: str = "") -> Field:
    """A moment, with China's offset."""
    return Field(name, _of(name, sql), written, {"type": "string", "format": "date-time", "description": about})


def codes(name: str, about: str, sql: str = "") -> Field:
    """A list of codes."""
    schema = {"type": "array", "items": {"type": "string"}, "description": about}
    return Field(name, _of(name, sql), lambda found: [str(one) for one in found], schema)


def written(moment: datetime) -> str:
    """A moment as it is sent."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _of(name: str, sql: str) -> str:
    return sql or f"t.{name}"


def _text(found: str | UUID) -> str:
    return str(found)


def _day(found: date) -> str:
    return found.isoformat()

"""A small part of JSON Schema 2020-12, enough to check what other systems send and to print it as OpenAPI.

The same objects validate and are shown in the document, so that both say the same. Problems name a place and a code,
never a value: what was sent may be about a person.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

PRINTABLE = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]*")
"""Text that can be stored: no control characters, no halves of characters."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Where (a JSON pointer) and what is wrong."""

    field: str
    code: str


class Schema(Protocol):
    """A kind of value."""

    def problems(self, value: object, at: str) -> list[Problem]:
        """What is wrong with a value at a place; nothing for a right one."""
        ...

    def document(self) -> dict[str, Any]:
        """The kind as JSON Schema."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A string of limited length; `pattern` must match all of it."""

    most: int
    about: str
    least: int = 0
    pattern: str = ""
    example: str = ""

    def problems(self, value: object, at: str) -> list[Problem]:
        if not isinstance(value, str):
            return [Problem(at, "type")]
        if not self.least <= len(value) <= self.most:
            return [Problem(at, "length")]
        fits = PRINTABLE.fullmatch(value) and (not self.pattern or re.fullmatch(self.pattern, value, re.ASCII))
        return [] if fits else [Problem(at, "pattern")]

    def document(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"type": "string", "maxLength": self.most, "description": self.about}
        shown |= {"minLength": self.least} if self.least else {}
        shown |= {"pattern": f"^{self.pattern}$"} if self.pattern else {}
        return shown | ({"examples": [self.example]} if self.example else {})


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    codes: tuple[str, ...]
    about: str

    def problems(self, value: object, at: str) -> list[Problem]:
        return [] if isinstance(value, str) and value in self.codes else [Problem(at, "choice")]

    def document(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.codes), "description": self.about}


@dataclass(frozen=True, slots=True)
class Truth:
    """true or false."""

    about: str

    def problems(self, value: object, at: str) -> list[Problem]:
        return [] if isinstance(value, bool) else [Problem(at, "type")]

    def document(self) -> dict[str, Any]:
        return {"type": "boolean", "default": False, "description": self.about}


@dataclass(frozen=True, slots=True)
class Number:
    """A number inside its limits."""

    least: float
    most: float
    about: str

    def problems(self, value: object, at: str) -> list[Problem]:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return [Problem(at, "type")]
        return [] if self.least <= value <= self.most else [Problem(at, "range")]

    def document(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.least, "maximum": self.most, "description": self.about}


@dataclass(frozen=True, slots=True)
class Many:
    """A list of different words."""

    of: Choice
    least: int
    about: str

    def problems(self, value: object, at: str) -> list[Problem]:
        if not isinstance(value, list):
            return [Problem(at, "type")]
        found = [fault for place, one in enumerate(value[:100]) for fault in self.of.problems(one, f"{at}/{place}")]
        if found:
            return found
        return [] if self.least <= len(value) == len(set(value)) else [Problem(at, "length")]

    def document(self) -> dict[str, Any]:
        own = {"type": "array", "minItems": self.least, "uniqueItems": True, "description": self.about}
        return own | {"items": self.of.document()}


@dataclass(frozen=True, slots=True)
class Record:
    """An object with known fields only; `needed` must be there."""

    fields: Mapping[str, Schema]
    about: str
    needed: tuple[str, ...] = ()
    examples: tuple[Mapping[str, Any], ...] = field(default=())

    def problems(self, value: object, at: str = "") -> list[Problem]:
        if not isinstance(value, dict):
            return [Problem(at, "type")]
        # A name that nobody knows is not repeated: it could be a value that slipped into the wrong place.
        found = [Problem(at, "unknown_field")] if value.keys() - self.fields.keys() else []
        found += [Problem(f"{at}/{name}", "required") for name in self.needed if name not in value]
        for name, kind in self.fields.items():
            found += kind.problems(value[name], f"{at}/{name}") if name in value else []
        return found

    def document(self) -> dict[str, Any]:
        fields = {name: kind.document() for name, kind in self.fields.items()}
        own: dict[str, Any] = {"type": "object", "additionalProperties": False, "description": self.about}
        own |= {"required": list(self.needed)} if self.needed else {}
        return own | {"properties": fields} | ({"examples": list(self.examples)} if self.examples else {})


class BadJson(Exception):
    """The body is no JSON that is taken: a code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_json(body: bytes) -> object:
    """The value of a body in UTF-8.

    Raises:
        BadJson: for broken JSON, for a name that stands twice, for NaN and its like.
    """
    try:
        return json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except BadJson:
        raise
    except (ValueError, RecursionError):
        raise BadJson("json") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("field_twice")
    return found


def _no_constant(_: str) -> Any:
    raise BadJson("json")

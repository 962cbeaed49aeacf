"""Small tools of the form check: faults with their place, words in both languages, codes that occur once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bangfu.errors import N_

CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
OPTION_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,31}")
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")
MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of a form: where, and a message id with its parameters."""

    place: str
    message: str
    params: Mapping[str, object]


@dataclass(slots=True)
class Faults:
    """What was found so far, at most a hundred."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: str, message: str, /, **params: object) -> None:
        if len(self.found) < MOST_FAULTS:
            self.found.append(Problem(place[:120], message, params))


def decimal_of(value: object) -> Decimal | None:
    """A number of a form, written as a number or a text; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = str(value)
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def check_words(holder: Mapping[str, Any], name: str, where: str, faults: Faults) -> None:
    """The entry is {"zh": …, "en": …}, both filled."""
    words = holder.get(name)
    for lang in ("zh", "en"):
        text = words.get(lang) if isinstance(words, Mapping) else None
        if not isinstance(text, str) or not text.strip() or len(text) > 500:
            message = N_("The Chinese words are missing.") if lang == "zh" else N_("The English words are missing.")
            faults.add(where, message)


def rows_of(
    holder: Mapping[str, Any], name: str, where: str, faults: Faults, *, needed: bool = True
) -> list[Mapping[str, Any]]:
    """The entry as a list of objects; [] with a fault where it is none."""
    rows = holder.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        faults.add(where, N_("Not a list of objects."))
        return []
    if needed and not rows:
        faults.add(where, N_("The list is empty."))
    return rows


def unique_codes(rows: Iterable[Mapping[str, Any]], where: str, faults: Faults, *, worded: bool = True) -> None:
    """Every row has a code of its own and, if `worded`, a title in both languages."""
    seen: set[str] = set()
    for row in rows:
        code = row.get("code")
        if not isinstance(code, str) or not OPTION_CODE.fullmatch(code):
            faults.add(where, N_("A code is missing, or is not lower-case letters, digits and _."))
        elif code in seen:
            faults.add(f"{where}.{code}", N_("The code occurs twice."))
        else:
            seen.add(code)
        if worded:
            check_words(row, "title", f"{where}.{code}", faults)

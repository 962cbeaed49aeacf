"""What may stand in a cell. Each function makes a `Parser` for a `Field`; the parsed type stands in its docstring."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from math import isfinite

from bangfu.shared.civil_time import civil_date, parse_date, parse_weekly
from bangfu.shared.coordinates import parse_datum, parse_degrees, parse_point
from bangfu.shared.credit_code import parse_uscc
from bangfu.shared.division_codes import parse_division_code
from bangfu.shared.faults import N_, Fault
from bangfu.shared.phones import parse_phone
from bangfu.shared.resident_id import parse_resident_id
from bangfu.shared.tabular.cells import LARGEST_SAFE, tidy_text
from bangfu.shared.tabular.fields import Parser
from bangfu.shared.tabular.titles import word_forms
from bangfu.shared.typed_text import compact, plain

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PUNCTUATION = re.compile(r"[、,，;；/|\n]+")
_YES = frozenset({"是", "有", "对", "y", "yes", "true", "1", "√", "✓", "☑"})
_NO = frozenset({"否", "无", "不是", "没有", "n", "no", "false", "0", "×", "✗", "☐", "x"})


def text(max_length: int = 200) -> Parser:
    """str, one trimmed text of limited length."""

    def parse(value: object) -> str:
        found = cell_text(value)
        if len(found) > max_length:
            message = N_("The text has {length} characters; at most {limit} are kept.")
            raise Fault("text_too_long", message, {"length": len(found), "limit": max_length}, N_("Shorten the text."))
        return found

    return Parser("text", parse)


def code_text(max_length: int = 40) -> Parser:
    """str without white space, kept as text in spreadsheets: contract numbers, certificate numbers, references."""

    def parse(value: object) -> str:
        if isinstance(value, float) and abs(value) >= LARGEST_SAFE:
            message = N_("The spreadsheet has rounded this number; some digits are lost.")
            raise Fault(
                "number_lost_in_spreadsheet", message, fix=N_("Set the column to text and enter the number again.")
            )
        found = compact(value)
        if len(found) > max_length:
            message = N_("The text has {length} characters; at most {limit} are kept.")
            raise Fault("text_too_long", message, {"length": len(found), "limit": max_length}, N_("Shorten the text."))
        return found

    return Parser("code", parse, as_text=True)


def integer(low: int, high: int) -> Parser:
    """int within low and high."""

    def parse(value: object) -> int:
        number = _decimal(value)
        if number is None or number != number.to_integral_value():
            message = N_("This is not a whole number: {value}.")
            raise Fault("integer", message, {"value": _short(value)}, N_("Write digits only."))
        _check_range(number, low, high)
        return int(number)

    return Parser("integer", parse)


def decimal(low: float, high: float, places: int = 2) -> Parser:
    """Decimal within low and high, rounded half up where a spreadsheet computed it."""
    unit = Decimal(1).scaleb(-places)

    def parse(value: object) -> Decimal:
        number = _decimal(value)
        if number is None:
            message = N_("This is not a number: {value}.")
            raise Fault("number", message, {"value": _short(value)}, N_("Write digits, with a point before decimals."))
        _check_range(number, low, high)
        rounded = number.quantize(unit, ROUND_HALF_UP)
        if rounded != number and isinstance(value, str):
            message = N_("At most {places} decimals are kept.")
            raise Fault("decimals", message, {"places": places}, N_("Round the number."))
        return rounded

    return Parser("decimal", parse)


def money(high: float = 999_999_999_999) -> Parser:
    """Decimal of yuan with two places, not negative."""
    return Parser("money", decimal(0, high).parse)


def day(earliest: date | None = None, latest: date | None = None) -> Parser:
    """date, as `parse_date` reads it."""

    def parse(value: object) -> date:
        found = parse_date(value)
        if earliest and found < earliest:
            message = N_("The date is before {limit}.")
            raise Fault("date_early", message, {"limit": earliest.isoformat()}, N_("Correct the date."))
        if latest and found > latest:
            message = N_("The date is after {limit}.")
            raise Fault("date_late", message, {"limit": latest.isoformat()}, N_("Correct the date."))
        return found

    return Parser("date", parse)


def choice(words: Mapping[str, tuple[str, ...]]) -> Parser:
    """str, the code; `words` maps each code to its words (zh, en, others) as the tables WORDS do."""
    known = _by_word(words)

    def parse(value: object) -> str:
        code = _look_up(known, value)
        if code is None:
            raise _no_choice(value, words)
        return code

    return Parser("choice", parse, words=words)


def choices(words: Mapping[str, tuple[str, ...]]) -> Parser:
    """list[str] of codes without repetition; parted by 、 , ; / or spaces."""
    known = _by_word(words)

    def parse(value: object) -> list[str]:
        codes: list[str] = []
        for part in filter(None, (part.strip() for part in _PUNCTUATION.split(cell_text(value)))):
            # Words of English services hold spaces: a part is cut at them only when it is no word as a whole.
            for word in [part] if _look_up(known, part) else part.split():
                if (code := _look_up(known, word)) is None:
                    raise _no_choice(word, words)
                codes.append(code)
        return list(dict.fromkeys(codes))

    return Parser("choices", parse, words=words)


def yes_no() -> Parser:
    """bool."""

    def parse(value: object) -> bool:
        if isinstance(value, bool):
            return value
        word = compact(value).lower()
        if word in _YES or word in _NO:
            return word in _YES
        raise Fault(
            "yes_no", N_("This is neither yes nor no: {value}."), {"value": _short(value)}, N_("Write 是 or 否.")
        )

    return Parser("yes_no", parse, words={"yes": ("是", "Yes"), "no": ("否", "No")})


def resident_id(today: date) -> Parser:
    """ResidentId: number, birth date, sex."""
    return Parser("resident_id", lambda value: parse_resident_id(value, today), as_text=True)


def phone() -> Parser:
    """str as stored: +86 and digits, or a hotline."""
    return Parser("phone", parse_phone, as_text=True)


def uscc() -> Parser:
    """str of 18 characters."""
    return Parser("uscc", parse_uscc, as_text=True)


def division() -> Parser:
    """DivisionCode."""
    return Parser("division", parse_division_code, as_text=True)


def latitude() -> Parser:
    """float of degrees."""
    return Parser("latitude", lambda value: parse_degrees(value, "lat"))


def longitude() -> Parser:
    """float of degrees."""
    return Parser("longitude", lambda value: parse_degrees(value, "lon"))


def coordinates() -> Parser:
    """(latitude, longitude) from one cell."""
    return Parser("coordinates", parse_point, as_text=True)


def datum() -> Parser:
    """wgs84, gcj02 or bd09."""
    words = {"wgs84": ("WGS-84", "WGS-84"), "gcj02": ("GCJ-02", "GCJ-02"), "bd09": ("BD-09", "BD-09")}
    return Parser("datum", parse_datum, words=words)


def windows() -> Parser:
    """list of (weekday 0 = Monday, first minute, last minute)."""
    return Parser("windows", parse_weekly, as_text=True)


def cell_text(value: object) -> str:
    """A cell as text, with a date as 2024-05-01 and the punctuation of the sender."""
    if isinstance(value, datetime):
        return (civil_date(value) if value.tzinfo else value.date()).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    return _CONTROL.sub("", tidy_text(value) if isinstance(value, str) else plain(value))


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return Decimal(repr(value)) if isfinite(value) else None
    digits = re.sub(r"^[¥$]|(?<=[0-9]),(?=[0-9]{3}\b)|[元%]$", "", compact(value))
    if not re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", digits):
        return None
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def _check_range(number: Decimal, low: float, high: float) -> None:
    if not low <= number <= high:
        message = N_("The number must lie between {low} and {high}.")
        raise Fault("range", message, {"low": low, "high": high}, N_("Correct the number."))


def _by_word(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Every form of every word; where two words differ only by a remark in brackets, the whole word decides."""
    spelled = [(word_forms(word), code) for code, names in words.items() for word in (code, *names) if word_forms(word)]
    known: dict[str, str] = {}
    for forms, code in spelled:
        known.setdefault(forms[-1], code)
    for forms, code in spelled:
        known.setdefault(forms[0], code)
    return known


def _look_up(known: Mapping[str, str], value: object) -> str | None:
    word = str(value) if isinstance(value, bool) else plain(value)
    return next((known[form] for form in reversed(word_forms(word)) if form in known), None)


def _no_choice(value: object, words: Mapping[str, tuple[str, ...]]) -> Fault:
    allowed = "、".join(f"{names[0] if names else code} ({code})" for code, names in words.items())
    params = {"value": _short(value), "allowed": allowed}
    return Fault("choice", N_("This word is not known here: {value}."), params, N_("Write one of these: {allowed}."))


def _short(value: object) -> str:
    return plain(value)[:40]

"""Phone numbers as people write them and as they are stored (DOMAIN.md 1.6)."""

from __future__ import annotations

import re

from bangfu.shared.faults import N_, Fault
from bangfu.shared.typed_text import compact

HOTLINES = frozenset({"12345", "12388"})

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(0[0-9]{2,3})-?([0-9]{7,8})(?:-([0-9]{1,6}))?")
_MARKS = re.compile("[-)—–―转]+")
_THREE_DIGIT_AREA = re.compile(r"0(10|2[0-9])")


def parse_phone(value: object) -> str:
    """`+86` and digits for a mobile or landline (`-` before an extension); hotlines 12345 and 12388 as they are.

    Raises Fault: phone (DOMAIN.md 1.6).
    """
    text = _MARKS.sub("-", compact(value).replace("(", "")).strip("-")
    if text in HOTLINES:
        return text
    local = re.sub(r"^(\+86|0086)-?", "", text)
    bare = re.sub(r"^86(?=1[3-9][0-9]{9}$)", "", local.replace("-", ""))
    if _MOBILE.fullmatch(bare):
        return f"+86{bare}"
    if landline := _LANDLINE.fullmatch(local if local.startswith("0") or local == text else f"0{local}"):
        area, number, extension = landline.groups()
        return f"+86{area[1:]}{number}" + (f"-{extension}" if extension else "")
    raise Fault(
        "phone",
        N_("This is neither a mobile number (11 digits from 1) nor a landline with area code."),
        fix=N_("Write a mobile number such as 13812345678, or a landline such as 0519-86680000."),
    )


def national_phone(stored: str) -> str:
    """A stored phone as people write it: 13812345678, 010-12345678, 0519-86680000-12, 12345."""
    if not stored.startswith("+86"):
        return stored
    digits, _, extension = stored.removeprefix("+86").partition("-")
    if _MOBILE.fullmatch(digits):
        return digits
    area_length = 3 if _THREE_DIGIT_AREA.match(f"0{digits}") else 4
    number = f"0{digits}"[:area_length] + "-" + f"0{digits}"[area_length:]
    return f"{number}-{extension}" if extension else number


def is_mobile(stored: str) -> bool:
    """Whether a stored phone can receive text messages."""
    return _MOBILE.fullmatch(stored.removeprefix("+86")) is not None


def generate_mobile(serial: int) -> str:
    """A made-up mobile number for samples and tests, as stored; serial 0-99,999,999."""
    return f"+86199{serial:08d}"

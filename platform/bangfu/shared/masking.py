"""How personal data are shown until someone unmasks them, with a reason that is logged (DOMAIN.md 9.3)."""

from __future__ import annotations

import re

from bangfu.shared.phones import HOTLINES, is_mobile, national_phone

_ENDS_VILLAGE = re.compile(r"(社区居委会|居委会|村委会|社区|行政村|自然村|新村|村)")
# 村 inside the name of a larger unit or a road is not yet the village.
_NOT_VILLAGE = re.compile(r"村(?=镇|乡|街道|路|街)")


def mask_id(number: str, *, minor: bool = False) -> str:
    """110105********002X; of a minor's number 9901************22. Anything shorter is hidden whole."""
    front, back = (4, 2) if minor else (6, 4)
    if len(number) < front + back + 4:
        return "*" * len(number)
    return number[:front] + "*" * (len(number) - front - back) + number[-back:]


def mask_name(name: str) -> str:
    """张三 -> 张*, 欧阳小明 -> 欧***, 阿卜杜·买买提 -> 阿******: the first character, then one star for each."""
    text = name.strip()
    return text[:1] + "*" * (len(text) - 1)


def mask_phone(phone: str) -> str:
    """138****5678; of a landline the area code and the last two digits, 010-******78; hotlines are open."""
    if phone in HOTLINES:
        return phone
    if is_mobile(phone):
        digits = national_phone(phone)
        return f"{digits[:3]}****{digits[-4:]}"
    area, dash, rest = national_phone(phone).partition("-")
    number = rest.partition("-")[0]
    if not (area.isdecimal() and dash and len(number) > 2):
        return "*" * len(phone)
    return f"{area}-{'*' * (len(number) - 2)}{number[-2:]}"


def mask_address(address: str) -> str:
    """`…XX村***`: open to the village or community; without one everything after the township is hidden."""
    text = address.strip()
    if not text:
        return ""
    covered = _NOT_VILLAGE.sub("\0", text)
    if village := _ENDS_VILLAGE.search(covered):
        return text[: village.end()] + "***"
    township = re.search(r"(街道|镇|乡|苏木)", text) or re.search(r"(区|县|市)", text)
    return text[: township.end()] + "***" if township else "***"


def mask_bank(account: str) -> str:
    """************1234: the last four digits; a number of fewer than eight is hidden whole."""
    digits = "".join(account.split())
    if len(digits) < 8:
        return "*" * len(digits)
    return "*" * (len(digits) - 4) + digits[-4:]


def mask_coordinates(lat: float, lon: float) -> tuple[float, float]:
    """Two decimals, about 1 km."""
    return round(lat, 2), round(lon, 2)

"""The 12-digit statistical division code `PP CC KK TTT VVV` (DOMAIN.md 1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from bangfu.shared.faults import N_, Fault
from bangfu.shared.typed_text import compact

GROUP_ENDS = (2, 4, 6, 9, 12)


class DivisionLevel(IntEnum):
    """Which group of the code is the last that is not zero; `code` is the word kept in tables."""

    PROVINCE = 1
    CITY = 2
    DISTRICT = 3
    TOWNSHIP = 4
    VILLAGE = 5

    @property
    def code(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class DivisionCode:
    """A valid code of 12 digits; build it with `parse_division_code`."""

    code: str

    @property
    def level(self) -> DivisionLevel:
        return division_level(self.code)

    @property
    def prefix(self) -> str:
        """The digits up to the last non-zero group: what everything below this division begins with."""
        return division_prefix(self.code)

    @property
    def parent(self) -> DivisionCode | None:
        """The next division above; a city without districts is its townships' parent. None for a province."""
        above = parent_code(self.code)
        return DivisionCode(above) if above else None

    def covers(self, other: str) -> bool:
        """Whether the other division lies in this one or is this one."""
        return in_scope(other, self.code)

    def __str__(self) -> str:
        return self.code


def parse_division_code(value: object) -> DivisionCode:
    """The code that was typed; 2, 4, 6 or 9 digits are padded with zeros. Raises Fault: division_code."""
    text = compact(value)
    well_formed = text.isascii() and text.isdecimal() and len(text) in GROUP_ENDS and text[:2] != "00"
    if not well_formed:
        raise Fault(
            "division_code",
            N_("A division code has 12 digits (or 2, 4, 6 or 9, padded with zeros)."),
            fix=N_("Take the code from the list of divisions."),
        )
    return DivisionCode(pad_division(text))


def pad_division(prefix: str) -> str:
    """A shorter code with zeros up to 12 digits."""
    return prefix.ljust(12, "0")


def division_level(code: str) -> DivisionLevel:
    """The level of a 12-digit code."""
    return DivisionLevel(GROUP_ENDS.index(len(division_prefix(code))) + 1)


def division_prefix(code: str) -> str:
    """A code or prefix without its trailing groups of zeros; "" for nothing but zeros."""
    padded = pad_division(code)
    starts = (0, *GROUP_ENDS[:-1])
    for start, end in zip(reversed(starts), reversed(GROUP_ENDS), strict=True):
        if padded[start:end].strip("0"):
            return padded[:end]
    return ""


def parent_code(code: str) -> str | None:
    """The 12-digit code of the division above, or None for a province."""
    prefix = division_prefix(code)
    last_group = max((end for end in (0, *GROUP_ENDS) if end < len(prefix)), default=0)
    above = division_prefix(prefix[:last_group])
    return pad_division(above) if above else None


def ancestors(code: str) -> list[str]:
    """The 12-digit codes above, nearest first."""
    above = parent_code(code)
    return [above, *ancestors(above)] if above else []


def in_scope(code: str, scope: str) -> bool:
    """Whether a division lies in a scope (a code or prefix). An empty scope holds nothing."""
    prefix = division_prefix(scope)
    return bool(prefix) and code.startswith(prefix)

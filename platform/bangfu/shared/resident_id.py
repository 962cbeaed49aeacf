"""Resident ID numbers, GB 11643-1999 (DOMAIN.md 1.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Literal

from bangfu.shared.faults import N_, Fault
from bangfu.shared.typed_text import compact

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
TEST_DIVISION = "990101"
# GB/T 2260 provinces; a number outside them is only a warning (old, foreign-born or made-up numbers).
PROVINCES = frozenset(
    str(number)
    for block in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82, 83),
    )
    for number in block
)
COMPARE = N_("Compare the number with the ID card.")

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_SCIENTIFIC = re.compile(r"\d(\.\d*)?E\+?1[4-8]")

Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A valid 18-character resident ID number, upper-case `X`, and what it tells."""

    number: str
    birth_date: date
    sex: Sex
    division: str

    @property
    def is_known_division(self) -> bool:
        """False asks for a warning, never for a refusal: codes of abolished divisions stay in use."""
        return self.number[:2] in PROVINCES

    def __str__(self) -> str:
        return self.number


def id_check_digit(first17: str) -> str:
    """The 18th character for 17 digits (DOMAIN.md 1.6)."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def parse_resident_id(value: object, today: date) -> ResidentId:
    """The resident ID that was typed or read from a list (GB 11643-1999, DOMAIN.md 1.6).

    Raises Fault: id_lost_in_spreadsheet, id_old_15, id_length, id_characters, id_date, id_future, id_check.
    """
    text = compact(value).upper()
    if lost_in_spreadsheet(value, text):
        raise lost_number()
    _refuse_wrong_shape(text)
    born = _birth_date(text[6:14], today)
    if id_check_digit(text[:17]) != text[17]:
        # The right digit is not told: it would make a slip elsewhere look valid.
        message = N_("The check digit does not fit the other digits: compare the whole number with the card.")
        raise Fault("id_check", message, {}, COMPARE)
    return ResidentId(text, born, "male" if int(text[16]) % 2 else "female", text[:6])


def lost_in_spreadsheet(value: object, text: str) -> bool:
    """Whether a spreadsheet, which keeps 15 significant digits of a number, has cut this one.

    A text ending in three zeros is a cut number unless its check digit holds: one true number in about 1,100 ends so.
    """
    if isinstance(value, float) and value >= 1e15:
        return True
    if _SCIENTIFIC.fullmatch(text):
        return True
    return ends_like_cut(text) and id_check_digit(text[:17]) != text[17]


def ends_like_cut(number: str) -> bool:
    """Whether an 18-digit number ends as a cut one does, with three zeros."""
    return len(number) == 18 and number.isascii() and number.isdecimal() and number.endswith("000")


def lost_number() -> Fault:
    """The fault of a number whose last digits are gone; nobody may guess them."""
    return Fault(
        "id_lost_in_spreadsheet",
        N_("The spreadsheet has cut the ID number to 15 digits; the last digits are lost."),
        fix=N_("Set the column to text in the spreadsheet and enter the number again from the ID card."),
    )


def _refuse_wrong_shape(text: str) -> None:
    if _SHAPE.fullmatch(text):
        return
    if len(text) == 15 and text.isascii() and text.isdecimal():
        message = N_("This is an old 15-digit ID number; the 18-digit number is needed.")
        raise Fault("id_old_15", message, fix=N_("Enter the 18-digit number from the present ID card."))
    if len(text) != 18:
        message = N_("An ID number has 18 characters, this one has {length}.")
        raise Fault("id_length", message, {"length": len(text)}, COMPARE)
    raise Fault("id_characters", N_("An ID number has 17 digits and then a digit or X."), fix=COMPARE)


def _birth_date(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        message = N_("The birth date in the ID number does not exist: {date}.")
        raise Fault("id_date", message, {"date": digits}, COMPARE) from None
    if born > today:
        message = N_("The birth date in the ID number is in the future: {date}.")
        raise Fault("id_future", message, {"date": born.isoformat()}, COMPARE)
    return born


def generate_resident_id(born: date, sequence: int, division: str = TEST_DIVISION) -> str:
    """A made-up number for samples and tests; an odd sequence (0-999) is a man, an even one a woman."""
    first17 = f"{division}{born:%Y%m%d}{sequence:03d}"
    return first17 + id_check_digit(first17)


def random_resident_id(random: Random, born: date, sex: Sex) -> str:
    """A made-up number with a random sequence fitting the sex."""
    return generate_resident_id(born, random.randrange(1 if sex == "male" else 2, 1000, 2))

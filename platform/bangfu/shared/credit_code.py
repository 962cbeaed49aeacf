"""Unified social credit codes of organisations, GB 32100-2015 (DOMAIN.md 1.6)."""

from __future__ import annotations

from bangfu.shared.faults import N_, Fault
from bangfu.shared.resident_id import TEST_DIVISION
from bangfu.shared.typed_text import compact

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
COMPARE = N_("Compare the code with the registration certificate.")


def organisation_check(first8: str) -> str:
    """The 9th character of the inner organisation code: 8 characters 0-9 A-Z (DOMAIN.md 1.6)."""
    total = sum(int(char, 36) * weight for char, weight in zip(first8, ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def uscc_check(first17: str) -> str:
    """The 18th character for 17 characters of the USCC alphabet (DOMAIN.md 1.6)."""
    values = (ALPHABET.index(char) for char in first17)
    return ALPHABET[-sum(value * weight for value, weight in zip(values, WEIGHTS, strict=True)) % 31]


def parse_uscc(value: object) -> str:
    """The unified social credit code, upper-case (GB 32100-2015, DOMAIN.md 1.6).

    Raises Fault: uscc_length, uscc_characters, uscc_division, uscc_organisation, uscc_check.
    """
    text = compact(value).upper()
    if len(text) != 18:
        message = N_("A social credit code has 18 characters, this one has {length}.")
        raise Fault("uscc_length", message, {"length": len(text)}, COMPARE)
    strange = sorted(set(text) - set(ALPHABET))
    if strange:
        message = N_("A social credit code never contains {characters} (I, O, S, V and Z are not used).")
        raise Fault("uscc_characters", message, {"characters": " ".join(strange)}, COMPARE)
    if not text[2:8].isdecimal():
        raise Fault("uscc_division", N_("Characters 3 to 8 of a social credit code are digits."), fix=COMPARE)
    # The code's own check comes first: when it fails, the inner one says nothing more to the reader.
    if (expected := uscc_check(text[:17])) != text[17]:
        message = N_("The check character of the social credit code is wrong: expected {expected}.")
        raise Fault("uscc_check", message, {"expected": expected}, COMPARE)
    if organisation_check(text[8:16]) != text[16]:
        message = N_("The organisation code inside the social credit code is wrong (character 17).")
        raise Fault("uscc_organisation", message, fix=COMPARE)
    return text


def generate_uscc(serial: int, kind: str = "52", division: str = TEST_DIVISION) -> str:
    """A made-up code for samples and tests; kind is department and category, serial 1-9,999,999."""
    first8 = f"A{serial:07d}"
    first17 = f"{kind}{division}{first8}{organisation_check(first8)}"
    return first17 + uscc_check(first17)

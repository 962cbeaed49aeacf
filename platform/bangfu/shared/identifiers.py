"""One door to the identifiers that people type (DOMAIN.md 1.3, 1.6).

A `parse_*` function takes what was typed or read from a list, returns the normalised value, and raises a `Fault`
that says what is wrong.
"""

from __future__ import annotations

from bangfu.shared.credit_code import generate_uscc, organisation_check, parse_uscc, uscc_check
from bangfu.shared.division_codes import (
    DivisionCode,
    DivisionLevel,
    ancestors,
    division_level,
    division_prefix,
    in_scope,
    pad_division,
    parent_code,
    parse_division_code,
)
from bangfu.shared.faults import Fault
from bangfu.shared.phones import HOTLINES, generate_mobile, is_mobile, national_phone, parse_phone
from bangfu.shared.resident_id import (
    ResidentId,
    Sex,
    generate_resident_id,
    id_check_digit,
    parse_resident_id,
    random_resident_id,
)
from bangfu.shared.typed_text import compact, plain

__all__ = [
    "HOTLINES",
    "DivisionCode",
    "DivisionLevel",
    "Fault",
    "ResidentId",
    "Sex",
    "ancestors",
    "compact",
    "division_level",
    "division_prefix",
    "generate_mobile",
    "generate_resident_id",
    "generate_uscc",
    "id_check_digit",
    "in_scope",
    "is_mobile",
    "national_phone",
    "organisation_check",
    "pad_division",
    "parent_code",
    "parse_division_code",
    "parse_phone",
    "parse_resident_id",
    "parse_uscc",
    "plain",
    "random_resident_id",
    "uscc_check",
]

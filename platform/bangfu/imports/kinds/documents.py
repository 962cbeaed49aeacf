"""Numbers of papers: ID cards and other documents, bank accounts."""

from __future__ import annotations

from datetime import date

from bangfu.shared.faults import N_, Fault
from bangfu.shared.resident_id import parse_resident_id
from bangfu.shared.tabular import Parser, parsers
from bangfu.shared.typed_text import compact


def document_number(today: date) -> Parser:
    """ResidentId, or str for the number of another document; what looks like a resident ID must be a right one."""

    def parse(value: object) -> object:
        try:
            return parse_resident_id(value, today)
        except Fault:
            text = compact(value).upper()
            if isinstance(value, float) or text.isdecimal() or len(text) >= 15 or not text.isalnum():
                raise
            return text

    return Parser("resident_id", parse, as_text=True)


def bank_account() -> Parser:
    """str of 8 to 30 digits."""

    def parse(value: object) -> str:
        text = parsers.code_text(40).parse(value)
        digits = str(text).replace("-", "")
        if not (digits.isascii() and digits.isdecimal() and 8 <= len(digits) <= 30):
            message = N_("A bank account has 8 to 30 digits.")
            raise Fault("bank", message, fix=N_("Compare the number with the bank card."))
        return digits

    return Parser("bank", parse, as_text=True)

"""Certificates in one cell: `C5:2027-06-30;H:2026-12-01`, with a number `S:2027-06-30:No123`, `健康证 至2026-12-01`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bangfu.imports.kinds import choices
from bangfu.shared.civil_time import parse_date
from bangfu.shared.faults import N_, Fault
from bangfu.shared.tabular import Parser
from bangfu.shared.tabular.parsers import cell_text, choice
from bangfu.shared.typed_text import plain

FOREVER = date(2099, 12, 31)
_PARTS = re.compile(r"[;；、,，\n]+")
_DAY = re.compile(
    r"(有效期|至|到|:|：|\s)*([0-9]{4}[-./年][0-9]{1,2}[-./月][0-9]{1,2}日?|[0-9]{8}|长期|永久|长期有效)(?:止)?"
)
_CODE = choice(choices.QUALIFICATION).parse
_FIX = N_("Write code and last valid day, such as C5:2027-06-30;H:2026-12-01.")


@dataclass(frozen=True, slots=True, order=True)
class Certificate:
    """A qualification (DOMAIN.md 2.3), valid up to and including `expires_on`."""

    code: str
    expires_on: date
    number: str = ""


def certificates() -> Parser:
    """list[Certificate], one per code. Parts: code, last valid day, number; parted by colons or spaces."""
    return Parser("certificates", parse_certificates, as_text=True)


def parse_certificates(value: object) -> list[Certificate]:
    """Raises Fault: qualification_day, qualification_twice, choice, date_impossible."""
    found = [_certificate(part.strip()) for part in _PARTS.split(cell_text(value)) if part.strip()]
    codes = [certificate.code for certificate in found]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice:
        raise Fault("qualification_twice", N_("This qualification stands twice: {code}."), {"code": twice}, _FIX)
    return sorted(found)


def _certificate(part: str) -> Certificate:
    day = _DAY.search(plain(part))
    if day is None:
        message = N_("A qualification needs its last valid day: {value}.")
        raise Fault("qualification_day", message, {"value": part[:40]}, _FIX)
    text = plain(part)
    code = str(_CODE(text[: day.start()].strip(" :：(（")))
    number = text[day.end() :].strip(" :：()（）")
    return Certificate(code, _last_day(day[2]), number[:64])


def _last_day(text: str) -> date:
    return FOREVER if text.startswith(("长期", "永久")) else parse_date(text)

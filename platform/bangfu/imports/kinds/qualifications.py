"""Certificates in one cell: `C5:2027-06-30;H:2026-12-01`, `健康证 至2026-12-01`; with number, issuer and day of issue
`H:2026-12-01:No123:东区疾控中心:2025-12-02`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bangfu.imports.kinds import choices
from bangfu.providers.carer_rules import YEAR_DAYS
from bangfu.shared.civil_time import parse_date
from bangfu.shared.faults import N_, Fault
from bangfu.shared.tabular import Parser
from bangfu.shared.tabular.parsers import cell_text, choice
from bangfu.shared.typed_text import plain

FOREVER = date(2099, 12, 31)
_PARTS = re.compile(r"[;；、,，\n]+")
_COLONS = re.compile(r"[:：]")
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
    issuer: str = ""
    issued_on: date | None = None


def certificates() -> Parser:
    """list[Certificate], one per code. Parts: code, last valid day, number, issuer, day of issue; parted by colons."""
    return Parser("certificates", parse_certificates, as_text=True)


def parse_certificates(value: object) -> list[Certificate]:
    """Raises Fault: qualification_day, qualification_days, qualification_year, qualification_twice, choice,
    date_impossible."""
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
    rest = [piece.strip() for piece in _COLONS.split(text[day.end() :].strip(" :：()（）"))]
    number, issuer, issued = [*rest, "", "", ""][:3]
    found = Certificate(code, _last_day(day[2]), number[:64], issuer[:120], parse_date(issued) if issued else None)
    _check_year(found)
    return found


def _check_year(found: Certificate) -> None:
    """Health certificates and clearances count for a year from their issue at most (DOMAIN.md 2.3)."""
    days = YEAR_DAYS.get(found.code)
    if found.issued_on is None:
        return
    if found.expires_on < found.issued_on:
        raise Fault(
            "qualification_days", N_("The last day lies before the day of issue: {code}."), {"code": found.code}
        )
    if days is not None and found.expires_on > found.issued_on + timedelta(days=days):
        message = N_("{code} counts for {days} days from its issue at most.")
        raise Fault("qualification_year", message, {"code": found.code, "days": days})


def _last_day(text: str) -> date:
    return FOREVER if text.startswith(("长期", "永久")) else parse_date(text)

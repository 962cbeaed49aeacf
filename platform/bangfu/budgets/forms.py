"""The forms of budgets: exact yuan, totals with their paper, items."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.budgets import rules
from bangfu.errors import N_
from bangfu.shared.web.forms import Form

_MONEY = re.compile(r"[0-9]{1,14}(\.[0-9]{1,2})?")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_WIDE = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
YEARS = range(2000, 2101)


def money(form: Form, name: str, *, least: Decimal = Decimal(0), most: Decimal = Decimal("99999999999.99")) -> Decimal:
    """Exact yuan as people type them (1,000,000.00 or 1 000 000); 0 with a fault noted where it is none."""
    typed = form.text(name, most=32).translate(_WIDE)
    text = typed.replace(",", "").replace(" ", "").removesuffix("元").removeprefix("¥")
    if not typed:
        return Decimal(0)
    if not _MONEY.fullmatch(text):
        form.fault(name, N_("Please enter yuan with at most two decimals, for example 1250000.00."))
        return Decimal(0)
    amount = Decimal(text).quantize(rules.FEN)
    if not least <= amount <= most:
        form.fault(
            name, N_("Please enter from {least} to {most} yuan."), least=rules.shown(least), most=rules.shown(most)
        )
        return Decimal(0)
    return amount


def read_fund(form: Form) -> tuple[str, int, str]:
    """County, year and source of a fund."""
    county = form.text("division", most=12)
    year = form.whole("year", least=YEARS.start, most=YEARS.stop - 1)
    source = form.choice("source", rules.SOURCES)
    form.check()
    return county, year or 0, source


def read_total(form: Form, *, has_scan: bool) -> tuple[UUID, Decimal, str]:
    """Key, total and the title of its paper; the paper itself is scanned."""
    key = form.uuid("key")
    total = money(form, "total", most=Decimal("99999999999999.99"))
    basis = form.text("basis", most=200)
    if not has_scan:
        form.fault("file", N_("Please attach the paper as PDF, JPEG or PNG."))
    form.check()
    assert key is not None  # noqa: S101 (check() would have raised)
    return key, total, basis


def read_item(form: Form) -> dict[str, Any]:
    """Code, name, purpose, amount; an item that is used no more is not active."""
    code = form.text("code", most=32).upper()
    if code and not _CODE.fullmatch(code):
        form.fault("code", N_("Letters, digits, dots and dashes, for example SW-2026-01."))
    values = {
        "code": code,
        "name": form.text("name", most=120),
        "purpose": form.text("purpose", required=False, most=500),
        "amount": money(form, "amount"),
        "active": form.yes("active"),
    }
    form.check()
    return values


def read_reason(form: Form) -> str:
    """Why a total is not confirmed."""
    reason = form.text("reason", most=300)
    form.check()
    return reason


LABELS: Mapping[str, str] = {
    "division": N_("County"), "year": N_("Year"), "source": N_("Source of funds"), "total": N_("Total of the year"),
    "basis": N_("Title and number of the paper"), "file": N_("The paper"), "code": N_("Code"), "name": N_("Name"),
    "purpose": N_("Purpose"), "amount": N_("Amount in yuan"), "reason": N_("Reason"),
}  # fmt: skip
"""Fields as an error summary names them."""

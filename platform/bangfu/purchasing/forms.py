"""The forms of purchase lists."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.budgets.forms import money
from bangfu.budgets.rules import SOURCES
from bangfu.errors import N_
from bangfu.needs.catalogue import WORDS as SERVICE_WORDS
from bangfu.purchasing import rules
from bangfu.purchasing.drafting import Order
from bangfu.shared.civil_time import parse_date
from bangfu.shared.web.forms import Form

_HIGHEST = Decimal("9999999.99")


def read_plan(form: Form) -> tuple[UUID, str, int]:
    """Key, county and year of a list."""
    key, county = form.uuid("key"), form.text("division", most=12)
    year = form.whole("year", least=2000, most=2100)
    form.check()
    assert key is not None and year is not None  # noqa: S101, PT018 (check() raised)
    return key, county, year


def read_item(form: Form) -> dict[str, Any]:
    """An item; elements and the budget item may be missing in a draft."""
    low, high = money(form, "price_low", most=_HIGHEST), money(form, "price_high", most=_HIGHEST)
    if "price_low" not in form.faults and high < low:
        form.fault("price_high", N_("The upper price is below the lower one."))
    values = {
        "name": form.text("name", most=120),
        "service": form.choice("service", SERVICE_WORDS["service"]),
        "units": form.whole("units", least=1, most=10_000_000),
        "price_low": low,
        "price_high": high,
        "fund_source": form.choice("fund_source", SOURCES),
        "budget_item": form.uuid("budget_item", required=False),
        **{name: form.text(name, required=False, most=800) for name in rules.ELEMENTS},
        "note": form.text("note", required=False, most=300),
    }
    form.check()
    return values


def read_order(form: Form) -> tuple[UUID, Order]:
    """Key and what is ordered from an item."""
    key, supplier = form.uuid("key"), form.uuid("supplier")
    buyer = form.uuid("buyer", required=False)
    units = form.whole("units", least=1, most=10_000_000)
    price = money(form, "unit_price", most=_HIGHEST)
    starts, ends = form.day("starts_on", parse_date), form.day("ends_on", parse_date)
    if starts and ends and ends < starts:
        form.fault("ends_on", N_("The last day is before the first one."))
    form.check()
    return key or UUID(int=0), Order(
        supplier or UUID(int=0), buyer, units or 0, price, starts or date.min, ends or date.min
    )


def read_reason(form: Form) -> str:
    """Why a list goes back."""
    reason = form.text("reason", most=300)
    form.check()
    return reason


LABELS: Mapping[str, str] = {
    "division": N_("County"), "year": N_("Year"), "name": N_("Name"), "service": N_("Service"),
    "units": N_("Units of the year"), "price_low": N_("Lowest unit price"), "price_high": N_("Highest unit price"),
    "fund_source": N_("Source of funds"), "budget_item": N_("Budget item"), "note": N_("Note"),
    "provider": N_("Who supplies"), "scope": N_("For whom"), "content": N_("Content"), "mechanism": N_("Mechanism"),
    "safeguards": N_("Safeguards"), "supplier": N_("Supplier"), "buyer": N_("Buyer"), "reason": N_("Reason"),
    "unit_price": N_("Unit price"), "starts_on": N_("First day"), "ends_on": N_("Last day"),
}  # fmt: skip
"""Fields as an error summary names them."""

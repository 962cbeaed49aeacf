"""Masking and formatting filters for templates (DOMAIN.md 9.3, PRODUCT.md conventions)."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bangfu.shared.clock import SHANGHAI
from bangfu.shared.i18n import current
from bangfu.shared.masking import mask_address, mask_bank, mask_id, mask_name, mask_phone


def shown_date(value: date | datetime | None) -> str:
    """2026年11月21日 in Chinese, 2026-11-21 in English."""
    if value is None:
        return ""
    day = value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日" if current() == "zh" else day.isoformat()


def shown_time(value: datetime | None) -> str:
    """The date and the 24-hour time in China."""
    if value is None:
        return ""
    return f"{shown_date(value)} {value.astimezone(SHANGHAI):%H:%M}"


def shown_money(value: Decimal | float | int | None) -> str:
    """Yuan with two decimals and thousands separators."""
    return "" if value is None else f"{Decimal(value):,.2f}"


def shown_km(value: float | None) -> str:
    """Kilometres with one decimal."""
    return "" if value is None else f"{value:.1f}"


def shown_number(value: float | int | None) -> str:
    """A whole number with thousands separators."""
    return "" if value is None else f"{value:,.0f}"


def clock_minutes(value: int) -> str:
    """Minutes of the day as 08:30."""
    return f"{value // 60:02d}:{value % 60:02d}"


FILTERS: dict[str, Callable[..., Any]] = {
    "mask_id": mask_id,
    "mask_name": mask_name,
    "mask_phone": mask_phone,
    "mask_address": mask_address,
    "mask_bank": mask_bank,
    "day": shown_date,
    "moment": shown_time,
    "money": shown_money,
    "km": shown_km,
    "number": shown_number,
    "clock": clock_minutes,
}

"""Quarters as people say them."""

from bangfu.shared import i18n


def period_words(period: str) -> str:
    """A quarter such as "2026Q3" in the reader's language."""
    return i18n._("Quarter {quarter} of {year}", year=period[:4], quarter=period[5:])

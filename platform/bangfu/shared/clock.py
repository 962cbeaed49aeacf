"""The clock, read at the edge only; rules get the time as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The civil date in China."""
    return now().astimezone(SHANGHAI).date()

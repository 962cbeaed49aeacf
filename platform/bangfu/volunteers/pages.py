"""What the pages of volunteers share: civil times, and minutes as hours."""

from typing import Any

from bangfu.shared.civil_time import civil_datetime
from bangfu.shared.web.pages import Page, Request, page
from bangfu.volunteers.hours_rules import hours


async def show(request: Request, template: str, status: int = 200, **values: Any) -> Page:
    """A page that may speak of clock times (`civil`) and hours (`hours`)."""
    return await page(request, f"volunteers/{template}", status, civil=civil_datetime, hours=hours, **values)

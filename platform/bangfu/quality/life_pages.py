"""What the pages of a score's life share: tabs, posted evidence, acting and going back."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.clock import SHANGHAI, now
from bangfu.shared.files import Looked, look_at
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go

LONGEST: Final = 4000
MOST_FILES: Final = 5
Show = Callable[[Form | None, FormError | None], Awaitable[Page]]
Act = Callable[[Form, datetime, Any], Awaitable[None]]
TABS: Final = (
    ("/scores/risk", N_("Contracts by risk")), ("/scores/signoff", N_("Sign-off of a quarter")),
    ("/appeals", N_("Objections")), ("/vetoes", N_("Vetoes")), ("/rectifications", N_("What follows")),
)  # fmt: skip


def tabs_at(path: str) -> list[dict[str, Any]]:
    """The pages of the evaluator as tabs."""
    return [{"href": href, "label": i18n.gettext_now(label), "active": href == path} for href, label in TABS]


async def acted(request: Request, act: Act, show: Show, done: str, back: str) -> Page:
    """Read the form, act, go back; a fault shows the page with what was typed."""
    posted = await request.form()
    form = Form.of(posted)
    try:
        await act(form, now(), posted)
    except FormError as error:
        return await show(form, error)
    await flash(request, "ok", done)
    return go(request, back)


async def posted_papers(posted: Any, field: str = "file") -> list[Looked]:
    """The files that a multipart form brought under one name, at most five.

    Raises:
        FormError: naming the field, for a file that cannot be kept.
    """
    uploads = [each for each in posted.getall(field, []) if hasattr(each, "read") and each.filename]
    return [await look_at(each.filename, await each.read(), field) for each in uploads[:MOST_FILES]]


def moment_of(form: Form, name: str) -> datetime | None:
    """A day and time as typed in China (2026-11-21T09:30); notes a fault where it cannot be read."""
    text = form.text(name, required=False)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace(" ", "T")).replace(tzinfo=SHANGHAI)
    except ValueError:
        form.fault(name, N_("Please enter a day and a time such as 2026-11-21 09:30."))
        return None

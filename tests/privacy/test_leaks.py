"""No page, file, log, address, cookie, message, event or table shows a full identifier to any role (DOMAIN.md 9.3).

The routes enumerate themselves: a new one is crawled without a line here.
"""

import asyncio
import io
import logging
from pathlib import Path
from typing import Any, Literal, cast

import httpx
import pytest
from litestar import Litestar, get
from litestar.types import ASGIApp

from bangfu.app import create_app
from bangfu.dispatch.tables import Assignment
from bangfu.operating.observing import Observed
from bangfu.settings import Operating, Settings
from bangfu.shared import jobs, logs
from bangfu.shared.web.access import public
from bangfu.worker import HANDLERS, PERIODIC, run_job
from tests.authorisation.matrix import MATRIX
from tests.authorisation.row import Stage
from tests.privacy import leaks
from tests.privacy.leaks import Leak, Secrets
from tests.support import ROLES

ONE_OF_EACH = list({held: name for name, held in reversed(ROLES.items())}.values())
"""One of the cast for every role and area: a colleague reads the same pages."""
OPEN_TO = {
    # a volunteer or social worker sees the address of a task that they accepted, and each look is noted (9.2)
    ("volunteer", "/my-tasks"): {"address"},
    ("other_volunteer", "/my-tasks"): {"address"},
    ("worker", "/my-tasks"): {"address"},
    # at the door, while a visit is open: an organisation's carer sees address, phone and the remark for visitors
    ("caregiver", "/my-visits"): {"address", "phone", "note"},
    ("other_caregiver", "/my-visits"): {"address", "phone", "note"},
    ("worker", "/my-visits"): {"address", "note"},
    ("volunteer", "/my-visits"): {"address"},
    ("other_volunteer", "/my-visits"): {"address"},
}
"""(cast member, beginning of the path) -> kinds of values that this role may see there without asking first."""
SHOWN_ON_PURPOSE = ("/unmask", "/contact", "/package")
"""Addresses that show values after a reason is written down; their tests are elsewhere."""
TYPED = {"990101197003077777": "typed", "13700001234": "typed", "6222029999888877776": "typed"}
"""What careless people type into the wrong fields."""


def _allowed(who: str, path: str, hit: str) -> bool:
    kinds = next((kinds for (name, start), kinds in OPEN_TO.items() if name == who and path.startswith(start)), set())
    return hit.partition(" ")[0] in kinds


@pytest.fixture
def app(tmp_path: Path, keys: Path) -> Litestar:
    """A portal of the test's own: one of them gets a page that fails."""
    return create_app(Settings(data=tmp_path, key_file=keys, second_factor="off"))


async def _dressed() -> Secrets:
    secrets = Secrets()
    await Assignment.raw("UPDATE assignment SET status = 'accepted', answered_at = now() WHERE status = 'offered'")
    await leaks.dress(secrets)
    assert len(secrets.values) > 10
    return secrets


@pytest.mark.parametrize("form", ["json", "text"])
async def test_no_line_of_the_log_shows_what_pages_are_asked_for(
    form: Literal["json", "text"], staged: Stage, visit: Any, app: Litestar
) -> None:
    """Every page of a role, searches for telling values, odd addresses and a failing page, as the server logs them."""
    secrets = await _dressed()
    typed = Secrets(dict(TYPED))
    app.register(_failing)
    root, stream = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    logs.set_up(form, stream)
    try:
        browser = await visit("coordinator")
        seen = Observed(cast(ASGIApp, app), Operating())
        browser.client._transport = httpx.ASGITransport(app=seen, raise_app_exceptions=False)  # type: ignore[arg-type]
        paths = leaks.own_addresses(app, staged, "coordinator")
        answers = await leaks.crawl(browser, [*paths, "/failing"], most=40)
        for value in [*TYPED, *list(secrets.values)[:20]]:
            for path in (f"/households?q={value}", f"/nowhere/{value}", f"/home/{value}", f"/feeds/{value}"):
                await browser.get(path, headers={"X-Request-ID": value.encode()})
            await browser.post("/signin", {"username": value, "password": value})
            await browser.client.request(f"X{value[:4]}" if value.isascii() else "XX", f"/{value}")
    finally:
        root.handlers[:], root.level = before, level
    written = stream.getvalue()
    assert written.count("bangfu.access") >= len(answers)
    assert not typed.found_in(written) | secrets.found_in(written)
    assert not [token for token in browser.client.cookies.values() if token in written]


@pytest.mark.parametrize("who", ["", *ONE_OF_EACH])
async def test_no_page_or_file_shows_a_full_identifier(who: str, staged: Stage, visit: Any, app: Litestar) -> None:
    secrets = await _dressed()
    browser = await visit(who or None)
    answers = await leaks.crawl(browser, leaks.own_addresses(app, staged, who))
    found = [
        Leak(who or "nobody", path, hit)
        for path, answer in answers.items()
        for hit in secrets.found_in(leaks.text_of(answer))
        if not _allowed(who, path, hit)
    ]
    assert not found, "\n".join(map(str, found[:20]))
    assert all(answer.status_code < 500 for answer in answers.values()), [
        path for path, answer in answers.items() if answer.status_code >= 500
    ]


async def test_what_is_typed_into_a_wrong_field_is_not_written_down(
    staged: Stage, visit: Any, app: Litestar, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Wrong forms at every POST route: no log, address, cookie, table, message or event keeps what was typed; neither
    does the failure of a page whose error quotes a value."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the test's own client
    secrets = await _dressed()
    typed = Secrets(dict(TYPED))
    app.register(_failing)
    seen: list[Leak] = []
    for place, who in enumerate(("coordinator", "officer", "dispatcher", "bureau", "manager", "worker", "grid")):
        browser, value = await visit(who), list(TYPED)[place % len(TYPED)]
        for path in leaks.post_routes(app):
            row = MATRIX.get(("POST", path))
            if row is None or path in {"/signin", "/signout", "/signout-everywhere"}:
                continue
            own = staged.mine(row.kind, who) if row.kind else ()
            where = leaks.address(path, own) if own is not None else "/nothing"
            answer = await browser.post(where, leaks.wrong_form(value))
            headers = "\n".join(f"{name}: {text}" for name, text in answer.headers.multi_items())
            seen += [Leak(who, f"POST {where} header", hit) for hit in typed.found_in(headers)]
            if not path.endswith(SHOWN_ON_PURPOSE):
                hits = secrets.found_in(leaks.text_of(answer))
                seen += [Leak(who, f"POST {where}", hit) for hit in hits if not _allowed(who, where, hit)]
        failed = await browser.get("/failing")
        assert failed.status_code == 500
        seen += [Leak(who, "the 500 page", hit) for hit in typed.found_in(leaks.text_of(failed))]
    await _work()
    written = caplog.text + "".join(capfd.readouterr())
    seen += [Leak("log", "written", hit) for hit in typed.found_in(written) | secrets.found_in(written)]
    for table, line in await leaks.rows_of_every_table():
        seen += [Leak("table", table, hit) for hit in secrets.found_in(line)]
        seen += [Leak("table", table, hit) for hit in typed.found_in(line) if table not in KEEPS_WORDS]
    assert not seen, "\n".join(sorted({str(leak) for leak in seen})[:30])


KEEPS_WORDS = {"need", "assignment", "consent", "organization", "app_user"}
"""Tables with a column for people's own words in plain; what they type there is theirs to choose."""


@get("/failing", guards=[public], sync_to_thread=False)
def _failing() -> str:
    """A page whose error quotes what it was given, as a driver's does."""
    raise ValueError(f"invalid input for query argument $1: {' '.join(TYPED)}")


async def _work() -> None:
    """What the worker would do: the waiting jobs and every periodic action."""
    stop = asyncio.Event()
    while (claim := await jobs.claim(list(HANDLERS))) is not None:
        await run_job(claim, stop)
    for _, action in PERIODIC:
        await action()

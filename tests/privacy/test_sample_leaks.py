"""The sample city with everything in it: no role of the demo is shown a full identifier on any page or in any file."""

import re
from pathlib import Path
from typing import Any

from litestar import Litestar

from bangfu.households.sealing import unseal
from bangfu.households.tables import Household, Person
from bangfu.sample.accounts import POSTS, actor_of, ready_accounts
from bangfu.sample.city import make_city
from bangfu.sample.later import load_later_parts
from bangfu.sample.loading import load_past, load_today
from bangfu.shared.clock import now, today
from tests.privacy import leaks
from tests.support import Visitor

PAGES = 36
"""So many pages are crawled for each role; addresses of one kind count twice at most."""
WINDOW = 8
_SEALED = {"person": ("id_number_enc", "phone_enc", "bank_enc"), "household": ("address_enc",)}


async def test_no_role_of_the_demo_is_shown_a_full_identifier(database: str, tmp_path: Path, app: Litestar) -> None:
    await load_past(make_city(today()), now())
    await ready_accounts(tmp_path / "accounts.json")
    await load_today(make_city(today()), await actor_of("coordinator"), now())
    await load_later_parts(now())
    ends = await _ends_of_identifiers()
    assert len(ends) > 3000
    found: list[str] = []
    for username in ["", *(post.username for post in POSTS)]:
        browser = Visitor(app)
        if username:
            await browser.sign_in(await actor_of(username))
        starts = [path for path in leaks.get_routes(app) if "{" not in path]
        for path, answer in (await leaks.crawl(browser, starts, PAGES)).items():
            assert answer.status_code < 500, path
            text = _without_tags(leaks.text_of(answer))
            found += [f"{username or 'nobody'}: {path}: {value}" for value in _identifiers_in(text, ends)]
        await browser.close()
    assert found == []


def _without_tags(text: str) -> str:
    """The words that a reader sees, and the attributes; identifiers of pages (UUIDs) left out."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", " ", text)


async def _ends_of_identifiers() -> dict[str, str]:
    """The last characters of every sealed identifier of the register -> the identifier."""
    found: dict[str, str] = {}
    tables: dict[str, Any] = {"person": Person, "household": Household}
    for name, columns in _SEALED.items():
        for row in await tables[name].raw(f"SELECT * FROM {name}"):
            for column in columns:
                value = unseal(name, row, column)
                if len(value) > WINDOW:
                    found[value[-WINDOW:]] = value
    return found


def _identifiers_in(text: str, ends: dict[str, str]) -> set[str]:
    """The identifiers whose whole text stands in the page, also with gaps, in a URL or in JSON."""
    hits: set[str] = set()
    for one in leaks.seen(text):
        windows = {one[place : place + WINDOW] for place in range(len(one) - WINDOW + 1)}
        hits |= {ends[end] for end in windows & ends.keys() if ends[end] in one}
    return hits

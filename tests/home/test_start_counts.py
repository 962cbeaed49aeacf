"""The start page of each role: every count opens a page, and a list has as many rows as its count says."""

import html
import re
from typing import Any

from bangfu.reports import headline, view
from bangfu.shared.clock import now
from tests.authorisation.stage import set_stage
from tests.reports.furnishing import asked
from tests.support import ROLES, World

_COUNT = re.compile(r'<dt>([^<]*)</dt><dd><span class="num figure"><a href="([^"]*)">([\d,.]+)')
_TOTAL = re.compile(r'<div class="total">\s*<strong class="num">([\d,]+)|<nav class="pager".*?· ([\d,]+) ', re.DOTALL)
_FIGURES = "/reports/rows/"


def counts_of(text: str) -> list[tuple[str, str, str]]:
    """What it is called, what it opens, how many."""
    return [(html.unescape(label), html.unescape(href), count) for label, href, count in _COUNT.findall(text)]


async def test_counts_open_lists_of_as_many_rows(world: World, visit: Any) -> None:
    await set_stage(world)
    compared: set[str] = set()
    for who in sorted(ROLES):
        browser = await visit(who)
        page = await browser.get("/")
        assert page.status_code == 200, who
        for label, href, count in counts_of(page.text):
            answer = await browser.get(href)
            assert answer.status_code == 200, (who, label, href)
            total = _TOTAL.search(answer.text)
            if "?" in href and total and not href.startswith(_FIGURES):
                assert (total[1] or total[2]) == count, (who, label, href)
                compared.add(label)
    assert len(compared) >= 6, compared


async def test_the_figures_of_an_area_are_those_of_the_leaders_view(furnished: World, visit: Any) -> None:
    whole, browser = asked(furnished), await visit("bureau")
    found = {href: count for _label, href, count in counts_of((await browser.get("/")).text)}
    items = await headline.headline(furnished["bureau"], now())
    assert len(items) == len(headline.FIGURES)
    for code, item in zip(headline.FIGURES, items, strict=True):
        number = await view.number(whole, view.FIGURES[code])
        assert found[item["href"]].replace(",", "") == str(number.value), code
        assert f"/reports/rows/{code}?" in item["href"] and number.value, code
    assert await headline.headline(furnished["manager"], now()) == []
    officer = {href for _label, href, _count in counts_of((await (await visit("officer")).get("/")).text)}
    assert any("households_served" in href for href in officer) and not any("cap_used" in href for href in officer)

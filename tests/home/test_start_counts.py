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
_TOTALS = re.compile(
    r'<div class="total">\s*<strong class="num">([\d,]+)|<nav class="pager".*?· ([\d,]+) '
    r'|<section class="todo-group[^>]*id="waiting">.*?<span class="count">([\d,]+)',
    re.DOTALL,
)
_FIGURES = "/reports/rows/"


def counts_of(text: str) -> list[tuple[str, str, str]]:
    """What it is called, what it opens, how many."""
    return [(html.unescape(label), html.unescape(href), count) for label, href, count in _COUNT.findall(text)]


def stated(text: str, href: str, count: str) -> bool:
    """Whether a page says the number: as its total, beside the section that the address names, or in a tab."""
    totals = {each for found in _TOTALS.findall(text) for each in found if each}
    if totals:
        return count in totals
    main = re.sub(r"<[^>]+>", " ", text.partition("<main")[2])
    return re.search(rf"(?<![\d,.-]){re.escape(count)}(?![\d,.-])", main) is not None


async def test_every_count_opens_a_page_that_says_the_same_number(world: World, visit: Any) -> None:
    await set_stage(world)
    compared: set[str] = set()
    for who in sorted(ROLES):
        browser = await visit(who)
        page = await browser.get("/")
        assert page.status_code == 200, who
        for label, href, count in counts_of(page.text):
            answer = await browser.get(href)
            assert answer.status_code == 200, (who, label, href)
            if href.startswith("/todo?"):
                listed = len(re.findall(r'<li class="todo', answer.text))
                assert listed == int(count.replace(",", "")), (who, label)
                assert label in html.unescape(answer.text)
            if count != "0" and not href.startswith(_FIGURES):
                assert stated(answer.text, href, count), (who, label, href, count)
                compared.add(label)
    assert len(compared) >= 20, sorted(compared)


async def test_a_number_that_is_dealt_with_says_so(world: World, visit: Any) -> None:
    page = await (await visit("manager")).get("/todo?of=claims")
    assert page.status_code == 200 and "Nothing waits here any more." in page.text
    assert (await (await visit("manager")).get("/todo")).status_code == 200


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

"""The guides as pages: the reader's own first, open to everybody."""

import re
from collections import Counter

import pytest

from bangfu.guides import texts


@pytest.mark.reading
async def test_the_readers_own_guide_stands_first(visit) -> None:
    page = (await (await visit("auditor")).get("/guides")).text
    places = [page.index(f'href="/guides/{slug}"') for slug in ("auditor", "village_worker")]
    assert places == sorted(places)
    assert "Your guide" in page


@pytest.mark.reading
async def test_everybody_reads_the_guides(visit) -> None:
    browser = await visit(None)
    page = await browser.get("/guides")
    assert page.status_code == 200
    assert "first-steps" not in page.text
    for slug in [*texts.slugs("zh"), texts.FORMS]:
        shown = await browser.get(f"/guides/{slug}")
        assert shown.status_code == 200
        assert 'lang="zh-CN"' in shown.text
        assert '<article class="card guide-text">' in shown.text
    assert (await browser.get("/guides/nobody")).status_code == 404
    assert (await browser.get("/guides/..%2fforms")).status_code == 404


@pytest.mark.reading
async def test_a_guide_has_its_contents_and_its_help_is_found_everywhere(visit) -> None:
    browser = await visit("officer")
    page = (await browser.get("/guides/forms")).text
    assert '<a href="#need-edit">' in page
    assert '<h2 id="need-edit">' in page
    assert 'href="/guides"' in (await browser.get("/help")).text


@pytest.mark.reading
async def test_no_anchor_of_a_text_stands_twice_on_a_page(visit) -> None:
    browser = await visit("dispatcher")
    for path in ("/glossary", "/guides", *(f"/guides/{slug}" for slug in [*texts.slugs("en"), texts.FORMS])):
        ids = Counter(re.findall(r' id="([^"]+)"', (await browser.get(path)).text))
        assert [name for name, times in ids.items() if times > 1] == [], path

"""The words: one source, both languages, and the page that finds them."""

import re
from pathlib import Path

import pytest

from bangfu.app import prepare_features
from bangfu.guides import glossary
from bangfu.shared.i18n import words_of

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


def test_the_document_is_made_of_the_same_words() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == glossary.as_markdown(), "make it anew: python -m bangfu.guides.glossary > docs/glossary.md"


def test_every_word_is_complete_and_told_once() -> None:
    terms = glossary.terms()
    assert len(terms) >= 120
    for term in terms:
        assert all((term.zh, term.en, term.zh_text, term.en_text)), term.key
        assert re.search(r"[\u4e00-\u9fff]|\d", term.zh), term.key
        assert not re.search(r"[\u4e00-\u9fff]", term.en + term.en_text), term.key
        assert re.fullmatch(r"[a-z0-9-]+", term.key), term.key
    assert len({term.key for term in terms}) == len(terms)
    for lang in ("zh", "en"):
        names = [term.name(lang) for term in terms]  # type: ignore[arg-type]
        assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize(
    "kind", ["role", "service", "org_type", "qualification", "visit_flag", "score_indicator", "fund_source"]
)
def test_what_the_portal_names_is_told(kind: str) -> None:
    prepare_features()
    codes = {code for code, _ in words_of(kind)} - {"system", "recipient", "C4", "C3", "C2"}
    told = {code for term in glossary.terms() for code in re.split(r", |–", term.code)}
    assert codes - told - ({"guardian"} if kind == "role" else set()) == set()


@pytest.mark.reading
async def test_a_word_is_found_by_a_part_of_any_of_its_texts(visit) -> None:
    browser = await visit(None)
    whole = (await browser.get("/glossary")).text
    assert whole.count("<dt>") == len(glossary.terms())
    for words in ("特困", "special difficulty", "tekun", "TEKUN"):
        page = (await browser.get("/glossary", params={"q": words})).text
        assert 'id="tekun"' in page, words
        assert 'id="cap"' not in page, words
    assert (await browser.get("/glossary", params={"q": "<b>nothing"})).status_code == 200


@pytest.mark.reading
async def test_a_guide_names_the_words_that_it_uses(visit) -> None:
    browser = await visit("worker")
    page = (await browser.get("/guides/village_worker")).text
    assert 'href="/glossary#report"' in page

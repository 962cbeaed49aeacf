"""Every page with a form that changes something shows its help, from the text on forms, in both languages."""

import re

import pytest

from bangfu.guides import form_pages, hints, texts
from bangfu.shared import i18n
from bangfu.shared.permissions import PERMISSIONS
from tests.authorisation.matrix import MATRIX
from tests.authorisation.row import Stage
from tests.browser.test_every_page import PAGES
from tests.support import ROLES

_PARAMETER = re.compile(r"\{[^}]+\}")
_FORM = re.compile(r'<form[^>]*method="post"', re.IGNORECASE)
_TICKS = re.compile(r'<section class="card first-steps.*?</section>', re.DOTALL)
"""The first steps stand on the start page for a while; they say themselves what they are."""


def _readers(path: str, kind: str, stage: Stage) -> list[str | None]:
    permission = MATRIX["GET", path].permission
    if permission == "public":
        return [None]
    names = [name for name in ROLES if not name.startswith(("out", "city", "second", "other"))]
    if permission == "signed_in":
        return ["dispatcher"]
    allowed = [name for name in names if ROLES[name][0] in PERMISSIONS[permission]]
    return [name for name in allowed if not kind or stage.mine(kind, name) is not None]


def _address(path: str, kind: str, stage: Stage, name: str) -> str:
    own = stage.mine(kind, name) if kind else ()
    values = iter(own if isinstance(own, tuple) else (own,))
    return _PARAMETER.sub(lambda _: str(next(values)), path) if kind else path.replace("{rest:path}", "x")


@pytest.mark.reading
@pytest.mark.parametrize(("path", "kind"), [page[:2] for page in PAGES], ids=[page[0] for page in PAGES])
async def test_a_page_with_a_form_has_its_help(path: str, kind: str, staged: Stage, visit) -> None:
    for name in _readers(path, kind, staged):
        browser = await visit(name)
        answer = await browser.get(_address(path, kind, staged, name or ""))
        main = _TICKS.sub("", answer.text.split("<main", 1)[-1].split("</main>")[0])
        if not _FORM.search(main) or answer.status_code != 200:
            continue
        assert hints.key_for(path), f"{path} has a form and no section of the text on forms (guides/form_pages.py)"
        assert 'class="form-help' in answer.text, path


def test_every_section_is_written_in_both_languages_and_every_page_has_one_section() -> None:
    for lang in i18n.LANGUAGES:
        forms = texts.guide(texts.FORMS, lang)
        assert forms is not None
        assert list(forms.sections) == list(form_pages.PAGES)
        for key, html in forms.sections.items():
            assert 20 <= len(re.sub(r"<[^>]+>", "", html)) <= 600, f"{key}, {lang}"
    paths = [path for paths in form_pages.PAGES.values() for path in paths]
    assert len(paths) == len(set(paths))
    known = {_PARAMETER.sub("*", path) for method, path in MATRIX if method == "GET"}
    assert set(paths) - known == set(), "these pages do not exist"


def test_a_form_that_came_back_keeps_the_help_of_its_page() -> None:
    assert hints.key_for("/needs/{need_id}/confirm", "POST") == "need"
    assert hints.key_for("/needs/new", "POST") == "need-edit"
    assert hints.key_for("/needs") is None
    assert hints.key_for("/nothing/here", "POST") is None


@pytest.mark.reading
async def test_a_fault_keeps_the_help_and_a_refusal_shows_none(visit) -> None:
    browser = await visit("coordinator")
    answer = await browser.post("/households/new", {})
    assert answer.status_code == 422
    assert 'class="form-help' in answer.text
    assert 'class="form-help' not in (await browser.get("/budgets/new")).text


def test_the_help_leads_to_the_heading_of_the_readers_own_guide_that_names_the_page() -> None:
    roles = frozenset({"assist_coordinator"})
    assert hints.further("/needs/new", roles, "en") == ("/guides/village_worker#record-a-need", "Record a need")
    href, title = hints.further("/needs/new", roles, "zh") or ("", "")
    assert (href, title) == ("/guides/village_worker#record-a-need", "登记需求")
    assert hints.further("/account", roles, "en") == (
        "/guides/village_worker", "Guide for village and station workers",
    )  # fmt: skip


@pytest.mark.reading
async def test_the_help_leads_to_its_words(visit) -> None:
    page = (await (await visit("coordinator")).get("/households/new")).text
    help_text = page.split('<details class="form-help')[1].split("</details>")[0]
    assert 'href="/glossary#' in help_text
    assert 'href="/guides/village_worker#' in help_text

"""The guides: the same in both languages, every link and picture there, one for every role."""

import re

import pytest

from bangfu.app import WORDS as WORDS_OF
from bangfu.app import prepare_features
from bangfu.guides import glossary, readers, texts
from bangfu.shared import i18n
from bangfu.shared.i18n import LANGUAGES, Lang
from bangfu.shared.permissions import allows
from bangfu.shared.web import frame
from bangfu.shared.words import WORDS
from tests.authorisation.matrix import MATRIX

ROUTES = [
    re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))
    for method, path in MATRIX
    if method == "GET" and "{rest" not in path
]
EVERY = [(slug, lang) for lang in LANGUAGES for slug in [*texts.slugs(lang), texts.FORMS]]


def made(slug: str, lang: Lang) -> texts.Guide:
    """A text that is there."""
    found = texts.guide(slug, lang)
    assert found is not None
    return found


def test_both_languages_have_the_same_guides() -> None:
    assert texts.slugs("zh") == texts.slugs("en")


@pytest.mark.parametrize("slug", [*texts.slugs("zh"), texts.FORMS])
def test_a_guide_is_built_alike_in_both_languages(slug: str) -> None:
    chinese, english = made(slug, "zh"), made(slug, "en")
    assert [(one.level, one.anchor) for one in chinese.headings] == [(h.level, h.anchor) for h in english.headings]
    assert chinese.pictures == english.pictures
    assert chinese.title
    assert english.title


@pytest.mark.parametrize(("slug", "lang"), EVERY)
def test_no_link_and_no_picture_of_a_guide_leads_nowhere(slug: str, lang: Lang) -> None:
    guide = made(slug, lang)
    assert guide.broken == []
    for _, href in guide.links:
        if not href.startswith("/"):
            continue
        path, _, anchor = href.partition("#")
        assert any(route.fullmatch(path.partition("?")[0]) for route in ROUTES), href
        if path == "/glossary" and anchor:
            assert anchor in {term.key for term in glossary.terms()}, href
        elif path.startswith("/guides/") and anchor:
            other = made(path.removeprefix("/guides/"), lang)
            assert anchor in {heading.anchor for heading in other.headings}, href


def test_every_role_has_a_guide() -> None:
    roles = {role for role in WORDS["role"] if role not in {"recipient", "guardian", "system"}}
    assert roles - set(readers.GUIDE_OF) == set()
    assert set(readers.GUIDE_OF.values()) - set(texts.slugs("zh")) == set()


def test_what_looks_like_html_is_shown_as_typed(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for lang in LANGUAGES:
        (tmp_path / lang).mkdir()
        (tmp_path / lang / "odd.md").write_text(
            "# Odd\n\n<script>alert(1)</script> [bad](javascript:alert(1)) ![x](guides:none)\n\n## Where? {#w}\n\nYes\n"
        )
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    guide = texts.guide("odd", "en")
    assert guide is not None
    assert "<script" not in guide.html
    assert "javascript:" not in str(re.findall(r'href="[^"]*"', guide.html))
    assert guide.broken == ["picture none"]
    assert [heading.anchor for heading in guide.headings] == ["w"]
    assert "{#" not in guide.html
    assert guide.sections["w"] == "<p>Yes</p>\n"


def test_a_link_may_name_a_heading_by_its_words_in_either_language(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for lang, heading in (("zh", "记录需求"), ("en", "Record a need")):
        (tmp_path / lang).mkdir()
        (tmp_path / lang / "other.md").write_text(f"# T\n\n## {heading}\n\nText\n")
        (tmp_path / lang / "linking.md").write_text(
            "# T\n\n[a](guide:other#记录需求)\n\n[b](guide:other#record-a-need)\n"
            if lang == "zh"
            else "# T\n\n[b](guide:other#record-a-need)\n\n[c](guide:nobody)\n"
        )
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    texts._anchors.cache_clear()
    chinese, english = texts.guide("linking", "zh"), texts.guide("linking", "en")
    texts._anchors.cache_clear()
    assert chinese is not None
    assert english is not None
    assert {href for _, href in chinese.links} == {"/guides/other#record-a-need"}
    assert chinese.broken == []
    assert english.broken == ["guide:nobody"]


@pytest.mark.parametrize(("slug", "lang"), [each for each in EVERY if each[0] != texts.FORMS])
def test_a_guide_calls_pages_and_buttons_as_the_portal_does(slug: str, lang: Lang) -> None:
    """A link to a page of the menu has its label; what stands in bold is a text of the portal."""
    prepare_features()
    i18n.use(lang)
    labels: dict[str, set[str]] = {}
    for item in frame.MENU:
        labels.setdefault(item.href, set()).add(i18n.gettext_now(item.label))
    source = (texts.FOLDER / lang / f"{slug}.md").read_text(encoding="utf-8")
    links = re.findall(r"(?<!!)\[([^\]]+)\]\((/[^)#]*)\)", source)
    assert [(text, href) for text, href in links if href in labels and text not in labels[href]] == []
    said = {str(message.string if lang == "zh" else message.id) for message in i18n.catalogue()}
    said |= {
        words[0 if lang == "zh" else 1]
        for module in WORDS_OF
        for group in module.WORDS.values()
        for words in group.values()
    }
    assert [name for name in re.findall(r"\*\*([^*]+)\*\*", source) if name not in said] == []


@pytest.mark.parametrize("slug", sorted(set(readers.GUIDE_OF.values())))
def test_a_guide_sends_its_readers_only_to_pages_that_open_for_them(slug: str) -> None:
    """One of the roles that a guide is written for is enough: some guides are written for several."""
    roles = frozenset(readers.roles_of(slug))
    closed = set()
    for _, href in made(slug, "zh").links + made(slug, "en").links:
        row = MATRIX.get(("GET", re.split("[#?]", href)[0]))
        if row is not None and row.permission not in {"public", "signed_in"} and not allows(roles, row.permission):
            closed.add(href)
    assert closed == set()

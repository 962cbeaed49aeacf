"""The frame around a page, in both languages, with the smallest context it may get."""

from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import Markup

from bangfu.shared import i18n
from bangfu.shared.web.frame import bar_of
from bangfu.shared.web.pages import environment

PAGE = """{% extends layout %}{% block page_title %}Needs{% endblock %}
{% block lede %}Whose turn{% endblock %}{% block content %}<p>Body</p>{% endblock %}"""
PLACES = [SimpleNamespace(href=f"/{n}", label=f"Place {n}", count=n, active=n == 6, icon="todo") for n in range(8)]


def page(layout: str = "base.html", lang: str = "en", **values: Any) -> str:
    """A page in the frame."""
    i18n.use(lang)
    context: dict[str, Any] = {"lang": i18n.TAGS[i18n.current()], "layout": layout, "path": "/needs?a=1&b=2"}
    context["csrf_field"] = lambda: Markup('<input type="hidden" name="_csrf_token" value="t">')
    return environment().from_string(PAGE).render({**context, **values})


def signed_in(**values: Any) -> dict[str, Any]:
    """A context with a person and a menu."""
    actor = SimpleNamespace(display_name="Zhou", role_words=["Dispatcher"], scope_name="Tianning")
    return {"actor": actor, "menu": PLACES, "inbox_count": 3, **values}


def test_the_page_declares_its_language_and_type_size() -> None:
    assert '<html lang="zh-CN">' in page(lang="zh")
    assert '<html lang="en" class="large-type">' in page(large_type=True)


def test_what_is_marked_up_in_the_heading_is_plain_in_the_title() -> None:
    marked = PAGE.replace("Needs{%", 'Needs &amp; <span class="muted">2026</span>{%')
    context: dict[str, Any] = {"lang": "en", "layout": "base.html", "path": "/", "csrf_field": lambda: ""}
    assert "<title>Needs &amp; 2026 · " in environment().from_string(marked).render(context)


def test_an_error_is_said_in_the_title() -> None:
    assert "<title>Error: Needs" in page(errors={"name": "Enter the name"})
    assert "<title>Needs" in page(errors={})


def test_a_phone_shows_at_most_five_places_and_the_others_behind_more() -> None:
    bar = page(**signed_in()).split('class="bottom-bar"')[1]
    first, more = bar.split("<details")
    assert first.count("<a ") == 4
    assert more.split("</details>")[0].count("<a ") == 4
    few = page(**signed_in(menu=PLACES[:5])).split('class="bottom-bar"')[1]
    assert "<details" not in few


def test_a_long_menu_is_grouped_and_opens_where_the_reader_is() -> None:
    long = [
        SimpleNamespace(
            href=f"/{n}", label=f"Place {n}", count=0, active=n == 6, icon="todo", group="Register" if n > 4 else ""
        )
        for n in range(10)
    ]
    menu = page(**signed_in(menu=long)).split('class="side-menu"')[1].split("</nav>")[0]
    assert "<details open><summary>Register</summary>" in menu
    assert menu.split("<details")[0].count("<a ") == 5
    assert "<details" not in page(**signed_in(menu=long[:9])).split('class="side-menu"')[1].split("</nav>")[0]
    lone = page(**signed_in(menu=[*long[:6], *PLACES[:4]])).split('class="side-menu"')[1].split("</nav>")[0]
    assert "<details" not in lone


def test_a_phones_bar_holds_the_most_useful_places() -> None:
    items = [SimpleNamespace(href=f"/{n}", phone=10 - n) for n in range(8)]
    first, others = bar_of(items)
    assert [item.href for item in first] == ["/7", "/6", "/5", "/4"]
    assert [item.href for item in others] == ["/0", "/1", "/2", "/3"]


def test_the_current_place_is_marked_for_eyes_and_readers() -> None:
    assert page(**signed_in()).count('aria-current="page"') == 2


def test_a_visitor_sees_no_menu_no_search_and_no_account() -> None:
    text = page()
    assert "side-menu" not in text
    assert "site-search" not in text
    assert "/signout" not in text


def test_the_volunteers_layout_has_no_search() -> None:
    assert "site-search" in page(**signed_in())
    text = page("base_phone.html", **signed_in(menu=PLACES[:2]))
    assert "site-search" not in text
    assert '<body class="phone"' in text


def test_a_social_worker_at_a_desk_keeps_menu_and_search_beside_the_tasks() -> None:
    text = page("base_phone.html", **signed_in(menu=[*PLACES, *PLACES][:8]))
    assert "site-search" in text
    assert '<body class="phone"' not in text


def test_the_switches_are_plain_forms_that_return_to_the_page() -> None:
    text = page(lang="zh")
    assert text.count('action="/preferences"') == 2
    assert 'value="/needs?a=1&amp;b=2"' in text
    assert 'name="lang" value="en"' in text
    assert 'name="large_type" value="on"' in text


def test_a_message_with_undo_posts_and_stays_on_the_page() -> None:
    flash = SimpleNamespace(level="ok", text="Dispatched 3 needs.", undo_href="/undo/1")
    text = page(flashes=[flash])
    assert "Dispatched 3 needs." in text
    assert '<form method="post" action="/undo/1">' in text


def test_htmx_may_not_evaluate_leave_the_site_or_keep_pages() -> None:
    text = page()
    for setting in ('"allowEval":false', '"selfRequestsOnly":true', '"historyCacheSize":0', '"code":"422","swap":true'):
        assert setting in text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500])
def test_every_error_page_says_what_to_do_next(status: int, lang: str) -> None:
    i18n.use(lang)
    context = {"lang": i18n.TAGS[i18n.current()], "csrf_field": lambda: "", "reference": "7f3a"}
    text = environment().get_template(f"errors/{status}.html").render(context)
    assert 'class="btn' in text
    assert ("返回" in text or "刷新" in text or "登录" in text) if lang == "zh" else "again" in text or "start" in text

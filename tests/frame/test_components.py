"""Components as a page uses them: imported `with context`, rendered by the portal's own environment."""

from html.parser import HTMLParser
from typing import Any

import pytest
from markupsafe import Markup

from bangfu.shared import i18n
from bangfu.shared.web.pages import environment

IMPORTS = """
{% from "components/field.html" import field with context %}
{% from "components/error_summary.html" import error_summary with context %}
{% from "components/table.html" import table, cell with context %}
{% from "components/pager.html" import pager with context %}
{% from "components/filters.html" import filters with context %}
{% from "components/button.html" import button, link_button, post_button with context %}
{% from "components/chip.html" import chip, risk, filter_chip with context %}
{% from "components/masked.html" import masked with context %}
{% from "components/load_bar.html" import load_bar, burn_bar with context %}
{% from "components/confirm.html" import confirm with context %}
{% from "components/map.html" import map, map_style, map_script with context %}
{% from "components/progress.html" import progress with context %}
{% from "components/todo_group.html" import todo_group with context %}
{% from "components/timeline.html" import timeline with context %}
{% from "components/task_card.html" import task_card with context %}
"""


class Tags(HTMLParser):
    """The tags of a piece of HTML with their attributes, and whether all are closed."""

    VOID = frozenset({"input", "link", "meta", "br", "path", "rect", "circle", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open, f"</{tag}> closes nothing"
            assert self.open.pop() == tag

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of this name."""
        return [attributes for name, attributes in self.all if name == tag]


def html(source: str, **values: Any) -> str:
    """A piece of template in English."""
    i18n.use("en")
    values.setdefault("csrf_field", lambda: Markup('<input type="hidden" name="_csrf_token" value="t">'))
    return environment().from_string(IMPORTS + source).render(values)


def tags(source: str, **values: Any) -> Tags:
    """The parsed piece; every tag must be closed."""
    found = Tags(html(source, **values))
    assert not found.open
    return found


def test_a_field_ties_label_hint_and_error_to_its_input() -> None:
    found = tags('{{ field("phone", "Phone", "tel", value="138", hint="11 digits", error="Too short") }}')
    [label], [box] = found.of("label"), found.of("input")
    assert label["for"] == box["id"] == "f-phone"
    assert box["aria-describedby"] == "f-phone-hint f-phone-error"
    assert box["aria-invalid"] == "true"
    assert {p.get("id") for p in found.of("p")} == {"f-phone-hint", "f-phone-error"}


def test_a_field_without_error_does_not_claim_one() -> None:
    [box] = tags('{{ field("name", "Name") }}').of("input")
    assert "aria-invalid" not in box
    assert "aria-describedby" not in box


@pytest.mark.parametrize("kind", ["text", "tel", "number", "date", "textarea"])
def test_a_field_keeps_what_was_entered_and_escapes_it(kind: str) -> None:
    text = html('{{ field("x", "X", kind, value=value) }}', kind=kind, value='"><b>1')
    assert "<b>" not in text
    assert "&lt;b&gt;1" in text


def test_a_password_is_never_written_back() -> None:
    assert "secret" not in html('{{ field("p", "P", "password", value="secret") }}')


def test_a_choice_keeps_the_chosen_option_whether_code_is_text_or_number() -> None:
    options = [(1, "One"), (2, "Two")]
    chosen = tags('{{ field("n", "N", "select", value="2", options=options) }}', options=options).of("option")
    assert [option["value"] for option in chosen if "selected" in option] == ["2"]
    radios = tags('{{ field("n", "N", "radio", value=1, options=options) }}', options=options).of("input")
    assert [radio["value"] for radio in radios if "checked" in radio] == ["1"]
    boxes = tags('{{ field("n", "N", "checkbox", value=["1", "2"], options=options) }}', options=options).of("input")
    assert all("checked" in box for box in boxes)


def test_the_error_summary_links_to_the_first_input_of_each_field() -> None:
    source = """{{ error_summary({"pets": "Choose one", "": "Nothing saved"}) }}
    {{ field("pets", "Pets", "checkbox", options=[("c", "Cat"), ("d", "Dog")], value=[]) }}"""
    found = tags(source)
    [link] = found.of("a")
    first, second = found.of("input")
    assert link["href"] == f"#{first['id']}"
    assert first["id"] != second["id"]
    assert "Nothing saved" in html(source)


def test_no_errors_no_summary() -> None:
    assert "error-summary" not in html("{{ error_summary({}) }}")


def test_a_post_button_is_a_whole_form_with_csrf_field_and_key() -> None:
    found = tags('{{ post_button("Accept task", "/o/1/accept", {"carer": 7}, key="k1", hx={"post": "/o/1/accept"}) }}')
    [form] = found.of("form")
    assert (form["method"], form["action"], form["hx-post"]) == ("post", "/o/1/accept", "/o/1/accept")
    assert {(box["name"], box["value"]) for box in found.of("input")} == {
        ("_csrf_token", "t"), ("idempotency_key", "k1"), ("carer", "7"),
    }  # fmt: skip


def test_a_sorted_column_says_so_and_its_link_turns_the_order() -> None:
    source = """{% call(row) table([{"label": "Name", "sort": "name"}, {"label": "Km", "sort": "km", "num": True}],
      rows, caption="Needs", sort="name", base="/needs?status=ready", row_id="id") %}
      {{ cell("Name", row.name, head=True) }}{{ cell("Km", row.km, num=True) }}{% endcall %}"""
    found = tags(source, rows=[{"id": 5, "name": "李*兰", "km": "1.2"}])
    name, km, row_head = found.of("th")
    assert name["aria-sort"] == "ascending"
    assert "aria-sort" not in km
    assert [a["href"] for a in found.of("a")] == ["/needs?status=ready&sort=-name", "/needs?status=ready&sort=km"]
    assert (row_head["scope"], row_head["data-label"]) == ("row", "Name")
    assert found.of("tr")[1]["id"] == "row-5"


def test_the_pager_goes_both_ways_and_keeps_the_filters() -> None:
    found = tags('{{ pager(2, 3, "/needs?status=ready", total=1204) }}')
    assert [(a["rel"], a["href"]) for a in found.of("a")] == [
        ("prev", "/needs?status=ready&page=1"),
        ("next", "/needs?status=ready&page=3"),
    ]
    assert "1,204 rows" in html('{{ pager(2, 3, "/needs", total=1204) }}')


def test_a_single_page_has_no_pager() -> None:
    assert "<nav" not in html('{{ pager(1, 1, "/needs", total=3) }}')


def test_filters_are_a_get_form_whose_chips_can_be_removed() -> None:
    active = [{"label": "Status", "value": "Ready", "remove_href": "/needs"}]
    source = """{% call filters("/needs", active=active, total=1, keep={"sort": "-due"}) %}x{% endcall %}"""
    found = tags(source, active=active)
    assert found.of("form")[0]["method"] == "get"
    assert "/needs" in {a["href"] for a in found.of("a")}
    assert "Remove filter" in html(source, active=active)


def test_status_is_a_word_beside_the_icon() -> None:
    assert "Late" in html('{{ chip("Late", "bad") }}')
    shapes = {html(f'{{{{ risk("{colour}", "x") }}}}').strip() for colour in ("red", "orange", "yellow", "blue")}
    assert len({shape.split("</svg>")[0].split("<svg")[1].split(">", 1)[1] for shape in shapes}) == 4


def test_a_masked_value_asks_for_a_reason_by_post() -> None:
    found = tags('{{ masked("138****5678", "Phone", "/h/1/unmask", code="phone", reasons=[("visit", "Visit")]) }}')
    assert found.of("form")[0]["action"] == "/h/1/unmask"
    assert {box["name"] for box in found.of("input")} == {"_csrf_token", "field", "reason_text"}
    assert found.of("select")[0]["name"] == "reason"


def test_a_load_says_the_numbers_and_when_the_limit_is_passed() -> None:
    assert "over the limit" not in html("{{ load_bar(12, 20, 20) }}")
    assert "over the limit" in html("{{ load_bar(18, 20.5, 20) }}")
    assert tags("{{ burn_bar(0, 0) }}").of("rect")


def test_a_confirmation_names_the_number_and_works_without_script() -> None:
    found = html(
        """{{ confirm("Publish?", "12 organisations get a message.", "/p", "Publish 48 offers", "48 offers") }}"""
    )
    assert "48 offers" in found
    assert "csrf" in found


def test_map_data_cannot_leave_its_attribute() -> None:
    points = [{"id": 1, "lat": 31.7, "lon": 119.9, "kind": "need", "label": "O'Neil <b>'>"}]
    found = tags('{{ map(points, "Map") }}', points=points)
    [canvas] = [div for div in found.of("div") if "data-map" in div]
    assert "Neil" in str(canvas["data-points"])
    assert not found.of("b")


def test_progress_asks_again_only_until_it_is_done() -> None:
    assert "every 1s" in html('{{ progress("r", 40, "Matching", poll_href="/m/1/progress", page_href="/m/1") }}')
    assert "hx-get" not in html('{{ progress("r", 100, "Done", poll_href="/m/1/progress", done=True) }}')


def test_an_empty_group_says_what_to_do_next() -> None:
    assert "Start a match" in html('{{ todo_group("Today", [], empty_text="Start a match") }}')


def test_a_volunteers_card_and_a_timeline_render_what_they_are_given() -> None:
    card = html('{{ task_card("Today 14:00", "Ms Li", "Meals", place="Hongmei", phone="13800000000", contact="Lin") }}')
    assert 'href="tel:13800000000"' in card
    line = html('{{ timeline([{"at": "2026-11-21", "who": "Lin", "what": "Confirmed", "reason": "Visited"}]) }}')
    assert "Reason: Visited" in line

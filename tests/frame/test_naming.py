"""Each fault at the top of a form is named by its field's label, whatever kind of field it is."""

import re

import pytest

from bangfu.shared.web.naming import named
from tests.frame.test_components import html

FORM = """{{ error_summary({name: "Please fill this in."}) }}
{{ field("title", "Title of <it>", required=True, error="x") }}
{{ field("kind", "Kind", "radio", options=[("a", "First"), ("b", "Second")]) }}
{{ field("town", "Town:", "select", options=[("1", "Hutang")]) }}
<fieldset><legend>Papers</legend>{{ field("seen", "I have seen them", "check") }}</fieldset>
<input id="f-bare" name="bare">
"""


@pytest.mark.parametrize(("name", "label"), [
    ("title", "Title of &lt;it&gt;: "), ("kind", "Kind: "), ("town", "Town: "), ("seen", "I have seen them: "),
    ("bare", ""), ("nowhere", ""),
])  # fmt: skip
def test_a_fault_says_which_field_it_is_about(name: str, label: str) -> None:
    page = named(html(FORM.replace("name:", f'"{name}":')))
    found = re.search(rf'<a href="#f-{name}">(.*?)</a>', page)
    assert found is not None
    assert found[1] == f"{label}Please fill this in."


def test_a_label_that_the_form_gives_stands_alone() -> None:
    page = named(html('{{ error_summary({"a": "wrong"}, labels={"a": "Amount"}) }}<label for="f-a">Other</label>'))
    assert '<a href="#f-a">Amount: wrong</a>' in page


def test_a_fault_that_names_its_field_itself_is_left_as_it_is() -> None:
    page = named(html('{{ error_summary({"a": "Amount: fill this in"}) }}<label for="f-a">Amount</label>'))
    assert '<a href="#f-a">Amount: fill this in</a>' in page

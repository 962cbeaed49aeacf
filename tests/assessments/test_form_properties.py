"""What holds for every form and every set of answers; and that the check of forms finds what would break it."""

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.assessments.results import thaw
from bangfu.assessments.rules import check, score
from bangfu.assessments.scoring import options_of, span_of_points
from tests.assessments.answers import FORMS, items

EVERY = sorted(FORMS)


@st.composite
def answer_sets(draw: st.DrawFn, code: str) -> dict[str, str]:
    """A complete set of answers."""
    answers = {}
    for item in items(code):
        if item["kind"] == "choice":
            answers[item["code"]] = draw(st.sampled_from([o["code"] for o in options_of(FORMS[code], item)]))
        else:
            places = int(item["places"])
            least, most = Decimal(str(item["least"])), Decimal(str(item["most"]))
            answers[item["code"]] = str(draw(st.decimals(least, most, places=places)))
    return answers


@pytest.mark.parametrize("code", EVERY)
@given(data=st.data())
def test_every_complete_set_of_answers_gives_exactly_one_level(code: str, data: st.DataObject) -> None:
    result = score(FORMS[code], data.draw(answer_sets(code)))
    levels = [level["code"] for level in FORMS[code]["levels"]]
    assert result.level in levels
    assert result.preliminary in levels
    assert (result.missing, dict(result.faults)) == ((), {})


@pytest.mark.parametrize("code", ["barthel", "four_areas", "gbt42195", "child_risk"])
@given(data=st.data())
def test_the_total_stays_in_its_range_and_is_the_sum_of_the_areas(code: str, data: st.DataObject) -> None:
    result = score(FORMS[code], data.draw(answer_sets(code)))
    least, most = span_of_points(FORMS[code])
    total = Decimal(result.value("total"))
    assert least <= total <= most
    assert total == sum(Decimal(area.points) for area in result.areas)
    assert total == sum(Decimal(line.points) for line in result.lines if line.scored)


@pytest.mark.parametrize("code", ["barthel", "four_areas", "gbt42195", "child_risk", "six_indicators"])
@given(data=st.data())
def test_a_worse_answer_never_gives_a_better_level(code: str, data: st.DataObject) -> None:
    answers = data.draw(answer_sets(code))
    choices = [item for item in items(code) if item["kind"] == "choice"]
    item = data.draw(st.sampled_from(choices))
    options = [option["code"] for option in options_of(FORMS[code], item)]  # the best one stands first
    worse = data.draw(st.sampled_from(options[options.index(answers[item["code"]]) :]))
    order = [level["code"] for level in FORMS[code]["levels"]]
    before, after = score(FORMS[code], answers), score(FORMS[code], {**answers, item["code"]: worse})
    assert order.index(after.level) >= order.index(before.level)


@pytest.mark.parametrize("code", EVERY)
@given(data=st.data())
def test_a_missing_required_answer_leaves_no_level(code: str, data: st.DataObject) -> None:
    answers = data.draw(answer_sets(code))
    needed = [item["code"] for item in items(code) if item.get("required", True)]
    missing = data.draw(st.sampled_from(needed))
    del answers[missing]
    result = score(FORMS[code], answers)
    assert (result.level, result.missing) == ("", (missing,))


@pytest.mark.parametrize("code", EVERY)
@given(data=st.data())
def test_frozen_arithmetic_thaws_as_it_was(code: str, data: st.DataObject) -> None:
    result = score(FORMS[code], data.draw(answer_sets(code)))
    assert thaw(json.loads(json.dumps(result.to_document()))) == result


@pytest.mark.parametrize("code", EVERY)
def test_every_shipped_form_passes_the_check(code: str) -> None:
    assert check(FORMS[code]) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(document=JSON)
def test_the_check_finds_faults_in_whatever_is_uploaded_and_never_breaks(document: Any) -> None:
    assert check(document)


@pytest.mark.parametrize("code", EVERY)
@given(data=st.data())
def test_a_form_with_one_part_exchanged_is_refused_or_still_computes(code: str, data: st.DataObject) -> None:
    document = copy.deepcopy(FORMS[code])
    holder: Any = document
    while True:
        keys = list(range(len(holder))) if isinstance(holder, list) else sorted(holder)
        key = data.draw(st.sampled_from(keys))
        if not isinstance(holder[key], (list, dict)) or not holder[key] or data.draw(st.integers(0, 3)) == 0:
            break
        holder = holder[key]
    holder[key] = data.draw(JSON)
    if not check(document):
        answers = data.draw(answer_sets(code))
        result = score(document, answers)
        assert result.complete or result.faults or result.missing


def _changed(code: str, change: Any) -> list[str]:
    document = copy.deepcopy(FORMS[code])
    change(document)
    return [problem.message for problem in check(document)]


def test_overlapping_bands_are_found() -> None:
    def change(document: dict[str, Any]) -> None:
        document["level"]["bands"][0]["to"] = "31"

    assert "Two bands overlap at {low} to {high}." in _changed("gbt42195", change)


def test_a_gap_between_bands_is_found() -> None:
    def change(document: dict[str, Any]) -> None:
        document["level"]["bands"][0]["to"] = "28"

    assert _changed("gbt42195", change) == ["No band holds what lies between {low} and {high}."]


def test_bands_that_end_too_early_are_found() -> None:
    def change(document: dict[str, Any]) -> None:
        document["level"]["bands"].pop()

    assert _changed("barthel", change) == ["The bands end at {far}; the measure can reach {end}."]


def test_a_wrong_total_is_found() -> None:
    def change(document: dict[str, Any]) -> None:
        document["total"]["most"] = 95

    assert "The options sum up to {least} to {most}, the form says {said_least} to {said_most}." in _changed(
        "barthel", change
    )


def test_missing_words_are_found_in_both_languages() -> None:
    def change(document: dict[str, Any]) -> None:
        document["areas"][0]["items"][0]["title"] = {"zh": "进食"}
        document["areas"][0]["items"][1]["options"][0]["title"]["zh"] = " "

    assert set(_changed("barthel", change)) == {"The Chinese words are missing.", "The English words are missing."}


def test_a_gap_in_a_code_table_is_found() -> None:
    def change(document: dict[str, Any]) -> None:
        document["tables"]["labour"]["rows"].pop()

    assert _changed("labour_coefficient", change) == ["The code table has no row for: {keys}."]


def test_dividing_by_what_may_be_zero_is_refused() -> None:
    def change(document: dict[str, Any]) -> None:
        document["areas"][0]["items"][0]["least"] = 0

    assert "“{term}” may be zero: it cannot be divided by." in _changed("income_calculation", change)


def test_a_level_that_the_household_cannot_hold_is_refused() -> None:
    def change(document: dict[str, Any]) -> None:
        document["sets"] = "risk_color"

    assert "Not one of: {allowed}." in _changed("six_indicators", change)

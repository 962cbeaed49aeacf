"""The boundary vectors of DOMAIN.md 3, verbatim, on the forms that are shipped as data."""

from decimal import Decimal

import pytest

from bangfu.assessments.rules import band_of, score, valid_until
from bangfu.assessments.scoring import NoBand
from bangfu.shared.civil_time import parse_date
from tests.assessments.answers import FORMS, best, items, of_total, six


@pytest.mark.parametrize(
    ("unable", "level"), [(0, "full_self"), (1, "semi"), (3, "semi"), (4, "full_care"), (6, "full_care")]
)
def test_the_number_of_indicators_not_able_sets_the_level(unable: int, level: str) -> None:
    assert score(FORMS["six_indicators"], six(unable)).level == level


def test_a_missing_indicator_leaves_the_assessment_without_a_level() -> None:
    answers = six(2)
    del answers["toilet"]
    result = score(FORMS["six_indicators"], answers)
    assert (result.complete, result.level, result.missing) == (False, "", ("toilet",))


@pytest.mark.parametrize(
    ("total", "level"),
    [(90, "0"), (89, "1"), (66, "1"), (65, "2"), (46, "2"), (45, "3"), (30, "3"), (29, "4"), (0, "4")],
)
def test_the_bands_of_gbt_42195(total: int, level: str) -> None:
    result = score(FORMS["gbt42195"], of_total("gbt42195", total))
    assert (result.value("total"), result.preliminary, result.level) == (str(total), level, level)
    assert band_of(FORMS["gbt42195"], Decimal(total))["level"] == level


def test_dementia_raises_the_level_by_one() -> None:
    result = score(FORMS["gbt42195"], of_total("gbt42195", 70, diagnosis="dementia"))
    assert (result.preliminary, result.level) == ("1", "2")


def test_dementia_and_two_falls_raise_the_level_once_only() -> None:
    result = score(FORMS["gbt42195"], of_total("gbt42195", 70, diagnosis="dementia", falls="2"))
    assert (result.preliminary, result.level, len(result.adjustments)) == ("1", "2", 1)


@pytest.mark.parametrize("more", [{"falls": "2"}, {"falls": "1", "choking": "1"}, {"diagnosis": "other"}])
def test_two_events_together_or_another_disorder_raise_it_too(more: dict[str, str]) -> None:
    assert score(FORMS["gbt42195"], of_total("gbt42195", 70, **more)).level == "2"


def test_one_event_alone_changes_nothing() -> None:
    assert score(FORMS["gbt42195"], of_total("gbt42195", 70, falls="1")).level == "1"


def test_coma_sets_level_four_and_the_worst_is_not_raised() -> None:
    assert score(FORMS["gbt42195"], of_total("gbt42195", 90, coma="yes")).level == "4"
    assert score(FORMS["gbt42195"], of_total("gbt42195", 10, diagnosis="dementia")).level == "4"


def test_a_total_of_95_is_invalid() -> None:
    with pytest.raises(NoBand):
        band_of(FORMS["gbt42195"], Decimal(95))


@pytest.mark.parametrize("total", [-5, 7, 42, 105])
def test_the_barthel_index_knows_steps_of_five_from_0_to_100_only(total: int) -> None:
    with pytest.raises(NoBand):
        band_of(FORMS["barthel"], Decimal(total))


@pytest.mark.parametrize(
    ("total", "level"), [(100, "0"), (95, "1"), (65, "1"), (60, "2"), (45, "2"), (40, "3"), (0, "3")]
)
def test_the_grades_of_the_barthel_index(total: int, level: str) -> None:
    assert score(FORMS["barthel"], of_total("barthel", total)).level == level


def test_the_barthel_index_has_10_items_and_30_options_and_takes_no_other_value() -> None:
    own = list(items("barthel"))
    assert (len(own), sum(len(item["options"]) for item in own)) == (10, 30)
    result = score(FORMS["barthel"], {**best("barthel"), "bathing": "10"})
    assert (result.level, set(result.faults)) == ("", {"bathing"})


def test_gbt_42195_has_26_scored_items_and_90_points() -> None:
    scored = [item for item in items("gbt42195") if item["kind"] == "choice" and item.get("scored", True)]
    assert len(scored) == 26
    areas = {area.code: area.most for area in score(FORMS["gbt42195"], best("gbt42195")).areas}
    assert [areas[code] for code in ("b1", "b2", "b3", "b4")] == ["32", "15", "28", "15"]


def test_the_form_of_four_areas_has_10_items_and_30_sub_items() -> None:
    areas = FORMS["four_areas"]["areas"]
    whole = [item for area in areas for item in area["items"]]
    assert (len(areas), len(whole), sum(len(item["parts"]) for item in whole)) == (4, 10, 30)


@pytest.mark.parametrize(
    ("total", "level"), [(60, "full_self"), (48, "full_self"), (47, "semi"), (21, "semi"), (20, "full_care")]
)
def test_the_score_of_the_four_areas_sets_the_level(total: int, level: str) -> None:
    assert score(FORMS["four_areas"], of_total("four_areas", total)).level == level


def test_where_the_six_indicators_and_the_barthel_index_differ_there_is_a_warning_in_both_directions() -> None:
    barthel = {**best("barthel"), "eating": "0"}
    others = {"six_indicators": (FORMS["six_indicators"], six(0))}
    assert len(score(FORMS["barthel"], barthel, others).warnings) == 1
    back = score(FORMS["six_indicators"], six(0), {"barthel": (FORMS["barthel"], barthel)})
    assert len(back.warnings) == 1
    assert back.level == "full_self", "the six indicators decide"
    agreeing = {"six_indicators": (FORMS["six_indicators"], six(1))}
    assert score(FORMS["barthel"], barthel, agreeing).warnings == ()


def test_one_red_answer_sets_red_whatever_the_sum() -> None:
    result = score(FORMS["child_risk"], {**best("child_risk"), "violence": "high"})
    assert (result.value("total"), result.preliminary, result.level) == ("6", "blue", "red")


def test_a_level_of_the_older_standard_is_taken_as_it_is() -> None:
    result = score(FORMS["mzt039"], {"level": "2"})
    assert (result.level, result.measures) == ("2", ())


@pytest.mark.parametrize(
    ("day", "category", "until"),
    [
        ("2026-03-01", "tekun", "2027-02-28"),
        ("2026-08-31", "dibao", "2027-02-27"),
        ("2024-02-29", "tekun", "2025-02-27"),
    ],
)
def test_an_assessment_counts_12_months_for_tekun_and_6_for_others(day: str, category: str, until: str) -> None:
    assert valid_until(parse_date(day), category) == parse_date(until)

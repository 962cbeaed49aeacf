"""The rules at the door: distance with its doubt, clocks, mandatory lines, what two texts are compared by."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bangfu.shared.coordinates import from_wgs84, to_wgs84
from bangfu.visits import door_checklists, door_rules
from bangfu.visits.door_photos import difference_hash, likeness_distance
from bangfu.visits.door_rules import Answer, Place

HOME = (31.78, 119.95)
PLANNED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
METRE = 1 / 111_195
"""Degrees of latitude."""


def at(metres: float) -> tuple[float, float]:
    return HOME[0] + metres * METRE, HOME[1]


@pytest.mark.parametrize(
    ("metres", "accuracy", "rural", "verdict"),
    [
        (299, 5, False, "near"), (320, 5, False, "far"), (320, 25, False, "near"), (450, 5, True, "near"),
        (520, 5, True, "far"), (395, 400, False, "near"), (405, 400, False, "far"), (40, 9000, False, "unknown"),
    ],
)  # fmt: skip
def test_near_is_300_metres_500_in_the_country_within_the_doubt_of_the_device(metres, accuracy, rural, verdict) -> None:
    assert door_rules.judge(HOME, at(metres), accuracy, rural).verdict == verdict


def test_without_a_place_of_the_home_or_of_the_carer_nothing_is_said() -> None:
    assert door_rules.judge(None, HOME, 5, False) == Place(None, "unknown")
    assert door_rules.judge(HOME, None, None, False) == Place(None, "unknown")


def test_a_chinese_map_pin_is_converted_before_it_is_compared() -> None:
    shown = from_wgs84(*HOME, "gcj02")
    assert door_rules.judge(HOME, shown, 5, False).verdict == "far"
    assert door_rules.judge(HOME, to_wgs84(*shown, "gcj02"), 5, False) == Place(0, "near")


@given(st.integers(0, 5000), st.integers(0, 4000))
def test_a_less_sure_device_is_never_judged_more_strictly(metres: int, accuracy: int) -> None:
    order = {"far": 0, "near": 1}
    sure = door_rules.judge(HOME, at(metres), 0, False).verdict
    assert order[door_rules.judge(HOME, at(metres), accuracy, False).verdict] >= order[sure]


def test_of_two_places_the_worse_verdict_and_the_larger_distance_stay() -> None:
    assert door_rules.both(Place(20, "near"), Place(700, "far")) == Place(700, "far")
    assert door_rules.both(Place(None, "code"), Place(20, "near")) == Place(20, "code")
    assert door_rules.both(Place(None, "code"), Place(None, "unknown")) == Place(None, "unknown")


@given(st.integers(-3 * 86400, 3 * 86400), st.booleans())
def test_no_clock_of_a_device_puts_a_visit_into_the_future_or_before_its_day(seconds: int, offline: bool) -> None:
    server = PLANNED + timedelta(hours=2)
    found = door_rules.happened_at(server, server + timedelta(seconds=seconds), offline, PLANNED)
    assert found <= server
    assert found == server or (offline and found.astimezone(UTC) >= PLANNED.replace(hour=0) - timedelta(hours=8))


def test_what_waited_on_the_phone_keeps_its_own_time_but_leaves_never_before_it_arrives() -> None:
    server, began = PLANNED + timedelta(hours=5), PLANNED + timedelta(minutes=3)
    assert door_rules.happened_at(server, began, True, PLANNED) == began
    assert door_rules.happened_at(server, began, False, PLANNED) == server
    assert door_rules.happened_at(server, began - timedelta(hours=1), True, PLANNED, after=began) == server
    assert door_rules.happened_at(began - timedelta(minutes=1), None, False, PLANNED, after=began) == began


def test_the_day_of_a_visit_is_the_day_in_china() -> None:
    late = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert door_rules.is_other_day(late, PLANNED)
    assert not door_rules.is_other_day(PLANNED - timedelta(hours=8), PLANNED)


def test_the_twelve_standards_ask_more_of_who_needs_more_care() -> None:
    [care] = [form for form in door_checklists.shipped() if form["code"] == "CS-12"]
    assert len(care["lines"]) == 12

    def asked(level: str) -> set[str]:
        return {line["code"] for line in care["lines"] if door_rules.is_must(line, level)}

    assert asked("semi") - asked("full_self") == {"toilet"}
    assert asked("full_care") - asked("semi") == {"moving"}
    assert asked("") == asked("full_self")
    assert not {"activity", "money"} & asked("full_care")
    assert door_rules.photo_lines(care["lines"]) == ["food", "clothes", "room", "safety", "money"]


def test_a_line_that_was_not_needed_is_answered_and_one_that_was_not_done_stays_undone() -> None:
    lines = [{"code": "a", "must": "always"}, {"code": "b", "must": "always"}, {"code": "c", "must": "planned"}]
    answers = [Answer("a", "not_needed", "self"), Answer("b", "not_done", "refused")]
    assert door_rules.missing_lines(lines, answers[:1], "semi") == ["b"]
    kept = [{"code": each.code, "answer": each.answer} for each in answers]
    assert door_rules.undone_lines(lines, kept, "semi") == ["b"]


def test_two_texts_are_the_same_whatever_their_spaces_and_marks() -> None:
    assert door_rules.bare_words("老人 精神好， 吃了 ＡＢ！") == door_rules.bare_words("老人精神好。吃了ab")


def test_nearly_the_same_picture_differs_in_few_bits_another_one_in_many() -> None:
    picture = Image.radial_gradient("L").resize((400, 300)).convert("RGB")
    smaller = picture.resize((200, 150)).point(lambda value: min(255, value + 6))
    other = Image.linear_gradient("L").rotate(90).resize((400, 300)).convert("RGB")
    marks = [difference_hash(each) for each in (picture, smaller, other)]
    assert likeness_distance(marks[0], marks[1]) <= 4
    assert likeness_distance(marks[0], marks[2]) > 16
    assert all(-(1 << 63) <= mark < 1 << 63 for mark in marks)

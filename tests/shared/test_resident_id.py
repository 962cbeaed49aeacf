"""Resident ID numbers, GB 11643-1999 (DOMAIN.md 1.6)."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.identifiers import Fault, generate_resident_id, parse_resident_id, random_resident_id

TODAY = date(2026, 11, 21)
numbers = st.builds(
    generate_resident_id,
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
    st.sampled_from(["990101", "110105", "320402"]),
)


def fault_of(value: object) -> Fault:
    with pytest.raises(Fault) as caught:
        parse_resident_id(value, TODAY)
    return caught.value


@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "female"),
        ("990101198001010014", date(1980, 1, 1), "male"),
        ("990101201506010022", date(2015, 6, 1), "female"),
        ("990101194503150035", date(1945, 3, 15), "male"),
    ],
)
def test_the_valid_numbers_of_the_domain_text_tell_birth_and_sex(number: str, born: date, sex: str) -> None:
    person = parse_resident_id(number, TODAY)
    assert (str(person), person.birth_date, person.sex, person.division) == (number, born, sex, number[:6])


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", "id_check"),
        ("990101201502300014", "id_date"),
        ("110105491231002", "id_old_15"),
        (110105491231002.0, "id_old_15"),
        ("1101051949123100", "id_length"),
        ("1101051949123100XX", "id_characters"),
        ("", "id_length"),
        (None, "id_length"),
        (generate_resident_id(TODAY + timedelta(days=1), 1), "id_future"),
    ],
)
def test_a_wrong_number_is_named_by_its_first_fault(number: object, code: str) -> None:
    assert fault_of(number).code == code


def test_the_check_digit_fault_never_tells_the_right_digit() -> None:
    assert str(fault_of("110105194912310021")).startswith("The check digit does not fit the other digits")
    assert "X" not in str(fault_of("110105194912310021"))


def test_lower_case_x_full_width_digits_spaces_and_the_text_quote_are_accepted() -> None:
    for typed in (
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X\t",
        "'11010519491231002X",
    ):
        assert parse_resident_id(typed, TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(
    "cell",
    [
        "990101198001010000",
        "9.90101E+17",
        "9.90101198001010e17",
        "９.９０１０１Ｅ＋１７",
        990101198001010014.0,
        9.90101e17,
        float("990101194503150035"),
    ],
)
def test_a_number_that_a_spreadsheet_cut_to_15_digits_is_named_as_lost(cell: object) -> None:
    assert fault_of(cell).code == "id_lost_in_spreadsheet"


def test_a_true_number_that_ends_in_three_zeros_is_not_lost() -> None:
    ending = [generate_resident_id(date(1980, 1, day), seq) for day in range(1, 29) for seq in range(0, 1000, 100)]
    true_number = next(number for number in ending if number.endswith("000"))
    assert parse_resident_id(true_number, TODAY).number == true_number


def test_an_unknown_division_is_a_warning_only() -> None:
    assert not parse_resident_id("990101198001010014", TODAY).is_known_division
    assert parse_resident_id("11010519491231002X", TODAY).is_known_division


@given(numbers)
def test_a_generated_number_is_valid(number: str) -> None:
    assert parse_resident_id(number, TODAY).number == number


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_changed_digit_is_found(number: str, place: int, char: str) -> None:
    changed = number[:place] + char + number[place + 1 :]
    if changed != number:
        fault_of(changed)


@given(numbers, st.integers(0, 16))
def test_any_two_swapped_neighbours_are_found(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        fault_of(swapped)


@given(st.dates(date(1920, 1, 1), TODAY), st.sampled_from(["male", "female"]), st.integers())
def test_a_random_number_keeps_birth_and_sex(born: date, sex: str, seed: int) -> None:
    person = parse_resident_id(random_resident_id(Random(seed), born, sex), TODAY)  # type: ignore[arg-type]
    assert (person.birth_date, person.sex) == (born, sex)

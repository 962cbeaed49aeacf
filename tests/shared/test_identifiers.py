"""Credit codes, phones and division codes (DOMAIN.md 1.3, 1.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.credit_code import ALPHABET
from bangfu.shared.identifiers import (
    DivisionLevel,
    Fault,
    ancestors,
    generate_mobile,
    generate_uscc,
    in_scope,
    is_mobile,
    national_phone,
    parse_division_code,
    parse_phone,
    parse_uscc,
)

codes = st.builds(generate_uscc, st.integers(1, 9_999_999), st.sampled_from(["51", "52", "53", "11", "91"]))


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "52990101A00000011F",
        "52990101A0000002X7",
        "11990101A00000038E",
        "51990101A000000465",
        "53990101A00000054R",
    ],
)
def test_the_valid_credit_codes_of_the_domain_text_are_accepted(code: str) -> None:
    assert parse_uscc(f" {code.lower()}") == code


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("52990101A00000011G", "uscc_check"),
        *((f"52990101A0000001{char}F", "uscc_characters") for char in "IOSVZ"),
        ("52990101A0000001", "uscc_length"),
        ("5299010AA00000011F", "uscc_division"),
    ],
)
def test_a_wrong_credit_code_is_named_by_its_fault(code: str, fault: str) -> None:
    with pytest.raises(Fault) as caught:
        parse_uscc(code)
    assert caught.value.code == fault


def test_a_wrong_inner_organisation_code_is_found_although_the_outer_check_is_right() -> None:
    from bangfu.shared.identifiers import uscc_check

    first17 = "52990101A00000012"
    with pytest.raises(Fault) as caught:
        parse_uscc(first17 + uscc_check(first17))
    assert caught.value.code == "uscc_organisation"


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_changed_character_of_a_credit_code_is_found(code: str, place: int, char: str) -> None:
    changed = code[:place] + char + code[place + 1 :]
    assert parse_uscc(code) == code
    if changed != code:
        with pytest.raises(Fault):
            parse_uscc(changed)


@given(codes, st.integers(0, 16))
def test_any_two_swapped_neighbours_of_a_credit_code_are_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(Fault):
            parse_uscc(swapped)


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("13812345678", "+8613812345678", "13812345678"),
        (13812345678.0, "+8613812345678", "13812345678"),
        ("138-1234 5678", "+8613812345678", "13812345678"),
        ("１３８１２３４５６７８", "+8613812345678", "13812345678"),
        ("+86 138 1234 5678", "+8613812345678", "13812345678"),
        ("8613812345678", "+8613812345678", "13812345678"),
        ("010-12345678", "+861012345678", "010-12345678"),
        ("01012345678", "+861012345678", "010-12345678"),
        ("+86 10 12345678", "+861012345678", "010-12345678"),
        ("（0519）86680000", "+8651986680000", "0519-86680000"),
        ("0519-86680000-12", "+8651986680000-12", "0519-86680000-12"),
        ("0519-86680000转12", "+8651986680000-12", "0519-86680000-12"),
        ("12345", "12345", "12345"),
        ("12388", "12388", "12388"),
    ],
)
def test_a_phone_is_stored_in_one_form_and_shown_as_people_write_it(typed: object, stored: str, shown: str) -> None:
    assert parse_phone(typed) == stored
    assert parse_phone(stored) == stored
    assert national_phone(stored) == shown


@pytest.mark.parametrize(
    "typed", ["", "12812345678", "1381234567", "86680000", "110", "0519", "1.38123E+10", "+1 2025550100"]
)
def test_what_is_no_phone_is_refused(typed: str) -> None:
    with pytest.raises(Fault, match="neither a mobile"):
        parse_phone(typed)


def test_only_mobiles_can_receive_text_messages() -> None:
    assert is_mobile(parse_phone(generate_mobile(7)))
    assert not is_mobile("+8651986680000")
    assert not is_mobile("12345")


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("99", DivisionLevel.PROVINCE, None),
        ("9901", DivisionLevel.CITY, "990000000000"),
        ("990101", DivisionLevel.DISTRICT, "990100000000"),
        ("990101001", DivisionLevel.TOWNSHIP, "990101000000"),
        ("990101001201", DivisionLevel.VILLAGE, "990101001000"),
        ("990100001000", DivisionLevel.TOWNSHIP, "990100000000"),
    ],
)
def test_a_division_code_is_padded_and_knows_its_level_and_parent(code: str, level: DivisionLevel, parent: str) -> None:
    division = parse_division_code(code)
    assert division.code == code.ljust(12, "0")
    assert division.level == level
    assert (division.parent and division.parent.code) == parent


@pytest.mark.parametrize("code", ["", "99010", "9901010010011", "99010A", "000000000000"])
def test_what_is_no_division_code_is_refused(code: str) -> None:
    with pytest.raises(Fault, match="12 digits"):
        parse_division_code(code)


def test_a_scope_holds_itself_and_what_lies_below_and_nothing_else() -> None:
    township = "990101001000"
    assert in_scope(township, township)
    assert in_scope("990101001203", township)
    assert in_scope("990101001203", "9901")
    assert not in_scope("990101000000", township)
    assert not in_scope("990101002000", township)
    assert not in_scope(township, "")
    assert parse_division_code("9901").covers(township)


@given(st.from_regex(r"99[0-9]{10}", fullmatch=True))
def test_every_division_lies_in_each_of_its_ancestors(code: str) -> None:
    assert all(in_scope(code, above) for above in ancestors(code))
    assert not any(in_scope(above, code) for above in ancestors(code))

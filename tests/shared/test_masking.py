"""Default display of personal data (DOMAIN.md 9.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.identifiers import parse_phone
from bangfu.shared.masking import mask_address, mask_bank, mask_coordinates, mask_id, mask_name, mask_phone


def test_an_id_keeps_six_and_four_and_a_minors_id_four_and_two() -> None:
    assert mask_id("11010519491231002X") == "110105********002X"
    assert mask_id("990101201506010022", minor=True) == "9901************22"


def test_a_short_other_document_is_hidden_whole() -> None:
    assert mask_id("E12345678") == "*********"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("欧阳小明", "欧***"), ("阿卜杜·买买提", "阿******"), ("李", "李"), ("", ""), (" 王芳 ", "王*")],
)
def test_a_name_keeps_its_first_character(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("010-12345678", "010-******78"),
        ("+861012345678", "010-******78"),
        ("+865198668000", "0519-*****00"),
        ("+8651986680000-12", "0519-******00"),
        ("12345", "12345"),
        ("unknown", "*******"),
    ],
)
def test_a_phone_keeps_what_names_no_person(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("武进区湖塘镇XX村12组3号", "武进区湖塘镇XX村***"),
        ("天宁区红梅街道翠竹社区5幢丙单元302室", "天宁区红梅街道翠竹社区***"),
        ("溧阳市周村镇前马村委会8号", "溧阳市周村镇前马村委会***"),
        ("钟楼区新村路12号", "钟楼区***"),
        ("新北区三井街道通江中路88号", "新北区三井街道***"),
        ("通江中路88号", "***"),
        ("", ""),
    ],
)
def test_an_address_is_open_to_the_village_or_community_only(address: str, shown: str) -> None:
    assert mask_address(address) == shown


def test_a_bank_account_keeps_its_last_four_digits() -> None:
    assert mask_bank("6222 0212 3456 1234") == "************1234"
    assert mask_bank("1234") == "****"


def test_coordinates_keep_two_decimals() -> None:
    assert mask_coordinates(31.77359, 119.95401) == (31.77, 119.95)


@given(st.from_regex(r"1[3-9][0-9]{9}|0(10|2[0-9])[0-9]{8}|05[0-9]{2}[0-9]{8}", fullmatch=True))
def test_no_masked_phone_shows_the_whole_number(number: str) -> None:
    assert "****" in mask_phone(parse_phone(number))

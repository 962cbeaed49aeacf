"""Search, sorting and address of Chinese names (DESIGN.md "Names")."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.names import (
    full_pinyin,
    grams,
    initials,
    name_with_title,
    normal_name,
    query_terms,
    search_terms,
    sort_key,
    surname,
)

chinese_names = st.text("张王李赵欧阳单曾小明伟芳秀英国强", min_size=2, max_size=4)


def finds(typed: str, name: str) -> bool:
    wanted = query_terms(typed)
    return bool(wanted) and set(wanted) <= set(search_terms(name))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 张 三 ", "张三"),
        ("张　小明", "张小明"),
        ("阿卜杜•买买提", "阿卜杜·买买提"),
        ("Ｊｏｈｎ  Ｓｍｉｔｈ", "John Smith"),
    ],
)
def test_a_name_has_one_form(typed: str, name: str) -> None:
    assert normal_name(typed) == name


def test_a_name_is_kept_as_single_characters_and_pairs() -> None:
    assert grams("张小明") == ["张", "小", "明", "张小", "小明"]


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("张小明", "zhangxiaoming"),
        ("单雄信", "shanxiongxin"),
        ("曾国强", "zengguoqiang"),
        ("解晓东", "xiexiaodong"),
        ("区海涛", "ouhaitao"),
        ("尉迟恭", "yuchigong"),
        ("长孙无忌", "zhangsunwuji"),
        ("吕芳", "lvfang"),
    ],
)
def test_a_family_name_is_read_as_a_family_name(name: str, spoken: str) -> None:
    assert full_pinyin(name) == spoken


def test_an_organisation_is_not_read_as_a_person() -> None:
    assert full_pinyin("区民政局", person=False) == "quminzhengju"


def test_initials_take_one_letter_of_each_character() -> None:
    assert initials("欧阳小明") == "oyxm"


@pytest.mark.parametrize(
    "typed",
    [
        "张",
        "小明",
        "张小明",
        "zhang",
        "zhangxm"[:5],
        "zxm",
        "xm",
        "zhangxiaoming",
        "xiaoming",
        "Zhang Xiaoming",
        "张 xm",
    ],
)
def test_a_person_is_found_by_characters_pinyin_or_initials(typed: str) -> None:
    assert finds(typed, "张小明")


@pytest.mark.parametrize("typed", ["李", "明小", "张明", "zm", "wang", "   "])
def test_what_is_not_in_the_name_does_not_find_it(typed: str) -> None:
    assert not finds(typed, "张小明")


@given(chinese_names, st.data())
def test_any_part_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert finds(name[start:end], name)
    assert finds(full_pinyin(name), name)
    assert finds(initials(name), name)


def test_names_are_sorted_by_pinyin_and_then_by_character() -> None:
    assert sorted(["张伟", "安娜", "李明", "李鸣", "赵云", "单于"], key=sort_key) == [
        "安娜",
        "李明",
        "李鸣",
        "单于",
        "张伟",
        "赵云",
    ]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("张小明", "张"),
        ("欧阳小明", "欧阳"),
        ("欧阳", "欧"),
        ("阿卜杜·买买提", "阿卜杜"),
        ("John Smith", "Smith"),
        ("", ""),
    ],
)
def test_the_family_name_is_known_also_when_compound(name: str, family: str) -> None:
    assert surname(name) == family


def test_a_volunteer_is_told_the_family_name_and_a_title() -> None:
    assert name_with_title("欧阳小明", "male") == "欧阳先生"
    assert name_with_title("张芳", "female") == "张女士"
    assert name_with_title("单雄信", "male", "en") == "Mr Shan"

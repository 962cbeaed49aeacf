"""The rules of call-backs and scores: quota, order, what confirms, one voice, when a figure is shown."""

import hashlib
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.feedback import codes, policy, questions, rules
from bangfu.feedback.rules import Candidate, Voice

ALL_WELL = {"came": "yes", "person": "yes", "duration": "yes", "items": "yes", "attitude": "yes", "money": "no"}
days = st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31))
people = st.lists(st.builds(Candidate, st.uuids(), days), max_size=40, unique_by=lambda each: each.household)


@pytest.mark.parametrize(("served", "called"), [(0, 0), (1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (11, 3), (101, 21)])
def test_at_least_every_fifth_recipient_is_called_and_never_nobody(served: int, called: int) -> None:
    assert rules.quota(served) == called


@given(st.integers(0, 100_000), st.integers(1, 100))
def test_the_quota_is_the_smallest_whole_number_that_reaches_the_share(served: int, percent: int) -> None:
    found = rules.quota(served, percent)
    assert Fraction(found) >= Fraction(served * percent, 100) > Fraction(found - 1)


def test_who_was_never_called_comes_first_then_the_longest_ago_then_the_smaller_mark() -> None:
    homes = [UUID(int=n) for n in range(1, 5)]
    rows = [
        Candidate(homes[0], date(2026, 4, 1)), Candidate(homes[1]), Candidate(homes[2], date(2026, 1, 5)),
        Candidate(homes[3]),
    ]  # fmt: skip
    never = sorted([homes[1], homes[3]], key=lambda home: hashlib.sha256(f"seed{home}".encode()).hexdigest())
    assert [each.household for each in rules.ordered(rows, "seed")] == [*never, homes[2], homes[0]]


@given(people, st.randoms())
def test_the_order_of_the_rows_changes_nothing(rows: list[Candidate], chance) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)
    assert rules.chosen(mixed, "s", 5) == rules.chosen(rows, "s", 5)
    assert rules.population_hash(mixed) == rules.population_hash(rows)


@given(people, st.integers(0, 10))
def test_the_next_ones_continue_the_same_order(rows: list[Candidate], number: int) -> None:
    first = rules.chosen(rows, "s", number)
    more = rules.chosen(rows, "s", 3, {each.household for each in first})
    assert [*first, *more] == rules.ordered(rows, "s")[: len(first) + len(more)]


@pytest.mark.parametrize(
    ("changed", "confirmed"),
    [
        ({}, True), ({"attitude": "no"}, True), ({"money": "yes"}, True), ({"duration": "unsure"}, True),
        ({"came": "no"}, False), ({"came": "unsure"}, False), ({"person": "no"}, False), ({"person": "unsure"}, False),
        ({"duration": "no"}, False), ({"items": "no"}, False),
    ],
)  # fmt: skip
def test_what_confirms_the_record(changed: dict[str, str], confirmed: bool) -> None:
    assert rules.confirms({**ALL_WELL, **changed}) is confirmed


def test_money_nobody_coming_and_danger_offer_the_next_step() -> None:
    assert rules.offers(ALL_WELL, danger=False) == ()
    assert rules.offers({**ALL_WELL, "money": "yes", "came": "no"}, danger=True) == ("danger", "fee_demand", "no_show")
    assert rules.offers({**ALL_WELL, "person": "no"}, danger=False) == ("wrong_person",)


def test_three_calls_on_one_day_are_one_try() -> None:
    day = date(2026, 11, 2)
    assert not rules.gives_up([day, day, day])
    assert not rules.gives_up([day, day + timedelta(days=1)])
    assert rules.gives_up([day, day + timedelta(days=1), day + timedelta(days=4)])


def test_a_household_that_scores_often_is_still_one_voice() -> None:
    often, once = Voice(stars_sum=3 * 5, stars_count=3), Voice(1, 1)
    assert rules.mean_of([often, once]) == 3
    assert rules.mean_of([Voice(9, 2)]) == Fraction(9, 2)
    assert rules.mean_of([]) is None


@given(st.lists(st.integers(1, 5), min_size=1, max_size=12))
def test_the_voice_is_the_mean_of_the_own_scores(stars: list[int]) -> None:
    assert 1 <= Voice(sum(stars), len(stars)).mean == Fraction(sum(stars), len(stars)) <= 5


def test_a_spread_is_shown_from_five_households_on() -> None:
    assert rules.spread([Voice(5, 1)] * 4) is None
    shown = rules.spread([Voice(5, 1), Voice(9, 2), Voice(4, 1), Voice(1, 1), Voice(7, 3)])
    assert shown == {1: 1, 2: 1, 3: 0, 4: 1, 5: 2}


def test_a_code_is_read_however_it_was_typed() -> None:
    code = codes.fresh()
    assert codes.typed(codes.shown(code)) == codes.typed(f"  {code.lower()} ") == code
    assert codes.typed(f"https://portal.example/rate/{code}?x=1") == code
    assert [codes.typed(each) for each in ("", "ABCD-EFG", "ABCD-EFG0", "ABCD-EFGHJ")] == ["", "", "", ""]


def test_versions_begin_on_their_day_and_every_call_asks_the_six_questions() -> None:
    asked = questions.in_force(date(2026, 11, 22))
    assert asked.codes == ("came", "person", "duration", "items", "attitude", "money")
    assert questions.in_force(date(2020, 1, 1)) == asked
    assert policy.in_force(date(2026, 11, 22)).percent == 20


def test_a_mark_is_one_hash_of_seed_and_household() -> None:
    home = uuid4()
    assert rules.mark("ab", home) == hashlib.sha256(("ab" + str(home)).encode()).hexdigest()

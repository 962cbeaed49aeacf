"""The table of spot checks, the order of inspectors, what a result must say."""

import hashlib
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.errors import Refused
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_rules import Finding, Line

PEOPLE = st.lists(st.uuids(), unique=True, max_size=12)
GOOD = Finding("phone", "pass", lines=[Line("food", "met")])


@given(st.lists(st.sampled_from(rules.MACHINE.actions), max_size=8))
def test_whatever_is_tried_a_check_is_decided_at_most_once_and_never_leaves_its_end(actions: list[str]) -> None:
    state, ended = "drawn", 0
    for action in actions:
        try:
            state = rules.MACHINE.target(state, action)
        except Refused:
            continue
        ended += state in {"closed", "redrawn"}
        assert state in rules.STATES
    assert ended <= 1


def test_the_only_way_through_is_that_of_the_rules() -> None:
    steps = {(line.source, line.action, line.target) for line in rules.MACHINE.table.values()}
    assert steps == {
        ("drawn", "assign", "assigned"), ("assigned", "finish", "done"), ("done", "redraw", "redrawn"),
        ("done", "notify", "notified"), ("notified", "appeal", "appealed"), ("appealed", "decide", "closed"),
        ("notified", "close", "closed"),
    }  # fmt: skip


@given(st.binary(min_size=32, max_size=32), st.uuids(), PEOPLE, st.randoms())
def test_the_order_of_inspectors_depends_on_seed_visit_and_person_alone(
    seed: bytes, visit: UUID, people: list[UUID], random: object
) -> None:
    mixed = list(people)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    order = rules.drawn_order(seed, visit, people)
    assert order == rules.drawn_order(seed, visit, mixed) and sorted(order) == sorted(people)
    digests = [hashlib.sha256(seed + f"{visit}{one}".encode()).hexdigest() for one in order]
    assert digests == sorted(digests)


@given(st.binary(min_size=32, max_size=32), st.uuids(), PEOPLE)
def test_who_drops_out_leaves_the_order_of_the_others(seed: bytes, visit: UUID, people: list[UUID]) -> None:
    order = rules.drawn_order(seed, visit, people)
    assert rules.drawn_order(seed, visit, people[1:]) == [one for one in order if one not in people[:1]]


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 1, 6)), max_size=9))
def test_attempts_on_one_day_count_once(days: list[date]) -> None:
    assert rules.days_tried(days + days) == len(set(days))


def test_three_tries_count_only_on_three_days() -> None:
    day = date(2026, 11, 2)
    assert rules.days_tried([day, day, day]) == 1
    assert rules.days_tried([day, day + timedelta(1), day + timedelta(2)]) == rules.ATTEMPTS


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lines": []}, "line-food"),
        ({"lines": [Line("food", "partly")]}, "remark-food"),
        ({"result": ""}, "result"),
        ({"result": "unreachable"}, "result"),
        ({"result": "fail", "remarks": "只停留了十分钟"}, "reason"),
        ({"result": "fail", "reason": "forged"}, "remarks"),
        ({"lines": [Line("food", "not_met", "冷饭")]}, "remarks"),
        ({"method": "onsite"}, "confirmation"),
        ({"method": "onsite", "confirmation": "signature"}, "confirmation"),
        ({"method": "onsite", "confirmation": "thumbprint_photo"}, "thumbprint_file"),
        ({"method": "onsite", "confirmation": "refused"}, "refused_reason"),
        ({"method": "onsite", "confirmation": "unable"}, "unable_reason"),
    ],
)
def test_a_result_says_what_is_missing_by_the_field(changes: dict, field: str) -> None:
    plain = {name: getattr(GOOD, name) for name in Finding.__slots__}
    assert list(rules.faults_of(Finding(**{**plain, **changes}), ["food"], ["food"])) == [field]


def test_nobody_has_to_sign_a_refusal_with_its_reason_is_enough() -> None:
    refused = Finding("onsite", "pass", lines=[Line("food", "met")], confirmation="refused",
                      confirmation_reason="unwilling")  # fmt: skip
    assert rules.faults_of(refused, ["food"], ["food"]) == {} == rules.faults_of(GOOD, ["food"], ["food"])


def test_only_what_was_found_on_site_needs_a_second_name() -> None:
    assert [method for method in rules.METHODS if rules.needs_second(method)] == ["onsite"]
    assert uuid4() not in rules.drawn_order(b"", uuid4(), [])

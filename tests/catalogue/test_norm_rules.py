"""Norms: who is due what, by DOMAIN.md 2.2; the strictest decides; windows of visits."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.catalogue.loading import shipped
from bangfu.catalogue.norm_rules import (
    PERIODS,
    TARGETS,
    Due,
    HouseFacts,
    Norm,
    PersonFacts,
    Present,
    due_services,
    groups_of,
    standing,
    strictest,
    targets_of,
)
from bangfu.catalogue.rules import AREAS, AUDIENCES, ELEMENTS, fits, in_force, missing_elements
from bangfu.catalogue.tables import ServiceNorm
from bangfu.catalogue.window_rules import Window, due_windows, fill, period_span, windows
from bangfu.catalogue.words import WORDS
from bangfu.needs.catalogue import DEFAULTS
from bangfu.shared.civil_time import civil_date

TODAY = date(2026, 11, 22)


def _norms() -> list[Norm]:
    return [
        Norm(
            row["code"], 1, row["service"], row["target"], int(row["times"]), row["period"], int(row["minutes"]),
            int(row["within_hours"]), row["on_request"] == "yes", row["basis_zh"], row["basis_en"], row["source"],
        )
        for row in shipped("norms")
    ]  # fmt: skip


NORMS = _norms()


def person(age: int, *tags: str, supported: bool = True, **more: object) -> PersonFacts:
    return PersonFacts(uuid4(), date(TODAY.year - age, 1, 1), supported, tags=frozenset(tags), **more)  # type: ignore[arg-type]


def home(*people: PersonFacts, **more: str) -> HouseFacts:
    return HouseFacts(people=people, **more)


def due(house: HouseFacts) -> dict[str, tuple[int, str, str]]:
    """Service -> times, period and code of the strictest norm."""
    found = due_services(house, NORMS, TODAY)
    return {one.service: (one.strictest.times, one.strictest.period, one.strictest.code) for one in found}


def tekun(level: str, age: int = 70, mode: str = "dispersed") -> HouseFacts:
    return home(person(age), category="tekun", support_mode=mode, selfcare_level=level)


def test_a_person_supported_at_home_is_due_care_and_checks_by_self_care_level() -> None:
    semi, full = due(tekun("semi")), due(tekun("full_care"))
    assert semi == {
        "daily_care": (3, "week", "tekun_semi.daily_care"), "visit_check": (1, "week", "tekun_semi.visit_check")
    }  # fmt: skip
    assert full["daily_care"] == (7, "week", "tekun_full_care.daily_care")
    assert full["visit_check"][:2] == (1, "week")
    assert due(tekun("full_self")) == {"visit_check": (2, "month", "tekun_full_self.visit_check")}, "care on request"
    assert due(tekun("semi", mode="centralized")) == {}
    assert due(tekun("")) == {"visit_check": (1, "month", "tekun_dispersed.visit_check")}


def test_the_level_counts_for_the_supported_person_only() -> None:
    wife = person(72, supported=False)
    found = due_services(
        home(person(70), wife, category="tekun", support_mode="dispersed", selfcare_level="semi"), NORMS, TODAY
    )
    assert wife.id not in {cause.person for one in found for cause in one.causes}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (person(80, "lives_alone"), (1, "week", "elder_high_risk.visit_check")),
        (person(79, "lives_alone"), (1, "quarter", "elder_alone.visit_check")),
        (person(85), None),
        (person(60, "serious_illness"), (1, "week", "elder_serious_illness.visit_check")),
        (person(59, "serious_illness"), None),
        (person(61, disabilities=((4, 3),)), (1, "month", "elder_disabled.visit_check")),
        (person(61, "dementia"), (1, "month", "elder_dementia.visit_check")),
        (person(61, "family_planning_special"), (1, "month", "special_family_elder.visit_check")),
        (person(40, disabilities=((4, 2),)), (1, "quarter", "disabled_severe.visit_check")),
        (person(40, disabilities=((4, 3),)), None),
        (person(12, "orphan"), (1, "month", "orphan_scattered.visit_check")),
        (person(12, "poverty"), (1, "month", "child_difficulty.visit_check")),
        (person(12, "left_behind"), (1, "quarter", "left_behind.visit_check")),
        (person(18, "left_behind"), None),
        (person(30, "mental_severe"), (1, "month", "mental_severe.visit_check")),
    ],
)
def test_checks_are_due_by_age_and_situation(who: PersonFacts, expected: tuple[int, str, str] | None) -> None:
    assert due(home(who, category="dibao")).get("visit_check") == expected


@pytest.mark.parametrize(
    ("color", "expected"),
    [("red", (1, "week")), ("yellow", (2, "month")), ("blue", (1, "month")), ("green", (1, "quarter"))],
)
def test_children_are_visited_by_their_risk_colour(color: str, expected: tuple[int, str]) -> None:
    house = home(person(40), person(9, supported=False), risk_color=color)
    assert due(house)["visit_check"][:2] == expected


def test_intellectual_and_mental_disability_need_daily_care_in_place() -> None:
    who = person(30, disabilities=((5, 3),))
    found = [one for one in due_services(home(who), NORMS, TODAY) if one.service == "daily_care"]
    assert [(one.person, one.urgent_care, one.is_health) for one in found] == [(who.id, True, True)]


def test_of_several_norms_for_one_service_the_strictest_decides_and_all_are_reasons() -> None:
    house = home(
        person(82, "lives_alone", "dementia"), category="tekun", support_mode="dispersed", selfcare_level="full_self"
    )
    (check,) = [one for one in due_services(house, NORMS, TODAY) if one.service == "visit_check"]
    assert check.strictest.code == "elder_high_risk.visit_check"
    assert {cause.norm.target for cause in check.causes} == {
        "elder_high_risk", "elder_dementia", "elder_alone", "tekun_dispersed", "tekun_full_self"
    }  # fmt: skip


def test_of_equal_norms_the_published_one_comes_before_the_products_own() -> None:
    own, published = (
        Norm(code, 1, "visit_check", "x", 1, "week", source=mark) for code, mark in (("a", "[D]"), ("b", "[F]"))
    )
    assert strictest([own, published]) is published


def test_checks_are_due_once_for_a_home_and_care_once_for_a_person() -> None:
    house = home(person(81, "empty_nest"), person(83, "empty_nest", supported=False))
    assert [(one.service, one.person) for one in due_services(house, NORMS, TODAY)] == [("visit_check", None)]


@pytest.mark.parametrize(
    ("times", "period", "visits"),
    [
        (1, "week", 4),
        (3, "week", 12),
        (7, "week", 28),
        (1, "two_weeks", 2),
        (1, "month", 1),
        (2, "month", 2),
        (1, "quarter", 1),
    ],
)
def test_visits_in_four_weeks_are_rounded_up(times: int, period: str, visits: int) -> None:
    assert Norm("x", 1, "visit_check", "x", times, period).visits == visits


def test_open_needs_cover_what_is_due_for_the_person_or_the_whole_household() -> None:
    who, other = uuid4(), uuid4()
    norm = Norm("x", 1, "daily_care", "tekun_semi", 3, "week")
    one = Due("daily_care", who, norm, ())
    assert standing(one, []) == "missing"
    assert standing(one, [Present("daily_care", other, 28)]) == "missing"
    assert standing(one, [Present("daily_care", who, 8)]) == "below"
    assert standing(one, [Present("daily_care", None, 8), Present("nursing_care", who, 4)]) == "covered"
    assert standing(one, [Present("meal", who, 28)]) == "missing"


@given(
    age=st.integers(0, 100),
    tags=st.sets(st.sampled_from(["lives_alone", "left_behind", "orphan", "dementia", "mental_severe"])),
    category=st.sampled_from(["tekun", "dibao"]), level=st.sampled_from(["", "semi", "full_care", "full_self"]),
    color=st.sampled_from(["", "red", "green"]),
    disability=st.lists(st.tuples(st.integers(1, 7), st.integers(1, 4)), max_size=2),
)  # fmt: skip
def test_whatever_the_facts_no_service_is_due_twice_and_nothing_stricter_is_left_out(
    age: int, tags: set[str], category: str, level: str, color: str, disability: list[tuple[int, int]]
) -> None:
    who = person(age, *tags, disabilities=tuple(disability))
    house = home(who, category=category, support_mode="dispersed", selfcare_level=level, risk_color=color)
    found = due_services(house, NORMS, TODAY)
    assert len({(one.service, one.person) for one in found}) == len(found)
    held = set(targets_of(house, who, TODAY))
    for one in found:
        assert one.strictest.target in held
        fitting = [
            norm for norm in NORMS if norm.service == one.service and norm.target in held and not norm.on_request
        ]
        assert one.strictest.a_year == max(norm.a_year for norm in fitting)


_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 729 * 86400).map(lambda seconds: _FIRST + timedelta(seconds=seconds))
PERIOD = st.sampled_from(sorted(PERIODS))


@given(day=st.dates(date(2024, 1, 1), date(2030, 12, 31)), period=PERIOD, times=st.integers(1, 31))
def test_windows_are_equal_and_fill_their_period_without_a_hole(day: date, period: str, times: int) -> None:
    start, end = period_span(period, day)
    assert start <= datetime(day.year, day.month, day.day, 4, tzinfo=UTC) < end
    made = windows(start, end, times)
    assert (len(made), made[0].start, made[-1].end) == (times, start, end)
    assert all(left.end == right.start for left, right in pairwise(made))
    lengths = [Fraction((window.end - window.start) / timedelta(microseconds=1)) for window in made]
    assert max(lengths) - min(lengths) <= 32, "equal but for the clock's last digit"


@given(
    day=st.dates(date(2026, 1, 1), date(2027, 11, 30)),
    period=PERIOD,
    times=st.integers(1, 7),
    visits=st.lists(MOMENTS, max_size=40),
)
def test_one_visit_fills_at_most_the_window_of_its_start(
    day: date, period: str, times: int, visits: list[datetime]
) -> None:
    for service in ("daily_care", "visit_check"):
        made = due_windows(service, times, period, day, visits)
        used = [window.visit for window in made if window.visit is not None]
        assert len(set(used)) == len(used)
        assert all(window.start <= window.visit < window.end for window in made if window.visit is not None)
        if service == "visit_check":
            assert len({civil_date(visit) for visit in used}) == len(used), "two visits on one day fill one window"


def test_two_visits_on_one_day_fill_two_windows_of_care_but_one_of_a_check() -> None:
    start = datetime(2026, 11, 21, 16, tzinfo=UTC)  # midnight of the 22nd in China
    half = windows(start, start + timedelta(days=1), 2)
    visits = [start + timedelta(hours=9), start + timedelta(hours=15)]
    assert [window.visit for window in fill(half, visits)] == visits
    assert [window.visit for window in fill(half, visits, one_a_day=True)] == [visits[0], None]


def test_a_window_says_where_it_stands() -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    window = Window(start, start + timedelta(days=7))
    assert [window.state(start + timedelta(days=days)) for days in (-1, 0, 7)] == ["ahead", "due", "missed"]
    assert Window(start, start + timedelta(days=7), start).state(start) == "filled"


def test_weeks_begin_on_monday_and_quarters_with_their_first_month() -> None:
    week = period_span("week", TODAY)
    assert (civil_date(week[0]), week[1] - week[0]) == (date(2026, 11, 16), timedelta(days=7))
    assert civil_date(period_span("quarter", TODAY)[0]) == date(2026, 10, 1)
    assert period_span("two_weeks", date(2026, 11, 23))[0] in (
        period_span("week", date(2026, 11, 16))[0], period_span("week", date(2026, 11, 23))[0]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("service", "groups", "fitting"),
    [
        ("tutoring", {"minor", "pupil"}, True), ("tutoring", {"elder"}, False),
        ("companion_child", {"working_age"}, False),
        ("employment", {"elder"}, False), ("nursing_care", {"minor"}, False), ("nursing_care", {"limited"}, True),
        ("visit_check", set(), True), ("legal_aid", {"elder"}, True), ("home_adapt", {"pupil"}, False),
    ],
)  # fmt: skip
def test_wrong_pairs_of_service_and_group_are_known(service: str, groups: set[str], fitting: bool) -> None:
    assert fits(service, groups) is fitting


def test_groups_follow_from_age_and_situation() -> None:
    assert groups_of(home(), person(10), TODAY) >= {"minor", "pupil"}
    assert "working_age" not in groups_of(home(), person(70), TODAY)
    assert {"elder", "alone", "limited"} <= groups_of(home(selfcare_level="semi"), person(70, "lives_alone"), TODAY)


def _version(number: int, status: str, valid_from: date | None) -> ServiceNorm:
    return ServiceNorm(version=number, status=status, valid_from=valid_from)


def test_the_highest_version_that_has_begun_counts_and_a_retired_one_ends_the_code() -> None:
    first, later = _version(1, "published", date(2026, 1, 1)), _version(2, "published", date(2026, 12, 1))
    assert in_force([first, later, _version(3, "draft", None)], TODAY) is first
    assert in_force([first, later], date(2026, 12, 1)) is later
    assert in_force([first, _version(2, "retired", date(2026, 2, 1))], TODAY) is None
    assert in_force([], TODAY) is None


def test_the_shipped_items_are_complete() -> None:
    rows = shipped("items")
    assert len(rows) >= 95
    assert (
        len({row["code"] for row in rows})
        == len({row["zh"] for row in rows})
        == len({row["en"] for row in rows})
        == len(rows)
    )
    assert {row["area"] for row in rows} == set(AREAS)
    assert {row["service"] for row in rows} == {default.code for default in DEFAULTS}
    assert len({row["service"] for row in rows}) == 21
    for row in rows:
        assert missing_elements(row) == [], row["code"]
        assert set(row["targets"].split()) <= set(AUDIENCES)
        assert row["targets"]
        assert 5 <= int(row["minutes"]) <= 720
        assert not any("\u4e00" <= sign <= "\u9fff" for element in ELEMENTS for sign in row[f"{element}_en"]), row[
            "code"
        ]


def test_the_shipped_norms_name_known_targets_and_mark_their_source() -> None:
    assert {norm.target for norm in NORMS} <= set(TARGETS)
    assert set(TARGETS) <= set(WORDS["norm_target"])
    assert {norm.target for norm in NORMS} == set(TARGETS), "every target has a norm"
    for norm in NORMS:
        assert norm.source.startswith(("[D]", "[F:")), norm.code
        assert norm.basis_zh, norm.code
        assert norm.basis_en, norm.code
        assert norm.code.startswith(f"{norm.target}.")


def test_a_persons_id_is_kept_with_its_cause() -> None:
    who = person(30, "mental_severe")
    (one,) = due_services(home(who), NORMS, TODAY)
    assert isinstance(one.causes[0].person, UUID)
    assert one.causes[0].person == who.id

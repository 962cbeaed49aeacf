"""Clocks, spans, standings and certificates of the register (DOMAIN.md 1.1, 1.2), with vectors and made-up data."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.errors import FormError
from bangfu.households import disability, review_rules, rules, spans, status_rules
from bangfu.households.disability import Disability
from bangfu.households.sealing import PersonFacts, person_columns
from bangfu.households.spans import Rewrite, Span, Standing
from bangfu.households.status_rules import Member, outcome_of_leaving
from bangfu.shared.civil_time import add_months
from bangfu.shared.faults import Fault
from bangfu.shared.identifiers import generate_resident_id

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
CATEGORIES = st.sampled_from(rules.CATEGORIES)
HEAD, OTHER = Member(True, False), Member(False, False)
ID = generate_resident_id(date(1960, 5, 4), 11)


@pytest.mark.parametrize(
    ("since", "category", "stable", "able", "due"),
    [
        ("2026-08-31", "dibao", False, False, "2027-02-28"),
        ("2027-08-31", "dibao", True, True, "2028-02-29"),
        ("2026-08-31", "dibao", True, False, "2027-08-31"),
        ("2028-02-29", "tekun", False, True, "2029-02-28"),
        ("2026-03-01", "dibao_edge", False, True, "2027-03-01"),
        ("2026-03-01", "rigid_expense", True, False, "2027-03-01"),
        ("2026-11-30", "emergency", True, False, "2027-02-28"),
    ],
)
def test_reviews_are_due_after_six_or_twelve_months(
    since: str, category: str, stable: bool, able: bool, due: str
) -> None:
    found = review_rules.next_review(date.fromisoformat(since), category, income_stable=stable, able_bodied=able)
    assert found.isoformat() == due


def test_an_emergency_is_looked_at_when_it_ends() -> None:
    day = review_rules.next_review(
        date(2026, 11, 1), "emergency", income_stable=True, able_bodied=False, valid_until=date(2026, 12, 24)
    )
    assert day == date(2026, 12, 24)


@given(DAYS, st.integers(-60, 60))
def test_a_month_added_is_that_month_and_at_most_its_last_day(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(DAYS, st.integers(0, 8000), CATEGORIES, st.booleans(), st.booleans())
def test_a_first_review_lies_ahead_by_at_most_one_period(
    since: date, days: int, category: str, stable: bool, able: bool
) -> None:
    today = min(since + timedelta(days=days), date(2095, 1, 1))
    months = review_rules.months_between(category, income_stable=stable, able_bodied=able)
    due = review_rules.first_review(since, today, category, income_stable=stable, able_bodied=able)
    assert today < due <= add_months(today, months) + timedelta(days=3)


@pytest.mark.parametrize(
    ("day", "state"), [(None, ""), (-1, "late"), (0, "due"), (30, "due"), (31, "later")]
)  # fmt: skip
def test_a_review_is_late_due_or_later(day: int | None, state: str) -> None:
    today = date(2026, 11, 22)
    assert review_rules.state_of(None if day is None else today + timedelta(days=day), today) == state


@pytest.mark.parametrize(
    ("reason", "leaver", "others", "personal", "outcome"),
    [
        ("died", HEAD, [], False, "close"),
        ("imprisoned", HEAD, [], True, "close"),
        ("moved_out", HEAD, [], False, "leave"),
        ("died", HEAD, [OTHER], False, ""),
        ("died", HEAD, [OTHER], True, "close"),
        ("died", OTHER, [HEAD], True, ""),
        ("died", Member(False, True), [HEAD], True, "close"),
        ("died", HEAD, [Member(False, True)], True, ""),
        ("imprisoned", Member(True, True), [Member(False, True)], True, ""),
        ("other", Member(False, True), [HEAD], True, "leave"),
    ],
)
def test_a_household_ends_with_its_only_or_its_assisted_person(
    reason: str, leaver: Member, others: list[Member], personal: bool, outcome: str
) -> None:
    assert outcome_of_leaving(reason, leaver, others, personal=personal) == outcome


def test_services_end_in_the_month_of_a_death_and_six_months_after_an_exit() -> None:
    assert status_rules.services_end_by(date(2028, 2, 1)) == date(2028, 2, 29)
    assert status_rules.services_end_by(date(2026, 12, 31)) == date(2026, 12, 31)
    assert status_rules.grace_until(date(2026, 8, 31)) == date(2027, 2, 28)


def test_no_state_is_left_by_a_move_that_the_table_does_not_list() -> None:
    assert status_rules.MACHINE.ends(status_rules.STATES) == set()
    assert status_rules.MACHINE.actions_for("active", {"township_officer"}) == ("exit", "leave", "close")
    assert status_rules.MACHINE.actions_for("closed", {"auditor"}) == ()


class History:
    """A history on which changes and corrections are made, as the table keeps it."""

    def __init__(self, since: date) -> None:
        self.spans = [Span(uuid4(), Standing("dibao"), since)]

    def apply(self, rewrite: Rewrite) -> None:
        gone: set[UUID | None] = {span.id for span in (*rewrite.replaced, *rewrite.closed)}
        kept = [span for span in self.spans if span.id not in gone]
        new = [Span(uuid4(), span.standing, span.starts_on, span.ends_on) for span in (*rewrite.closed, *rewrite.added)]
        self.spans = sorted([*kept, *new], key=lambda span: span.starts_on)


@given(
    DAYS,
    st.lists(st.tuples(CATEGORIES, st.integers(-400, 400), st.integers(0, 5), st.booleans()), max_size=12),
)
def test_however_a_history_is_changed_and_corrected_its_spans_never_overlap_and_one_is_open(
    since: date, steps: list[tuple[str, int, int, bool]]
) -> None:
    history, today = History(since), since + timedelta(days=3000)
    for category, shift, which, correcting in steps:
        chosen = history.spans[which % len(history.spans)] if correcting else history.spans[-1]
        day = chosen.starts_on + timedelta(days=shift)
        try:
            if correcting:
                assert chosen.id is not None
                history.apply(spans.correct(history.spans, chosen.id, Standing(category), day, today))
            else:
                history.apply(spans.change(chosen, Standing(category), day, today))
        except FormError:
            continue
        assert not spans.overlap(history.spans)
        assert [span.ends_on for span in history.spans].count(None) == 1
        assert all(span.ends_on is None or span.starts_on <= span.ends_on for span in history.spans)


def test_a_change_ends_the_present_span_on_the_day_before() -> None:
    present = Span(uuid4(), Standing("dibao"), date(2026, 1, 1))
    made = spans.change(present, Standing("tekun"), date(2026, 5, 1), date(2026, 6, 1))
    assert [(span.starts_on, span.ends_on) for span in made.closed] == [(date(2026, 1, 1), date(2026, 4, 30))]
    assert [(span.standing.category, span.starts_on) for span in made.added] == [("tekun", date(2026, 5, 1))]


@pytest.mark.parametrize(
    ("day", "category"), [("2026-06-02", "tekun"), ("2025-12-31", "tekun"), ("2026-05-01", "dibao")]
)
def test_no_change_in_the_future_before_the_present_span_or_to_the_same(day: str, category: str) -> None:
    present = Span(uuid4(), Standing("dibao"), date(2026, 1, 1))
    with pytest.raises(FormError):
        spans.change(present, Standing(category), date.fromisoformat(day), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("age_years", "tags"),
    [
        (7, ("minor", "minor_u14", "minor_u8")), (8, ("minor", "minor_u14")), (13, ("minor", "minor_u14")),
        (14, ("minor",)), (17, ("minor",)), (18, ()), (59, ()), (60, ("elder",)), (79, ("elder",)),
        (80, ("elder", "elder80")),
    ],
)  # fmt: skip
def test_age_tags_follow_from_the_birthday(age_years: int, tags: tuple[str, ...]) -> None:
    today = date(2026, 11, 22)
    assert rules.age_tags(date(2026 - age_years, 11, 22), today) == tags
    assert rules.age_tags(None, today) == ()


@given(DAYS, DAYS)
def test_who_is_under_14_is_shown_only_to_those_who_work_with_children(born: date, today: date) -> None:
    child = rules.needs_guardian(born, today)
    assert rules.shows_person({"station_dispatcher"}, born, today) is not child
    assert rules.shows_person({"station_dispatcher", "child_director"}, born, today)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ID}43", Disability(("4",), 3, f"{ID}43")), (f" {ID}62b1 ", Disability(("6",), 2, f"{ID}62B1")),
        (f"{ID}71", Disability(("7",), 1, f"{ID}71")),
    ],
)  # fmt: skip
def test_a_certificate_tells_type_and_level(text: str, expected: Disability) -> None:
    assert disability.read_certificate(text, ID) == expected


@pytest.mark.parametrize("tail", ["", "4", "83", "45", "40", "03", "43B", "43BB", "43B12"])
def test_what_is_no_certificate_is_refused(tail: str) -> None:
    with pytest.raises(Fault) as caught:
        disability.read_certificate(f"{ID}{tail}", ID)
    assert caught.value.code == "certificate_form"


def test_a_certificate_of_somebody_else_is_refused() -> None:
    with pytest.raises(Fault) as caught:
        disability.read_certificate(f"{generate_resident_id(date(1961, 1, 1), 12)}43", ID)
    assert caught.value.code == "certificate_person"


@pytest.mark.parametrize(
    ("child_type", "tags", "stored"),
    [
        ("orphan", ("left_behind",), ("orphan", ["left_behind", "orphan"])),
        ("poverty", ("orphan", "left_behind"), ("poverty", ["left_behind"])),
        ("", ("de_facto_unattended",), ("de_facto_unattended", ["de_facto_unattended"])),
    ],
)
def test_the_kind_of_child_and_its_tags_say_the_same(
    child_type: str, tags: tuple[str, ...], stored: tuple[str, list[str]]
) -> None:
    columns = person_columns(uuid4(), PersonFacts("测试", tags=tags, child_type=child_type))
    assert (columns["child_type"], columns["tags"]) == stored

"""The table of DOMAIN.md 8.10 and the clock: every listed move, every other refused; holidays, pauses, year ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.errors import Refused
from bangfu.shared.civil_time import SHANGHAI, civil_date, published_calendar
from bangfu.supervision import rules
from bangfu.supervision.calendar import end_of_working_day
from bangfu.supervision.rules import Clock

CALENDAR = published_calendar()
OVER, BOTH = rules.OVERSEERS, rules.OVERSEERS | rules.SYSTEM
GOING = ("forwarded", "tracking", "urged")
LISTED = {
    ("issued", "forward"): ("forwarded", BOTH),
    **{(state, "forward"): ("forwarded", OVER) for state in GOING},
    **{(state, "track"): ("tracking", rules.DOERS) for state in GOING},
    **{(state, "urge"): ("urged", BOTH) for state in GOING},
    **{(state, "feed_back"): ("feedback", rules.DOERS) for state in GOING},
    **{(state, "pause"): (state, BOTH) for state in GOING},
    **{(state, "resume"): (state, BOTH) for state in GOING},
    ("feedback", "return"): ("tracking", OVER),
    ("feedback", "close"): ("cancelled", OVER),
    **{(state, "settle"): ("cancelled", rules.SYSTEM) for state in ("issued", *GOING, "feedback")},
    **{(state, "drop"): ("dropped", BOTH) for state in ("issued", *GOING, "feedback")},
}
MOMENTS = st.integers(0, 60 * 24 * 695).map(
    lambda minutes: datetime(2025, 1, 2, tzinfo=UTC) + timedelta(minutes=minutes)
)
DAYS = st.integers(1, 25)


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("action", rules.ACTIONS)
def test_every_listed_move_leads_where_the_table_says_and_every_other_is_refused(state: str, action: str) -> None:
    listed = LISTED.get((state, action))
    if listed is None:
        with pytest.raises(Refused):
            rules.step(state, action)
        return
    line = rules.step(state, action)
    assert (line.target, line.roles) == listed


def test_the_ends_are_closed_and_dropped_and_only_feedback_leads_to_closing_by_hand() -> None:
    assert {"cancelled", "dropped"} == rules.TERMINAL
    assert [line.source for line in rules.TRANSITIONS.values() if line.action == "close"] == ["feedback"]


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(("due", "one", "three", "five"), [
    # National Day 1-7 October 2026 is off, Saturday 10 October is a make-up day
    ("2026-09-29T23:59", "2026-09-30T23:59", "2026-10-09T23:59", "2026-10-12T23:59"),
    ("2026-09-30T23:59", "2026-10-01T23:59", "2026-10-10T23:59", "2026-10-13T23:59"),
    ("2026-10-08T14:20", "2026-10-09T14:20", "2026-10-12T14:20", "2026-10-14T14:20"),
    ("2026-06-05T23:59", "2026-06-06T23:59", "2026-06-10T23:59", "2026-06-12T23:59"),
    # over the end of the year: 1-3 January off, Sunday 4 January is a make-up day
    ("2025-12-30T23:59", "2025-12-31T23:59", "2026-01-05T23:59", "2026-01-07T23:59"),
])  # fmt: skip
def test_the_ladder_is_one_day_three_and_five_working_days_over_the_due_time(
    due: str, one: str, three: str, five: str
) -> None:
    clock = Clock(china(due) - timedelta(days=3), china(due), False)
    reached = [rules.moment_of(stage, clock, CALENDAR) for stage in (2, 3, 4)]
    assert reached == [china(one), china(three), china(five)]
    assert rules.moment_of(5, clock, CALENDAR) is None


def test_half_of_the_working_time_is_not_half_of_the_calendar_days() -> None:
    clock = Clock(china("2026-09-30T00:00"), china("2026-10-10T00:00"), False)  # 30 September, 8, 9 October
    assert rules.at_share(clock, 0.5, CALENDAR) == china("2026-10-08T12:00")
    hours = Clock(clock.start, clock.due, True)
    assert rules.at_share(hours, 0.5, CALENDAR) == china("2026-10-05T00:00")


@given(at=MOMENTS, days=DAYS)
def test_the_moments_come_in_their_order_and_inside_the_time_given(at: datetime, days: int) -> None:
    clock = Clock(at, end_of_working_day(at, days, CALENDAR), False)
    moments = [rules.moment_of(stage, clock, CALENDAR) for stage in range(rules.STAGES)]
    assert None not in moments
    assert moments == sorted(moments)  # type: ignore[type-var]
    assert clock.start <= moments[0] <= moments[1] <= clock.due < moments[2]  # type: ignore[operator]


@given(at=MOMENTS, days=DAYS)
def test_a_deadline_ends_on_a_working_day_with_so_many_working_days_behind_the_first(at: datetime, days: int) -> None:
    due = end_of_working_day(at, days, CALENDAR)
    assert CALENDAR.is_working_day(civil_date(due))
    assert CALENDAR.working_days_between(civil_date(at), civil_date(due)) == days
    assert due.astimezone(SHANGHAI).strftime("%H:%M") == "23:59"


@given(at=MOMENTS, days=DAYS, paused=st.integers(0, 60 * 24 * 20), gone=st.integers(0, 60 * 24 * 60))
def test_a_pause_moves_the_due_date_by_exactly_the_paused_working_days(
    at: datetime, days: int, paused: int, gone: int
) -> None:
    clock = Clock(at, end_of_working_day(at, days, CALENDAR), False)
    begun = at + timedelta(minutes=paused)
    ended = begun + timedelta(minutes=gone)
    moved = rules.shifted(clock, begun, ended, CALENDAR)
    lost = rules.working_days(civil_date(begun), civil_date(ended), CALENDAR)
    assert rules.working_days(civil_date(clock.due), civil_date(moved.due), CALENDAR) == lost
    assert moved.due - clock.due == timedelta(days=(civil_date(moved.due) - civil_date(clock.due)).days)
    if begun <= clock.due:
        left = rules.working_days(civil_date(begun), civil_date(clock.due), CALENDAR)
        assert rules.working_days(civil_date(ended), civil_date(moved.due), CALENDAR) == left


@given(at=MOMENTS, hours=st.integers(1, 200), paused=st.integers(0, 10_000), gone=st.integers(0, 100_000))
def test_plain_hours_move_by_the_exact_time_and_keep_their_length(
    at: datetime, hours: int, paused: int, gone: int
) -> None:
    clock = Clock(at, at + timedelta(hours=hours), True)
    begun = at + timedelta(minutes=paused)
    moved = rules.shifted(clock, begun, begun + timedelta(minutes=gone), CALENDAR)
    assert moved.due - clock.due == timedelta(minutes=gone)
    assert moved.due - moved.start == clock.due - clock.start


@given(at=MOMENTS, first=st.integers(0, 5000), then=st.integers(0, 5000), gap=st.integers(0, 5000))
def test_two_pauses_move_as_much_as_their_days_together(at: datetime, first: int, then: int, gap: int) -> None:
    clock = Clock(at, end_of_working_day(at, 10, CALENDAR), False)
    one, two = at + timedelta(minutes=first), at + timedelta(minutes=first + gap)
    three = two + timedelta(minutes=then)
    twice = rules.shifted(rules.shifted(clock, at, one, CALENDAR), two, three, CALENDAR)
    lost = rules.working_days(civil_date(at), civil_date(one), CALENDAR)
    lost += rules.working_days(civil_date(two), civil_date(three), CALENDAR)
    assert rules.working_days(civil_date(clock.due), civil_date(twice.due), CALENDAR) == lost


@given(at=MOMENTS, days=DAYS)
def test_a_pause_of_no_time_moves_nothing(at: datetime, days: int) -> None:
    clock = Clock(at, end_of_working_day(at, days, CALENDAR), False)
    assert rules.shifted(clock, at, at, CALENDAR) == clock


def test_in_a_year_that_nobody_entered_reminders_follow_the_weekdays_and_a_deadline_is_refused() -> None:
    clock = Clock(china("2032-03-01T10:00"), china("2032-03-05T23:59"), False)
    assert rules.moment_of(3, clock, CALENDAR) == china("2032-03-10T23:59")
    with pytest.raises(Refused, match="2032"):
        end_of_working_day(clock.start, 3, CALENDAR)
    assert rules.is_working(CALENDAR, date(2032, 3, 1))


@pytest.mark.parametrize(("text", "enough"), [
    ("", False), ("好了", False), ("done. ok", False), ("已 于 周 五 完 成 整 改", False),
    ("已于周五完成整改并拍照", True),
])  # fmt: skip
def test_evidence_is_more_than_a_word(text: str, enough: bool) -> None:
    assert rules.enough_words(text) is enough

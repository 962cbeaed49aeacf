"""The seven steps as DOMAIN.md 8.1 lists them, their deadlines across holidays, whose turn it is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.discovery import measure_rules, rules
from bangfu.discovery.queries import TURN_ROLE
from bangfu.discovery.tables import Report
from bangfu.errors import Refused
from bangfu.shared.civil_time import SHANGHAI, civil_date, published_calendar

LINES = {
    ("collected", "match"): ("matched", {"station_dispatcher"}),
    ("collected", "merge"): ("duplicate", {"station_dispatcher"}),
    ("matched", "merge"): ("duplicate", {"station_dispatcher"}),
    ("collected", "answer"): ("informed", {"station_dispatcher", "township_officer", "bureau_officer"}),
    ("matched", "verify"): ("verified", {"social_worker", "township_officer"}),
    ("matched", "not_confirm"): ("matched", {"social_worker", "township_officer"}),
    ("matched", "emergency"): ("reviewed", {"township_officer"}),
    ("verified", "review"): ("reviewed", {"township_officer"}),
    ("reviewed", "intervene"): ("intervening", {"township_officer", "bureau_officer"}),
    ("reviewed", "file_papers"): ("reviewed", {"social_worker", "township_officer"}),
    ("intervening", "file_papers"): ("intervening", {"social_worker", "township_officer"}),
    ("intervening", "propose_clearing"): ("intervening", {"township_officer"}),
    ("intervening", "return_clearing"): ("intervening", {"bureau_officer"}),
    ("intervening", "clear"): ("cleared", {"bureau_officer"}),
    ("cleared", "inform"): ("informed", {"assist_coordinator"}),
    ("cleared", "reopen"): ("intervening", {"township_officer"}),
    ("informed", "reopen"): ("intervening", {"township_officer"}),
    **{
        (state, "reject"): ("rejected", {"township_officer"})
        for state in ("collected", "matched", "verified", "reviewed", "intervening", "cleared")
    },
    ("rejected", "tell_rejection"): ("rejected", {"assist_coordinator"}),
    ("rejected", "appeal"): (
        "matched",
        {"assist_coordinator", "child_director", "social_worker", "bureau_officer"},
    ),
}


def test_the_table_lists_exactly_these_moves() -> None:
    table = {key: (line.target, set(line.roles)) for key, line in rules.MACHINE.table.items()}
    assert table == LINES


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("action", rules.MACHINE.actions)
def test_every_other_move_is_refused(state: str, action: str) -> None:
    if (state, action) not in LINES:
        with pytest.raises(Refused):
            rules.MACHINE.step(state, action)


def test_a_measure_is_closed_only_after_it_was_reported_as_done() -> None:
    closing = [source for source, action in measure_rules.MACHINE.table if action == "close"]
    assert closing == ["done_reported"]
    assert measure_rules.MACHINE.ends(measure_rules.STATES) == {"closed", "cancelled"}


VECTORS = [
    # a Monday; the eve of the holidays of 1 to 8 October 2025 (28 September and 11 October are working days);
    # the end of the year
    ("match", datetime(2025, 11, 24, 9, tzinfo=SHANGHAI), date(2025, 11, 26)),
    ("match", datetime(2025, 9, 30, 17, tzinfo=SHANGHAI), date(2025, 10, 10)),
    ("verify", datetime(2025, 9, 30, 9, tzinfo=SHANGHAI), date(2025, 10, 14)),
    ("review", datetime(2025, 9, 26, 9, tzinfo=SHANGHAI), date(2025, 10, 10)),
    ("inform", datetime(2025, 12, 30, 9, tzinfo=SHANGHAI), date(2026, 1, 5)),
    ("papers", datetime(2025, 11, 24, 9, tzinfo=SHANGHAI), date(2025, 12, 8)),
]


@pytest.mark.parametrize(("name", "at", "day"), VECTORS)
def test_a_step_is_due_with_the_last_minute_of_its_working_day(name: str, at: datetime, day: date) -> None:
    due = rules.deadline(name, at, published_calendar())
    assert due is not None
    assert civil_date(due) == day
    assert due.astimezone(SHANGHAI).strftime("%H:%M") == "23:59"


def test_an_urgent_report_is_verified_within_24_hours_whatever_the_day() -> None:
    eve = datetime(2025, 9, 30, 20, tzinfo=SHANGHAI)
    assert rules.deadline("verify", eve, published_calendar(), urgent=True) == eve + timedelta(hours=24)
    assert rules.deadline("match", eve, published_calendar(), urgent=True) != eve + timedelta(hours=24)


@pytest.mark.parametrize(
    ("cleared", "last"),
    [
        (date(2025, 3, 15), date(2025, 9, 15)),
        (date(2025, 8, 31), date(2026, 2, 28)),
        (date(2027, 8, 30), date(2028, 2, 29)),
        (date(2025, 10, 31), date(2026, 4, 30)),
        (date(2025, 12, 1), date(2026, 6, 1)),
    ],
)
def test_six_months_end_on_the_same_day_or_the_last_of_a_shorter_month(cleared: date, last: date) -> None:
    assert rules.reopen_until(cleared) == last
    at = datetime(cleared.year, cleared.month, cleared.day, 15, tzinfo=SHANGHAI)
    end = datetime(last.year, last.month, last.day, 23, 59, tzinfo=SHANGHAI)
    assert rules.reopenable(at, end)
    assert not rules.reopenable(at, end + timedelta(minutes=1))


def test_what_was_never_cleared_is_not_reopened() -> None:
    assert not rules.reopenable(None, datetime(2026, 1, 1, tzinfo=UTC))


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_six_months_are_181_to_184_days_and_never_pass_over_a_month(cleared: date) -> None:
    last = rules.reopen_until(cleared)
    assert 181 <= (last - cleared).days <= 184
    assert (last.year - cleared.year) * 12 + last.month - cleared.month == 6
    assert last.day <= cleared.day


@given(st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
def test_the_reporter_alone_never_verifies(visitors: set[int], reporters: set[int]) -> None:
    assert rules.others_went_along(visitors, reporters) is any(visitor not in reporters for visitor in visitors)


@pytest.mark.database
async def test_the_lists_sql_and_the_rules_agree_whose_turn_it_is(database: str) -> None:
    for status in rules.STATES:
        for kind in ("", *rules.HOTLINE_KINDS):
            for restricted in (False, True):
                for proposed in (False, True):
                    for told in (False, True):
                        turn = rules.turn_of(status, kind, restricted=restricted, proposed=proposed, told=told)
                        rows = await Report.raw(
                            f"SELECT {TURN_ROLE} AS role FROM (SELECT {{}}::varchar AS status,"
                            " {}::varchar AS hotline_kind, {}::boolean AS restricted,"
                            " CASE WHEN {} THEN gen_random_uuid() END AS clearing_proposed_by,"
                            " CASE WHEN {} THEN now() END AS rejection_told_at) r",
                            status, kind, restricted, proposed, told,
                        )  # fmt: skip
                        assert rows[0]["role"] == (turn.role if turn else "")

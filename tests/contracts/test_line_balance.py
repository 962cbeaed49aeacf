"""What is left of a contract line, and what one planning period may use of it."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.contracts.rules import Line, Posted, balance_of, days_left, left_for_period, reserved_visits

TODAY = date(2026, 3, 2)
days = st.integers(0, 800)
fen = st.integers(0, 10**8)


def line_of(units: int = 520, amount: str = "31200.00", days: int = 364, price: str = "60.00", **more) -> Line:
    """A line that began yesterday and has `days` days left."""
    values = {
        "starts_on": TODAY - timedelta(days=1), "ends_on": TODAY + timedelta(days=days - 1), "status": "active",
    }  # fmt: skip
    return Line(uuid4(), uuid4(), "daily_care", Decimal(price), units, Decimal(amount), **{**values, **more})


@st.composite
def lines(draw) -> Line:
    return line_of(
        draw(st.integers(0, 5000)), str(Decimal(draw(fen)) / 100), draw(st.integers(1, 800)),
        str(Decimal(draw(st.integers(0, 50_000))) / 100),
    )  # fmt: skip


posted = st.lists(
    st.builds(
        Posted, st.sampled_from(["reserved", "delivered"]), st.integers(1, 400),
        st.integers(0, 10**6).map(lambda n: Decimal(n) / 100),
    ),
    max_size=6,
)  # fmt: skip


def test_a_year_line_gives_a_thirteenth_to_four_weeks() -> None:
    assert left_for_period(line_of(), [], TODAY) == (40, 240_000)


def test_what_is_reserved_or_delivered_is_gone_and_what_is_released_or_settled_is_not_counted_again() -> None:
    moved = [
        Posted("reserved", 130, Decimal("7800.00")), Posted("delivered", 10, Decimal("600.00")),
        Posted("released", -10, Decimal("-600.00")), Posted("settled", 10, Decimal("600.00")),
    ]  # fmt: skip
    left = balance_of(line_of(), moved)
    assert (left.used_units, left.left_units, left.left_amount) == (130, 390, Decimal("23400.00"))
    assert left_for_period(line_of(), moved, TODAY) == (30, 180_000)


def test_in_its_last_four_weeks_a_line_gives_all_that_is_left_and_no_more() -> None:
    for left in (1, 13, 27, 28):
        assert left_for_period(line_of(days=left), [], TODAY) == (520, 3_120_000)
    assert left_for_period(line_of(days=29), [], TODAY) == (502, 3_012_413)


def test_a_line_that_is_not_open_gives_nothing() -> None:
    assert left_for_period(line_of(starts_on=TODAY + timedelta(days=1)), [], TODAY) == (0, 0)
    assert left_for_period(line_of(days=0), [], TODAY) == (0, 0)
    assert left_for_period(line_of(status="suspended"), [], TODAY) == (0, 0)


@given(lines(), posted)
def test_a_period_never_gets_more_than_is_left(line: Line, moved: list[Posted]) -> None:
    visits, fen = left_for_period(line, moved, TODAY)
    left = balance_of(line, moved)
    assert 0 <= visits <= max(0, left.left_units)
    assert 0 <= fen <= max(0, left.left_amount * 100)


@given(lines(), posted, st.integers(1, 400))
def test_what_is_reserved_more_leaves_a_period_less(line: Line, moved: list[Posted], more: int) -> None:
    before = left_for_period(line, moved, TODAY)
    after = left_for_period(line, [*moved, Posted("reserved", more, more * line.unit_price)], TODAY)
    assert after[0] <= before[0]
    assert after[1] <= before[1]


@given(lines(), posted, st.lists(st.integers(1, 60), min_size=1, max_size=40))
def test_a_plan_inside_the_period_always_fits_the_line(line: Line, moved: list[Posted], wanted: list[int]) -> None:
    visits, fen = left_for_period(line, moved, TODAY)
    plan: list[int] = []
    for each in wanted:
        if sum(plan) + each <= visits and (sum(plan) + each) * line.unit_price * 100 <= fen:
            plan.append(each)
    left = balance_of(line, moved)
    # A line in its last four weeks reserves at least one visit for each, and never more than what the plan counts.
    units = sum(min(each, reserved_visits(line, each, TODAY)) if days_left(line, TODAY) < 28
                else reserved_visits(line, each, TODAY) for each in plan)  # fmt: skip
    assert left.covers(units, units * line.unit_price) or not plan


@given(lines(), st.integers(1, 60))
def test_a_case_reserves_at_most_one_period_and_everything_at_least_one_visit(line: Line, visits: int) -> None:
    once, recurring = reserved_visits(line, visits, TODAY, once=True), reserved_visits(line, visits, TODAY)
    assert 1 <= once <= max(1, visits)
    assert once <= recurring


@pytest.mark.parametrize(
    ("units", "warning"), [(0, ""), (415, ""), (416, "near"), (493, "near"), (494, "nearly_used"), (520, "nearly_used")]
)
def test_warnings_come_at_80_and_95_percent(units: int, warning: str) -> None:
    assert balance_of(line_of(), [Posted("reserved", units, Decimal(0))]).warning == warning


def test_the_ceiling_that_is_used_up_first_counts() -> None:
    assert balance_of(line_of(), [Posted("reserved", 10, Decimal("31000.00"))]).warning == "nearly_used"
    assert balance_of(line_of(amount="0.00", price="0.00"), [Posted("reserved", 10, Decimal(0))]).warning == ""

"""Which licences an organisation needs, when they are announced, and what bars it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.providers.register_rules import (
    NEEDED_BY_TYPE,
    STEPS,
    barred_reason,
    expired_licences,
    holds,
    missing_licences,
    needed_licences,
    step_due,
)
from bangfu.providers.words import WORDS

DAY = date(2026, 3, 2)
ONE = timedelta(days=1)


def test_a_licence_counts_on_its_last_day_and_bars_from_the_next() -> None:
    assert expired_licences({"registration"}, {"registration": DAY}, DAY) == []
    assert expired_licences({"registration"}, {"registration": DAY}, DAY + ONE) == ["registration"]


def test_a_licence_that_the_register_does_not_hold_is_missing_but_bars_nobody() -> None:
    assert expired_licences({"registration"}, {}, DAY) == []
    assert missing_licences({"registration", "food"}, {"food": DAY}) == ["registration"]


def test_a_licence_that_is_not_needed_may_run_out() -> None:
    assert expired_licences(needed_licences("township_gov", ["meal"]), {"registration": DAY}, DAY + ONE) == []
    assert expired_licences(needed_licences("service_agency", []), {"charity": DAY}, DAY + ONE) == []


def test_who_offers_meals_needs_the_food_licence() -> None:
    assert needed_licences("service_agency", ["meal"]) == {"registration", "food"}
    assert needed_licences("volunteer_team", ["meal"]) == {"food"}


def test_only_known_types_need_licences() -> None:
    assert set(NEEDED_BY_TYPE) <= set(WORDS["org_type"])


@pytest.mark.parametrize(
    ("left", "step"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0), (-400, 0)],
)
def test_an_end_is_announced_60_30_and_7_days_before_and_when_it_is_over(left: int, step: int | None) -> None:
    assert step_due(DAY + timedelta(days=left), DAY) == step


@given(st.integers(-100, 100), st.integers(0, 50))
def test_announcements_only_come_nearer(left: int, later: int) -> None:
    first, second = (step_due(DAY + timedelta(days=left), DAY + timedelta(days=gone)) for gone in (0, later))
    assert second is None if first is None and left - later > 60 else second in STEPS or second is None
    assert first is None or (second is not None and second <= first)


@pytest.mark.parametrize(
    ("active", "until", "expired", "reason"),
    [
        (False, DAY, ["registration"], "not_active"),
        (True, DAY, ["registration"], "blacklisted"),
        (True, DAY - ONE, ["registration"], "licence_expired"),
        (True, DAY - ONE, [], ""),
        (True, None, [], ""),
    ],
)
def test_the_last_day_of_a_bar_is_barred(active: bool, until: date | None, expired: list[str], reason: str) -> None:
    assert barred_reason(active=active, blacklist_until=until, expired=expired, day=DAY) == reason


def test_a_link_stands_on_its_first_and_its_last_day() -> None:
    assert holds(DAY, DAY, DAY)
    assert holds(DAY, None, DAY + 365 * ONE)
    assert not holds(DAY, None, DAY - ONE)
    assert not holds(DAY - ONE, DAY - ONE, DAY)

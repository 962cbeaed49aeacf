"""Sums of a purchase list, and how many of the waiting needs it serves."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bangfu.purchasing import rules
from bangfu.purchasing.queries import as_kept, from_kept
from bangfu.purchasing.rules import MACHINE, NOTHING, Outcome, per_10000, served, total_band


@dataclass(frozen=True)
class Item:
    units: int
    price_low: Decimal
    price_high: Decimal


def test_the_band_of_a_list_is_the_sum_of_its_items() -> None:
    items = [Item(100, Decimal("40.00"), Decimal("60.00")), Item(3, Decimal("0.01"), Decimal("0.02"))]
    assert total_band(items) == (Decimal("4000.03"), Decimal("6000.06"))
    assert total_band([]) == (0, 0)


def test_units_for_half_of_the_visits_serve_half_of_the_needs() -> None:
    assert served(13 * 40, 10, 40) == 10
    assert served(13 * 20, 10, 40) == 5
    assert served(0, 10, 40) == 0
    assert served(100, 0, 0) == 0


@given(units=st.integers(0, 10**7), needs=st.integers(0, 5000), visits=st.integers(0, 50_000))
def test_never_more_needs_are_served_than_wait_and_more_units_never_serve_fewer(
    units: int, needs: int, visits: int
) -> None:
    assert 0 <= served(units, needs, visits) <= needs
    assert served(units, needs, visits) <= served(units + 100, needs, visits)


def test_needs_for_ten_thousand_yuan() -> None:
    assert per_10000(5, Decimal("100000.00")) == Decimal("0.5")
    assert per_10000(5, Decimal(0)) is None


def test_a_list_is_approved_by_the_lead_and_drafted_by_the_officer() -> None:
    assert MACHINE.actions_for("submitted", {"bureau_lead"}) == ("approve", "return")
    assert MACHINE.actions_for("submitted", {"bureau_officer"}) == ()
    assert MACHINE.actions_for("draft", {"bureau_officer"}) == ("submit",)
    assert MACHINE.ends(rules.STATES) == {"closed"}


def test_an_outcome_is_kept_to_the_fen() -> None:
    outcome = Outcome(10, Decimal("600.00"), 8, Decimal("470.01"), 12, Decimal("3.10"), 4)
    assert from_kept(as_kept(outcome)) == outcome
    assert (outcome.not_contracted, outcome.not_used) == (2, 0)
    assert from_kept("{}") == NOTHING
    assert outcome + NOTHING == outcome

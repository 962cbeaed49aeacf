"""The ledger's arithmetic: no order of entries makes what is left negative, or loses a fen."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.contracts.rules import (
    KINDS,
    NOTHING,
    Burn,
    Posted,
    Sum,
    burn_of_entries,
    fault_of,
    moved_by_delivery,
)  # fmt: skip

CEILING = Sum(100, Decimal("2500.00"))
sums = st.builds(Sum, st.integers(0, 60), st.integers(0, 150_000).map(lambda fen: Decimal(fen) / 100))
signed = st.one_of(sums, sums.map(lambda one: -one))
entries = st.lists(
    st.tuples(st.sampled_from(KINDS), signed).map(lambda e: Posted(e[0], e[1].units, e[1].amount)), max_size=40
)


def taken(wanted: list[Posted]) -> list[Posted]:
    """Those of a sequence of entries that the rules let through."""
    ledger: list[Posted] = []
    for entry in wanted:
        if not fault_of(burn_of_entries(CEILING, ledger), entry):
            ledger.append(entry)
    return ledger


@settings(max_examples=300)
@given(entries)
def test_no_sequence_of_entries_makes_a_sum_negative_or_passes_the_line(wanted: list[Posted]) -> None:
    burn = burn_of_entries(CEILING, taken(wanted))
    for part in (burn.left, burn.committed, burn.delivered, burn.verified, burn.held, burn.settled):
        assert NOTHING.within(part)
    assert burn.verified.within(burn.delivered)
    assert (burn.settled + burn.held).within(burn.delivered)
    assert (burn.settled + burn.held).within(CEILING)


@given(entries)
def test_what_is_used_and_what_is_left_are_the_ceiling_to_the_fen(wanted: list[Posted]) -> None:
    ledger = taken(wanted)
    burn = burn_of_entries(CEILING, ledger)
    assert burn.left + burn.committed + burn.delivered == CEILING
    booked = [entry for entry in ledger if entry.kind in {"reserved", "released", "delivered"}]
    assert burn.used.amount == sum((entry.amount for entry in booked), Decimal(0))


@given(sums, st.lists(sums.filter(lambda one: one.units > 0), max_size=12))
def test_deliveries_use_up_a_reservation_and_the_rest_goes_back_to_the_fen(opened: Sum, visits: list[Sum]) -> None:
    left, beyond = opened, NOTHING
    for visit in visits:
        moved = moved_by_delivery(left, visit)
        assert moved.within(left)
        left = left - moved
        beyond += Sum(max(0, visit.units - moved.units), max(Decimal(0), visit.amount - moved.amount))
    assert NOTHING.within(left)
    assert left.units == max(0, opened.units - sum(visit.units for visit in visits))
    if not left.units:
        assert left.amount == 0 or not visits
    assert beyond.units == max(0, sum(visit.units for visit in visits) - opened.units)


def test_each_rule_of_the_ledger_has_its_name() -> None:
    burn = Burn(
        CEILING, committed=Sum(40, Decimal(1000)), delivered=Sum(50, Decimal(1250)), verified=Sum(50, Decimal(1250)),
        held=Sum(5, Decimal(125)), settled=Sum(40, Decimal(1000)),
    )  # fmt: skip
    broken = {
        ("reserved", 11, "275.00"): "over_line", ("reserved", 0, "0.00"): "sign", ("released", 1, "25.00"): "sign",
        ("released", -41, "-1000.00"): "over_committed", ("delivered", 11, "275.00"): "over_line",
        ("delivered", -1, "-25.00"): "over_delivered", ("verified", 1, "25.00"): "over_delivered",
        ("verified", -51, "-1250.00"): "below_zero", ("freed", -6, "-125.00"): "over_held",
        ("settled", 6, "150.00"): "over_delivered", ("held", 0, "125.01"): "over_delivered",
        ("delivered", 1, "-25.00"): "sign",
    }  # fmt: skip
    for (kind, units, amount), rule in broken.items():
        assert fault_of(burn, Posted(kind, units, Decimal(amount))) == rule, (kind, units, amount)
    for kind, units, amount in (
        ("reserved", 10, "250.00"), ("released", -40, "-1000.00"), ("delivered", 10, "250.00"),
        ("verified", -50, "-1250.00"), ("freed", -5, "-125.00"), ("settled", 5, "125.00"), ("settled", -40, "-1000.00"),
    ):  # fmt: skip
        assert fault_of(burn, Posted(kind, units, Decimal(amount))) == ""


def test_what_is_paid_and_held_back_stays_within_a_ceiling_that_was_cut() -> None:
    burn = Burn(Sum(10, Decimal(250)), delivered=Sum(12, Decimal(300)), settled=Sum(9, Decimal(225)))
    assert fault_of(burn, Posted("settled", 1, Decimal(25))) == ""
    assert fault_of(burn, Posted("held", 0, Decimal("25.01"))) == "over_ceiling"
    assert fault_of(burn, Posted("settled", 2, Decimal(25))) == "over_ceiling"
    assert burn.used_up

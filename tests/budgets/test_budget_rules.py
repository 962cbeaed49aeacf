"""The 2 % cap, shares of years and what is given back, as DOMAIN.md 4.3 says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.budgets import rules
from bangfu.budgets.rules import CAPPED, FundState, cap_of, give_back, year_shares

yuan = st.integers(0, 10**13).map(lambda fen: Decimal(fen) / 100)
days = st.dates(date(2024, 1, 1), date(2032, 12, 31))


def special(total: str | None, used: str = "0.00", year: int = 2026) -> FundState:
    return FundState(year, CAPPED, None if total is None else Decimal(total), Decimal("0.02"), Decimal(used))


def test_two_percent_of_fifty_million_is_one_million() -> None:
    fund = special("50000000.00", "980000.00")
    assert fund.cap == Decimal("1000000.00")
    assert fund.free == Decimal("20000.00")


def test_twenty_thousand_more_passes_and_one_fen_more_fails() -> None:
    fund = special("50000000.00", "980000.00")
    assert fund.refusal(Decimal("20000.00"), 2026, override=False) is None
    refused = fund.refusal(Decimal("20000.01"), 2026, override=False)
    assert refused is not None
    assert refused[0] == rules.OVER_CAP
    assert (refused[1]["cap"], refused[1]["free"]) == ("1,000,000.00", "20,000.00")


def test_no_reason_overrides_the_cap() -> None:
    refused = special("50000000.00", "1000000.00", 2027).refusal(Decimal("0.01"), 2026, override=True)
    assert refused is not None
    assert refused[0] == rules.OVER_CAP


def test_the_cap_is_rounded_down_to_the_fen() -> None:
    assert cap_of(Decimal("100.49"), Decimal("0.02")) == Decimal("2.00")
    assert cap_of(Decimal("99.99"), Decimal("0.02")) == Decimal("1.99")


@given(total=yuan)
def test_the_cap_never_passes_the_share_by_a_part_of_a_fen(total: Decimal) -> None:
    cap = cap_of(total, Decimal("0.02"))
    assert cap <= total * Decimal("0.02") < cap + rules.FEN


@pytest.mark.parametrize("source", [source for source in rules.SOURCES if source != CAPPED])
def test_other_sources_are_outside_of_the_cap(source: str) -> None:
    fund = FundState(2026, source, Decimal(1000), rules.CAP_SHARES[source], Decimal(999))
    assert fund.cap is None
    assert fund.refusal(Decimal(10_000), 2026, override=False) is None, "its items cover it or not"
    assert fund.free == Decimal(1)


def test_only_a_future_year_without_a_total_can_be_overridden() -> None:
    now, future = special(None), special(None, year=2027)
    assert now.refusal(Decimal(1), 2026, override=True) == (rules.NO_TOTAL, {"source": CAPPED, "year": 2026})
    asked = future.refusal(Decimal(1), 2026, override=False)
    assert asked is not None
    assert asked[0] == rules.FUTURE_WITHOUT_TOTAL
    assert future.refusal(Decimal(1), 2026, override=True) is None


def test_a_corrected_total_shows_by_how_much_the_cap_is_passed() -> None:
    fund = special("40000000.00", "980000.00")
    assert (fund.standing, fund.over, fund.free) == ("over", Decimal("180000.00"), Decimal("-180000.00"))
    assert special("50000000.00", "949999.99").standing == "free"
    assert special("50000000.00", "950000.00").standing == "near"
    assert special("50000000.00", "1000000.00").standing == "near"
    assert special(None).standing == "unset"


def test_a_term_over_two_years_falls_on_both_by_days() -> None:
    shares = year_shares(Decimal("365.00"), date(2026, 7, 2), date(2027, 7, 1))
    assert shares == {2026: Decimal("183.00"), 2027: Decimal("182.00")}


def test_the_last_year_takes_the_odd_fen() -> None:
    assert year_shares(Decimal("0.01"), date(2026, 12, 31), date(2027, 1, 1)) == {
        2026: Decimal("0.00"), 2027: Decimal("0.01")
    }  # fmt: skip


@given(amount=yuan, first=days, length=st.integers(0, 1200))
def test_the_years_lose_no_fen_and_none_is_negative(amount: Decimal, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    shares = year_shares(amount, first, last)
    assert sum(shares.values()) == amount
    assert list(shares) == list(range(first.year, last.year + 1))
    assert all(share >= 0 and share == share.quantize(rules.FEN) for share in shares.values())


@given(amount=yuan, first=days, length=st.integers(0, 1200))
def test_a_year_gets_its_days_to_the_fen(amount: Decimal, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    for year, share in year_shares(amount, first, last).items():
        own = (min(last, date(year, 12, 31)) - max(first, date(year, 1, 1))).days + 1
        assert abs(share - amount * own / (length + 1)) <= rules.FEN


def test_a_term_that_ends_before_it_begins_and_parts_of_a_fen_are_no_input() -> None:
    with pytest.raises(ValueError, match="ends before"):
        year_shares(Decimal(1), date(2026, 1, 2), date(2026, 1, 1))
    with pytest.raises(ValueError, match="parts of a fen"):
        year_shares(Decimal("0.001"), date(2026, 1, 1), date(2026, 1, 2))


def test_the_latest_year_is_given_back_first() -> None:
    held = [(2026, Decimal(30)), (2027, Decimal(20))]
    assert give_back(held, Decimal(25)) == [Decimal(5), Decimal(20)]
    assert give_back(held, None) == [Decimal(30), Decimal(20)]
    assert give_back(held, Decimal(999)) == [Decimal(30), Decimal(20)]


@given(
    held=st.lists(st.tuples(st.integers(2025, 2029), yuan), max_size=5),
    amount=st.one_of(st.none(), st.integers(-100, 10**13).map(lambda fen: Decimal(fen) / 100)),
)
def test_never_more_is_given_back_than_was_held(held: list[tuple[int, Decimal]], amount: Decimal | None) -> None:
    parts = give_back(held, amount)
    whole = sum((own for _, own in held), Decimal(0))
    assert all(0 <= part <= own for part, (_, own) in zip(parts, held, strict=True))
    assert sum(parts, Decimal(0)) == (whole if amount is None else min(max(Decimal(0), amount), whole))

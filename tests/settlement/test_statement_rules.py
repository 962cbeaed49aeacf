"""What a quarter is worth, line by line (DOMAIN.md 4.3, 6.3, 6.5)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.settlement.statement_rules import appealed_of, judge, lines_of, total_of
from tests.settlement.facts import LINE, facts, key, money, subsidy, visit

BANDS = ("poor", "fair", "good", "excellent")


@pytest.mark.parametrize(
    ("units", "rate", "band", "base", "perf"),
    [
        (118, "60.00", "excellent", "4956.00", "2124.00"),
        (104, "60.00", "good", "4368.00", "1684.80"),
        (90, "60.00", "fair", "3780.00", "972.00"),
        (12, "85.50", "excellent", "718.20", "307.80"),
        (118, "60.00", "fair", "4956.00", "1274.40"),
        (112, "60.00", "poor", "4704.00", "0.00"),
        (117, "60.00", "excellent", "4914.00", "2106.00"),
        (22, "33.33", "poor", "513.28", "0.00"),
    ],
)
def test_the_vectors_of_the_pay_rule_come_out_to_the_fen(
    units: int, rate: str, band: str, base: str, perf: str
) -> None:
    lines = lines_of(facts(*(visit(n, price=rate) for n in range(units))), band)
    assert [(line.kind, line.amount) for line in lines] == [("base", money(base)), ("perf", money(perf))]
    assert [line.units for line in lines] == [units, units]


@pytest.mark.parametrize(("band", "amount"), [("excellent", "360.00"), ("good", "324.00"), ("fair", "216.00")])
def test_a_caregivers_quarter_is_months_times_rate_times_factor(band: str, amount: str) -> None:
    (line,) = lines_of(subsidy(), band)
    assert (line.kind, line.amount, line.status, line.units) == ("subsidy", money(amount), "undisputed", 3)


def test_a_poor_quarter_of_a_caregiver_waits_for_the_township_before_nothing_is_paid() -> None:
    (waiting,) = lines_of(subsidy(), "poor")
    assert (waiting.status, waiting.amount, waiting.reason) == ("held", money("216.00"), "township_review")
    (applied,) = lines_of(subsidy(), "poor", reviewed=True)
    assert (applied.status, applied.amount) == ("undisputed", money("0.00"))
    (spared,) = lines_of(subsidy(), "poor", reviewed=True, spared=True)
    assert (spared.amount, spared.reason) == (money("216.00"), "spared")


def test_a_subsidy_of_a_quarter_without_a_score_waits_for_the_township() -> None:
    (waiting,) = lines_of(subsidy(), "")
    assert (waiting.status, waiting.amount, waiting.reason) == ("held", money("360.00"), "township_review")
    (refused,) = lines_of(subsidy(), "", reviewed=True)
    assert (refused.status, refused.amount, refused.factor) == ("undisputed", money("0.00"), 0)
    (paid,) = lines_of(subsidy(), "", reviewed=True, spared=True)
    assert (paid.status, paid.amount, paid.reason) == ("undisputed", money("360.00"), "spared")


def test_disputed_units_are_held_not_lost() -> None:
    quarter = facts(*(visit(n) for n in range(8)), visit(8, "disputed"), visit(9, "disputed"))
    lines = lines_of(quarter, "excellent")
    assert total_of(lines) == money("480.00")
    assert total_of(lines, "held") == money("120.00")


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ({"qualified": False, "payable": False, "unpayable_reason": "cred_gap"}, "cred_gap"),
        ({"payable": False, "unpayable_reason": "afterwards_share"}, "afterwards_share"),
        ({"forged": True}, "forged"),
        ({"status": "rejected"}, "rejected"),
        ({"status": "missed"}, "missed"),
        ({"line": key("nowhere")}, "no_line"),
    ],
)
def test_what_does_not_count_is_listed_with_its_reason(fact: dict[str, object], reason: str) -> None:
    odd = visit(1, **fact)  # type: ignore[arg-type]
    quarter = facts(visit(0), odd)
    assert {one.visit: one.reason for one in judge(quarter)} == {key(f"visit {LINE} 0"): "", odd.id: reason}
    assert total_of(lines_of(quarter, "excellent")) == money("60.00")


def test_a_visit_of_another_statement_is_not_paid_again() -> None:
    quarter = facts(visit(0), visit(1))
    elsewhere = frozenset({key(f"visit {LINE} 1")})
    assert [one.reason for one in judge(quarter, elsewhere)] == ["", "paid_elsewhere"]
    assert total_of(lines_of(quarter, "excellent", elsewhere=elsewhere)) == money("60.00")


def test_what_goes_beyond_a_line_is_not_payable_and_the_undisputed_comes_first() -> None:
    quarter = facts(visit(0, "disputed"), visit(1), visit(2), visit(3), units_left=3)
    assert [one.verdict for one in judge(quarter)] == ["unpaid", "paid", "paid", "paid"]
    assert judge(quarter)[0].reason == "line_units"
    poorer = facts(visit(0), visit(1), visit(2), amount_left="130.00")
    assert [one.reason for one in judge(poorer)] == ["", "", "line_amount"]


def test_visits_at_two_prices_are_two_pairs_of_lines() -> None:
    lines = lines_of(facts(visit(0), visit(1, price="70.00")), "excellent")
    assert [(line.kind, line.rate, line.amount) for line in lines] == [
        ("base", money("70.00"), money("49.00")), ("perf", money("70.00"), money("21.00")),
        ("base", money("60.00"), money("42.00")), ("perf", money("60.00"), money("18.00")),
    ]  # fmt: skip


def test_the_linear_rule_pays_by_the_score() -> None:
    quarter = facts(*(visit(n) for n in range(10)), terms={"pay_rule": "linear"})
    lines = lines_of(quarter, "good", Decimal("85.5"))
    assert lines[1].amount == money("153.00")  # 600 x 0.3 x 25.5 / 30


def test_an_appeal_holds_what_the_band_withholds() -> None:
    quarter = facts(*(visit(n) for n in range(10)))
    (held,) = appealed_of(quarter, lines_of(quarter, "fair"))
    assert (held.status, held.amount, held.units, held.reason) == ("held", money("72.00"), 0, "appealed")
    assert appealed_of(quarter, lines_of(quarter, "excellent")) == ()


visits = st.lists(
    st.tuples(
        st.sampled_from(["verified", "verified", "disputed", "rejected", "missed", "submitted"]),
        st.sampled_from(["60.00", "33.33", "0.07"]), st.booleans(),
    ), max_size=30,
).map(lambda rows: tuple(visit(n, s, price=p, forged=f and not n % 5) for n, (s, p, f) in enumerate(rows)))  # fmt: skip


@given(visits, st.randoms(), st.sampled_from(BANDS))
def test_the_order_of_the_facts_changes_nothing(rows: tuple, random, band: str) -> None:  # type: ignore[no-untyped-def, type-arg]
    mixed = list(rows)
    random.shuffle(mixed)
    assert lines_of(facts(*mixed, units_left=9), band) == lines_of(facts(*rows, units_left=9), band)


@given(visits, st.integers(0, 12), st.sampled_from(["0.00", "99.99", "1000.00"]))
def test_better_quality_never_lowers_pay_and_no_limit_is_passed(rows: tuple, units: int, left: str) -> None:  # type: ignore[type-arg]
    quarter = facts(*rows, units_left=units, amount_left=left)
    totals = [total_of(lines_of(quarter, band)) for band in BANDS]
    assert totals == sorted(totals)
    paid = [one for one in judge(quarter) if one.verdict in {"paid", "held"}]
    assert len(paid) <= units
    assert sum((one.rate for one in paid), Decimal(0)) <= money(left)
    assert len({one.visit for one in judge(quarter)}) == len(rows)


@given(visits, st.decimals("60.0", "100.0", places=1), st.decimals("60.0", "100.0", places=1))
def test_under_the_linear_rule_more_points_never_lower_pay(rows: tuple, one: Decimal, other: Decimal) -> None:  # type: ignore[type-arg]
    quarter, (less, more) = facts(*rows, terms={"pay_rule": "linear"}), sorted((one, other))
    assert total_of(lines_of(quarter, "excellent", less)) <= total_of(lines_of(quarter, "excellent", more))

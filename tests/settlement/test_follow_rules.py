"""Lines that follow a score from revision to revision, due dates and interest (DOMAIN.md 4.4, 8.9)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.quality.snapshot import Snapshot
from bangfu.settlement import adjust_rules, due_rules, rules
from bangfu.settlement.follow_rules import FIGURES, Step, Written, follow
from bangfu.settlement.statement_rules import appealed_of, lines_of, total_of
from tests.settlement.facts import facts, money, visit, window

BANDS = ("poor", "fair", "good", "excellent")


def written_of(steps: list[Step], before: list[Written]) -> list[Written]:
    """The statement after further lines."""
    freed = {step.frees for step in steps if step.frees}
    old = [Written(w.id, w.of, w.line, w.rate, w.units, w.amount, w.status, w.reason, w.freed or w.id in freed)
           for w in before]  # fmt: skip
    return old + [
        Written(str(uuid4()), s.draft.key[0], s.draft.line, s.draft.rate, s.draft.units, s.draft.amount,
                s.draft.status, s.draft.reason) for s in steps
    ]  # fmt: skip


def sums(rows: list[Written]) -> tuple[Decimal, Decimal]:
    """(undisputed, held and not freed)."""
    plain = sum((w.amount for w in rows if w.status == "undisputed"), Decimal("0.00"))
    return plain, sum((w.amount for w in rows if w.status == "held" and not w.freed), Decimal("0.00"))


def quarter(verified: int, disputed: int, rejected: int = 0) -> Snapshot:
    """A quarter with so many visits in each state."""
    states = ["verified"] * verified + ["disputed"] * disputed + ["rejected"] * rejected
    return facts(*(visit(n, state, price="33.33") for n, state in enumerate(states)))


def test_decided_disputes_free_what_was_held_or_drop_it() -> None:
    there = written_of(follow(lines_of(quarter(7, 3), "good"), [], final=False), [])
    assert sums(there) == (total_of(lines_of(quarter(7, 0), "good")), money("96.99"))
    decided = lines_of(quarter(9, 0, 1), "good")
    steps = follow(decided, there, final=True)
    assert {step.draft.reason for step in steps} == {"freed"}
    assert sums(written_of(steps, there)) == (total_of(decided), money("0.00"))
    lost = follow(lines_of(quarter(7, 0, 3), "good"), there, final=True)
    assert [(step.draft.reason, step.draft.amount) for step in lost] == [("dropped", money("0.00"))] * 2


def test_an_appeal_that_lifts_the_band_frees_the_difference_and_one_that_fails_drops_it() -> None:
    lines = lines_of(quarter(10, 0), "fair")
    there = written_of(follow(lines, [], final=False), [])
    there = written_of([Step(line) for line in appealed_of(quarter(10, 0), lines)], there)
    assert follow(lines, there, final=False) == []
    better = lines_of(quarter(10, 0), "good")
    won = written_of(follow(better, there, final=True), there)
    assert sums(won) == (total_of(better), money("0.00"))
    assert sums(written_of(follow(lines, there, final=True), there)) == (total_of(lines), money("0.00"))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.sampled_from(BANDS), st.booleans()), min_size=1,
                max_size=5))  # fmt: skip
def test_whatever_revisions_come_the_lines_add_up_to_the_last_one(history: list[tuple[int, int, str, bool]]) -> None:
    there: list[Written] = []
    for verified, disputed, band, final in history:
        wanted = lines_of(quarter(verified, disputed, 10 - verified - disputed), band)
        there = written_of(follow(wanted, there, final=final), there)
        assert follow(wanted, there, final=final) == []
        assert sums(there) == (total_of(wanted), total_of(wanted, "held"))
        assert all(w.of in FIGURES for w in there)


@pytest.mark.parametrize(
    ("delivered", "term", "final", "days", "accepted", "due"),
    [
        (date(2025, 3, 31), 30, date(2025, 4, 10), 30, date(2025, 4, 10), date(2025, 5, 10)),
        (date(2025, 4, 1), 15, None, 30, date(2025, 4, 16), date(2025, 5, 16)),
        (date(2025, 4, 1), 15, date(2025, 6, 1), 90, date(2025, 4, 16), date(2025, 6, 15)),
    ],
)
def test_the_clock_runs_from_acceptance_or_the_end_of_its_term(
    delivered: date, term: int, final: date | None, days: int, accepted: date, due: date
) -> None:
    assert due_rules.accepted_on(delivered, term, final) == accepted
    assert due_rules.due_on(accepted, days) == due


def test_ten_thousand_yuan_twelve_days_late_cost_sixty() -> None:
    days = due_rules.days_late(date(2025, 5, 10), date(2025, 4, 20), date(2025, 5, 22))
    assert due_rules.interest(money("10000.00"), days) == money("60.00")
    assert due_rules.days_late(date(2025, 5, 10), date(2025, 5, 20), date(2025, 5, 22)) == 2
    assert due_rules.interest(money("10000.00"), 0) == money("0.00")


def test_an_agreed_rate_of_interest_is_not_below_the_loan_prime_rate() -> None:
    assert due_rules.daily_rate(money("0.000001")) == Fraction("0.03") / 365
    assert due_rules.daily_rate(money("0.001")) == Fraction("0.001")
    assert due_rules.daily_rate(None) == Fraction("0.0005")


def test_the_advance_comes_off_by_its_share_and_wholly_at_the_end_of_the_year() -> None:
    assert adjust_rules.advance_share(money("6052.80"), money("0.30"), money("9000.00")) == money("1815.84")
    assert adjust_rules.advance_share(money("6052.80"), money("0.30"), money("100.00")) == money("100.00")
    assert adjust_rules.true_up(money("6000.00"), money("7500.00")) == (money("6000.00"), money("1500.00"))
    assert due_rules.is_last_quarter(2026, 4, date(2027, 6, 30))
    assert due_rules.is_last_quarter(2027, 2, date(2027, 6, 30))
    assert not due_rules.is_last_quarter(2026, 3, date(2026, 12, 31))


def test_units_clawed_back_leave_what_the_rule_gives_for_the_rest() -> None:
    lines = lines_of(quarter(10, 0), "good")
    parts = adjust_rules.clawback(lines, [(lines[0].line, lines[0].rate, 4)])
    assert sum(part.amount for part in parts) == total_of(lines_of(quarter(6, 0), "good")) - total_of(lines)
    with pytest.raises(ValueError, match="more units"):
        adjust_rules.clawback(lines, [(lines[0].line, lines[0].rate, 11)])


def test_penalties_follow_the_facts_and_the_terms_and_never_take_more_than_three_tenths() -> None:
    missed = facts(visit(0), windows=(window(1, "missed"), window(2, "missed"), window(3, "excused"), window(4)))
    assert adjust_rules.penalty_units(missed, "missed_visit") == 2


@pytest.mark.parametrize(("hours", "late"), [(24, 1), (25, 0)])
def test_a_record_is_late_by_the_standard_that_is_frozen_with_the_facts(hours: int, late: int) -> None:
    sent = facts(visit(1, ended_at="2026-07-02T09:00:00Z", submitted_at="2026-07-03T09:30:00Z"), visit(2))
    sent = replace(sent, standard={**sent.standard, "sending_hours": hours})
    assert adjust_rules.penalty_units(sent, "late_record") == late
    assert adjust_rules.penalty("per_unit", money("30"), 2, money("1000.00")) == money("60.00")
    assert adjust_rules.penalty("percent", money("0.05"), 0, money("1000.00")) == money("50.00")
    assert adjust_rules.penalty("percent", money("0.2"), 0, money("1000.00"), money("200.00")) == money("100.00")


@given(st.lists(st.integers(1, 500), max_size=8), st.integers(0, 900))
def test_what_is_taken_off_never_turns_a_payment_negative(amounts: list[int], room: int) -> None:
    off = [-Decimal(amount) for amount in amounts]
    taken = adjust_rules.takeable(off, Decimal(room))
    assert Decimal(room) + sum((off[place] for place in taken), Decimal(0)) >= 0


def test_nobody_holds_two_duties_on_a_claim_nor_scored_the_quarter() -> None:
    one, other, third = (UUID(int=n) for n in (1, 2, 3))
    assert rules.why_not("approved_by", other, {"reviewed_by"}, None, ()) == rules.SAME_PERSON
    assert rules.why_not("reviewed_by", third, {"reviewed_by"}, third, ()) == rules.SCORED
    assert rules.why_not("paid_by", third, set(), None, (third,)) == rules.CONTRACTED
    assert rules.why_not("paid_by", third, set(), one, (other,)) == ""

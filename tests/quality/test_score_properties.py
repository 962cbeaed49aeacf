"""What holds of every quarter: order changes nothing, better work is never paid less, caps only lower."""

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from bangfu.quality import score_rules as rules
from bangfu.quality import snapshot
from bangfu.quality.freezing import columns_of
from bangfu.quality.score_rules import Counts
from bangfu.quality.snapshot import Snapshot
from bangfu.quality.standard_rules import BANDS
from tests.quality.quarter_facts import quarter, visit, window

SHARE = Decimal("0.30")
STATUSES = ("verified", "settled", "flagged", "disputed", "rejected", "missed")


@some.composite
def counts(draw: some.DrawFn) -> Counts:
    """Counts that can be, with every part within its whole."""
    due = draw(some.integers(1, 60))
    submitted = draw(some.integers(0, due + 3))
    verified = draw(some.integers(0, submitted))

    def part(of: int) -> int:
        return draw(some.integers(0, of))

    checks, people, reached, goals = (draw(some.integers(0, 12)) for _ in range(4))
    return Counts(
        due=due, submitted=submitted, verified=verified, on_time=part(verified), duration_ok=part(verified),
        record_ok=part(submitted), checks_done=checks, checks_passed=part(checks), ratings_count=people,
        ratings_sum=Fraction(draw(some.integers(people, 5 * people))), callbacks_reached=reached,
        callbacks_confirmed=part(reached), goals_due=goals, goals_met=part(goals),
        complaints_minor=draw(some.integers(0, 3)), complaints_major=draw(some.integers(0, 2)),
        credentials_ok=part(verified), veto=draw(some.booleans()),
    )  # fmt: skip


def improved(before: Counts) -> list[Counts]:
    """Every single way to do one thing better with the same work."""
    better = [
        replace(before, on_time=min(before.verified, before.on_time + 1)),
        replace(before, duration_ok=min(before.verified, before.duration_ok + 1)),
        replace(before, record_ok=min(before.submitted, before.record_ok + 1)),
        replace(before, checks_passed=min(before.checks_done, before.checks_passed + 1)),
        replace(before, callbacks_confirmed=min(before.callbacks_reached, before.callbacks_confirmed + 1)),
        replace(before, goals_met=min(before.goals_due, before.goals_met + 1)),
        replace(before, ratings_sum=min(Fraction(5 * before.ratings_count), before.ratings_sum + 1)),
        replace(before, complaints_minor=max(0, before.complaints_minor - 1)),
        replace(before, complaints_major=max(0, before.complaints_major - 1)),
        replace(before, credentials_ok=before.verified), replace(before, veto=False),
    ]  # fmt: skip
    if before.verified < before.submitted:  # one more visit is verified: good in all it is asked for
        more = {name: getattr(before, name) + 1 for name in ("verified", "on_time", "duration_ok", "credentials_ok")}
        better.append(replace(before, **more))
    return better


@given(counts())
def test_a_score_lies_within_0_and_100_and_caps_only_lower(made: Counts) -> None:
    scored = rules.score(made)
    assert scored.score is not None
    assert 0 <= scored.score <= 100
    assert scored.band == rules.band_of(scored.score)
    assert BANDS.index(scored.final_band) >= BANDS.index(scored.band)
    assert bool(scored.caps) == (scored.final_band != scored.band)
    assert all(0 <= each.points <= each.weight for each in scored.indicators if each.points is not None)


@given(counts(), some.sampled_from(["steps", "linear"]), some.integers(0, 200), some.integers(0, 20000))
def test_better_work_never_scores_less_and_is_never_paid_less(made: Counts, rule: str, units: int, cents: int) -> None:
    def worth(each: Counts) -> tuple[Fraction, int, Decimal]:
        scored = rules.score(each)
        factor = rules.factor_of(scored.final_band, scored.score, rule, veto=each.veto)
        paid = rules.pay(units, Decimal(cents) / 100, SHARE, factor)
        return scored.exact or Fraction(0), -BANDS.index(scored.final_band), paid.total

    before = worth(made)
    for each in improved(made):
        after = worth(each)
        assert all(new >= old for new, old in zip(after, before, strict=True)), each


@given(some.integers(0, 5000), some.integers(0, 10**6), some.integers(0, 100), some.sampled_from(BANDS))
def test_pay_is_never_more_than_the_price_and_a_cent_at_most_off(units: int, cents: int, share: int, band: str) -> None:
    rate, part = Decimal(cents) / 100, Decimal(share) / 100
    paid = rules.pay(units, rate, part, rules.factor_of(band, Decimal("70.0")))
    assert paid.total == paid.base + paid.perf
    assert Decimal(0) <= paid.total <= units * rate + Decimal("0.01")


@some.composite
def quarters(draw: some.DrawFn) -> Snapshot:
    number = draw(some.integers(1, 12))
    visits = [
        visit(
            n, late=draw(some.integers(-60, 60)), lasts=draw(some.integers(30, 70)),
            status=draw(some.sampled_from(STATUSES)), qualified=draw(some.booleans()), forged=draw(some.booleans()),
        )
        for n in range(number)
    ]  # fmt: skip
    windows = [window(n, draw(some.sampled_from(["filled", "missed", "excused"]))) for n in range(number + 2)]
    return quarter(visits=tuple(visits), windows=tuple(windows))


@given(quarters(), some.randoms(use_true_random=False))
def test_the_order_of_the_facts_changes_nothing(made: Snapshot, dice: random.Random) -> None:
    mixed = {name: dice.sample(getattr(made, name), len(getattr(made, name))) for name in ("visits", "windows")}
    other = replace(made, visits=tuple(mixed["visits"]), windows=tuple(mixed["windows"]))
    text = snapshot.text_of(other)
    assert text == snapshot.text_of(made)
    assert columns_of(text) == columns_of(snapshot.text_of(made))
    assert snapshot.text_of(snapshot.read(text)) == text

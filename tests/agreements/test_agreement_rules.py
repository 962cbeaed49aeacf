"""Rules of care agreements without a database: rates by hand-made vectors, term, payability, who signs how."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.agreements import duties, rules
from bangfu.agreements.document import check_code, digest
from bangfu.agreements.rate_rules import Base, Rate, rate_of
from bangfu.agreements.rules import Span, payable
from bangfu.errors import Refused

DAY = date(2026, 6, 1)
CITY, COUNTY, TOWN = "9901", "990101", "990101001"
HERE = "990101001201"


def _rates(prefix: str, since: date, multiples: str = "1 2 3", shares: str = "0.10 0.25 0.50") -> list[Rate]:
    levels = ("full_self", "semi", "full_care")
    home = [Rate(None, prefix, since, "dispersed", level, "disabled_subsidy", Decimal(n))
            for level, n in zip(levels, multiples.split(), strict=True)]  # fmt: skip
    inside = [Rate(None, prefix, since, "centralized", level, "minimum_wage", Decimal(n))
              for level, n in zip(levels, shares.split(), strict=True)]  # fmt: skip
    return home + inside


BASES = [
    Base(None, CITY, "disabled_subsidy", Decimal("60.00"), date(2025, 1, 1)),
    Base(None, COUNTY, "disabled_subsidy", Decimal("118.35"), date(2026, 1, 1)),
    Base(None, CITY, "minimum_wage", Decimal("1980.00"), date(2024, 7, 1)),
    Base(None, CITY, "minimum_wage", Decimal("2147.33"), date(2026, 4, 1)),
]
RATES = _rates(CITY, date(2025, 1, 1)) + _rates(TOWN, date(2026, 5, 1), multiples="1.5 2.5 3.5")


@pytest.mark.parametrize(
    ("place", "mode", "level", "day", "amount"),
    [
        # by hand: 60.00 x 1, 118.35 x 2, 118.35 x 3
        ("990102001201", "dispersed", "full_self", DAY, "60.00"),
        ("990101002201", "dispersed", "semi", DAY, "236.70"),
        ("990101002201", "dispersed", "full_care", DAY, "355.05"),
        # the township's own version from May on: 118.35 x 1.5 = 177.525, half up
        (HERE, "dispersed", "full_self", DAY, "177.53"),
        (HERE, "dispersed", "full_self", date(2026, 4, 30), "118.35"),
        # before the county set its own base: the city's
        (HERE, "dispersed", "full_care", date(2025, 12, 31), "180.00"),
        # 10, 25 and 50 % of the wage before and from 1 April on
        (HERE, "centralized", "full_self", date(2026, 3, 31), "198.00"),
        (HERE, "centralized", "full_self", DAY, "214.73"),
        (HERE, "centralized", "semi", DAY, "536.83"),
        (HERE, "centralized", "full_care", DAY, "1073.67"),
    ],
)
def test_a_rate_is_its_factor_on_the_nearest_base_of_the_day(
    place: str, mode: str, level: str, day: date, amount: str
) -> None:
    assert rate_of(RATES, BASES, place, mode, level, day).amount == Decimal(amount)


def test_the_longest_prefix_wins_over_a_later_day_further_up() -> None:
    later_city = _rates(CITY, date(2026, 5, 30), multiples="9 9 9")
    found = rate_of([*RATES, *later_city], BASES, HERE, "dispersed", "semi", DAY)
    assert (found.rate.prefix, found.rate.factor) == (TOWN, Decimal("2.5"))


def test_a_missing_rate_or_base_says_what_to_enter() -> None:
    with pytest.raises(Refused, match="No published rate"):
        rate_of([], BASES, HERE, "dispersed", "semi", DAY)
    with pytest.raises(Refused, match="needs the base amount"):
        rate_of(RATES, [], HERE, "dispersed", "semi", DAY)
    with pytest.raises(Refused, match="No published rate"):
        rate_of(RATES, BASES, HERE, "dispersed", "semi", date(2024, 12, 31))


@given(base=st.decimals("1", "9999", places=2), factor=st.decimals("0", "5", places=2), later=st.integers(0, 400))
def test_a_rate_never_loses_a_fen_and_later_versions_never_change_earlier_days(
    base: Decimal, factor: Decimal, later: int
) -> None:
    rates = [Rate(None, COUNTY, DAY, "dispersed", "semi", "disabled_subsidy", factor)]
    bases = [Base(None, COUNTY, "disabled_subsidy", base, DAY)]
    newer = Rate(None, COUNTY, DAY + timedelta(days=later + 1), "dispersed", "semi", "disabled_subsidy", factor + 1)
    found = rate_of([*rates, newer], bases, HERE, "dispersed", "semi", DAY + timedelta(days=later))
    assert abs(found.amount - base * factor) <= Decimal("0.005")
    assert found.rate == rates[0]


def test_a_term_is_twelve_months_at_most() -> None:
    assert rules.last_possible(date(2026, 1, 1)) == date(2026, 12, 31)
    assert rules.last_possible(date(2026, 3, 15)) == date(2027, 3, 14)
    assert rules.last_possible(date(2024, 2, 29)) == date(2025, 2, 27)


@pytest.mark.parametrize(
    ("status", "days_left", "action"),
    [("active", 31, ""), ("active", 30, "fall_due"), ("active", 0, "fall_due"), ("active", -1, "expire"),
     ("renewal_due", 30, ""), ("renewal_due", 0, ""), ("renewal_due", -1, "expire"), ("party_signing", -1, "expire"),
     ("draft", -1, ""), ("terminated", -1, "")],
)  # fmt: skip
def test_the_clock_takes_thirty_days_before_the_end_and_the_day_after(status: str, days_left: int, action: str) -> None:
    assert rules.clock_state(status, DAY + timedelta(days=days_left), DAY) == action


def test_nothing_is_payable_before_all_have_signed_or_after_the_end() -> None:
    span = Span(date(2026, 6, 1), date(2027, 5, 31), date(2026, 6, 10))
    assert not payable([span], date(2026, 6, 9), None)
    assert payable([span], date(2026, 6, 10), None)
    assert payable([span], date(2027, 5, 31), None)
    assert not payable([span], date(2027, 6, 1), None)
    ended = Span(span.starts_on, span.ends_on, span.activated_on, date(2026, 8, 1))
    assert payable([ended], date(2026, 8, 1), None)
    assert not payable([ended], date(2026, 8, 2), None)
    assert not payable([Span(date(2026, 6, 1), date(2027, 5, 31), None)], DAY, None)


def test_an_emergency_is_payable_for_thirty_days_without_an_agreement() -> None:
    assert payable([], DAY, DAY)
    assert payable([], DAY + timedelta(days=29), DAY)
    assert not payable([], DAY + timedelta(days=30), DAY)
    assert not payable([], DAY - timedelta(days=1), DAY)


def _faults(role: str, method: str, capacity: str = "self", **more: object) -> list[str]:
    usual = {
        "signatory": "甲", "witness": "", "has_file": True, "needs_guardian": False, "e_signing": True,
        "caregiver": "乙", "person": "甲",
    }  # fmt: skip
    return [field for field, _ in rules.signature_faults(role, method, capacity, **{**usual, **more})]  # type: ignore[arg-type]


def test_a_thumbprint_needs_a_witness_who_stands_outside() -> None:
    assert _faults("person", "thumbprint") == ["witness"]
    assert _faults("person", "thumbprint", witness="乙") == ["witness"], "the caregiver"
    assert _faults("person", "thumbprint", witness="甲") == ["witness"], "the person"
    assert _faults("person", "thumbprint", witness="丙") == []
    assert _faults("village", "thumbprint", witness="丙") == ["method"], "an office has no thumb"


def test_paper_comes_with_its_scan() -> None:
    assert _faults("village", "scan", "agent", has_file=False) == ["file"]
    assert _faults("village", "scan", "agent") == []


def test_a_guardian_signs_for_who_cannot() -> None:
    assert _faults("person", "scan", needs_guardian=True) == ["capacity"]
    assert _faults("person", "scan", "agent", signatory="丙", needs_guardian=True) == ["capacity"]
    assert _faults("person", "scan", "guardian", signatory="丙", needs_guardian=True) == []
    assert _faults("person", "scan", "self", signatory="丙") == ["signatory"], "another signs as the person"
    assert _faults("person", "scan", "agent", signatory="乙") == ["signatory"], "the caregiver signs for the person"


def test_electronic_signing_is_for_offices_that_agreed_to_it() -> None:
    assert _faults("institution", "electronic", e_signing=False) == ["method"]
    assert _faults("institution", "electronic") == []
    assert _faults("caregiver", "electronic") == ["method"]
    assert rules.may_sign_for("civil_affairs_bureau", {"bureau_lead"})
    assert not rules.may_sign_for("civil_affairs_bureau", {"township_officer"})
    assert not any(rules.may_sign_for(role, {"provider_manager"}) for role in rules.ROLES if role != "institution")


def test_every_party_has_duties_and_evidence_in_both_languages() -> None:
    for role in rules.ROLES:
        text, evidence = duties.usual(role)
        assert text and evidence
        assert duties.in_english(role, duties.VERSION, text)
        assert duties.in_english(role, duties.VERSION, text + "另行约定") == ""


@given(st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.text(max_size=9)), max_size=4))
def test_a_documents_hash_depends_on_its_content_only(parts: dict[str, object]) -> None:
    turned = dict(reversed(parts.items()))
    assert digest(parts) == digest(turned)
    assert digest({**parts, "more": 1}) != digest(parts)


def test_check_codes_leave_out_characters_that_look_alike() -> None:
    drawn = {check_code() for _ in range(200)}
    assert len(drawn) == 200
    assert not set("".join(drawn)) & set("01OIL") - {"L"}
    assert all(len(code) == 14 for code in drawn)

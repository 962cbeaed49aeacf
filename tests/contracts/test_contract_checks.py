"""Every rule of DOMAIN.md 4.3 as a check of its own: met, and not met with its own sentence."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.contracts import check_rules as rules
from bangfu.contracts.check_facts_rules import Facts, LineFacts, Party, Supplier, anniversary
from bangfu.shared.i18n import sentence, use

BUREAU, AGENCY, CITY = uuid4(), uuid4(), uuid4()
COUNTY = "990101000000"
TERMS = dict.fromkeys(("content", "quantity", "quality", "price", "settlement", "duties", "breach"), "stated") | {
    "purchasable": True,
    "no_handing_on": True,
}


def facts(**changed: Any) -> Facts:
    """A contract that fulfils everything up to its being in force."""
    sound = Facts(
        today=date(2026, 3, 10), kind="procurement", division=COUNTY, starts_on=date(2026, 4, 1),
        ends_on=date(2027, 3, 31), total=Decimal("60000.00"), terms=TERMS,
        lines=[LineFacts("daily_care", Decimal("60.00"), 1000, Decimal("60000.00"),
                         {2026: Decimal("45205.47"), 2027: Decimal("14794.53")}, (600, 400))],
        parties=[Party("buyer", BUREAU, "civil_affairs_bureau", COUNTY, "pays"),
                 Party("supplier", AGENCY, "service_agency", COUNTY, "delivers")],
        supplier=Supplier(uscc="52990101A00000011F"), award_on=date(2026, 2, 20), signed_on=date(2026, 3, 5),
        published_on=date(2026, 3, 6), filed_on=date(2026, 3, 9), publish_until=date(2026, 3, 9),
        file_until=date(2026, 3, 16), supplier_checked_on=date(2026, 3, 1), supplier_checked_by=uuid4(),
        data_annex=True, writers=[uuid4()], checked_by=uuid4(), submitted_by=uuid4(), approved_by=uuid4(),
    )  # fmt: skip
    return replace(sound, **changed)


def said(name: str, **changed: Any) -> str:
    """The first sentence of a check in English, "" if it is met."""
    use("en")
    found = rules.CHECKS[name][1](facts(**changed))
    return sentence(found[0][0], found[0][1]) if found else ""


def line(**changed: Any) -> list[LineFacts]:
    return [replace(facts().lines[0], **changed)]


def terms(**changed: Any) -> dict[str, Any]:
    return {**TERMS, **changed}


def parties(place: int, **changed: Any) -> list[Party]:
    found = list(facts().parties)
    found[place] = replace(found[place], **changed)
    return found


@pytest.mark.parametrize("name", rules.CHECKS)
def test_a_sound_contract_fulfils_each_rule(name: str) -> None:
    assert said(name) == ""


BROKEN = [
    ("budget_first", {"lines": []}, "no service line"),
    ("budget_first", {"lines": line(funded={2026: Decimal("59999.99")})}, "pay 59,999.99 yuan"),
    ("budget_first", {"lines": line(funded={2026: Decimal(50000), 2028: Decimal(10000)})}, "item of 2028"),
    ("budget_first", {"budget_problems": [("The cap: {x}", {"x": "passed"})]}, "cap: passed"),
    ("term", {"ends_on": date(2026, 3, 31)}, "before the first"),
    ("term", {"ends_on": date(2027, 4, 1)}, "end it by 2027-03-31"),
    ("term", {"ends_on": date(2027, 4, 1), "multi_year": True}, "Say why"),
    ("term", {"ends_on": date(2029, 4, 1), "multi_year": True, "multi_year_reason": "fixed"}, "three years"),
    ("no_handing_on", {"terms": terms(no_handing_on=False)}, "whole job"),
    ("no_handing_on", {"subcontracting": "consent"}, "which part"),
    ("no_handing_on", {"subcontracting": "consent", "terms": terms(subcontract_part="meals", subcontract_share="1"),
                       "files": ["subcontract_consent"]}, "Only a part"),
    ("no_handing_on", {"subcontracting": "consent", "terms": terms(subcontract_part="meals", subcontract_share="0.3")},
     "written consent"),
    ("purchasable", {"terms": terms(purchasable=False)}, "Declare"),
    ("purchasable", {"lines": line(known=False)}, "no service of the catalogue"),
    *((("stated"), {"terms": terms(**{name: " "})}, "does not state")
      for name in ("content", "quantity", "quality", "price", "settlement", "duties", "breach")),
    ("supplier", {"supplier": Supplier(uscc_valid=False)}, "credit code"),
    ("supplier", {"supplier": Supplier(barred="blacklisted")}, "may not serve"),
    ("supplier", {"supplier": Supplier(uscc="13990101A00000054R")}, "pays wholly"),
    ("supplier", {"supplier": Supplier(uscc="12990101A00000054R", budget_funded=True)}, "pays wholly"),
    ("supplier", {"supplier": Supplier(uscc="12990101A00000054R", budget_funded=None)}, "Find out"),
    ("supplier", {"supplier": Supplier(org_type="volunteer_team")}, "legal person"),
    ("supplier", {"supplier_checked_on": None}, "serious breach"),
    ("supplier", {"supplier_checked_on": date(2026, 2, 7), "signed_on": None}, "more than 30 days"),
    ("parties", {"parties": facts().parties[:1]}, "missing: Supplier"),
    ("parties", {"parties": parties(1, organization=BUREAU)}, "two parties"),
    ("parties", {"parties": parties(0, duties=" ")}, "duties"),
    ("parties", {"kind": "commission"}, "missing: City bureau"),
    ("buyer", {"parties": parties(0, division="990102000000")}, "county"),
    ("buyer", {"parties": parties(0, org_type="service_agency")}, "bureau or a township"),
    ("sums", {"lines": line(max_amount=Decimal("59000.00"))}, "its ceiling is 59,000.00"),
    ("sums", {"lines": line(quotas=(600, 401))}, "1001 units"),
    ("sums", {"lines": line(max_units=0, max_amount=Decimal(0), quotas=())}, "no units"),
    ("sums", {"total": Decimal("60000.01")}, "the contract to 60,000.01"),
    ("bond", {"bond_share": Decimal("0.1001"), "bond_form": "guarantee"}, "10 %"),
    ("bond", {"bond_share": Decimal("0.05"), "bond_form": "cash"}, "never in cash"),
    ("advance", {"advance_share": Decimal("0.3001")}, "30 %"),
    ("payment_days", {"payment_days": 61}, "these are 61"),
    ("payment_days", {"payment_days": 0}, "these are 0"),
    ("performance", {"perf_share": Decimal("0.51")}, "0 to 50"),
    ("performance", {"kind": "commission", "spot_check_share": Decimal("0.0999")}, "10 %"),
    ("award", {"award_on": None}, "Enter the day"),
    ("award", {"award_on": date(2026, 2, 2)}, "ended on 2026-03-04"),
    ("award", {"award_on": date(2026, 3, 6)}, "later than the signature"),
    ("published", {"published_on": None}, "Not published yet"),
    ("published", {"published_on": date(2026, 3, 10)}, "ended on 2026-03-09"),
    ("filed", {"filed_on": None}, "No copy"),
    ("filed", {"filed_on": date(2026, 3, 17)}, "ended on 2026-03-16"),
    ("data_annex", {"data_annex": False}, "annex"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changed", "says"), BROKEN)
@pytest.mark.usefixtures("keys")
def test_a_broken_rule_says_its_own_sentence(name: str, changed: dict[str, Any], says: str) -> None:
    assert says in said(name, **changed)


def test_every_rule_is_broken_by_some_test() -> None:
    assert {name for name, _, _ in BROKEN} == set(rules.CHECKS) - {"two_people"}


@pytest.mark.parametrize(
    ("who", "also"),
    [("drafter", "checked_by"), ("drafter", "approved_by"), ("submitter", "approved_by"), ("checker", "approved_by"),
     ("drafter", "paid_by"), ("approver", "paid_by")],
)  # fmt: skip
def test_no_person_holds_two_of_the_steps(who: str, also: str) -> None:
    drafter, checker, submitter, approver = (uuid4() for _ in range(4))
    people: dict[str, Any] = {
        "writers": [drafter], "checked_by": checker, "submitted_by": submitter, "approved_by": approver, "paid_by": [],
    }  # fmt: skip
    assert said("two_people", **people) == ""
    one: UUID = {"drafter": drafter, "checker": checker, "submitter": submitter, "approver": approver}[who]
    people[also] = [one] if also == "paid_by" else one
    assert said("two_people", **people) != ""


def test_one_year_and_three_years_are_counted_to_the_day() -> None:
    assert said("term", starts_on=date(2024, 2, 29), ends_on=date(2025, 2, 28)) == ""
    assert said("term", starts_on=date(2024, 2, 29), ends_on=date(2025, 3, 1)) != ""
    long = {"multi_year": True, "multi_year_reason": "fixed"}
    assert said("term", starts_on=date(2026, 1, 1), ends_on=date(2028, 12, 31), **long) == ""
    assert said("term", starts_on=date(2026, 1, 1), ends_on=date(2029, 1, 1), **long) != ""


def test_what_comes_later_is_not_missing_yet() -> None:
    draft = facts(signed_on=None, published_on=None, filed_on=None, data_annex=False, award_on=None)
    states = {found.name: found.state for found in rules.findings(draft, "draft")}
    assert {name for name, state in states.items() if state == "later"} == {"award", "published", "filed", "data_annex"}
    assert "missing" not in states.values()
    assert {found.state for found in rules.findings(draft, "activate")} == {"ok", "missing"}


def test_below_the_threshold_no_award_notice_is_needed() -> None:
    assert said("award", award_on=None, method="below_threshold") == ""


MONEY = st.decimals("0", "1000000", places=2)


@given(original=MONEY, before=MONEY, added=MONEY)
def test_supplementary_contracts_add_at_most_a_tenth(original: Decimal, before: Decimal, added: Decimal) -> None:
    fits = rules.supplementary_fits(original, before, added)
    assert fits == ((before + added) * 10 <= original)


def test_the_tenth_is_exact_to_the_fen() -> None:
    assert rules.supplementary_fits(Decimal("100000.00"), Decimal("4000.00"), Decimal("6000.00"))
    assert not rules.supplementary_fits(Decimal("100000.00"), Decimal("4000.00"), Decimal("6000.01"))


@given(day=st.dates(date(2000, 1, 1), date(2090, 1, 1)), years=st.integers(1, 3))
def test_an_anniversary_is_a_year_of_days_later(day: date, years: int) -> None:
    later = anniversary(day, years)
    assert timedelta(365 * years) <= later - day <= timedelta(366 * years)
    assert (later.month, later.day) == ((day.month, day.day) if (day.month, day.day) != (2, 29) or later.day == 29
                                        else (3, 1))  # fmt: skip

"""The posted forms of contracts: what was typed becomes drafts and lines, or faults beside the fields."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bangfu.budgets.rules import year_shares
from bangfu.contracts.check_facts_rules import ALSO_STATED, PARTIES, STATED, SUPPLYING
from bangfu.contracts.drafting import Draft, LineDraft, PartyDraft
from bangfu.contracts.reading import ContractView, LineView, PartyView
from bangfu.contracts.words import WORDS
from bangfu.errors import N_
from bangfu.shared import i18n
from bangfu.shared.civil_time import parse_date
from bangfu.shared.web.forms import Form

TERMS: Final = (*STATED, *ALSO_STATED)
LABELS: Final[Mapping[str, str]] = {
    "number": N_("Contract number"), "project": N_("Project"), "method": N_("Method of purchase"),
    "division": N_("County"), "scope": N_("Where it is delivered"), "award_on": N_("Day of the award notice"),
    "starts_on": N_("First day"), "ends_on": N_("Last day"), "multi_year_reason": N_("Why for more than one year"),
    "pay_period": N_("Paid"), "perf_share": N_("Depends on performance"), "advance_share": N_("Advance"),
    "payment_days": N_("Days to pay"), "acceptance_days": N_("Days for acceptance"),
    "bond_share": N_("Performance bond"), "bond_form": N_("Form of the bond"),
    "spot_check_share": N_("Spot checks"),
    "pay_rule": N_("How the score pays"), "afterwards_share": N_("Payable though entered afterwards"),
    "subcontracting": N_("Sub-contracting"),
    "subcontract_part": N_("Part that may be sub-contracted"), "subcontract_share": N_("Share of that part"),
    "looked_on": N_("Lists of serious breach looked at on"), "budget_funded": N_("Paid wholly by the budget"),
    "service": N_("Service"), "fund_source": N_("Fund source"), "unit_price": N_("Unit price"),
    "max_units": N_("Units at most"), "max_amount": N_("Amount at most"), "quality_floor": N_("Quality floor"),
    "file": N_("File"), "kind": N_("Kind of file"), "text": N_("Reason"), "title": N_("Title of the notice"),
    "signatory": N_("Name of the signatory"), "signed_on": N_("Signed on"), "filed_on": N_("Filed on"),
    "override_reason": N_("Why a future year is approved"),
}  # fmt: skip
AFTERWARDS_SHARE: Final = Decimal("0.10")
"""Of a carer's quarter, what is payable without a spot check although it was entered afterwards, where the contract
says nothing else (DOMAIN.md 6.6)."""
_MONEY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


def labels() -> dict[str, str]:
    """LABELS in the reader's language, with those of the terms and parties."""
    named = {name: i18n.gettext_now(label) for name, label in LABELS.items()}
    named |= {f"term_{name}": i18n.word("contract_term", name) for name in TERMS}
    return named | {
        f"{prefix}_{role}": i18n.word("contract_party", role)
        for roles in PARTIES.values() for role in roles for prefix in ("party", "duties")
    }  # fmt: skip


def faults_named(errors: Mapping[str, str]) -> list[tuple[str, str]]:
    """(field, "label: fault") for the summary above a form."""
    named = labels()
    return [(name, f"{named[name]}{i18n._(': ')}{text}" if name in named else text) for name, text in errors.items()]


def money(form: Form, name: str, *, required: bool = True) -> Decimal | None:
    """Yuan with at most two decimals, as typed with or without separators."""
    text = unicodedata.normalize("NFKC", form.text(name, required=required)).replace(",", "").replace(" ", "")
    if not text:
        return None
    if not _MONEY.fullmatch(text):
        form.fault(name, N_("Please enter an amount in yuan such as 1200.50."))
        return None
    return Decimal(text)


def percent(form: Form, name: str, *, most: int = 100, required: bool = True) -> Decimal:
    """A percentage as a fraction."""
    text = unicodedata.normalize("NFKC", form.text(name, required=required)).rstrip("%").strip()
    if not text:
        return Decimal(0)
    if not _MONEY.fullmatch(text) or Decimal(text) > most:
        form.fault(name, N_("Please enter a number from {least} to {most}."), least=0, most=most)
        return Decimal(0)
    return Decimal(text) / 100


def read_draft(form: Form, kind: str, division: str, today: date) -> Draft:
    """A draft of one kind; `division` is fixed for a contract that exists. The caller asks `form.check()`."""
    starts, ends = form.day("starts_on", parse_date), form.day("ends_on", parse_date)
    if starts and ends and ends < starts:
        form.fault("ends_on", N_("The last day is before the first one."))
    looked = form.day("looked_on", parse_date, required=False)
    if looked and looked > today:
        form.fault("looked_on", N_("This day lies in the future."))
    number = form.text("number", required=False, most=48)
    if number and not re.fullmatch(r"[\w\-/（）()〔〕\[\]号.]+", number):
        form.fault("number", N_("Letters, digits and - / ( ) only."))
    if number.upper().startswith("HT-"):
        form.fault("number", N_("Numbers that begin with HT- are given by the portal; leave the field empty for one."))
    return Draft(
        division=division or form.text("division", most=12), number=number, kind=kind,
        project=form.text("project", most=120), starts_on=starts or today, ends_on=ends or starts or today,
        parties=_parties(form, kind), terms=_terms(form), columns=_columns(form, kind), looked_on=looked,
    )  # fmt: skip


def _parties(form: Form, kind: str) -> list[PartyDraft]:
    found = []
    for role in PARTIES[kind]:
        organization = form.uuid(f"party_{role}", required=role in SUPPLYING)
        duties = form.text(f"duties_{role}", required=False, most=4000)
        if organization is not None:
            found.append(PartyDraft(role, organization, duties))
    if len({party.organization for party in found}) < len(found):
        form.fault(f"party_{PARTIES[kind][-1]}", N_("One organisation cannot be two parties of a contract."))
    return found


def _terms(form: Form) -> dict[str, Any]:
    said: dict[str, Any] = {name: form.text(f"term_{name}", required=False, most=6000) for name in TERMS}
    said["purchasable"], said["no_handing_on"] = form.yes("purchasable"), form.yes("no_handing_on")
    said["budget_funded"] = form.choice("budget_funded", ("yes", "no"), required=False)
    if form.get("afterwards_share", "").strip():
        said["afterwards_share"] = str(percent(form, "afterwards_share"))
    if rule := form.choice("pay_rule", WORDS["pay_rule"], required=False):
        said["pay_rule"] = rule
    if form.get("subcontracting") == "consent":
        said["subcontract_part"] = form.text("subcontract_part", required=False, most=400)
        said["subcontract_share"] = str(percent(form, "subcontract_share", required=False))
    return said


def _columns(form: Form, kind: str) -> dict[str, Any]:
    multi_year = form.yes("multi_year")
    return {
        "method": form.choice("method", WORDS["contract_method"], required=False),
        "scope": [part for part in form.many("scope") if re.fullmatch(r"[0-9]{2,12}", part)],
        "award_on": form.day("award_on", parse_date, required=False),
        "multi_year": multi_year,
        "multi_year_reason": form.text("multi_year_reason", required=False, most=500) if multi_year else "",
        "pay_period": form.choice("pay_period", WORDS["pay_period"]),
        "perf_share": percent(form, "perf_share"),
        "advance_share": percent(form, "advance_share"),
        "bond_share": percent(form, "bond_share"),
        "bond_form": form.choice("bond_form", WORDS["bond_form"]),
        "payment_days": form.whole("payment_days", least=1, most=365) or 30,
        "acceptance_days": form.whole("acceptance_days", least=1, most=365) or 30,
        "spot_check_share": percent(form, "spot_check_share") if kind == "commission" else Decimal("0.1"),
        "subcontracting": form.choice("subcontracting", WORDS["subcontracting"]),
    }


def read_line(form: Form, contract: ContractView, services: Collection[str], townships: Collection[str]) -> LineDraft:
    """A line; what is left empty of the years' amounts follows from the days of the term."""
    price, units = money(form, "unit_price"), form.whole("max_units", least=1, most=10_000_000)
    typed = money(form, "max_amount", required=False)
    product = (price or Decimal(0)) * (units or 0)
    amount = product if typed is None else typed
    if amount >= Decimal(10) ** 12:
        form.fault("unit_price", N_("This line would cost more than the portal can hold."))
    return LineDraft(
        service=form.choice("service", {code: code for code in services}),
        fund_source=form.choice("fund_source", WORDS["fund_source"]), unit_price=price or Decimal(0),
        max_units=units or 1, max_amount=amount,
        quality_floor=form.whole("quality_floor", least=0, most=100, required=False),
        fundings=_fundings(form, contract, amount), quotas=_quotas(form, townships),
    )  # fmt: skip


def years_of(contract: ContractView) -> range:
    """The calendar years that the term touches."""
    return range(contract.starts_on.year, contract.ends_on.year + 1)


def _fundings(form: Form, contract: ContractView, amount: Decimal) -> dict[UUID, Decimal]:
    typed = {year: money(form, f"amount_{year}", required=False) for year in years_of(contract)}
    by_days = year_shares(amount, contract.starts_on, contract.ends_on)
    shares = by_days if all(each is None for each in typed.values()) else typed
    found: dict[UUID, Decimal] = {}
    for year in years_of(contract):
        item = form.uuid(f"item_{year}", required=False)
        if item is not None and (shares[year] or Decimal(0)) >= 0:
            found[item] = found.get(item, Decimal(0)) + (shares[year] or Decimal(0))
    return found


def _quotas(form: Form, townships: Collection[str]) -> dict[str, int]:
    found = {}
    for prefix in townships:
        units = form.whole(f"quota_{prefix}", least=0, most=10_000_000, required=False)
        if units is not None:
            found[prefix] = units
    return found


def fresh(kind: str) -> dict[str, str]:
    """What a new draft's form shows first."""
    return {
        "kind": kind, "pay_period": "quarter", "perf_share": "20", "advance_share": "0", "bond_share": "0",
        "bond_form": "none", "payment_days": "30", "acceptance_days": "30", "spot_check_share": "10",
        "pay_rule": "steps", "afterwards_share": _percentage(AFTERWARDS_SHARE),
        "subcontracting": "none",
    }  # fmt: skip


def typed_of(found: ContractView, parties: Collection[PartyView]) -> dict[str, Any]:
    """A stored draft as its form shows it."""
    shares = ("perf_share", "advance_share", "bond_share", "spot_check_share")
    plain = (
        "kind", "number", "project", "method", "division", "pay_period", "bond_form", "payment_days",
        "acceptance_days", "subcontracting", "multi_year_reason",
    )  # fmt: skip
    typed: dict[str, Any] = {name: str(getattr(found, name)) for name in plain}
    typed |= {name: _percentage(getattr(found, name)) for name in shares}
    for name, day in (("award_on", found.award_on), ("starts_on", found.starts_on), ("ends_on", found.ends_on),
                      ("looked_on", found.supplier_checked_on)):  # fmt: skip
        typed[name] = day.isoformat() if day else ""
    typed |= {f"term_{name}": found.terms.get(name, "") for name in TERMS}
    typed |= {name: "yes" if found.terms.get(name) else "" for name in ("purchasable", "no_handing_on")}
    typed |= {name: found.terms.get(name, "") for name in ("budget_funded", "subcontract_part")}
    typed["pay_rule"] = found.terms.get("pay_rule", "steps")
    typed["afterwards_share"] = _percentage(Decimal(str(found.terms.get("afterwards_share") or AFTERWARDS_SHARE)))
    typed["multi_year"] = "yes" if found.multi_year else ""
    typed["subcontract_share"] = _percentage(Decimal(str(found.terms.get("subcontract_share") or 0)))
    for party in parties:
        typed |= {f"party_{party.role}": str(party.organization), f"duties_{party.role}": party.duties}
    return typed


def typed_line(line: LineView) -> dict[str, str]:
    """A stored line as its form shows it."""
    typed = {
        "service": line.service, "fund_source": line.fund_source, "unit_price": str(line.unit_price),
        "max_units": str(line.max_units), "max_amount": str(line.max_amount),
        "quality_floor": "" if line.quality_floor is None else str(line.quality_floor),
    }  # fmt: skip
    for funding in line.fundings:
        typed |= {f"item_{funding.year}": str(funding.item), f"amount_{funding.year}": str(funding.amount)}
    return typed | {f"quota_{prefix}": str(units) for prefix, _, units in line.quotas}


def _percentage(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"

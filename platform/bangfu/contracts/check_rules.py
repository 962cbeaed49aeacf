"""What a contract must fulfil (DOMAIN.md 4.3, 8.11): every rule a named check with its own sentence. Pure.

A check looks at `Facts` and answers what is wrong, nothing if it is met. `CHECKS` lists them with the step at which
they must hold; earlier they may be open, and a page says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from bangfu.contracts.check_facts_rules import (
    BUDGET_BODY,
    BUYERS,
    LEAST_SPOT_CHECK,
    LEGAL_PERSONS,
    LOOKED_DAYS,
    MOST_ADDED,
    MOST_ADVANCE,
    MOST_BOND,
    MOST_PAYMENT_DAYS,
    MOST_YEARS,
    PARTIES,
    PUBLIC_OFFICE,
    STATED,
    STEPS,
    SUPPLYING,
    Facts,
    Fault,
    Step,
    anniversary,
    yuan,
)
from bangfu.contracts.check_later_rules import award, data_annex, filed, published, two_people
from bangfu.errors import N_
from bangfu.shared.i18n import Word


def budget_first(facts: Facts) -> list[Fault]:
    """No contract without budget items that cover it (DOMAIN.md 4.3)."""
    found = [
        (
            N_("The budget items pay {funded} yuan of the line “{service}”, its ceiling is {amount} yuan."),
            {"service": Word("service", line.service), "funded": yuan(sum(line.funded.values(), Decimal(0))),
             "amount": yuan(line.max_amount)},
        )
        for line in facts.lines
        if sum(line.funded.values(), Decimal(0)) != line.max_amount
    ]  # fmt: skip
    if not facts.lines:
        return [(N_("The contract has no service line yet, so no budget item covers it."), {})]
    years = range(facts.starts_on.year, facts.ends_on.year + 1)
    outside = sorted({year for line in facts.lines for year in line.funded if year not in years})
    found += [(N_("A budget item of {year} pays for the contract, which does not run in that year."), {"year": year})
              for year in outside]  # fmt: skip
    return [*found, *facts.budget_problems]


def term(facts: Facts) -> list[Fault]:
    """At most one year; at most three with fixed content, stable funding and stable price, and a reason."""
    if facts.ends_on < facts.starts_on:
        return [(N_("The last day is before the first one."), {})]
    if facts.ends_on < anniversary(facts.starts_on, 1):
        return []
    if facts.ends_on >= anniversary(facts.starts_on, MOST_YEARS):
        return [(N_("The term is longer than three years; no contract may be."), {})]
    if not facts.multi_year:
        return [(
            N_("The term is longer than one year. That needs fixed content, stable funding and a stable price; tick"
               " that and say why, or end it by {day}."),
            {"day": (anniversary(facts.starts_on, 1) - timedelta(days=1)).isoformat()},
        )]  # fmt: skip
    if not facts.multi_year_reason.strip():
        return [(N_("Say why content, funding and price stay fixed for more than one year."), {})]
    return []


def no_handing_on(facts: Facts) -> list[Fault]:
    """The job is never handed on as a whole; a part may be sub-contracted with the buyer's written consent."""
    found: list[Fault] = []
    if not facts.terms.get("no_handing_on"):
        found.append((N_("The contract must say that the supplier does not hand the whole job on."), {}))
    if facts.subcontracting == "none":
        return found
    if not str(facts.terms.get("subcontract_part", "")).strip():
        found.append((N_("Say which part may be sub-contracted."), {}))
    share = Decimal(str(facts.terms.get("subcontract_share") or 0))
    if not Decimal(0) < share < Decimal(1):
        found.append((N_("Only a part may be sub-contracted: more than 0 and less than 100 percent."), {}))
    if "subcontract_consent" not in facts.files:
        found.append((N_("The buyer's written consent to sub-contracting is missing among the files."), {}))
    return found


def purchasable(facts: Facts) -> list[Fault]:
    """A service of the catalogue, and none of the acts that may not be bought."""
    found: list[Fault] = [
        (N_("“{service}” is no service of the catalogue."), {"service": Word("service", line.service)})
        for line in facts.lines
        if not line.known
    ]
    if not facts.terms.get("purchasable"):
        found.append((
            N_("Declare that none of this is bought: acts that government must do itself (approval of aid, penalties),"
               " goods, works, financing, disguised hiring or dispatch of labour."),
            {},
        ))  # fmt: skip
    return found


def stated(facts: Facts) -> list[Fault]:
    """Content, term, quantity, quality, price, settlement, duties and breach are stated (term: see `term`)."""
    found: list[Fault] = [
        (N_("The contract does not state: {term}."), {"term": Word("contract_term", name)})
        for name in STATED
        if not str(facts.terms.get(name, "")).strip()
    ]
    return found


def supplier(facts: Facts) -> list[Fault]:
    """The supplier is liable on its own, not barred, licensed, and not paid wholly by the budget; the lists of serious
    breach of trust were looked at within 30 days."""
    who, found = facts.supplier, list[Fault]()
    if not who.uscc_valid:
        found.append((N_("The supplier's social credit code is not valid."), {}))
    if who.barred:
        found.append((N_("The supplier may not serve: {reason}."), {"reason": Word("organization_barred", who.barred)}))
    if who.uscc[:2] in PUBLIC_OFFICE or who.budget_funded:
        found.append((N_("Bodies that the budget pays wholly (mass organisations, public-welfare institutions of the"
                         " first kind) are no suppliers."), {}))  # fmt: skip
    elif who.uscc[:2] in BUDGET_BODY and who.budget_funded is None:
        found.append((N_("Find out whether this public institution is paid wholly by the budget; such are no"
                         " suppliers."), {}))  # fmt: skip
    if who.org_type not in LEGAL_PERSONS:
        found.append((N_("The supplier must be a legal person that is liable on its own."), {}))
    if facts.supplier_checked_on is None or facts.supplier_checked_by is None:
        found.append((N_("Look at the lists of serious breach of trust and enter the day."), {}))
    elif not 0 <= (facts.today - facts.supplier_checked_on).days <= LOOKED_DAYS and facts.signed_on is None:
        found.append((N_("The lists of serious breach of trust were looked at on {day}, more than 30 days ago."),
                      {"day": facts.supplier_checked_on.isoformat()}))  # fmt: skip
    return found


def parties(facts: Facts) -> list[Fault]:
    """Buyer and supplier, or city bureau, county bureau and agency: each once, different, with their duties."""
    roles = [party.role for party in facts.parties]
    found: list[Fault] = [
        (N_("This party is missing: {role}."), {"role": Word("contract_party", role)})
        for role in PARTIES[facts.kind]
        if role not in roles
    ]
    if len({party.organization for party in facts.parties}) < len(facts.parties):
        found.append((N_("One organisation cannot be two parties of a contract."), {}))
    found += [
        (N_("The duties of this party are missing: {role}."), {"role": Word("contract_party", party.role)})
        for party in facts.parties
        if not party.duties.strip()
    ]
    return found


def buyer(facts: Facts) -> list[Fault]:
    """Who buys is an office of the contract's county, or of the city above it."""
    found: list[Fault] = []
    for party in facts.parties:
        if party.role in SUPPLYING:
            continue
        if party.org_type not in BUYERS:
            found.append(
                (
                    N_("This party must be a bureau or a township government: {role}."),
                    {"role": Word("contract_party", party.role)},
                )
            )
        area = party.division.rstrip("0") if party.role == "city_bureau" else party.division[:6]
        if not facts.division.startswith(area):
            found.append(
                (
                    N_("This party is not of the contract's county: {role}."),
                    {"role": Word("contract_party", party.role)},
                )
            )
    return found


def sums(facts: Facts) -> list[Fault]:
    """The lines make up the total, each ceiling is price times units, quotas stay inside of the line."""
    found: list[Fault] = [
        (
            N_("Line “{service}”: {units} units at {price} yuan make {product} yuan, its ceiling is {amount} yuan."),
            {"service": Word("service", line.service), "units": line.max_units, "price": yuan(line.unit_price),
             "product": yuan(line.unit_price * line.max_units), "amount": yuan(line.max_amount)},
        )
        for line in facts.lines
        if line.unit_price * line.max_units != line.max_amount
    ]  # fmt: skip
    found += [
        (N_("Line “{service}”: the townships' quotas come to {quota} units, the line has {units}."),
         {"service": Word("service", line.service), "quota": sum(line.quotas), "units": line.max_units})
        for line in facts.lines
        if sum(line.quotas) > line.max_units
    ]  # fmt: skip
    found += [(N_("Line “{service}” has no units."), {"service": Word("service", line.service)})
              for line in facts.lines if line.max_units <= 0]  # fmt: skip
    made = sum((line.max_amount for line in facts.lines), Decimal(0))
    if made != facts.total:
        found.append((N_("The lines come to {lines} yuan, the contract to {total} yuan."),
                      {"lines": yuan(made), "total": yuan(facts.total)}))  # fmt: skip
    return found


def bond(facts: Facts) -> list[Fault]:
    """At most 10 %, never in cash; a guarantee is accepted."""
    found: list[Fault] = []
    if facts.bond_share > MOST_BOND:
        found.append((N_("The performance bond is more than 10 % of the total."), {}))
    if facts.bond_share and facts.bond_form in {"cash", "none", ""}:
        found.append((N_("A performance bond is given as a guarantee, insurance, cheque or draft, never in cash."), {}))
    return found


def advance(facts: Facts) -> list[Fault]:
    """At most 30 % in advance [D]."""
    return [(N_("The advance is more than 30 % of the total."), {})] if facts.advance_share > MOST_ADVANCE else []


def payment_days(facts: Facts) -> list[Fault]:
    """30 days, by contract at most 60 (DOMAIN.md 4.4)."""
    if 0 < facts.payment_days <= MOST_PAYMENT_DAYS:
        return []
    return [(N_("Payment within 1 to 60 days; these are {days}."), {"days": facts.payment_days})]


def performance(facts: Facts) -> list[Fault]:
    """The share that depends on quality, and the spot checks of a commission (at least 10 %)."""
    found: list[Fault] = []
    if not Decimal(0) <= facts.perf_share <= Decimal("0.5"):
        found.append((N_("The share that depends on performance is from 0 to 50 percent."), {}))
    if facts.kind == "commission" and facts.spot_check_share < LEAST_SPOT_CHECK:
        found.append((N_("The city bureau spot-checks at least 10 % of a commission."), {}))
    return found


Check = Callable[[Facts], list[Fault]]
CHECKS: Final[Mapping[str, tuple[Step, Check]]] = {
    "budget_first": ("draft", budget_first),
    "term": ("draft", term),
    "no_handing_on": ("draft", no_handing_on),
    "purchasable": ("draft", purchasable),
    "stated": ("draft", stated),
    "supplier": ("draft", supplier),
    "parties": ("draft", parties),
    "buyer": ("draft", buyer),
    "sums": ("draft", sums),
    "bond": ("draft", bond),
    "advance": ("draft", advance),
    "payment_days": ("draft", payment_days),
    "performance": ("draft", performance),
    "two_people": ("draft", two_people),
    "award": ("sign", award),
    "published": ("publish", published),
    "filed": ("publish", filed),
    "data_annex": ("activate", data_annex),
}
"""Name -> the step by which it must hold, and the check."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check with its result; `state`: ok, missing, or later (not met, and not due before a later step)."""

    name: str
    step: Step
    state: str
    faults: Sequence[Fault]


def findings(facts: Facts, reached: Step) -> list[Finding]:
    """Every check; what must hold only after the step `reached` is `later` while it is not met."""
    found = []
    for name, (step, check) in CHECKS.items():
        faults = check(facts)
        late = STEPS.index(step) > STEPS.index(reached)
        found.append(Finding(name, step, "ok" if not faults else "later" if late else "missing", faults))
    return found


def supplementary_fits(original: Decimal, added_before: Decimal, added: Decimal) -> bool:
    """Whether all supplementary contracts together add at most 10 % of the original sum (DOMAIN.md 4.3)."""
    return added_before + added <= original * MOST_ADDED

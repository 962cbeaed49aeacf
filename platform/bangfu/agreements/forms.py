"""Reading the forms of agreements, signatures and rates."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from bangfu.agreements import duties, rules
from bangfu.agreements.composing import lines_of, parties_of, row_of
from bangfu.agreements.document import opened_json, opened_text
from bangfu.agreements.drafting import Content, Line, Named
from bangfu.agreements.rate_rules import BASES, LEVELS, MODES, USUAL
from bangfu.agreements.signing import Signature
from bangfu.errors import N_
from bangfu.households.forms import parsed
from bangfu.households.sealing import unseal
from bangfu.households.tables import Contact
from bangfu.needs.catalogue import WORDS as SERVICES
from bangfu.shared.civil_time import parse_date
from bangfu.shared.identifiers import parse_phone
from bangfu.shared.masking import mask_name, mask_phone
from bangfu.shared.web.forms import Form

LINES: Final = 6
"""Service lines that the form offers."""
OFFICES: Final = ("county_government", "township_government", "civil_affairs_bureau", "village")
"""Parties whose names may be worded; the others are named by what is chosen."""
LABELS: Final[Mapping[str, str]] = {
    "person": N_("For whom"), "carer": N_("Caregiver"), "caregiver_name": N_("Name of the caregiver"),
    "caregiver_phone": N_("Phone of the caregiver"), "caregiver_relation": N_("What the caregiver is to the person"),
    "organization": N_("Supporting institution"), "lines": N_("Services"), "pay_month": N_("Pay a month"),
    "payer": N_("Paid from"), "emergency_name": N_("Whom to call"), "emergency_phone": N_("Phone"),
    "emergency_relation": N_("Relation to the person cared for"), "wish": N_("What the person wishes"),
    "starts_on": N_("From"), "ends_on": N_("Until"), "triggers": N_("Assessed again before the end"),
    "method": N_("How it was signed"), "capacity": N_("In which capacity"), "signatory": N_("Who signed"),
    "witness": N_("Witness"), "signed_on": N_("Signed on"), "file": N_("Scan of the signed page"),
    "reason": N_("Reason"), "ended_on": N_("Last day"), "text": N_("Remark"), "guidance": N_("Guidance"),
    "prefix": N_("Area"), "valid_from": N_("Valid from"), "source": N_("Paper that sets it"),
    "kind": N_("Which base amount"), "amount": N_("CNY a month"), "seen": N_("Content"),
    **{f"factor_{mode}_{level}": N_("Factor") for mode in MODES for level in LEVELS},
}  # fmt: skip


def money(form: Form, name: str, *, required: bool = True, most: str = "100000") -> Decimal | None:
    """A sum in CNY with at most two digits after the point."""
    text = form.text(name, required=required).replace(",", "").replace("，", "")
    if not text:
        return None
    return _decimal(form, name, text, "0", most, 2)


def _decimal(form: Form, name: str, text: str, least: str, most: str, digits: int) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        form.fault(name, N_("Please enter a number."))
        return None
    if not value.is_finite() or not Decimal(least) <= value <= Decimal(most):
        form.fault(name, N_("Please enter a number from {least} to {most}."), least=least, most=most)
        return None
    if value != round(value, digits):
        form.fault(name, N_("At most {n} digits after the point."), n=digits)
        return None
    return value


def read_content(form: Form, kept: Content | None, contact: Named) -> Content:
    """What the form agrees. Names and phones left empty stay as `kept` has them (they are never shown whole again);
    in a first draft whom to call is then the household's own contact."""
    carer, organization = form.uuid("carer", required=False), form.uuid("organization", required=False)
    starts_on, ends_on = form.day("starts_on", parse_date), form.day("ends_on", parse_date)
    read: dict[str, Any] = {
        "lines": _lines(form), "pay_month": money(form, "pay_month", required=False),
        "payer": form.choice("payer", rules.PAYERS), "wish": form.text("wish", required=False, most=1000),
        "triggers": tuple(code for code in rules.TRIGGERS if code in form.many("triggers")),
        "needs_guardian": form.yes("needs_guardian"), "e_signing": form.yes("e_signing"), "parties": _parties(form),
    }  # fmt: skip
    caregiver = _named(form, "caregiver", kept.caregiver if kept else Named())
    emergency = _named(form, "emergency", kept.emergency if kept else contact)
    form.check()
    assert starts_on is not None and ends_on is not None  # noqa: S101, PT018 (checked above)
    return Content(
        starts_on, ends_on, carer=carer, organization=organization, caregiver=caregiver, emergency=emergency, **read
    )


def _named(form: Form, field: str, kept: Named) -> Named:
    name = form.text(f"{field}_name", required=False, most=60)
    phone = parsed(form, f"{field}_phone", parse_phone) or ""
    relation = form.choice(f"{field}_relation", rules.RELATIONS, required=False)
    return Named(name or kept.name, phone or ("" if name else kept.phone), relation or kept.relation)


def _lines(form: Form) -> tuple[Line, ...]:
    found = []
    for n in range(LINES):
        if not form.get(f"line_service_{n}", "").strip():
            continue
        service = form.choice(f"line_service_{n}", SERVICES["service"])
        times, minutes = (
            form.whole(f"line_times_{n}", least=1, most=100), form.whole(f"line_minutes_{n}", least=5, most=1440)
        )  # fmt: skip
        per, place = form.choice(f"line_per_{n}", rules.PERIODS), form.choice(f"line_place_{n}", rules.PLACES)
        found.append(Line(service, times or 1, per, minutes or 60, place))
    return tuple(found)


def _parties(form: Form) -> dict[str, tuple[str, str, str]]:
    return {
        role: (
            form.text(f"name_{role}", required=False, most=80), form.text(f"duties_{role}", required=False, most=800),
            form.text(f"evidence_{role}", required=False, most=200),
        )
        for role in rules.ROLES
    }  # fmt: skip


def first_values(today: date, names: Mapping[str, str]) -> dict[str, Any]:
    """A new draft's form: twelve months from today, the usual duties, one visit a week."""
    return {
        "starts_on": today.isoformat(), "ends_on": rules.last_possible(today).isoformat(), "payer": "care_subsidy",
        "caregiver_relation": "none", "emergency_relation": "", "triggers": ["level", "hospital"],
        "line_service_0": "daily_care", "line_times_0": "3", "line_per_0": "week", "line_minutes_0": "90",
        "line_place_0": "home", "line_service_1": "visit_check", "line_times_1": "1", "line_per_1": "week",
        "line_minutes_1": "30", "line_place_1": "home",
        **{f"name_{role}": names[role] for role in OFFICES},
        **{f"duties_{role}": duties.usual(role)[0] for role in rules.ROLES},
        **{f"evidence_{role}": duties.usual(role)[1] for role in rules.ROLES},
    }  # fmt: skip


async def present_values(agreement: UUID) -> dict[str, Any]:
    """The form of a draft as it is; names and phones of people are left out."""
    row = await row_of(agreement)
    values: dict[str, Any] = {
        "starts_on": row["starts_on"].isoformat(), "ends_on": row["ends_on"].isoformat(),
        "carer": str(row["carer"] or ""), "organization": str(row["organization"] or ""),
        "caregiver_relation": row["caregiver_relation"], "pay_month": str(row["pay_month"] or ""),
        "payer": row["payer"], "wish": opened_text(row, "wish_enc"), "triggers": list(row["triggers"]),
        "emergency_relation": opened_json(row, "emergency_enc").get("relation", ""),
        "needs_guardian": "1" if row["needs_guardian"] else "", "e_signing": "1" if row["e_signing"] else "",
    }  # fmt: skip
    for n, line in enumerate(await lines_of(agreement)):
        values |= {f"line_{name}_{n}": str(value) for name, value in line.items()}
    for one in await parties_of(agreement):
        values |= {f"duties_{one['role']}": one["duties"], f"evidence_{one['role']}": one["evidence"]}
        if one["role"] in OFFICES:
            values[f"name_{one['role']}"] = unseal("agreement_party", one, "name_enc")
    return values


def masked(named: Named) -> str:
    """A name and phone as a hint says them."""
    return " ".join(filter(None, (mask_name(named.name), mask_phone(named.phone))))


async def contact_of(household: UUID) -> Named:
    """The household's first recorded contact, for whom to call."""
    rows = await Contact.raw(
        "SELECT * FROM contact WHERE household = {} AND ended_at IS NULL ORDER BY kind <> 'emergency', sort, created_at"
        " LIMIT 1",
        household,
    )
    if not rows:
        return Named()
    relation = rows[0]["relation"] if rows[0]["relation"] in rules.RELATIONS else "other"
    return Named(unseal("contact", rows[0], "name_enc"), unseal("contact", rows[0], "phone_enc"), relation)


def read_signature(form: Form) -> tuple[str, Signature]:
    """(role, signature) of the form at a party."""
    role, method = form.choice("role", rules.ROLES), form.choice("method", rules.METHODS)
    electronic = method == "electronic"
    signature = Signature(
        method, form.text("seen", required=False, most=64), form.choice("capacity", rules.CAPACITIES, required=False)
        or "self", form.text("signatory", required=not electronic, most=60),
        form.text("witness", required=False, most=60), form.day("signed_on", parse_date, required=False),
    )  # fmt: skip
    form.check()
    return role, signature


def read_factors(form: Form) -> dict[tuple[str, str], Decimal]:
    """The six factors: at home as multiples, in an institution as percent of the wage."""
    found: dict[tuple[str, str], Decimal] = {}
    for mode, level in USUAL:
        name = f"factor_{mode}_{level}"
        text = form.text(name)
        value = _decimal(form, name, text, "0", "100", 2) if text else None
        if value is not None:
            found[(mode, level)] = value / 100 if mode == "centralized" else value
    form.check()
    return found


def usual_factors() -> dict[str, str]:
    """The factors of DOMAIN.md 3.1 as the form shows them."""
    return {
        f"factor_{mode}_{level}": format((factor * 100 if mode == "centralized" else factor).normalize(), "f")
        for (mode, level), factor in USUAL.items()
    }


def read_base(form: Form) -> tuple[str, Decimal]:
    """(kind, amount) of a base."""
    kind, amount = form.choice("kind", BASES), money(form, "amount")
    if amount is not None and amount <= 0:
        form.fault("amount", N_("Please enter a number above 0."))
    form.check()
    assert amount is not None  # noqa: S101 (checked above)
    return kind, amount

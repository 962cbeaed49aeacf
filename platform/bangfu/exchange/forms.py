"""What the pages of exchange send: filters, a format, a reason, a system."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from uuid import UUID

from bangfu.errors import N_
from bangfu.exchange import rules
from bangfu.exchange.clients import ClientFacts
from bangfu.exchange.export_rules import FORMATS, MOST_REASON, SUBJECTS, Asked
from bangfu.exchange.read_resources import SCOPES
from bangfu.exchange.read_tokens import MOST_DAYS, TokenFacts
from bangfu.exchange.webhook_rules import MOST_URL, host_of
from bangfu.exchange.webhooks import EndpointFacts
from bangfu.households.rules import CATEGORIES, LAYERS
from bangfu.households.status_rules import STATES
from bangfu.needs.words import WORDS as NEEDS
from bangfu.shared.civil_time import parse_date
from bangfu.shared.identifiers import pad_division
from bangfu.shared.web.forms import Form

LABELS: Mapping[str, str] = {
    "subject": N_("What to export"), "format": N_("File format"), "category": N_("Category"), "layer": N_("Layer"),
    "division": N_("Area"), "status": N_("Standing"), "need_status": N_("Need status"), "reason": N_("Reason"),
    "month": N_("Month"), "name": N_("Name of the system"), "kind": N_("What it sends"),
    "per_minute": N_("Requests a minute"), "scopes": N_("What it may read"),
    "organization": N_("Only of one organisation"), "expires_on": N_("Last day"), "url": N_("Address"),
}  # fmt: skip


def read_export(form: Form, *, whole: bool) -> Asked:
    """The wanted export; `whole` asks for a reason.

    Raises:
        FormError: with every fault, by field.
    """
    asked = Asked(
        form.choice("subject", SUBJECTS), form.choice("format", FORMATS),
        form.choice("category", CATEGORIES, required=False),
        form.choice("layer", frozenset(LAYERS.values()), required=False), read_area(form),
        form.choice("status", (*STATES, "all"), required=False),
        form.choice("need_status", NEEDS["need_status"], required=False),
        read_reason(form) if whole else "",
    )  # fmt: skip
    form.check()
    return asked


def read_area(form: Form) -> str:
    """A prefix of division codes, or "" for the whole area."""
    area = form.text("division", required=False, most=12)
    if area and not (area.isascii() and area.isdecimal()):
        form.fault("division", N_("Please choose one of the list."))
        return ""
    return area


def read_reason(form: Form) -> str:
    """Why whole data are needed: some words, not a sign."""
    reason = form.text("reason", most=MOST_REASON)
    if 0 < len(reason) < 4:
        form.fault("reason", N_("Say in a few words what the data are needed for."))
    return reason


def read_month(text: str, months: list[date]) -> date | None:
    """One of the months (as 2026-10), or None."""
    return next((month for month in months if month.strftime("%Y-%m") == text), None)


def read_client(form: Form) -> ClientFacts:
    """A new system.

    Raises:
        FormError: with every fault, by field.
    """
    name, kind = form.text("name", most=60), form.choice("kind", rules.KINDS)
    area = form.text("division", most=12)
    per_minute = form.whole("per_minute", least=1, most=6000)
    if area and not (area.isascii() and area.isdecimal()):
        form.fault("division", N_("Please choose one of the list."))
    form.check()
    return ClientFacts(name, kind, pad_division(area), per_minute or rules.PER_MINUTE)


def read_token(form: Form, today: date) -> TokenFacts:
    """A new system that reads.

    Raises:
        FormError: with every fault, by field.
    """
    name, area, scopes, organization = _what(form)
    last = form.day("expires_on", parse_date)
    if last and not today <= last <= today + timedelta(days=MOST_DAYS):
        form.fault("expires_on", N_("From today on, and at most {most} days ahead."), most=MOST_DAYS)
    per_minute = form.whole("per_minute", least=1, most=6000)
    form.check()
    return TokenFacts(name, scopes, area, organization, last or today, per_minute or rules.PER_MINUTE)


def read_endpoint(form: Form, named: Collection[str]) -> EndpointFacts:
    """A new webhook; `named` are the hosts that the operator named.

    Raises:
        FormError: with every fault, by field.
    """
    name, area, scopes, organization = _what(form)
    url = form.text("url", most=MOST_URL)
    if url and host_of(url, named) is None:
        form.fault("url", N_("An address that begins with https://, without user name, spaces or #."))
    form.check()
    return EndpointFacts(name, url, scopes, area, organization)


def _what(form: Form) -> tuple[str, str, tuple[str, ...], UUID | None]:
    """What another system is opened: its name, the area, the lists, the organisation."""
    name, area = form.text("name", most=60), form.text("division", most=12)
    scopes = form.many("scopes")
    if not scopes or set(scopes) - set(SCOPES):
        form.fault("scopes", N_("Choose at least one of the list."))
    if area and not (area.isascii() and area.isdecimal()):
        form.fault("division", N_("Please choose one of the list."))
    organization = form.uuid("organization", required=False)
    return name, pad_division(area), tuple(one for one in SCOPES if one in scopes), organization

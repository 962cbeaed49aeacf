"""The posted forms of certificates, policies, consents, courses and checks."""

from collections.abc import Collection
from datetime import date

from bangfu.providers.carer_facts import Agreement, CertificateFacts, Check, Course, Policy
from bangfu.providers.carer_forms import past_day
from bangfu.providers.carer_words import WORDS
from bangfu.shared.civil_time import parse_date
from bangfu.shared.names import normal_name
from bangfu.shared.web.forms import Form
from bangfu.shared.words import WORDS as SHARED

FOREVER = date(2099, 12, 31)
"""The last day of what has no end."""


def read_certificate(form: Form, today: date) -> CertificateFacts:
    """Raises FormError with every fault."""
    code = form.choice("code", SHARED["qualification"])
    issued = past_day(form, "issued_on", today)
    endless = form.yes("endless") and code not in ("H", "M")
    expires = FOREVER if endless else form.day("expires_on", parse_date)
    number, issuer = form.text("number", required=code not in ("T", "V", "G"), most=64), form.text("issuer", most=120)
    form.check()
    return CertificateFacts(code, number, issuer, issued, expires or FOREVER)


def read_policy(form: Form, _: date) -> Policy:
    """Raises FormError with every fault."""
    insurer, number = form.text("insurer", most=120), form.text("policy_number", most=64)
    starts, ends = form.day("starts_on", parse_date), form.day("ends_on", parse_date)
    form.check()
    return Policy(insurer, number, starts or FOREVER, ends or FOREVER)


def read_consent(form: Form, today: date, services: Collection[str]) -> Agreement:
    """Raises FormError with every fault."""
    guardian = normal_name(form.text("guardian", most=64))
    relation = form.choice("relation", WORDS["consent_relation"])
    given = past_day(form, "given_on", today)
    form.check()
    chosen = form.many("services")
    return Agreement(guardian, relation, tuple(code for code in sorted(services) if code in chosen), given or today)


def read_course(form: Form, today: date) -> Course:
    """Raises FormError with every fault."""
    name, content = form.text("name", most=80), form.text("content", required=False, most=300)
    hours = form.decimal("hours", least=0, most=1000)
    organiser, held = form.text("organiser", most=120), past_day(form, "held_on", today)
    level = form.choice("level", WORDS["training_level"])
    form.check()
    return Course(name, content, hours or 0.0, organiser, held or today, int(level))


def read_check(form: Form, today: date) -> Check:
    """Raises FormError with every fault."""
    body = form.choice("body", WORDS["clearance_body"])
    checked = past_day(form, "checked_on", today)
    result = form.choice("result", WORDS["clearance_result"])
    form.check()
    return Check(body, checked or today, result == "hit")

"""The forms of the catalogue: what was typed becomes the content of a version, or faults beside the fields."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from bangfu.catalogue import norm_rules, rules
from bangfu.catalogue.answers import Answer, Decline
from bangfu.catalogue.loading import terms_of
from bangfu.catalogue.words import WORDS
from bangfu.errors import N_
from bangfu.needs.catalogue import WORDS as SERVICE_WORDS
from bangfu.shared.civil_time import parse_date
from bangfu.shared.web.forms import Form
from bangfu.shared.words import WORDS as SHARED_WORDS

CODE = re.compile(r"[A-Z]{2}[0-9]{2,4}")
NORM_CODE = re.compile(r"[a-z0-9_]{2,24}\.[a-z_]{2,24}")


def read_item(form: Form, code: str) -> dict[str, Any]:
    """The content of an item; the five elements may be empty in a draft."""
    names = {lang: form.text(lang, most=60 if lang == "zh" else 100) for lang in ("zh", "en")}
    elements = {
        f"{element}_{lang}": form.text(f"{element}_{lang}", required=False, most=800)
        for element in rules.ELEMENTS
        for lang in ("zh", "en")
    }
    return {
        **names,
        "service": form.choice("service", SERVICE_WORDS["service"]),
        "area": form.choice("area", rules.AREAS),
        "unit": form.choice("unit", SERVICE_WORDS["unit"]),
        "minutes": form.whole("minutes", least=5, most=720),
        "kinds": _chosen(form, "kinds", SHARED_WORDS["carer_kind"]),
        "targets": _chosen(form, "targets", WORDS["catalogue_audience"]),
        **elements,
        "terms": terms_of(code, names["zh"], names["en"]),
        "note": form.text("note", required=False, most=300),
    }


def read_norm(form: Form) -> dict[str, Any]:
    """The content of a norm."""
    return {
        "service": form.choice("service", SERVICE_WORDS["service"]),
        "target": form.choice("target", tuple(norm_rules.TARGETS)),
        "times": form.whole("times", least=1, most=31),
        "period": form.choice("period", norm_rules.PERIODS),
        "minutes": form.whole("minutes", least=0, most=720, required=False) or 0,
        "within_hours": form.whole("within_hours", least=0, most=720, required=False) or 0,
        "on_request": form.yes("on_request"),
        "policy_version": form.text("policy_version", most=24),
        "basis_zh": form.text("basis_zh", most=500),
        "basis_en": form.text("basis_en", most=500),
        "source": form.text("source", most=24),
        "note": form.text("note", required=False, most=300),
    }


def read_service(form: Form) -> dict[str, Any]:
    """What a kind of service usually takes."""
    return {
        "minutes": form.whole("minutes", least=5, most=720),
        "visits": form.whole("visits", least=1, most=112),
        "kinds": _chosen(form, "kinds", SHARED_WORDS["carer_kind"]),
        "qualifications": json.dumps(_qualifications(form)),
        "note": form.text("note", most=300),
    }


def _qualifications(form: Form) -> list[list[str]]:
    """One line per requirement, the codes of a line stand for each other: "C5 C4 G" and below "H"."""
    lines = [line.replace(",", " ").split() for line in form.text("qualifications", most=300).splitlines()]
    found = [line for line in lines if line]
    if any(code not in SHARED_WORDS["qualification"] for line in found for code in line):
        form.fault("qualifications", N_("Please use the codes of the list below, for example C5 or H."))
    return found


def _chosen(form: Form, name: str, words: Collection[str]) -> list[str]:
    chosen = form.many(name)
    if not chosen:
        form.fault(name, N_("Please choose at least one."))
    elif not set(chosen) <= set(words):
        form.fault(name, N_("Please choose one of the list."))
    return chosen


def read_code(form: Form, kind: str) -> str:
    """The code of something new: two capitals and digits for an item, words with a dot for a norm."""
    code = form.text("code", most=48)
    if kind == "items" and code and not CODE.fullmatch(code):
        form.fault("code", N_("Two capital letters and two to four digits, for example SH26."))
    if kind == "norms" and code and not NORM_CODE.fullmatch(code):
        form.fault("code", N_("Small letters, a dot and the service, for example elder_alone.visit_check."))
    return code


def read_valid_from(form: Form) -> date:
    """The first day on which a version counts."""
    day = form.day("valid_from", parse_date)
    form.check()
    assert day is not None  # noqa: S101 (check() would have raised)
    return day


def read_reason(form: Form) -> str:
    """Why a version goes back or is retired."""
    reason = form.text("reason", most=300)
    form.check()
    return reason


def present(kind: str, row: Any) -> tuple[dict[str, str], dict[str, list[str]]]:
    """A version as the form shows it: single values, and those with several."""
    many = {name: list(getattr(row, name)) for name in ("kinds", "targets") if hasattr(row, name)}
    names = {"items": [*_ITEM], "norms": [*_NORM], "services": ["minutes", "visits"]}[kind]
    values = {name: str(getattr(row, name)) for name in names}
    if kind == "norms":
        values["on_request"] = "yes" if row.on_request else ""
    if kind == "services":
        values["qualifications"] = "\n".join(" ".join(line) for line in as_list(row.qualifications))
    return {**values, "note": row.note if row.status == "draft" else ""}, many


_ITEM = (
    "zh", "en", "service", "area", "unit", "minutes",
    *(f"{element}_{lang}" for element in rules.ELEMENTS for lang in ("zh", "en")),
)  # fmt: skip
_NORM = (
    "service", "target", "times", "period", "minutes", "within_hours", "policy_version", "basis_zh", "basis_en",
    "source",
)  # fmt: skip


def as_list(stored: Any) -> list[list[str]]:
    """A JSON column, as text or as what the driver made of it."""
    found: list[list[str]] = json.loads(stored) if isinstance(stored, str) else stored
    return found


def read_answer(form: Form, *, complete: bool) -> Answer:
    """A need as proposed or with changes; `complete` asks for its reason."""
    service = form.choice("service", SERVICE_WORDS["service"])
    key, person = form.uuid("key"), form.uuid("person", required=False)
    visits, minutes = form.whole("visits", least=1, most=112), form.whole("minutes", least=5, most=720)
    answer_fingerprint = form.text("fingerprint", most=64)
    reason = form.text("reason", required=complete, most=500)
    form.check()
    assert key is not None and visits is not None and minutes is not None  # noqa: S101, PT018 (check() raised)
    return Answer(service, person, answer_fingerprint, key, visits, minutes, reason, form.get("do") == "submit")


def read_decline(form: Form, today: date) -> Decline:
    """A refusal with its reason; "other" needs words."""
    service = form.choice("service", SERVICE_WORDS["service"])
    key, person = form.uuid("key"), form.uuid("person", required=False)
    code = form.choice("code", WORDS["decline_reason"])
    words = form.text("words", required=code == "other", most=300)
    revisit = form.day("revisit_on", parse_date, required=False)
    if revisit is not None and revisit <= today:
        form.fault("revisit_on", N_("Please choose a day after today."))
    fingerprint = form.text("fingerprint", most=64)
    form.check()
    assert key is not None  # noqa: S101 (check() would have raised)
    return Decline(service, person, fingerprint, key, code, words, revisit)


LABELS: Mapping[str, str] = {
    "code": N_("Code"), "zh": N_("Name in Chinese"), "en": N_("Name in English"), "service": N_("Service"),
    "area": N_("Group"), "unit": N_("Unit"), "minutes": N_("Minutes per visit"), "kinds": N_("Who may deliver"),
    "targets": N_("For whom, for the search"), "target": N_("Target group"), "times": N_("How many times"),
    "period": N_("In which period"), "within_hours": N_("Contact within hours"), "on_request": N_("Only on request"),
    "policy_version": N_("Policy version"), "basis_zh": N_("Basis in Chinese"), "basis_en": N_("Basis in English"),
    "source": N_("Source mark"), "visits": N_("Visits in four weeks"), "qualifications": N_("Qualifications"),
    "note": N_("Why this version"), "valid_from": N_("Counts from"), "reason": N_("Reason"), "words": N_("Remark"),
    "revisit_on": N_("Ask again on"),
    "provider_zh": N_("Provider, in Chinese"), "provider_en": N_("Provider, in English"),
    "scope_zh": N_("For whom, in Chinese"), "scope_en": N_("For whom, in English"),
    "content_zh": N_("Content, in Chinese"), "content_en": N_("Content, in English"),
    "mechanism_zh": N_("How it runs, in Chinese"), "mechanism_en": N_("How it runs, in English"),
    "safeguards_zh": N_("Safeguards, in Chinese"), "safeguards_en": N_("Safeguards, in English"),
}  # fmt: skip
"""The labels of all fields, for forms, differences and the summary of faults."""

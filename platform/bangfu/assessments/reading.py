"""The posted forms of assessments: what was typed becomes facts, or faults beside the fields."""

import json
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.assessments.library import MOST_CHARACTERS
from bangfu.assessments.recording import Circumstances
from bangfu.assessments.rules import REASONS
from bangfu.assessments.scoring import Document, items_of, score
from bangfu.assessments.words import WORDS
from bangfu.errors import N_
from bangfu.shared.civil_time import parse_date
from bangfu.shared.web.forms import Form

FIELD = "a_"
"""Prefix of an item's field, so that an item's code never meets another field's name."""


def read_circumstances(form: Form, today: date) -> Circumstances:
    """Why, when, where and who told."""
    assessed_on = form.day("assessed_on", parse_date)
    if assessed_on is not None and assessed_on > today:
        form.fault("assessed_on", N_("This day lies in the future."))
    elif assessed_on is not None and (today - assessed_on).days > 366:
        form.fault("assessed_on", N_("This is more than a year ago."))
    return Circumstances(
        reason=form.choice("reason", REASONS), assessed_on=assessed_on or today,
        place=form.choice("place", WORDS["assessment_place"]),
        informant=form.text("informant", required=False, most=64),
        informant_relation=form.choice("informant_relation", WORDS["informant_relation"]),
    )  # fmt: skip


def read_person(form: Form, people: Collection[str]) -> UUID | None:
    """One of the household's members."""
    person = form.uuid("person")
    if person is not None and str(person) not in people:
        form.fault("person", N_("Please choose one of the list."))
    return person


def read_answers(form: Form, document: Document, area: str = "") -> dict[str, str]:
    """The answers of one area, or of the whole form, as typed; what was left empty is left out."""
    return {
        item["code"]: typed
        for one in document["areas"]
        if area in ("", one["code"])
        for item, _ in items_of(one)
        if (typed := form.get(FIELD + item["code"], "").strip()[:200])
    }


def note_faults(form: Form, document: Document, area: str, answers: dict[str, str], *, complete: bool) -> None:
    """Faults beside the items of an area; what is missing is one only if the area is to be complete."""
    result = score(document, answers)
    own = {item["code"] for one in document["areas"] if one["code"] == area for item, _ in items_of(one)}
    for code, (message, params) in result.faults.items():
        if code in own:
            form.fault(FIELD + code, message, **params)
    for code in result.missing if complete else ():
        if code in own:
            form.fault(FIELD + code, N_("Please answer this."))


def is_sound(document: Document, code: str, typed: str) -> bool:
    """Whether one answer alone can be kept."""
    return code not in score(document, {code: typed}).faults


def read_reason(form: Form) -> str:
    """A reason in words."""
    reason = form.text("remark", most=500)
    form.check()
    return reason


def read_document(form: Form, uploaded: str) -> dict[str, Any]:
    """The pasted or uploaded JSON of a form."""
    text = uploaded or form.get("document", "")
    if not text.strip():
        form.fault("document", N_("Paste the form's JSON, or choose its file."))
    elif len(text) > MOST_CHARACTERS:
        form.fault("document", N_("The form is too large."))
    form.check()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        form.fault("document", N_("This is not JSON; the first fault is in line {line}."), line=line)
        form.check()
    if not isinstance(found, dict):
        form.fault("document", N_("The form is not a JSON object."))
    form.check()
    return dict(found)

"""The forms of the register: a member's change, leaving, category, review, exit, contacts, relatives."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bangfu.errors import N_
from bangfu.households import contacts, forms, kinship, review_rules, status_rules
from bangfu.households.contacts import ContactFacts
from bangfu.households.disability import NONE
from bangfu.households.kinship import Relation
from bangfu.households.leaving import Leaving
from bangfu.households.members import KEEPABLE
from bangfu.households.reviews import Review
from bangfu.households.sealing import HEALTH_TAGS, PersonFacts, disability_of
from bangfu.households.spans import Standing
from bangfu.households.words import WORDS
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import parse_date
from bangfu.shared.identifiers import parse_phone
from bangfu.shared.web.forms import Form

WHY_MOST = 240


def read_member_change(
    form: Form, stored: Mapping[str, Any], number: str, today: date
) -> tuple[PersonFacts, str, frozenset[str]]:
    """The member as changed, why, and which hidden values stay. `stored`: the row; `number`: its ID number."""
    keep = set(KEEPABLE)
    values = {name: form.many(name) for name in form if form.many(name)}
    values.setdefault("name", [stored["name"]])
    if form.get("id_type") == stored["id_type"] and "id_number" not in values:
        values["id_number"] = [number]
    else:
        keep.discard("id_number")
    typed = Form(values)
    facts, _no_document = forms.read_person(typed, today, head=stored["is_head"])
    for name, (message, params) in typed.faults.items():
        form.fault(name, message, **params)
    for name in ("phone", "bank"):
        if getattr(facts, name) or form.yes(f"no_{name}"):
            keep.discard(name)
    if form.yes("change_health"):
        keep -= {"health", "health_tags", "disability"}
    else:
        tags = tuple(tag for tag in facts.tags if tag not in HEALTH_TAGS)
        facts = replace(facts, health="", tags=tags, disability=NONE)
        certificate = disability_of(stored).certificate
        if certificate and not certificate.startswith(facts.id_number):
            form.fault("id_number", N_("The disability certificate on record belongs to another number; enter both."))
    return facts, form.text("why", most=WHY_MOST), frozenset(keep)


def read_leaving(form: Form, today: date) -> tuple[Leaving, str]:
    """Why and since when a member leaves, and who is the head now."""
    reason = form.choice("reason", status_rules.LEAVING_REASONS)
    left_on = form.day("left_on", parse_date)
    if left_on is not None and left_on > today:
        form.fault("left_on", N_("The day cannot lie in the future."))
    head = form.uuid("new_head", required=False)
    why = form.text("why", required=reason == "other", most=WHY_MOST)
    form.check()
    return Leaving(reason, left_on or today, head), why


def read_standing(form: Form) -> Standing:
    """A category with the mode that belongs to it."""
    category = form.choice("category", WORDS["household_category"])
    admission = form.choice("admission_mode", WORDS["admission_mode"], required=False)
    support = form.choice("support_mode", WORDS["support_mode"], required=False)
    return Standing(category, admission if category == "dibao" else "", support if category == "tekun" else "")


def read_review(form: Form, today: date) -> Review:
    """What a reviewer found; a change needs words."""
    outcome = form.choice("outcome", review_rules.OUTCOMES)
    day = form.day("reviewed_on", parse_date, required=False) or today
    note = form.text("note", required=outcome == "changed", most=500)
    form.check()
    return Review(outcome, day, note, not form.yes("income_unstable"), form.yes("able_bodied"))


def read_contact(form: Form) -> ContactFacts:
    """Whom to call."""
    kind = form.choice("kind", contacts.KINDS)
    relation = form.choice("relation", WORDS["relation"])
    name = form.text("name", most=64)
    phone = forms.parsed(form, "phone", parse_phone, required=True) or ""
    person = form.uuid("person", required=False)
    form.check()
    return ContactFacts(kind, relation, name, phone, person)


def read_relation(form: Form, actor: Actor) -> Relation:
    """Who is related: oneself, or (by an officer) `user:<id>` or `carer:<id>`."""
    relation = form.choice("relation", kinship.RELATIONS)
    kind, _, number = (form.get("who", "") or "me").partition(":")
    if kind == "me":
        form.check()
        return Relation(relation, user=actor.me)
    chosen = Form({"who": [number]}).uuid("who")
    if kind not in {"user", "carer"} or chosen is None:
        form.fault("who", N_("Choose the person who is related."))
    form.check()
    return Relation(relation, **{kind: chosen}, may_care=form.yes("may_care"))

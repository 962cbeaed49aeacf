"""The forms of requests about one's data."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bangfu.errors import N_
from bangfu.households.rules import needs_guardian
from bangfu.households.words import WORDS as HOUSEHOLD_WORDS
from bangfu.privacy.rules import KINDS
from bangfu.shared.web.forms import Form

LABELS = {
    "person": N_("About whom"),
    "kind": N_("What is asked for"),
    "applicant": N_("Who asks"),
    "applicant_relation": N_("Relation to the person"),
    "reason": N_("Reason, or what is wrong and what is right"),
    "identity": N_("Identity checked"),
    "answer": N_("Answer"),
    "action": N_("Outcome of the request"),
    "format": N_("Form of the package"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for."""

    person: UUID
    kind: str
    applicant: str
    relation: str
    reason: str


def read_request(form: Form, births: dict[UUID, date | None], today: date) -> Asked:
    """Who asks for what about whom; for a child under 14 the guardian asks (PIPL art. 31).

    Raises:
        FormError: with every fault.
    """
    person = form.uuid("person")
    if person is not None and person not in births:
        form.fault("person", N_("Please choose one of the list."))
    relation = form.choice("applicant_relation", HOUSEHOLD_WORDS["relation"])
    if person in births and relation == "self" and needs_guardian(births[person], today):
        form.fault("applicant_relation", N_("The person is under 14: the guardian has to ask."))
    if not form.yes("identity"):
        form.fault("identity", N_("Check who asks before anything is handed out."))
    kind = form.choice("kind", KINDS)
    applicant, reason = form.text("applicant", most=64), form.text("reason", most=500)
    form.check()
    assert person is not None  # noqa: S101 (check() raised otherwise)
    return Asked(person, kind, applicant, relation, reason)

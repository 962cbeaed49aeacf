"""The form with which somebody signs up as a volunteer."""

from collections.abc import Collection
from datetime import date

from bangfu.errors import N_
from bangfu.households.forms import parsed
from bangfu.providers import signing_up_rules as rules
from bangfu.providers.roster_forms import read_week
from bangfu.providers.roster_words import WORDS
from bangfu.providers.signing_up_facts import Told
from bangfu.providers.words import WORDS as PROVIDER_WORDS
from bangfu.shared.civil_time import parse_date
from bangfu.shared.identifiers import parse_phone, parse_resident_id
from bangfu.shared.web.forms import Form
from bangfu.shared.words import WORDS as SHARED_WORDS

TICKS = ("informed", "truthful", "consent")
"""Told of the risks; all true; own data may be used (DOMAIN.md 7, 9.1)."""

LABELS = {
    "name": N_("Name"), "sex": N_("Sex"), "birth_date": N_("Birth date"), "id_number": N_("Resident ID number"),
    "phone": N_("Phone"), "division": N_("Village or community"), "languages": N_("Languages"),
    "services": N_("What you would like to do"), "skills": N_("Skills and experience"),
    "travel_mode": N_("How you get around"), "guardian": N_("Name of the guardian"),
    "guardian_relation": N_("The guardian is"), "guardian_phone": N_("Phone of the guardian"),
    "guardian_consent": N_("The guardian's consent"), "informed": N_("What you should know first"),
    "truthful": N_("What I tell here is true."), "consent": N_("Consent"),
}  # fmt: skip
"""The fields as the summary of faults names them."""


def read_sign_up(form: Form, villages: Collection[str], services: Collection[str], today: date) -> Told:
    """What was told.

    Raises:
        FormError: with every fault, a child under 8 among them.
    """
    born = form.day("birth_date", parse_date)
    number = parsed(form, "id_number", lambda text: parse_resident_id(text, today), required=True)
    sex = form.choice("sex", ("f", "m"))
    if number and born and number.birth_date != born:
        form.fault("birth_date", N_("The ID number names another birth date."))
    if number and sex and {"male": "m", "female": "f"}[number.sex] != sex:
        form.fault("sex", N_("The ID number names another sex."))
    guardian, guardian_phone, relation = _guardian(form, born, today)
    told = Told(
        name=form.text("name", most=64), sex=sex, birth_date=born or today,
        phone=parsed(form, "phone", parse_phone, required=True) or "", id_number=number.number if number else "",
        division=form.choice("division", frozenset(villages)),
        languages=_many(form, "languages", SHARED_WORDS["language"]), services=_many(form, "services", services),
        skills=form.text("skills", required=False, most=200), windows=tuple(read_week(form)),
        travel_mode=form.choice("travel_mode", PROVIDER_WORDS["travel_mode"]), guardian=guardian,
        guardian_phone=guardian_phone, guardian_relation=relation,
    )  # fmt: skip
    for tick in TICKS:
        if not form.yes(tick):
            form.fault(tick, N_("Without this you cannot sign up."))
    form.check()
    return told


def _guardian(form: Form, born: date | None, today: date) -> tuple[str, str, str]:
    """Name, phone and relation of the guardian of somebody from 8 to 17; of others nothing is kept."""
    age = rules.age_class(born, today) if born else "adult"
    if age == "too_young":
        message = N_("Under 8 years a child serves only together with a guardian: please let the guardian sign up.")
        form.fault("birth_date", message)
    if age == "impossible":
        form.fault("birth_date", N_("Please check the birth date."))
    if age != "with_guardian":
        return "", "", ""
    if not form.yes("guardian_consent"):
        form.fault("guardian_consent", N_("Under 18 years the guardian has to agree."))
    name, phone = form.text("guardian", most=64), parsed(form, "guardian_phone", parse_phone, required=True)
    return name, phone or "", form.choice("guardian_relation", WORDS["guardian_relation"])


def _many(form: Form, name: str, known: Collection[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(form.many(name)))
    if not set(chosen) <= set(known):
        form.fault(name, N_("Please choose one of the list."))
    return chosen

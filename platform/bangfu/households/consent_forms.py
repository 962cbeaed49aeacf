"""The forms of consents and their texts: what was typed becomes facts, or faults beside the fields."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from bangfu.errors import N_
from bangfu.households.consent_actions import TakenBack
from bangfu.households.consent_queries import TextView
from bangfu.households.consent_rules import PURPOSES, is_guardian_missing
from bangfu.households.facts import Ground
from bangfu.households.rules import needs_guardian
from bangfu.households.words import WORDS
from bangfu.shared.civil_time import parse_date
from bangfu.shared.web.forms import Form


def read_ground(form: Form, today: date, texts: Sequence[TextView]) -> Ground:
    """Consent with who, how, when, for what and on which text; or the statute."""
    ground = form.choice("ground", WORDS["consent_ground"])
    if ground != "consent":
        return Ground(
            ground or "statutory", statute=form.text("statute", required=ground == "statutory"),
            person=form.uuid("person", required=False),
        )  # fmt: skip
    given_on = form.day("given_on", parse_date)
    if given_on is not None and given_on > today:
        form.fault("given_on", N_("The consent cannot be given in the future."))
    valid_until = form.day("valid_until", parse_date, required=False)
    if valid_until is not None and given_on is not None and valid_until < given_on:
        form.fault("valid_until", N_("The consent ends before it begins."))
    text = _text(form, texts, given_on)
    return Ground(
        ground,
        giver=form.text("giver", most=64),
        giver_relation=form.choice("giver_relation", WORDS["relation"]),
        method=form.choice("method", WORDS["consent_method"]),
        given_on=given_on,
        purposes=_purposes(form, text),
        person=form.uuid("person", required=False),
        text_version=text.version if text else "",
        valid_until=valid_until,
        scan=form.text("scan", required=False),
    )


def _text(form: Form, texts: Sequence[TextView], given_on: date | None) -> TextView | None:
    """The version whose words the person saw or heard: the one that the form showed unless another was named."""
    version = form.text("text_version", required=bool(texts), most=24)
    found = next((text for text in texts if text.version == version), None)
    if version and found is None:
        form.fault("text_version", N_("Please choose one of the list."))
    if found is not None and given_on is not None and found.valid_from is not None and given_on < found.valid_from:
        form.fault("text_version", N_("This text was not in use on that day; choose the one that was signed."))
    return found


def _purposes(form: Form, text: TextView | None) -> tuple[str, ...]:
    chosen = set(form.many("purposes"))
    if "service" not in chosen or not chosen <= set(PURPOSES):
        form.fault("purposes", N_("Without consent to arranging services nothing can be arranged; tick at least that."))
    elif text is not None and not chosen <= set(text.purposes):
        form.fault("purposes", N_("The chosen text does not speak of everything that is ticked."))
    return tuple(purpose for purpose in PURPOSES if purpose in chosen)


def check_guardian(form: Form, born: date | None, ground: Ground, today: date) -> None:
    """For a child under 14 the guardian consents, and expressly to using the child's data (DOMAIN.md 9.1)."""
    if ground.ground != "consent":
        return
    on = ground.given_on or today
    if is_guardian_missing(born, ground.giver_relation, on):
        form.fault("giver_relation", N_("The person is under 14: the guardian has to consent."))
    if needs_guardian(born, on) and "minor_data" not in ground.purposes:
        form.fault("purposes", N_("The person is under 14: the guardian has to agree to using data of minors, too."))


def read_taken_back(form: Form, given: Collection[str], today: date) -> TakenBack:
    """Who withdrew, how, when and what; nothing ticked where there is a choice is a fault.

    Raises:
        FormError: with every fault.
    """
    said_on = form.day("said_on", parse_date)
    if said_on is not None and said_on > today:
        form.fault("said_on", N_("The withdrawal cannot be in the future."))
    whole = form.choice("extent", ("all", "some")) != "some"
    purposes = tuple(form.many("withdrawn"))
    if not whole and (not purposes or not set(purposes) <= set(given)):
        form.fault("withdrawn", N_("Tick what is withdrawn."))
    taken = TakenBack(
        by=form.text("withdrawn_by", most=64),
        relation=form.choice("relation", WORDS["relation"]),
        method=form.choice("method", WORDS["withdrawal_method"]),
        said_on=said_on,
        purposes=() if whole else purposes,
        others=whole and form.yes("others"),
    )
    form.check()
    return taken


@dataclass(frozen=True, slots=True)
class TextDraft:
    """A version of the consent text as it was typed."""

    version: str
    zh: str
    en: str
    purposes: tuple[str, ...]
    valid_from: date | None


def read_text(form: Form) -> TextDraft:
    """A draft; it may be incomplete until it is published.

    Raises:
        FormError: with every fault.
    """
    chosen = set(form.many("purposes"))
    if not chosen <= set(PURPOSES):
        form.fault("purposes", N_("Please choose one of the list."))
    draft = TextDraft(
        version=form.text("version", most=24),
        zh=_words(form, "zh"),
        en=_words(form, "en"),
        purposes=tuple(purpose for purpose in PURPOSES if purpose in chosen),
        valid_from=form.day("valid_from", parse_date, required=False),
    )
    form.check()
    return draft


def _words(form: Form, name: str) -> str:
    return form.text(name, required=False, most=8000).replace("\r\n", "\n")

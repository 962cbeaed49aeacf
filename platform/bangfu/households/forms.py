"""The forms of households: what was typed becomes facts, or faults beside the fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from bangfu.errors import N_
from bangfu.households import rules
from bangfu.households.facts import Ground, Situation
from bangfu.households.sealing import PersonFacts
from bangfu.households.words import WORDS
from bangfu.shared.civil_time import parse_date
from bangfu.shared.coordinates import Datum, Point, parse_degrees, to_wgs84
from bangfu.shared.faults import Fault
from bangfu.shared.i18n import words_of
from bangfu.shared.identifiers import compact, parse_phone, parse_resident_id
from bangfu.shared.names import normal_name
from bangfu.shared.web.forms import Form
from bangfu.shared.words import WORDS as SHARED_WORDS

T = TypeVar("T")
DATUMS: Mapping[str, Datum] = {"wgs84": "wgs84", "gcj02": "gcj02", "bd09": "bd09"}


def parsed(form: Form, name: str, parse: Callable[[str], T], *, required: bool = False) -> T | None:
    """A field read by one of the shared parsers; its fault stands beside the field."""
    text = form.text(name, required=required)
    if not text:
        return None
    try:
        return parse(text)
    except Fault as fault:
        form.fault(name, fault.message, **fault.params)
        return None


def read_situation(form: Form, *, new: bool = True) -> Situation:
    """The part about the household; an edit may leave the address and the place as they are."""
    category = form.choice("category", WORDS["household_category"])
    return Situation(
        division=form.text("division", most=12).partition(" ")[0],
        address=form.text("address", required=new),
        point=_point(form),
        category=category,
        category_since=form.day("category_since", parse_date, required=False),
        admission_mode=form.choice("admission_mode", WORDS["admission_mode"], required=False)
        if category == "dibao"
        else "",
        support_mode=form.choice("support_mode", WORDS["support_mode"], required=False) if category == "tekun" else "",
        selfcare_level=form.choice("selfcare_level", WORDS["selfcare_level"], required=False),
        risk_color=form.choice("risk_color", WORDS["risk_color"], required=False),
        two_person_visits=form.yes("two_person_visits"),
        trained_only=form.yes("trained_only"),
        language=form.choice("language", SHARED_WORDS["language"], required=False),
        gender_wish=form.choice("gender_wish", SHARED_WORDS["sex"], required=False),
        note=form.text("note", required=False, most=500),
    )


def _point(form: Form) -> Point | None:
    lat = parsed(form, "lat", lambda text: parse_degrees(text, "lat"))
    lon = parsed(form, "lon", lambda text: parse_degrees(text, "lon"))
    given = bool(form.get("lat", "").strip()), bool(form.get("lon", "").strip())
    if given[0] != given[1]:
        form.fault("lon" if given[0] else "lat", N_("Latitude and longitude belong together: enter both or neither."))
    if not all(given):
        return None
    datum = form.choice("datum", DATUMS)
    if lat is None or lon is None or datum not in DATUMS:
        return None
    lat, lon = to_wgs84(lat, lon, DATUMS[datum])
    return round(lat, 6), round(lon, 6)


def read_person(form: Form, today: date, *, head: bool) -> tuple[PersonFacts, str]:
    """A member, and the reason why there is no document (only for the type `none`)."""
    id_type = form.choice("id_type", WORDS["id_type"])
    number, born, sex = _document(form, id_type, today)
    reason = form.text("no_document_reason", most=120) if id_type == "none" else ""
    relation = "self" if head else form.choice("relation", WORDS["relation"])
    name = normal_name(form.text("name", most=64))
    if len(name) > 64:  # one typed letter may stand for several
        form.fault("name", N_("At most {most} characters; these are {n}."), most=64, n=len(name))
    facts = PersonFacts(
        name=name,
        relation=relation,
        is_head=head,
        sex=sex,
        birth_date=born,
        id_type=id_type,
        id_number=number,
        phone=parsed(form, "phone", parse_phone) or "",
        bank=_bank(form),
        health=form.text("health", required=False, most=500),
        tags=_tags(form),
    )
    return facts, reason


def _document(form: Form, id_type: str, today: date) -> tuple[str, date | None, str]:
    """Number, birth date and sex: a resident ID tells the last two, for others they are asked."""
    if id_type == "resident_id":
        found = parsed(form, "id_number", lambda text: parse_resident_id(text, today), required=True)
        return (found.number, found.birth_date, found.sex[0]) if found else ("", None, "")
    number = "" if id_type == "none" else compact(form.text("id_number", most=32)).upper()
    born = form.day("birth_date", parse_date)
    if born is not None and born > today:
        form.fault("birth_date", N_("A birth date lies in the past."))
    return number, born, form.choice("sex", SHARED_WORDS["sex"])


def _bank(form: Form) -> str:
    digits = compact(form.text("bank", required=False, most=40)).replace("-", "")
    if digits and not (digits.isascii() and digits.isdecimal() and 12 <= len(digits) <= 19):
        form.fault("bank", N_("A bank account number has 12 to 19 digits."))
    return digits


def _tags(form: Form) -> tuple[str, ...]:
    chosen = form.many("tags")
    if not set(chosen) <= {code for code, _ in words_of("person_tag")}:
        form.fault("tags", N_("Please choose one of the list."))
    return tuple(dict.fromkeys(chosen))


def read_ground(form: Form, today: date) -> Ground:
    """Consent with who, how and when; or the statute."""
    ground = form.choice("ground", WORDS["consent_ground"])
    if ground != "consent":
        return Ground(ground or "statutory", statute=form.text("statute", required=ground == "statutory"))
    given_on = form.day("given_on", parse_date)
    if given_on is not None and given_on > today:
        form.fault("given_on", N_("The consent cannot be given in the future."))
    purposes = tuple(form.many("purposes"))
    if not {"service"} <= set(purposes) <= set(WORDS["consent_purpose"]):
        form.fault("purposes", N_("Without consent to arranging services nothing can be arranged; tick at least that."))
    return Ground(
        ground,
        giver=form.text("giver", most=64),
        giver_relation=form.choice("giver_relation", WORDS["relation"]),
        method=form.choice("method", WORDS["consent_method"]),
        given_on=given_on,
        purposes=purposes,
    )


def check_guardian(form: Form, born: date | None, ground: Ground, today: date) -> None:
    """A child under 14 does not consent alone: the guardian does (DOMAIN.md 9.1)."""
    if ground.ground == "consent" and ground.giver_relation == "self" and rules.needs_guardian(born, today):
        form.fault("giver_relation", N_("The person is under 14: the guardian has to consent."))


@dataclass(frozen=True, slots=True)
class Unmask:
    """What somebody wants to see, and why."""

    group: str
    reason: str
    text: str


def read_unmask(form: Form, allowed: list[str]) -> Unmask:
    """A group of hidden values with a reason; "other" needs words."""
    group = form.choice("group", set(allowed))
    reason = form.choice("reason", WORDS["unmask_reason"])
    text = form.text("reason_text", required=reason == "other", most=200)
    form.check()
    return Unmask(group, reason, text)


def key_of(form: Form) -> UUID:
    """The id that the form was handed out with; it makes a repeated post the same row."""
    key = form.uuid("key")
    form.check()
    assert key is not None  # noqa: S101 (check() raised otherwise)
    return key

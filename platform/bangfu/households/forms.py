"""The forms of households: what was typed becomes facts, or faults beside the fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from bangfu.errors import N_
from bangfu.households import disability
from bangfu.households.disability import Disability
from bangfu.households.facts import Situation
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
ABILITY_LEVELS = ("0", "1", "2", "3", "4")
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


DAY_PARTS = ("morning", "afternoon", "evening")


def read_situation(form: Form, today: date, *, new: bool = True) -> Situation:
    """The part about the household; an edit may leave the address and the place as they are and has no category."""
    category = form.choice("category", WORDS["household_category"], required=new) if new else ""
    since = form.day("category_since", parse_date, required=False) if new else None
    if since is not None and since > today:
        form.fault("category_since", N_("The day cannot lie in the future."))
    until = form.day("valid_until", parse_date, required=False) if category == "emergency" else None
    if until is not None and until < (since or today):
        form.fault("valid_until", N_("The last day cannot lie before the first."))
    return Situation(
        division=form.text("division", most=12).partition(" ")[0],
        address=form.text("address", required=new),
        point=_point(form),
        category=category,
        category_since=since,
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
        food=form.text("food", required=False, most=200),
        time_wishes=tuple(part for part in DAY_PARTS if part in form.many("time_wishes")),
        contact_channel=form.choice("contact_channel", WORDS["contact_channel"], required=False),
        income_stable=not form.yes("income_unstable"),
        able_bodied=form.yes("able_bodied"),
        valid_until=until,
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
        tags=_tags(form, "tags", "health_tags"),
        disability=read_disability(form, number if id_type == "resident_id" else ""),
        **read_condition(form),
    )
    return facts, reason


def read_condition(form: Form) -> dict[str, Any]:
    """Kind of child in difficulty, self-care, ability and for whom the assistance is."""
    ability = form.choice("ability_level", ABILITY_LEVELS, required=False)
    return {
        "child_type": form.choice("child_type", WORDS["child_type"], required=False),
        "selfcare_level": form.choice("person_selfcare", WORDS["selfcare_level"], required=False),
        "ability_level": int(ability) if ability in ABILITY_LEVELS else None,
        "assisted": form.yes("assisted"),
    }


def read_disability(form: Form, id_number: str) -> Disability:
    """From the certificate, or ticked types with a level; the certificate is compared with the ID number."""
    types = tuple(kind for kind in disability.TYPES if kind in form.many("disability_types"))
    chosen = form.choice("disability_level", [str(level) for level in disability.LEVELS], required=False)
    level = int(chosen) if chosen.isdecimal() else None
    found = parsed(form, "disability_certificate", lambda text: disability.read_certificate(text, id_number))
    if found is None:
        if bool(types) != (level is not None):
            form.fault("disability_level" if types else "disability_types",
                       N_("Type and level of a disability belong together."))  # fmt: skip
        return Disability(types, level) if types else disability.NONE
    if level is not None and level != found.level:
        form.fault("disability_level", N_("The certificate says another level."))
    single = found.types[0]
    if types and single not in types and single != disability.MULTIPLE:
        form.fault("disability_types", N_("The certificate says another type."))
    return Disability(types if single == disability.MULTIPLE and types else found.types, found.level, found.certificate)


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


def _tags(form: Form, *fields: str) -> tuple[str, ...]:
    chosen = [tag for field in fields for tag in form.many(field)]
    if not set(chosen) <= {code for code, _ in words_of("person_tag")}:
        form.fault("tags", N_("Please choose one of the list."))
    return tuple(dict.fromkeys(chosen))


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

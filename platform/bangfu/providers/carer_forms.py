"""The posted forms about people who serve: what was typed becomes facts, or faults beside the fields."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from bangfu.errors import N_
from bangfu.providers.carer_facts import CarerFacts
from bangfu.providers.carer_rules import HOUSEHOLDS, KINDS, RADIUS_KM, SPEED_KMH, WEEK_MINUTES
from bangfu.shared.civil_time import parse_date
from bangfu.shared.coordinates import Datum, Point, parse_degrees, to_wgs84
from bangfu.shared.faults import Fault
from bangfu.shared.identifiers import parse_phone, parse_resident_id
from bangfu.shared.names import normal_name
from bangfu.shared.web.forms import Form
from bangfu.shared.words import WORDS as SHARED

T = TypeVar("T")
DATUMS: Mapping[str, Datum] = {"wgs84": "wgs84", "gcj02": "gcj02", "bd09": "bd09"}
_LETTER = {"male": "m", "female": "f"}


def key_of(form: Form) -> UUID:
    """The id that the form was handed out with; it makes a repeated post the same row.

    Raises:
        FormError: if it is missing.
    """
    key = form.uuid("key")
    form.check()
    assert key is not None  # noqa: S101 (check() raised otherwise)
    return key


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


def read_carer(form: Form, today: date, kinds: Collection[str], *, new: bool) -> CarerFacts:
    """A person's record; empty numbers take the defaults of DOMAIN.md 2.4 for the kind and the way of travel."""
    kind = form.choice("kind", set(kinds) & set(KINDS))
    name = normal_name(form.text("name", most=64))
    number, born, sex = _identity(form, today, new=new)
    mode = form.choice("travel_mode", SPEED_KMH)
    default_minutes = WEEK_MINUTES.get(kind, 2400)
    hours = form.decimal("hours_per_week", least=0, most=100, required=False)
    homes = form.whole("max_households", most=500, required=False)
    return CarerFacts(
        kind=kind, name=name, sex=sex, birth_date=born, id_number=number,
        phone=parsed(form, "phone", parse_phone, required=new) or "",
        languages=tuple(code for code in SHARED["language"] if code in form.many("languages")),
        division=form.text("division", most=12).partition(" ")[0], point=_point(form), travel_mode=mode,
        speed_kmh=form.decimal("speed_kmh", least=1, most=120, required=False) or SPEED_KMH.get(mode, 15.0),
        max_km=_or(form.decimal("max_km", least=0, most=200, required=False), RADIUS_KM.get(mode, 10.0)),
        minutes_per_week=default_minutes if hours is None else round(hours * 60),
        max_households=_or(homes, HOUSEHOLDS.get(kind, 20)), employer=form.uuid("employer", required=False),
    )  # fmt: skip


def _or(value: T | None, default: T) -> T:
    return default if value is None else value


def _identity(form: Form, today: date, *, new: bool) -> tuple[str, date | None, str]:
    """Number, birth date and sex; the last two follow from the number and must not contradict it."""
    found = parsed(form, "id_number", lambda text: parse_resident_id(text, today), required=new)
    born = form.day("birth_date", parse_date, required=False)
    sex = form.choice("sex", SHARED["sex"], required=found is None and not form.faults.get("id_number"))
    if born is not None and born > today:
        form.fault("birth_date", N_("The day cannot lie in the future."))
    if found is None:
        return "", born, sex
    if born is not None and born != found.birth_date:
        form.fault("birth_date", N_("The ID number says another birth date: {day}."), day=found.birth_date.isoformat())
    if sex and sex != _LETTER[found.sex]:
        form.fault("sex", N_("The ID number says another sex."))
    return found.number, found.birth_date, _LETTER[found.sex]


def _point(form: Form) -> Point | None:
    lat = parsed(form, "lat", lambda text: parse_degrees(text, "lat"))
    lon = parsed(form, "lon", lambda text: parse_degrees(text, "lon"))
    given = bool(form.get("lat", "").strip()), bool(form.get("lon", "").strip())
    if given[0] != given[1]:
        form.fault("lon" if given[0] else "lat", N_("Latitude and longitude belong together: enter both or neither."))
    if lat is None or lon is None:
        return None
    datum = form.choice("datum", DATUMS)
    if datum not in DATUMS:
        return None
    lat, lon = to_wgs84(lat, lon, DATUMS[datum])
    return round(lat, 6), round(lon, 6)


def past_day(form: Form, name: str, today: date) -> date | None:
    """A day that is not in the future."""
    day = form.day(name, parse_date)
    if day is not None and day > today:
        form.fault(name, N_("The day cannot lie in the future."))
    return day

"""What another system may report: the form of the message, and the facts of discovery that it becomes."""

from collections.abc import Mapping
from typing import Any, Final, cast

from bangfu.discovery.facts import ReportFacts
from bangfu.discovery.rules import HOTLINE_KINDS
from bangfu.discovery.words import WORDS
from bangfu.exchange.rules import REFERENCE
from bangfu.exchange.schema import Choice, Many, Number, Problem, Record, Text, Truth
from bangfu.shared.clock import today
from bangfu.shared.coordinates import Datum, to_wgs84
from bangfu.shared.faults import Fault
from bangfu.shared.identifiers import parse_phone, parse_resident_id

DATUMS: Final = {"WGS-84": "wgs84", "GCJ-02": "gcj02", "BD-09": "bd09"}
EXAMPLE: Final[dict[str, Any]] = {
    "client_reference": "12345-2026-000817",
    "hotline_kind": "help",
    "division": "990101001201",
    "need_kinds": ["care"],
    "urgent": False,
    "summary": "独居，近期摔倒，无人做饭",
    "person": {"name": "测试某", "phone": "13812345678", "address": "柳树村一组"},
    "reporter": {"name": "邻居某", "phone": "13912345678"},
}
COMPARISON_EXAMPLE: Final[dict[str, Any]] = {
    "client_reference": "cmp-2026-11-000031",
    "division": "990101001000",
    "need_kinds": ["medical", "living"],
    "summary": "医疗自付费用超过上年可支配收入",
    "person": {"name": "测试某", "id_number": "990101194503150035"},
}
PERSON: Final = Record(
    {
        "name": Text(40, "Name of the person concerned."),
        "phone": Text(30, "Mobile number or landline with area code.", example="13812345678"),
        "id_number": Text(18, "Resident ID number, 18 characters.", 18, "[0-9]{17}[0-9Xx]"),
        "address": Text(200, "Address as it was told."),
    },
    "Who it is about, as far as known.",
)
REPORTER: Final = Record(
    {"name": Text(40, "Name of who called."), "phone": Text(30, "How to call back.")},
    "Who told it; leave it out for an anonymous call.",
)
LOCATION: Final = Record(
    {
        "lat": Number(-90, 90, "Latitude in degrees."),
        "lon": Number(-180, 180, "Longitude in degrees."),
        "datum": Choice(tuple(DATUMS), "What the degrees refer to."),
    },
    "Where it is.",
    ("lat", "lon", "datum"),
)
REPORT: Final = Record(
    {
        "client_reference": Text(
            64, "Your own number of the case. It stands in addresses: nothing about a person.", 1, REFERENCE.pattern,
        ),
        "division": Text(12, "Code of the village, or of the township (GB/T 2260 and 10114).", 12, "[0-9]{12}"),
        "hotline_kind": Choice(HOTLINE_KINDS, "Hotlines only, and always: what kind of call it was."),
        "need_kinds": Many(Choice(tuple(WORDS["report_need"]), "A kind of need."), 1, "What help is needed."),
        "urgent": Truth("Whether life or health is in danger now."),
        "summary": Text(2000, "What was told, in words.", 1),
        "person": PERSON,
        "reporter": REPORTER,
        "location": LOCATION,
    },
    "A report. A call for help and a data comparison need need_kinds and somebody or a place; other calls a summary.",
    ("client_reference", "division"),
    (EXAMPLE, COMPARISON_EXAMPLE),
)  # fmt: skip


def read_report(message: Mapping[str, Any], kind: str) -> tuple[ReportFacts | None, list[Problem]]:
    """The facts of a message that has the right form, or what else is wrong with it. `kind`: the client's."""
    found = _of_kind(message, kind)
    person, caller = message.get("person", {}), message.get("reporter", {})
    phones = {at: _phone(given.get("phone", "")) for at, given in (("/person", person), ("/reporter", caller))}
    found += [Problem(f"{at}/phone", "phone") for at, phone in phones.items() if phone is None]
    number = _id_number(person.get("id_number", ""))
    if number is None:
        found.append(Problem("/person/id_number", "id_number"))
    if found:
        return None, found
    lat, lon = _place(message.get("location"))
    facts = ReportFacts(
        source=kind, division=message["division"], need_kinds=tuple(message.get("need_kinds", ())),
        urgent=message.get("urgent", False), seen=message.get("summary", "").strip(),
        name=person.get("name", "").strip(), phone=phones["/person"] or "", id_number=number or "",
        address=person.get("address", "").strip(), hotline_kind=message.get("hotline_kind", ""),
        reporter_name=caller.get("name", "").strip(), reporter_phone=phones["/reporter"] or "", lat=lat, lon=lon,
    )  # fmt: skip
    missing = _missing(facts)
    return (None, missing) if missing else (facts, [])


def _of_kind(message: Mapping[str, Any], kind: str) -> list[Problem]:
    """A hotline says which kind of call it was; a comparison has neither a call nor a caller."""
    if kind == "hotline":
        return [] if "hotline_kind" in message else [Problem("/hotline_kind", "required")]
    return [Problem(f"/{name}", "not_here") for name in ("hotline_kind", "reporter") if name in message]


def _missing(facts: ReportFacts) -> list[Problem]:
    """A person or a place and a kind of need (DOMAIN.md 8.1); an inquiry is about nobody."""
    if facts.hotline_kind not in {"", "help"}:
        return [] if facts.seen else [Problem("/summary", "required")]
    found = [] if facts.need_kinds else [Problem("/need_kinds", "required")]
    someone = facts.name or facts.phone or facts.id_number or facts.address or facts.lat is not None
    return found if someone else [*found, Problem("/person", "someone")]


def _phone(text: str) -> str | None:
    try:
        return parse_phone(text) if text else ""
    except Fault:
        return None


def _id_number(text: str) -> str | None:
    try:
        return parse_resident_id(text, today()).number if text else ""
    except Fault:
        return None


def _place(location: Mapping[str, Any] | None) -> tuple[float | None, float | None]:
    if location is None:
        return None, None
    lat, lon = to_wgs84(float(location["lat"]), float(location["lon"]), cast(Datum, DATUMS[location["datum"]]))
    return round(lat, 6), round(lon, 6)

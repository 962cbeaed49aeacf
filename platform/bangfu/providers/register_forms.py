"""The forms of the register: an organisation, a licence, a bar, a link, declared hours."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from bangfu.divisions.queries import nearest_point
from bangfu.divisions.tables import Division
from bangfu.errors import N_
from bangfu.providers.licensing import Paper
from bangfu.providers.register_rules import GROUNDS, LICENCE_KINDS, SERVERS
from bangfu.providers.tables import Organization
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import parse_date
from bangfu.shared.credit_code import parse_uscc
from bangfu.shared.division_codes import division_prefix, pad_division
from bangfu.shared.faults import Fault
from bangfu.shared.i18n import words_of
from bangfu.shared.phones import national_phone, parse_phone
from bangfu.shared.web.forms import Form

RUNNERS = ("service_agency", "association", "foundation", "enterprise")
"""Who may be contracted to run a station."""
Places = list[tuple[str, str]]


async def places_for(actor: Actor) -> Places:
    """(code, name) of the divisions of the actor's area down to the townships."""
    rows = await Division.raw(
        "SELECT d.code, d.name, d.level, coalesce(p.name, '') AS above FROM division d"
        " LEFT JOIN division p ON p.code = d.parent AND d.level = 4"
        " WHERE d.code LIKE {} AND {} <> '' AND d.level BETWEEN 2 AND 4"
        " AND coalesce(d.valid_to >= (now() AT TIME ZONE 'Asia/Shanghai')::date, true) ORDER BY d.code LIMIT 1000",
        f"{actor.scope}%", actor.scope,
    )  # fmt: skip
    return [(row["code"], f"{row['above']} {row['name']}".strip()) for row in rows]


def areas_of(places: Places) -> tuple[Places, list[tuple[str, Places]]]:
    """Service areas as the form offers them: prefixes of cities and counties, and the townships of each county."""
    wide, towns = [], dict[str, Places]()
    for code, name in places:
        prefix = division_prefix(code)
        if len(prefix) > 6:
            above, _, own = name.rpartition(" ")
            towns.setdefault(above, []).append((prefix, own))
        else:
            wide.append((prefix, name))
    return wide, list(towns.items())


async def read_organization(form: Form, actor: Actor, known: Organization | None) -> dict[str, Any]:
    """The values of an organisation (register_actions.FIELDS); faults stand on the form.

    Service areas outside of the actor's area stay as they were: others set them.
    """
    places = await places_for(actor)
    division = await _seat(form, actor, form.choice("division", [code for code, _ in places]))
    org_type = form.choice("org_type", [code for code, _ in words_of("org_type")])
    values: dict[str, Any] = {
        "uscc": _parsed(form, "uscc", parse_uscc), "name": form.text("name", most=120), "org_type": org_type,
        "charity": form.yes("charity"), "division": division,
        "service_area": _areas(form, places, actor, known), "services": _services(form, org_type),
        "legal_representative": form.text("legal_representative", required=False, most=64),
        "phone": _parsed(form, "phone", parse_phone, required=False),
        "address": form.text("address", required=False), "active": known is None or form.yes("active"),
        "run_by": form.uuid("run_by", required=False),
    }  # fmt: skip
    if values["run_by"] is not None and org_type != "station":
        form.fault("run_by", N_("Only a station is run by an agency. Leave this empty, or choose the type station."))
    values["lat"], values["lon"] = await _point(form, division)
    return values


def _parsed(form: Form, name: str, parse: Any, *, required: bool = True) -> str:
    text = form.text(name, required=required, most=60)
    if not text:
        return ""
    try:
        return str(parse(text))
    except Fault as fault:
        form.fault(name, fault.message, **fault.params)
        return ""


async def _seat(form: Form, actor: Actor, township: str) -> str:
    """The chosen division, or its village that the form names."""
    village = form.text("village", required=False, most=80)
    if not village or not township:
        return township
    rows = await Division.raw(
        "SELECT code FROM division WHERE code LIKE {} AND level = 5 AND (code = {} OR name = {})"
        " AND coalesce(valid_to >= (now() AT TIME ZONE 'Asia/Shanghai')::date, true) LIMIT 2",
        f"{division_prefix(township)}%", village, village,
    )  # fmt: skip
    if len(rows) != 1 or not actor.sees(rows[0]["code"]):
        form.fault("village", N_("No village of the chosen township has this name or code."))
        return township
    return str(rows[0]["code"])


def _areas(form: Form, places: Places, actor: Actor, known: Organization | None) -> list[str]:
    """Prefixes without those that a wider one holds, the actor's own choice and what others set."""
    offered = {division_prefix(code) for code, _ in places}
    chosen = {area for area in form.many("areas") if area in offered}
    kept = {area for area in (known.service_area if known else ()) if area not in offered}
    every = chosen | kept
    return sorted(area for area in every if not any(area != wide and area.startswith(wide) for wide in every))


def _services(form: Form, org_type: str) -> list[str]:
    known = {code for code, _ in words_of("service")}
    chosen = sorted(set(form.many("services")))
    if chosen and org_type and org_type not in SERVERS:
        form.fault("services", N_("An organisation of this type offers no services. Leave them empty."))
    return [code for code in chosen if code in known]


async def _point(form: Form, division: str) -> tuple[float | None, float | None]:
    """The typed place, or that of the seat."""
    lat = form.decimal("lat", least=-90, most=90, required=False)
    lon = form.decimal("lon", least=-180, most=180, required=False)
    if (lat is None) != (lon is None):
        form.fault("lat" if lat is None else "lon", N_("Latitude and longitude belong together: fill in both or none."))
    if lat is not None and lon is not None:
        return lat, lon
    return (division and await nearest_point(division)) or (None, None)


def typed(row: Mapping[str, Any], places: Places) -> dict[str, Any]:
    """A known organisation as its form shows it."""
    offered = {code for code, _ in places}
    village = row["division"] if row["division"] not in offered else ""
    seat = pad_division(row["division"][:9]) if village else row["division"]
    same = ("uscc", "name", "org_type", "legal_representative", "address", "lat", "lon", "version")
    return {
        **{name: row[name] for name in same}, "division": seat, "village": village,
        "charity": row["charity"], "active": row["active"], "phone": national_phone(row["phone"]),
        "run_by": row["run_by"] or "",
    }  # fmt: skip


def read_licence(form: Form, today: date) -> Paper:
    """A licence; faults stand on the form."""
    paper = Paper(
        form.choice("kind", LICENCE_KINDS), form.text("number", most=64), form.text("issuer", most=120),
        form.day("issued_on", parse_date), None if form.yes("forever") else form.day("expires_on", parse_date),
    )  # fmt: skip
    if paper.issued_on is not None and paper.issued_on > today:
        form.fault("issued_on", N_("This day is still to come."))
    if paper.issued_on is not None and paper.expires_on is not None and paper.expires_on < paper.issued_on:
        form.fault("expires_on", N_("The last valid day cannot be before the day of issue."))
    return paper


def read_bar(form: Form, today: date) -> tuple[str, date | None, str]:
    """Ground, last barred day and reason; faults stand on the form."""
    ground, until = form.choice("ground", GROUNDS), form.day("until", parse_date)
    if until is not None and until < today:
        form.fault("until", N_("This day is over. Choose the last barred day."))
    return ground, until, form.text("reason", most=500)


def read_hours(form: Form, services: Collection[str]) -> tuple[int, dict[str, int], str]:
    """Minutes of the whole, of single services, and the note; faults stand on the form."""
    whole = form.decimal("hours", least=0, most=200_000)
    parts = {
        service: hours
        for service in services
        if (hours := form.decimal(f"hours-{service}", least=0, most=200_000, required=False)) is not None
    }
    for service, hours in parts.items():
        if whole is not None and hours > whole:
            form.fault(f"hours-{service}", N_("A single service cannot have more hours than the whole."))
    minutes = {service: round(60 * hours) for service, hours in parts.items()}
    return round(60 * (whole or 0)), minutes, form.text("note", required=False)

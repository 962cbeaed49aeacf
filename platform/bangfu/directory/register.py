"""The portal's own register as a directory: bodies, their services of the catalogue, their places. No person's data."""

from typing import Any, Final
from uuid import UUID, uuid5

from bangfu.directory.hsds import Directory
from bangfu.directory.reading import NAMESPACE
from bangfu.divisions.queries import names_of
from bangfu.needs.catalogue import WORDS as SERVICE_WORDS
from bangfu.providers.queries import VISIBLE
from bangfu.providers.tables import Organization
from bangfu.shared.actor import Actor
from bangfu.shared.division_codes import pad_division

COUNTRY: Final = "CN"
NO_POSTAL_CODE: Final = "000000"
"""The register holds none, HSDS demands one; what the postal service of China writes for an unknown one [D]."""
IDENTIFIER: Final = "unified social credit code"


def service_word(code: str) -> str:
    """The name of a service of the catalogue, the same for every reader: a file does not depend on a language."""
    words = SERVICE_WORDS["service"]
    return words[code][0] if code in words else code


async def directory_of(actor: Actor) -> Directory:
    """The active organisations of the actor's area; a manager's is the own one alone."""
    scope = actor.scope
    rows = await Organization.raw(
        "SELECT o.id, o.uscc, o.name, o.division, o.service_area, o.phone, o.address, o.lat, o.lon, o.services"  # noqa: S608 (constants)
        " FROM organization o WHERE o.active AND (({}::uuid IS NOT NULL AND o.id = {}::uuid) OR ({}::uuid IS NULL AND "
        + VISIBLE + ")) ORDER BY o.id",
        actor.organization, actor.organization, actor.organization, scope, scope, scope, scope,
    )  # fmt: skip
    codes = {pad_division(code) for row in rows for code in _areas(row)}
    codes |= {pad_division(row["division"][:length]) for row in rows for length in (2, 4, 6)}
    names = await names_of(sorted(codes))
    found: Directory = {}
    for row in rows:
        _put(found, row, names)
    return found


def _areas(row: dict[str, Any]) -> list[str]:
    return list(row["service_area"]) or [row["division"][:6]]


def _put(found: Directory, row: dict[str, Any], names: dict[str, str]) -> None:
    def add(table: str, what: str, **values: str) -> str:
        key = str(row["id"]) if table == "organization" else str(uuid5(NAMESPACE, f"{table}:{row['id']}:{what}"))
        found.setdefault(table, []).append({"id": key, **{name: value for name, value in values.items() if value}})
        return key

    own = add("organization", "", name=row["name"], description=row["name"])
    add("organization_identifier", "uscc", organization_id=own, identifier_type=IDENTIFIER, identifier=row["uscc"],
        identifier_scheme="CN-USCC")  # fmt: skip
    if row["phone"]:
        add("phone", "", organization_id=own, number=row["phone"])
    place = _place(add, own, row, names) if row["address"] or row["lat"] is not None else ""
    for code in sorted(set(row["services"])):
        service = add("service", code, organization_id=own, name=service_word(code), status="active")
        for area in sorted(_areas(row)):
            add("service_area", f"{code}:{area}", service_id=service, name=names.get(pad_division(area), area),
                extent=area, extent_type="division code")  # fmt: skip
        if place:
            add("service_at_location", code, service_id=service, location_id=place)


def _place(add: Any, own: str, row: dict[str, Any], names: dict[str, str]) -> str:
    at = {} if row["lat"] is None else {"latitude": _text(row["lat"]), "longitude": _text(row["lon"])}
    place: str = add("location", "", location_type="physical", organization_id=own, name=row["name"], **at)
    if row["address"]:
        province, city, county = (names.get(pad_division(row["division"][:length]), "") for length in (2, 4, 6))
        add("address", "", location_id=place, address_1=row["address"], city=city or county or row["division"][:4],
            region=county, state_province=province or row["division"][:2], postal_code=NO_POSTAL_CODE,
            country=COUNTRY, address_type="physical")  # fmt: skip
    return place


def _text(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def identifier_of(text: str) -> UUID | None:
    """A UUID that was asked for in an address, None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None

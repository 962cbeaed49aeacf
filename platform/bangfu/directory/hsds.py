"""The fields of HSDS 3.0 (Human Services Data Specification) as this portal reads and writes them. Pure.

A directory is tables of rows; a row is its filled fields as text, because a text that is kept as it came is written as
it came. `name:kind!>table=codes`: kind u UUID, n number, d date, t time, m moment, l address of the web, e mail, none
text; `!` is required; `>` names the table that it refers to; `=` lists what is allowed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

VERSION: Final = "3.0"

Row = dict[str, str]
Directory = dict[str, list[Row]]
"""Table -> rows, each with its `id`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field."""

    name: str
    kind: str = ""
    required: bool = False
    refers: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table and the file that it stands in."""

    name: str
    file: str
    columns: tuple[Column, ...]

    @property
    def references(self) -> tuple[Column, ...]:
        """The columns that name another row."""
        return tuple(column for column in self.columns if column.refers)


_COLUMN: Final = re.compile(r"(\w+)(?::([undtmle]))?(!)?(?:>(\w+))?(?:=(.+))?")


def _table(name: str, file: str, columns: str) -> Table:
    made = []
    for text in columns.split():
        found = _COLUMN.fullmatch(text)
        if found is None:
            raise ValueError(text)
        codes = tuple(found[5].replace("_", " ").split("|")) if found[5] else ()
        made.append(Column(found[1], found[2] or "", bool(found[3]), found[4] or "", codes))
    return Table(name, f"{file}.csv", tuple(made))


_ANY_OF = "location_id:u>location service_id:u>service organization_id:u>organization"
_KINDS = "physical|postal|virtual"
_DAYS = "MO|TU|WE|TH|FR|SA|SU"
TABLES: Final[Mapping[str, Table]] = {
    table.name: table
    for table in (
        _table("taxonomy", "taxonomies", "id:u! name! description! uri:l version"),
        _table("taxonomy_term", "taxonomy_terms", "id:u! code name! description! parent_id:u>taxonomy_term taxonomy"
               " language taxonomy_id:u>taxonomy term_uri:l"),
        _table("organization", "organizations", "id:u! name! alternate_name description! email:e website:l tax_status"
               " tax_id year_incorporated:n legal_status logo uri:l parent_organization_id:u>organization"),
        _table("program", "programs",
               "id:u! organization_id:u!>organization name! alternate_name description!"),
        _table("service", "services", "id:u! organization_id:u!>organization program_id:u>program name! alternate_name"
               " description url:l email:e status!=active|inactive|defunct|temporarily_closed interpretation_services"
               " application_process fees_description wait_time fees accreditations eligibility_description"
               " minimum_age:n maximum_age:n assured_date:d assurer_email:e licenses alert last_modified:m"),
        _table("location", "locations", f"id:u! location_type!={_KINDS} url:l organization_id:u>organization name"
               " alternate_name description transportation latitude:n longitude:n external_identifier"
               " external_identifier_type"),
        _table("service_at_location", "service_at_location",
               "id:u! service_id:u!>service location_id:u!>location description"),
        _table("address", "addresses", "id:u! location_id:u>location attention address_1! address_2 city! region"
               f" state_province! postal_code! country! address_type!={_KINDS}"),
        _table("contact", "contacts", "id:u! organization_id:u>organization service_id:u>service"
               " service_at_location_id:u>service_at_location location_id:u>location name title department email:e"),
        _table("phone", "phones", f"id:u! {_ANY_OF} contact_id:u>contact"
               " service_at_location_id:u>service_at_location number! extension:n type description"),
        _table("schedule", "schedules", "id:u! service_id:u>service location_id:u>location"
               " service_at_location_id:u>service_at_location valid_from:d valid_to:d dtstart:d timezone:n until:d"
               f" count:n wkst={_DAYS} freq=WEEKLY|MONTHLY interval:n byday byweekno bymonthday byyearday description"
               " opens_at:t closes_at:t schedule_link:l attending_type notes"),
        _table("funding", "funding", "id:u! organization_id:u>organization service_id:u>service source"),
        _table("service_area", "service_areas", "id:u! service_id:u>service name description extent extent_type uri"),
        _table("required_document", "required_documents", "id:u! service_id:u>service document uri:l"),
        _table("language", "languages",
               "id:u! service_id:u>service location_id:u>location phone_id:u>phone name code note"),
        _table("accessibility", "accessibility", "id:u! location_id:u>location description details url:l"),
        _table("cost_option", "cost_options", "id:u! service_id:u!>service valid_from:d valid_to:d option currency"
               " amount:n amount_description"),
        _table("organization_identifier", "organization_identifiers",
               "id:u! organization_id:u!>organization identifier_scheme identifier_type! identifier!"),
        _table("attribute", "attributes",
               "id:u! link_id:u! taxonomy_term_id:u!>taxonomy_term link_type link_entity! value"),
    )
}  # fmt: skip
"""Name -> table; one that another refers to stands before it."""
FILES: Final = {table.file: table for table in TABLES.values()}


def links_of(table: Table, row: Row) -> list[str]:
    """The ids of the rows that a row belongs to."""
    own = [row[column.name] for column in table.references if row.get(column.name)]
    return [*own, row["link_id"]] if row.get("link_id") else own


_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_TIME = re.compile(r"([01][0-9]|2[0-4]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9]{2}:[0-9]{2})?")
_MOMENT = re.compile(_DATE.pattern + r"[T ]" + _TIME.pattern)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?")
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_FORMS: Final = {"u": _UUID, "n": _NUMBER, "d": _DATE, "t": _TIME, "m": _MOMENT, "l": _WEB, "e": _MAIL}
_LIMITS: Final = {"latitude": 90, "longitude": 180}


def fits(column: Column, value: str) -> bool:
    """Whether a filled value is of the column's kind."""
    if column.codes:
        return value in column.codes
    if column.kind and not _FORMS[column.kind].fullmatch(value):
        return False
    return column.name not in _LIMITS or abs(float(value)) <= _LIMITS[column.name]

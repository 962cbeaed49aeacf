"""Directories of HSDS 1 and 2, and lists in their manner: other names of files and columns, hours by weekday. Pure."""

import re
from typing import Final

from bangfu.directory.hsds import FILES, TABLES, Table

FILE_NAMES: Final = {
    "organization": "organization", "service": "service", "location": "location", "services_at_location":
    "service_at_location", "service_at_locations": "service_at_location", "regular_schedules": "schedule",
    "regular_schedule": "schedule", "physical_addresses": "address", "postal_addresses": "address", "address":
    "address", "phone": "phone", "contact": "contact", "language": "language", "program": "program",
    "fundings": "funding", "accessibility_for_disabilities": "accessibility", "organizations_identifiers":
    "organization_identifier",
}  # fmt: skip
"""Names of files that mean a table; the specification's own names come first."""
FLAGS: Final = "service_flags.csv"
"""Service and flag: the terms of a taxonomy of their own."""
COLUMN_NAMES: Final[dict[tuple[str, str], str]] = {
    ("organization", "url"): "website", ("language", "language"): "name", ("address", "address"): "address_1",
    ("address", "state"): "state_province", ("schedule", "weekday"): "byday",
    ("schedule", "original_text"): "description", ("location", "lat"): "latitude", ("location", "lon"): "longitude",
    ("location", "lng"): "longitude",
}  # fmt: skip
INLINE: Final = {
    "address": "address_1", "address_1": "address_1", "address_2": "address_2", "city": "city",
    "state": "state_province", "state_province": "state_province", "postal_code": "postal_code", "country": "country",
}  # fmt: skip
"""Columns of a file of locations that make an address."""
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAYS: Final = {
    name: day
    for day, names in zip(
        _DAYS,
        ("monday mon 1", "tuesday tue 2", "wednesday wed 3", "thursday thu 4", "friday fri 5", "saturday sat 6",
         "sunday sun 7"),
        strict=True,
    )
    for name in names.split()
}  # fmt: skip
_CLOCK: Final = re.compile(r"\s*([0-9]{1,2})(?::([0-5][0-9]))?(?::[0-5][0-9])?\s*([ap])\.?m\.?\s*", re.IGNORECASE)
_PLAIN: Final = re.compile(r"\s*([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?\s*")


def table_of(file: str) -> Table | None:
    """The table that a file means, by the specification's name or an older one."""
    if file in FILES:
        return FILES[file]
    name = FILE_NAMES.get(file.removesuffix(".csv"))
    return TABLES[name] if name else None


def column_of(table: Table, title: str) -> str:
    """The field that a column means; "" for none."""
    if any(column.name == title for column in table.columns):
        return title
    return COLUMN_NAMES.get((table.name, title), "")


def weekday(text: str) -> str:
    """MO to SU of a weekday's name; a list of those stays as it is; "" for anything else."""
    parts = [part.strip().upper() for part in text.split(",")]
    if all(re.fullmatch(r"[+-]?[0-9]{0,2}(MO|TU|WE|TH|FR|SA|SU)", part) for part in parts):
        return text
    return _WEEKDAYS.get(text.strip().lower(), "")


def clock(text: str) -> str:
    """09:00 of 9:00am, 9 am, 9:00; "" for what names no time of the day."""
    if found := _CLOCK.fullmatch(text):
        hour = int(found[1])
        if not 1 <= hour <= 12:
            return ""
        return f"{hour % 12 + (12 if found[3].lower() == 'p' else 0):02}:{found[2] or '00'}"
    found = _PLAIN.fullmatch(text)
    return f"{int(found[1]):02}:{found[2]}" if found else ""

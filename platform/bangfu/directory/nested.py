"""Services as the reference of the HSDS API nests them: each with its organisation, places and hours. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bangfu.directory.hsds import TABLES, Directory, Row

_LISTS: Final = {
    "organization": "organizations", "service": "services", "location": "locations", "service_at_location":
    "service_at_locations", "address": "addresses", "contact": "contacts", "phone": "phones", "schedule": "schedules",
    "funding": "funding", "service_area": "service_areas", "required_document": "required_documents", "language":
    "languages", "accessibility": "accessibility", "cost_option": "cost_options", "organization_identifier":
    "organization_identifiers", "attribute": "attributes", "program": "programs",
}  # fmt: skip
"""Table -> the name of a list of its rows."""
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "organization": ("funding", "contact", "phone", "program", "organization_identifier"),
    "service": ("phone", "schedule", "service_area", "language", "funding", "cost_option", "required_document",
                "contact"),
    "location": ("language", "address", "contact", "accessibility", "phone", "schedule"),
    "service_at_location": ("contact", "phone", "schedule"),
    "contact": ("phone",), "phone": ("language",),
}  # fmt: skip
"""Table -> the tables whose rows stand in it."""


class Nesting:
    """Rows by what they belong to."""

    def __init__(self, directory: Directory) -> None:
        self._rows = {name: {row["id"]: row for row in rows} for name, rows in directory.items()}
        self._below: dict[tuple[str, str, str], list[Row]] = {}
        for name, rows in directory.items():
            for row in sorted(rows, key=lambda row: row["id"]):
                for column in TABLES[name].references:
                    if row.get(column.name):
                        self._below.setdefault((column.refers, row[column.name], name), []).append(row)
                if name == "attribute":
                    self._below.setdefault((row["link_entity"], row["link_id"], name), []).append(row)

    def services(self) -> Iterable[dict[str, Any]]:
        """Every service, by its id."""
        for key in sorted(self._rows.get("service", {})):
            yield self._service(self._rows["service"][key])

    def _service(self, row: Row) -> dict[str, Any]:
        shown = self._shown("service", row, {"organization_id", "program_id"})
        shown["organization"] = self._one("organization", row["organization_id"])
        if row.get("program_id"):
            shown["program"] = self._one("program", row["program_id"])
        places = []
        for at in self._below.get(("service", row["id"], "service_at_location"), []):
            place = self._shown("service_at_location", at, {"service_id", "location_id"})
            place["location"] = self._one("location", at["location_id"])
            places.append(place)
        return shown | ({"service_at_locations": places} if places else {})

    def _one(self, table: str, key: str) -> dict[str, Any]:
        return self._shown(table, self._rows[table][key], set())

    def _shown(self, table: str, row: Row, without: set[str]) -> dict[str, Any]:
        shown = typed(table, {name: value for name, value in row.items() if name not in without})
        for part in _PARTS.get(table, ()):
            rows = self._below.get((table, row["id"], part), [])
            if rows:
                own = {f"{table}_id"}
                shown[_LISTS[part]] = [self._shown(part, each, own) for each in rows]
        marks = self._below.get((table, row["id"], "attribute"), [])
        if marks:
            shown["attributes"] = [self._mark(each) for each in marks]
        return shown

    def _mark(self, row: Row) -> dict[str, Any]:
        shown = typed("attribute", {name: value for name, value in row.items() if name != "taxonomy_term_id"})
        term = self._rows["taxonomy_term"][row["taxonomy_term_id"]]
        return shown | {"taxonomy_term": typed("taxonomy_term", term)}


def typed(table: str, row: Row) -> dict[str, Any]:
    """A row with its numbers as numbers."""
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    return {name: _number(value) if kinds[name] == "n" else value for name, value in row.items()}


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)

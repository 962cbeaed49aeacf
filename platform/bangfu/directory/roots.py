"""Which organisation a row of a directory is shown with, and by what an organisation is found. Pure."""

from typing import Final

from bangfu.directory.hsds import TABLES, Directory, Row

_TERMS: Final = ("taxonomy", "taxonomy_term")
_DEEPEST: Final = 8
"""Steps from a row to its organisation; more is a circle of attributes."""
LONGEST: Final = 4000
"""Letters of what an organisation is searched by [D]."""


class Roots:
    """The way from each row to its organisation."""

    def __init__(self, directory: Directory) -> None:
        self._rows = {name: {row["id"]: row for row in rows} for name, rows in directory.items()}
        self._served: dict[str, str] = {}
        for row in sorted(directory.get("service_at_location", []), key=lambda row: row["id"]):
            self._served.setdefault(row["location_id"], row["service_id"])

    def of(self, table: str, row: Row) -> str:
        """The organisation's key; "" for terms and for what belongs to nobody."""
        for _step in range(_DEEPEST):
            if table == "organization":
                return row["id"]
            step = self._up(table, row)
            if step is None:
                return ""
            table, key = step
            found = self._rows.get(table, {}).get(key)
            if found is None:
                return ""
            row = found
        return ""

    def _up(self, table: str, row: Row) -> tuple[str, str] | None:
        if table in _TERMS:
            return None
        if table == "attribute":
            return row["link_entity"], row["link_id"]
        if row.get("organization_id"):
            return "organization", row["organization_id"]
        if table == "location":
            return ("service", self._served[row["id"]]) if row["id"] in self._served else None
        return next(((each.refers, row[each.name]) for each in TABLES[table].references if row.get(each.name)), None)


def found_by(directory: Directory, roots: Roots) -> tuple[dict[str, str], dict[str, str]]:
    """Organisation -> names of its services, and -> its towns, in small letters."""
    services = _gathered([(roots.of("service", row), row["name"]) for row in directory.get("service", [])])
    towns = _gathered([(roots.of("address", row), row["city"]) for row in directory.get("address", [])])
    return services, towns


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for key, text in sorted(set(pairs)):
        found.setdefault(key, []).append(text.lower())
    return {key: " · ".join(texts)[:LONGEST] for key, texts in found.items()}

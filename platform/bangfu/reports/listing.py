"""The rows behind a figure: pages of a list, and all of them for a file."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.divisions.tables import Division
from bangfu.reports.asking import Asked, nameless, places_of, statement
from bangfu.reports.figure import REPEATED, Figure
from bangfu.shared.database import in_parts
from bangfu.shared.masking import mask_name
from bangfu.supervision.people import CONFIDENTIAL


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a long list ends: its address is text."""

    at: datetime
    id: UUID

    def text(self) -> str:
        """2026-11-23T07:00:00+00:00_<id>"""
        return f"{self.at.isoformat()}_{self.id}"

    @classmethod
    def of(cls, text: str) -> "Place | None":
        """None for anything odd: the list begins again."""
        at, _mark, row = text.partition("_")
        try:
            found = datetime.fromisoformat(at)
            return cls(found, UUID(row)) if found.tzinfo else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a figure as it is shown: names masked, no place where the matter is confidential."""

    href: str
    number: str
    name: str
    place: str
    what: str
    at: datetime | None
    amount: Decimal | None
    key: Place | None = None


async def rows(
    asked: Asked, figure: Figure, by: str, code: str, limit: int, offset: int = 0, after: "Place | None" = None
) -> list[Line]:
    """A page of what is behind a number; of a long list the page after a place."""
    end, more = "", dict[str, Any](limit=limit, offset=offset)
    if figure.order[0] and after is not None:
        end, more = " AND ({}, {}) > (@at, @id)".format(*figure.order), {**more, "at": after.at, "id": after.id}
    sql, values = statement(
        asked, figure, _listed(figure), by, code, f"{end} ORDER BY {_ordered(figure)} LIMIT @limit OFFSET @offset", more
    )
    return await _lines(asked, figure, await Division.raw(sql, *values))


async def all_rows(asked: Asked, figure: Figure, by: str, code: str) -> AsyncIterator[list[Line]]:
    """Every row behind a number as of one moment, some at a time."""
    sql, values = statement(asked, figure, _listed(figure), by, code, f" ORDER BY {_ordered(figure)}")
    async for found in in_parts(sql, *values):
        yield await _lines(asked, figure, found)


def _listed(figure: Figure) -> str:
    distinct = "DISTINCT ON (number, id) " if figure.key in REPEATED else ""
    place = ", {} AS key_at, {} AS key_id".format(*figure.order) if figure.order[0] else ""
    return distinct + figure.row + (f", {figure.amount} AS amount" if figure.amount else "") + place


def _ordered(figure: Figure) -> str:
    if figure.order[0]:
        return ", ".join(figure.order)
    return "number, id" if figure.key in REPEATED else "at, number, id"


async def _lines(asked: Asked, figure: Figure, found: list[dict[str, Any]]) -> list[Line]:
    if nameless(asked, figure):
        found = [{**row, "number": "", "name": "", "division": row["division"][:9]} for row in found]
        figure = replace(figure, href="")
    places = await places_of([row["division"] for row in found])
    return [_line(figure, row, places) for row in found]


def _line(figure: Figure, row: dict[str, Any], places: dict[str, str]) -> Line:
    hidden = figure.words == "timed_kind" and row["what"] in CONFIDENTIAL
    href = figure.href + str(row["id"]) if figure.href.endswith("/") else figure.href
    return Line(
        "" if hidden else href, row["number"], _named(figure, row["name"]),
        "" if hidden else places.get(row["division"], ""), row["what"], row["at"], row.get("amount"),
        Place(row["key_at"], row["key_id"]) if "key_at" in row else None,
    )  # fmt: skip


def _named(figure: Figure, name: str) -> str:
    """People's names are masked; a contract's project and an organisation's name are nobody's."""
    return name if figure.href in {"/contracts/", "/scores/"} else mask_name(name) if name else ""

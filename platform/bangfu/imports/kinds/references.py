"""What a list refers to: divisions by code or name with their points, organisations, carers, services."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.divisions.tables import Division
from bangfu.providers.tables import Carer, Organization
from bangfu.shared.actor import Actor
from bangfu.shared.coordinates import Point
from bangfu.shared.faults import N_, Fault
from bangfu.shared.identifiers import ancestors, parse_division_code

ACCURACY_M = {5: 1_000, 4: 5_000, 3: 20_000}
"""How far a household may be from the point of its village, township or county [D]."""
_COMMITTEE = re.compile(r"(社区)?(村民委员会|居民委员会|村委会|居委会)$")
TAKE_FROM_LIST = N_("Take the code from the list of divisions.")


@dataclass(frozen=True, slots=True)
class Place:
    """A division as lists refer to it."""

    code: str
    name: str
    level: int
    parent: str
    point: Point | None
    valid_to: date | None
    successor: str


@dataclass(slots=True)
class Divisions:
    """Known divisions; `named` holds codes of townships and villages by each form of their name."""

    places: dict[str, Place] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)

    def resolve(self, text: str, today: date) -> Place:
        """The division of a code or of a name. Raises Fault: division_code, division_unknown, division_unclear,
        division_ended."""
        code = parse_division_code(text).code if text.isascii() and text.isdecimal() else self._by_name(text)
        place = self.places.get(code)
        if place is None:
            message = N_("There is no division with this code: {value}.")
            raise Fault("division_unknown", message, {"value": text}, TAKE_FROM_LIST)
        if place.valid_to is not None and place.valid_to < today:
            message = N_("This division ended on {day}; its successor is {successor}.")
            params = {"day": place.valid_to.isoformat(), "successor": place.successor or "-"}
            raise Fault("division_ended", message, params, N_("Write the code of the successor."))
        return place

    def point_near(self, code: str) -> tuple[Point, int] | None:
        """The nearest known point: the village's own, else the township's, else the county's, and its accuracy (m)."""
        for candidate in (code, *ancestors(code)):
            place = self.places.get(candidate)
            if place is not None and place.point is not None and place.level in ACCURACY_M:
                return place.point, ACCURACY_M[place.level]
        return None

    def add_names(self) -> None:
        """Make townships and villages findable by name, also with the names of the levels above in front."""
        for place in self.places.values():
            if place.level < 4:
                continue
            path = ""
            for code in (place.code, *ancestors(place.code)):
                if (above := self.places.get(code)) is None:
                    continue
                path = above.name + path
                for form in {path, _plain_name(path)}:
                    self.named.setdefault(form, set()).add(place.code)

    def _by_name(self, text: str) -> str:
        codes = self.named.get(text) or self.named.get(_plain_name(text)) or set()
        if not codes:
            message = N_("No township or village of your area has this name: {value}.")
            raise Fault("division_unknown", message, {"value": text}, TAKE_FROM_LIST)
        if len(codes) > 1:
            message = N_("{number} divisions of your area have this name: {value}.")
            raise Fault("division_unclear", message, {"number": len(codes), "value": text}, TAKE_FROM_LIST)
        return next(iter(codes))


def _plain_name(name: str) -> str:
    return _COMMITTEE.sub(lambda found: "社区" if found[1] or found[2].startswith("居") else "村", name).replace(
        "村村", "村"
    )


async def divisions_for(actor: Actor, texts: Iterable[str]) -> Divisions:
    """The divisions of these codes with everything above them, and all of the actor's area if names are among them."""
    wanted = {text for text in texts if text}
    codes = {text.ljust(12, "0") for text in wanted if text.isascii() and text.isdecimal()}
    known = await _read("code = ANY({})", sorted(codes | {above for code in codes for above in ancestors(code)}))
    found = Divisions({place.code: place for place in known})
    if any(not (text.isascii() and text.isdecimal()) for text in wanted):
        scope = "" if actor.has("system") else actor.scope
        area = await _read("code LIKE {}", f"{scope}%") if scope or actor.has("system") else []
        found.places |= {place.code: place for place in area}
        found.add_names()
    return found


async def _read(condition: str, value: object) -> list[Place]:
    rows = await Division.raw(
        f"SELECT code, name, level, parent, lat, lon, valid_to, successor FROM division WHERE {condition}",  # noqa: S608
        value,
    )
    return [
        Place(
            row["code"], row["name"], row["level"], row["parent"],
            (row["lat"], row["lon"]) if row["lat"] is not None and row["lon"] is not None else None,
            row["valid_to"], row["successor"],
        )
        for row in rows
    ]  # fmt: skip


async def organisations(usccs: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Organisations by their credit code."""
    rows = await Organization.raw("SELECT * FROM organization WHERE uscc = ANY({})", sorted(set(usccs)))
    return {row["uscc"]: row for row in rows}


async def organisations_by_id(ids: Iterable[UUID | None]) -> dict[UUID, dict[str, Any]]:
    """Organisations by their id."""
    wanted = list({found for found in ids if found is not None})
    return {row["id"]: row for row in await Organization.raw("SELECT * FROM organization WHERE id = ANY({})", wanted)}


async def carers_by_number(numbers: Iterable[str]) -> dict[str, UUID]:
    """Ids of carers by their number."""
    rows = await Carer.raw("SELECT id, number FROM carer WHERE number = ANY({})", sorted(set(numbers)))
    return {row["number"]: row["id"] for row in rows}

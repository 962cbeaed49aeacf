"""Coordinates of a row: both or neither, their datum converted on entry (DOMAIN.md 9.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bangfu.imports.kinds.base import covers
from bangfu.imports.kinds.references import Divisions, Place
from bangfu.imports.plan import Sheet
from bangfu.shared.actor import Actor
from bangfu.shared.coordinates import Point, to_wgs84
from bangfu.shared.faults import N_, Fault
from bangfu.shared.tabular import CheckedRow, Field, parsers

LOCATION = (
    Field(
        "lat",
        "纬度",
        "Latitude",
        parsers.latitude(),
        aliases=("lat", "latitude", "北纬", "Y坐标", "纬度坐标"),
        example="31.7736",
        hint=N_("Decimal degrees."),
    ),
    Field(
        "lon",
        "经度",
        "Longitude",
        parsers.longitude(),
        aliases=("lng", "lon", "long", "longitude", "东经", "X坐标"),
        example="119.9540",
        hint=N_("Decimal degrees."),
    ),
    Field(
        "datum",
        "坐标系",
        "Datum",
        parsers.datum(),
        aliases=("坐标系统", "坐标类型", "crs", "坐标来源", "地图"),
        example="GCJ-02",
        hint=N_("WGS-84 (GPS), GCJ-02 (AMap, Tencent) or BD-09 (Baidu)."),
    ),
)


def location_of(sheet: Sheet, row: CheckedRow, values: dict[str, object] | None = None) -> Point | None:
    """The row's point in WGS-84, rounded to a tenth of a metre; notes a fault where half of it is missing."""
    given = row.values if values is None else values
    lat, lon, datum = given.get("lat"), given.get("lon"), given.get("datum")
    if lat is None and lon is None:
        return None
    if not isinstance(lat, float) or not isinstance(lon, float):
        missing = "lat" if lat is None else "lon"
        message = N_("A place on the map is two numbers: latitude and longitude.")
        sheet.fault(row, missing, "coordinate_half", message, N_("Fill in both coordinates, or none."))
        return None
    if datum is None:
        sheet.note("datum_assumed")
    converted = to_wgs84(lat, lon, datum if datum in ("gcj02", "bd09") else "wgs84")
    return round(converted[0], 6), round(converted[1], 6)


def stands_there(known: Mapping[str, Any] | None, point: Point) -> bool:
    """Whether this is, to a tenth of a metre, the place that is known: then it stays as it was found."""
    if known is None or known["lat"] is None or known["lon"] is None:
        return False
    return (round(known["lat"], 6), round(known["lon"], 6)) == point


def division_of(
    actor: Actor, sheet: Sheet, row: CheckedRow, divisions: Divisions, today: date, field: str = "division",
    value: object = None,
) -> Place | None:  # fmt: skip
    """The division that the row names, if there is one and it lies in the actor's area; else a fault and None."""
    text = str(row.values.get(field) if value is None else value)
    try:
        place = divisions.resolve(text, today)
    except Fault as fault:
        sheet.fault(row, field, fault.code, fault.message, fault.fix, **fault.params)
        return None
    if not covers(actor, place.code):
        message = N_("{name} lies outside of your area.")
        sheet.fault(
            row, field, "outside_scope", message, N_("Leave the row to the people of that area."), name=place.name
        )
        return None
    return place

"""Datums of mainland maps, distances and travel times (DOMAIN.md 9.6).

Points are (latitude, longitude) in degrees. The product stores WGS-84; GCJ-02 (AMap, Tencent) and BD-09 (Baidu) are
converted on entry, because their offset of 300-700 m is larger than any geofence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import asin, atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Literal

from bangfu.shared.faults import N_, Fault
from bangfu.shared.typed_text import compact, plain

Datum = Literal["wgs84", "gcj02", "bd09"]
Travel = Literal["walk", "ebike", "car"]
Point = tuple[float, float]

EARTH_RADIUS_M = 6_371_008.8
SPEED_KMH: dict[Travel, float] = {"walk": 4.5, "ebike": 15.0, "car": 30.0}
DETOUR_URBAN, DETOUR_RURAL = 1.3, 1.5

_A, _EE = 6378245.0, 0.00669342162296594323
_BD_PI = pi * 3000 / 180
_DATUM_NAMES: dict[str, Datum] = {
    **dict.fromkeys(("wgs84", "wgs", "gps", "epsg4326", "cgcs2000", "天地图"), "wgs84"),
    **dict.fromkeys(("gcj02", "gcj", "amap", "gaode", "tencent", "高德", "腾讯", "火星", "火星坐标"), "gcj02"),
    **dict.fromkeys(("bd09", "bd09ll", "baidu", "百度", "百度坐标"), "bd09"),
}


def in_mainland_box(lat: float, lon: float) -> bool:
    """Whether the GCJ-02 offset applies; outside of the box the datums are the same."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def wgs84_to_gcj02(lat: float, lon: float) -> Point:
    """Forward formula of the published offset."""
    if not in_mainland_box(lat, lon):
        return lat, lon
    d_lat, d_lon = _offset(lat, lon)
    return lat + d_lat, lon + d_lon


def gcj02_to_wgs84(lat: float, lon: float) -> Point:
    """Inverse by iteration to 1e-8 degrees."""
    return _inverse(wgs84_to_gcj02, lat, lon)


def gcj02_to_bd09(lat: float, lon: float) -> Point:
    """Forward formula of Baidu's second offset."""
    if not in_mainland_box(lat, lon):
        return lat, lon
    radius = hypot(lon, lat) + 0.00002 * sin(lat * _BD_PI)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BD_PI)
    return radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065


def bd09_to_gcj02(lat: float, lon: float) -> Point:
    """Inverse by iteration to 1e-8 degrees."""
    return _inverse(gcj02_to_bd09, lat, lon)


def to_wgs84(lat: float, lon: float, datum: Datum) -> Point:
    """A point of any datum in the product's own."""
    if datum == "bd09":
        return gcj02_to_wgs84(*bd09_to_gcj02(lat, lon))
    return gcj02_to_wgs84(lat, lon) if datum == "gcj02" else (lat, lon)


def from_wgs84(lat: float, lon: float, datum: Datum) -> Point:
    """A point of the product's datum in that of a map."""
    if datum == "bd09":
        return gcj02_to_bd09(*wgs84_to_gcj02(lat, lon))
    return wgs84_to_gcj02(lat, lon) if datum == "gcj02" else (lat, lon)


def parse_datum(value: object) -> Datum:
    """The datum by its name or by the map that gave the point. Raises Fault: datum."""
    name = re.sub(r"[-_./:]|坐标系?$|地图$", "", compact(value).lower())
    if name not in _DATUM_NAMES:
        raise Fault(
            "datum",
            N_("The datum is not known: {value}."),
            {"value": plain(value)},
            N_("Write WGS-84 (GPS), GCJ-02 (AMap, Tencent) or BD-09 (Baidu)."),
        )
    return _DATUM_NAMES[name]


def parse_degrees(value: object, kind: Literal["lat", "lon"]) -> float:
    """One coordinate: 31.7736, `31.7736°N`, `N31°46'25"`, `北纬31°46′25″`. Raises Fault: coordinate."""
    text = compact(value).upper()
    limit = 90.0 if kind == "lat" else 180.0
    letters = "NS北南" if kind == "lat" else "EW东西"
    sign = -1.0 if text.startswith("-") or any(mark in text for mark in letters[1::2]) else 1.0
    wrong_axis = any(mark in text for mark in ("EW东西" if kind == "lat" else "NS北南"))
    parts = re.fullmatch(_DEGREES, re.sub(r"[+NSEW]|[东西]经|[南北]纬|^-", "", text))
    degrees = 999.0
    if parts and not wrong_axis:
        degrees = sum(float(part or 0) / size for part, size in zip(parts.groups(), (1, 60, 3600), strict=True))
    if degrees > limit:
        raise Fault(
            "coordinate",
            N_("This is no latitude (-90 to 90 degrees).")
            if kind == "lat"
            else N_("This is no longitude (-180 to 180 degrees)."),
            fix=N_("Write decimal degrees, such as 31.7736 for the latitude and 119.9540 for the longitude."),
        )
    return sign * degrees


def parse_point(value: object) -> Point:
    """Two coordinates in one text. In China the longitude is the larger number, whichever stands first.

    Raises Fault: coordinate.
    """
    parts = [part for part in re.split(r"[,;\s、]+", plain(value).strip("()[]")) if part]
    if len(parts) != 2:
        raise Fault(
            "coordinate",
            N_("A place on the map is two numbers: latitude and longitude."),
            fix=N_("Write decimal degrees, such as 31.7736 for the latitude and 119.9540 for the longitude."),
        )
    try:
        first, second = parse_degrees(parts[0], "lat"), parse_degrees(parts[1], "lon")
    except Fault:
        return parse_degrees(parts[1], "lat"), parse_degrees(parts[0], "lon")
    # 60 to 72 east does not occur within China, nor a latitude above 55.
    return (second, first) if first > 60 and second < 60 else (first, second)


def haversine_m(a: Point, b: Point) -> float:
    """Metres along the great circle, R = 6,371,008.8 m."""
    lat_a, lat_b = radians(a[0]), radians(b[0])
    chord = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))


def travel_minutes(a: Point, b: Point, by: Travel = "ebike", *, rural: bool = False) -> float:
    """Estimate without road data: haversine x 1.3 (1.5 in rural or hill country) at the usual speed."""
    detour = DETOUR_RURAL if rural else DETOUR_URBAN
    return haversine_m(a, b) / 1000 * detour / SPEED_KMH[by] * 60


_DEGREES = re.compile(r"""(\d+(?:\.\d+)?)(?:[°度](?:(\d+(?:\.\d+)?)['′’分](?:(\d+(?:\.\d+)?)(?:["″”秒]|''|′′)?)?)?)?""")


def _offset(lat: float, lon: float) -> Point:
    x, y = lon - 105.0, lat - 35.0
    wave = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + wave
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + wave
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    magic = 1 - _EE * sin(radians(lat)) ** 2
    d_lat = north * 180.0 / (_A * (1 - _EE) / (magic * sqrt(magic)) * pi)
    return d_lat, east * 180.0 / (_A / sqrt(magic) * cos(radians(lat)) * pi)


def _inverse(forward: Callable[[float, float], Point], lat: float, lon: float) -> Point:
    guess_lat, guess_lon = lat, lon
    for _ in range(30):
        seen_lat, seen_lon = forward(guess_lat, guess_lon)
        guess_lat, guess_lon = guess_lat + lat - seen_lat, guess_lon + lon - seen_lon
        if abs(lat - seen_lat) < 1e-9 and abs(lon - seen_lon) < 1e-9:
            break
    return guess_lat, guess_lon

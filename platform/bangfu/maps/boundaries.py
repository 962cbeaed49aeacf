"""Boundaries of towns from the operator's own GeoJSON file; nothing of the kind comes with the product.

The file is a FeatureCollection of Polygon or MultiPolygon features whose property `code` or `adcode` holds a division
code (9 or 12 digits, or fewer for larger areas). BANGFU_BOUNDARIES names it, BANGFU_BOUNDARIES_DATUM its datum (wgs84
or gcj02). It is read once and again when it changes; what is wrong with a file is told to the operator when the portal
starts.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bangfu.errors import SetupError
from bangfu.shared.coordinates import Datum, to_wgs84

MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Boundary:
    """One division's outline: its prefix of codes, and the GeoJSON geometry in WGS-84."""

    code: str
    geometry: dict[str, Any]


_read: dict[tuple[Path, int, Datum], list[Boundary]] = {}


def boundaries(file: Path | None, datum: Datum) -> list[Boundary]:
    """What the file holds; [] without one.

    Raises:
        SetupError: naming the feature and what is wrong with it.
    """
    if file is None:
        return []
    try:
        key = (file, file.stat().st_mtime_ns, datum)
        if key not in _read:
            if file.stat().st_size > MOST_BYTES:
                raise SetupError(f"{file.name} is larger than {MOST_BYTES // 1024 // 1024} MB; simplify its lines.")
            _read.clear()
            _read[key] = read(file.read_text(encoding="utf-8"), datum)
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError("The file that BANGFU_BOUNDARIES names cannot be read.") from error
    return _read[key]


def read(text: str, datum: Datum) -> list[Boundary]:
    """The boundaries of a GeoJSON text.

    Raises:
        SetupError: if it is none.
    """
    try:
        found = json.loads(text)
        features = found["features"] if found.get("type") == "FeatureCollection" else None
    except (ValueError, KeyError, AttributeError, RecursionError) as error:
        raise SetupError("BANGFU_BOUNDARIES must name a GeoJSON file with a FeatureCollection.") from error
    if not isinstance(features, list):
        raise SetupError("BANGFU_BOUNDARIES must name a GeoJSON file with a FeatureCollection.")
    return [_boundary(number, feature, datum) for number, feature in enumerate(features, 1)]


def _boundary(number: int, feature: Any, datum: Datum) -> Boundary:
    try:
        named, geometry = feature["properties"], feature["geometry"]
        code = str(named["code"] if "code" in named else named["adcode"])
        kind, given = geometry["type"], geometry["coordinates"]
        polygons = {"Polygon": [given], "MultiPolygon": given}[kind]
        moved = [[[_point(point, datum) for point in ring] for ring in polygon] for polygon in polygons]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SetupError(
            f"Feature {number} of the boundaries must have the property code or adcode and a Polygon or MultiPolygon."
        ) from error
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12):
        raise SetupError(f"Feature {number} of the boundaries: {code[:20]!r} is no division code.")
    return Boundary(_prefix(code), {"type": "MultiPolygon", "coordinates": moved})


def _prefix(code: str) -> str:
    """Without the zeros that fill a code up to twelve digits: 2, 4, 6, 9 or 12 are left."""
    short = code.rstrip("0")
    return next((code[:length] for length in (2, 4, 6, 9, 12) if len(short) <= length <= len(code)), code)


def _point(point: Any, datum: Datum) -> list[float]:
    lon, lat = float(point[0]), float(point[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("outside of the earth")
    moved = to_wgs84(lat, lon, datum)
    return [round(moved[1], 6), round(moved[0], 6)]


def of_area(found: Iterable[Boundary], area: str, length: int) -> list[Boundary]:
    """Those of the divisions below an area whose codes have `length` significant digits."""
    return [each for each in found if each.code.startswith(area) and len(each.code) == length]

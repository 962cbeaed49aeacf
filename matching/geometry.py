"""Distances on the WGS-84 ellipsoid: exact ones, and a cheap net that misses no near pair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pyproj import Geod
from scipy.spatial import cKDTree

from matching.tables import Floats, Ints

GEOD = Geod(ellps="WGS84")
# Below the smallest radius of curvature of the ellipsoid (6335 km): no pair within reach slips through the net.
NET_RADIUS_KM = 6280.0
NET_CHUNK = 256


def geodesic_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Geodesic distance of two points in km."""
    return float(GEOD.inv(lon1, lat1, lon2, lat2)[2]) / 1000.0


def geodesics_km(lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats) -> Floats:
    """Geodesic distances of pairs of points in km."""
    if not len(lat1):
        return np.zeros(0)
    return np.asarray(GEOD.inv(lon1, lat1, lon2, lat2)[2], dtype=np.float64) / 1000.0


def _on_sphere(lat: Floats, lon: Floats) -> Floats:
    la, lo = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(la) * np.cos(lo), np.cos(la) * np.sin(lo), np.sin(la)], axis=1)


def _chord(km: Floats) -> Floats:
    """The straight line through a unit sphere that spans at least `km` on the ellipsoid."""
    chord: Floats = 2.0 * np.sin(np.minimum(km / NET_RADIUS_KM / 2.0, np.pi / 2)) + 1e-9
    return chord


def near_pairs(lat: Floats, lon: Floats, at_lat: Floats, at_lon: Floats, reach: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Chunks of (point, centre) numbers that hold every pair within the centre's reach in km, and some more."""
    if not len(lat) or not len(at_lat):
        return
    tree: Any = cKDTree(_on_sphere(lat, lon))
    centres, chord = _on_sphere(at_lat, at_lon), _chord(reach)
    order = np.argsort(reach, kind="stable")
    for start in range(0, len(order), NET_CHUNK):
        part = order[start : start + NET_CHUNK]
        found = cKDTree(centres[part]).sparse_distance_matrix(tree, float(chord[part].max()), output_type="ndarray")
        centre, point = part[found["i"]], found["j"].astype(np.int64)
        keep = found["v"] <= chord[centre]
        yield point[keep], centre[keep]

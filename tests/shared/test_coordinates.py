"""Datums, distances and travel times (DOMAIN.md 9.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.coordinates import (
    Datum,
    Point,
    bd09_to_gcj02,
    from_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    haversine_m,
    in_mainland_box,
    parse_datum,
    parse_degrees,
    parse_point,
    to_wgs84,
    travel_minutes,
    wgs84_to_gcj02,
)
from bangfu.shared.faults import Fault

VECTORS = [
    ((39.908700, 116.397500), (39.910103, 116.403744), (39.916443, 116.410117)),
    ((32.060300, 118.796900), (32.058224, 118.802084), (32.064583, 118.808504)),
]
points_in_china = st.tuples(st.floats(18, 53), st.floats(74, 134))
datums: st.SearchStrategy[Datum] = st.sampled_from(["wgs84", "gcj02", "bd09"])


@pytest.mark.parametrize(("wgs", "gcj", "bd"), VECTORS)
def test_the_vectors_of_the_domain_text_hold_in_both_directions(wgs: Point, gcj: Point, bd: Point) -> None:
    assert wgs84_to_gcj02(*wgs) == pytest.approx(gcj, abs=1e-6)
    assert gcj02_to_bd09(*gcj) == pytest.approx(bd, abs=1e-6)
    assert gcj02_to_wgs84(*gcj) == pytest.approx(wgs, abs=1e-6)
    assert bd09_to_gcj02(*bd) == pytest.approx(gcj, abs=1e-6)
    assert to_wgs84(*bd, "bd09") == pytest.approx(wgs, abs=2e-6)


@given(points_in_china, datums)
def test_there_and_back_is_the_same_place_to_a_millimetre(point: Point, datum: Datum) -> None:
    assert to_wgs84(*from_wgs84(*point, datum), datum) == pytest.approx(point, abs=1e-8)


@given(points_in_china)
def test_the_offset_of_gcj02_is_larger_than_a_geofence_can_forgive(point: Point) -> None:
    assert 20 < haversine_m(point, wgs84_to_gcj02(*point)) < 1500


@given(st.floats(-80, 80), st.floats(-180, 70))
def test_outside_the_mainland_box_nothing_moves(lat: float, lon: float) -> None:
    assert not in_mainland_box(lat, lon)
    assert from_wgs84(lat, lon, "bd09") == (lat, lon)
    assert to_wgs84(lat, lon, "gcj02") == (lat, lon)


def test_the_haversine_vector_of_the_domain_text_holds() -> None:
    assert haversine_m((39.9087, 116.3975), (39.9200, 116.4100)) == pytest.approx(1647.83, abs=0.005)


@given(points_in_china, points_in_china)
def test_a_distance_is_the_same_both_ways_and_nothing_to_oneself(a: Point, b: Point) -> None:
    assert haversine_m(a, b) == pytest.approx(haversine_m(b, a))
    assert haversine_m(a, a) == 0


def test_travel_takes_longer_on_foot_and_in_the_hills() -> None:
    a, b = (39.9087, 116.3975), (39.9200, 116.4100)
    assert travel_minutes(a, b, "ebike") == pytest.approx(1.64783 * 1.3 / 15 * 60, rel=1e-5)
    assert travel_minutes(a, b, "walk", rural=True) == pytest.approx(1.64783 * 1.5 / 4.5 * 60, rel=1e-5)


@pytest.mark.parametrize(
    ("typed", "degrees"),
    [
        ("31.7736", 31.7736),
        (31.7736, 31.7736),
        ("３１．７７３６", 31.7736),
        ("31.7736°N", 31.7736),
        ("31.7736 S", -31.7736),
        ("-31.7736", -31.7736),
        ("北纬31°46′25″", 31 + 46 / 60 + 25 / 3600),
        ("N31°46'25.5\"", 31 + 46 / 60 + 25.5 / 3600),
        ("31度46分", 31 + 46 / 60),
    ],
)
def test_a_latitude_is_read_as_people_write_it(typed: object, degrees: float) -> None:
    assert parse_degrees(typed, "lat") == pytest.approx(degrees)


@pytest.mark.parametrize("typed", ["", "north", "91", "119.95", "E31.5", "31..7", "1e5"])
def test_what_is_no_latitude_is_refused(typed: str) -> None:
    with pytest.raises(Fault, match="no latitude"):
        parse_degrees(typed, "lat")


@pytest.mark.parametrize(
    "typed",
    ["31.77,119.95", "119.95,31.77", "119.95，31.77", "31.77 119.95", "(119.95, 31.77)", "东经119.95 北纬31.77"],
)
def test_a_point_is_read_whichever_number_stands_first(typed: str) -> None:
    assert parse_point(typed) == (31.77, 119.95)


def test_one_number_is_no_point() -> None:
    with pytest.raises(Fault, match="two numbers"):
        parse_point("31.77")


@pytest.mark.parametrize(
    ("typed", "datum"),
    [
        ("WGS-84", "wgs84"),
        ("GPS", "wgs84"),
        ("gcj02", "gcj02"),
        ("高德地图", "gcj02"),
        ("BD-09", "bd09"),
        ("百度坐标系", "bd09"),
    ],
)
def test_a_datum_is_known_by_its_name_or_its_map(typed: str, datum: Datum) -> None:
    assert parse_datum(typed) == datum


def test_an_unknown_datum_is_refused_rather_than_guessed() -> None:
    with pytest.raises(Fault, match="not known: 地方坐标"):
        parse_datum("地方坐标")

"""How points are gathered and shades chosen."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.errors import SetupError
from bangfu.maps import boundaries, rules
from bangfu.shared.coordinates import wgs84_to_gcj02

SQUARE = [[[119.9, 31.7], [120.0, 31.7], [120.0, 31.8], [119.9, 31.7]]]


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def feature(code: str, coordinates: object = SQUARE, kind: str = "Polygon") -> dict[str, object]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def test_squares_halve_with_every_zoom_and_never_come_below_a_kilometre() -> None:
    assert rules.cell(8) == 2 * rules.cell(9)
    assert rules.cell(18) == rules.cell(40) == 0.01
    assert rules.cell(-3) == rules.cell(4)


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 5000), max_size=30))
def test_a_shade_says_between_which_numbers_a_count_lies(counts: dict[str, int]) -> None:
    shades, most = rules.steps(counts), max(counts.values(), default=0)
    limits = {step: (least, last) for step, least, last in rules.limits_of_steps(most)}
    for code, count in counts.items():
        if count == 0:
            assert shades[code] == 0
        else:
            least, last = limits[shades[code]]
            assert least <= count <= last


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "nan,0,1,1", "5,0,4,1", "0,0,0,91", "1,2,3,4,5"])
def test_a_window_that_is_none_is_refused(text: str) -> None:
    assert rules.box(text) is None


def test_a_window_is_read() -> None:
    assert rules.box("119.5,31.5,120.5,32") == (119.5, 31.5, 120.5, 32.0)


def test_boundaries_are_read_with_their_codes_in_any_length() -> None:
    found = boundaries.read(
        collection(feature("990101001000"), feature("990101002"), feature("990101", [SQUARE], "MultiPolygon")), "wgs84"
    )
    assert [each.code for each in found] == ["990101001", "990101002", "990101"]
    assert {each.geometry["type"] for each in found} == {"MultiPolygon"}
    assert found[0].geometry["coordinates"] == [SQUARE]
    assert [each.code for each in boundaries.of_area(found, "9901", 9)] == ["990101001", "990101002"]


def test_boundaries_in_another_datum_are_moved_to_wgs84() -> None:
    lat, lon = wgs84_to_gcj02(31.7, 119.9)
    (found,) = boundaries.read(collection(feature("990101001", [[[lon, lat]] * 4])), "gcj02")
    moved_lon, moved_lat = found.geometry["coordinates"][0][0][0]
    assert (moved_lat, moved_lon) == (pytest.approx(31.7, abs=1e-5), pytest.approx(119.9, abs=1e-5))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "FeatureCollection"), ("[]", "FeatureCollection"), ('{"type": "Feature"}', "FeatureCollection"),
        (collection({"properties": {}}), "Feature 1"), (collection(feature("990101001", [[[200, 31]]])), "Feature 1"),
        (collection(feature("990101001"), feature("somewhere")), "somewhere"),
        (collection(feature("990101001", [], "Point")), "Feature 1"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_the_feature(text: str, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        boundaries.read(text, "wgs84")


def test_a_file_that_is_missing_is_told_and_none_is_none(tmp_path) -> None:
    assert boundaries.boundaries(None, "wgs84") == []
    with pytest.raises(SetupError, match="BANGFU_BOUNDARIES"):
        boundaries.boundaries(tmp_path / "nothing.json", "wgs84")


def test_a_file_is_read_again_when_it_changes(tmp_path) -> None:
    import os

    file = tmp_path / "towns.json"
    file.write_text(collection(feature("990101001")), encoding="utf-8")
    assert len(boundaries.boundaries(file, "wgs84")) == 1
    file.write_text(collection(feature("990101001"), feature("990101002")), encoding="utf-8")
    os.utime(file, ns=(1, 10**15))
    assert len(boundaries.boundaries(file, "wgs84")) == 2


def test_the_window_holds_homes_near_the_towns_and_is_not_led_astray_by_a_wrong_point() -> None:
    towns = [(31.7, 119.9), (31.8, 120.0)]
    held = rules.window(towns, [(31.65, 119.8), (31.9, 120.1)])
    assert held is not None
    west, south, east, north = held
    assert west < 119.8 and south < 31.65 and east > 120.1 and north > 31.9
    astray = rules.window(towns, [(31.7, 119.9), (53.0, 130.0)])
    assert astray is not None and astray[3] < 31.8 + 0.6 and astray[2] < 120.0 + 0.6
    assert rules.window([], [(31.7, 119.9)]) == rules.bounds([(31.7, 119.9)]) and rules.window([], []) is None

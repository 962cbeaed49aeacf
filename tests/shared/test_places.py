"""The sample city's places: real towns, made-up codes that still keep every rule of a code."""

import csv
from importlib import resources

from bangfu.shared.coordinates import haversine_m
from bangfu.shared.identifiers import parse_division_code

PLACES = {
    row["code"]: row
    for row in csv.DictReader(
        (resources.files("bangfu.sample") / "places.csv").read_text(encoding="utf-8").splitlines()
    )
}


def of_level(level: str) -> list[dict[str, str]]:
    return [row for row in PLACES.values() if row["level"] == level]


def test_the_city_has_six_districts_and_enough_towns_and_villages() -> None:
    assert [row["name"] for row in of_level("district")] == ["天宁区", "钟楼区", "新北区", "武进区", "金坛区", "溧阳市"]
    assert len(of_level("township")) >= 40
    assert len(of_level("village")) >= 100


def test_every_code_is_made_up_on_prefix_99_and_agrees_with_its_level_and_parent() -> None:
    for code, row in PLACES.items():
        division = parse_division_code(code)
        assert code.startswith("99")
        assert division.level.code == row["level"]
        assert (division.parent.code if division.parent else "") == row["parent"]
        assert not row["parent"] or row["parent"] in PLACES


def test_every_place_lies_near_its_parent() -> None:
    limits = {"city": 1, "district": 60, "township": 30, "village": 4}
    for row in PLACES.values():
        if row["parent"]:
            above = PLACES[row["parent"]]
            here, there = ((float(place["lat"]), float(place["lon"])) for place in (row, above))
            assert haversine_m(here, there) / 1000 < limits[row["level"]], row["name"]


def test_names_are_unique_within_their_parent() -> None:
    names = [(row["parent"], row["name"]) for row in PLACES.values()]
    assert len(names) == len(set(names))

"""Reading a day of a team: what the form may leave out, and errors that name the field."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matching import ProblemError
from matching.schedule.day import day_of, read_day
from tests.matching.schedule.day_cast import apart, day, patient, together

PLAIN = day(
    [patient("p1", (3, 4), (0, 60), "s1"), patient("p2", (6, 8), (0, 60), "s1", "s2", **apart(5, 20))],
    [["s1"], ["s2"]],
)


def test_travel_is_euclidean_where_no_matrix_is_given() -> None:
    assert day_of(PLAIN).travel[0] == (0.0, 5.0, 10.0)


def test_a_given_matrix_is_taken_as_it_is_with_the_offices_first() -> None:
    matrix = [[0, 1, 2], [3, 0, 4], [5, 6, 0]]
    problem = day_of({**PLAIN, "distances": matrix})
    assert [list(row) for row in problem.travel] == matrix
    assert problem.place_of_patient == {"p1": 1, "p2": 2}


def test_a_service_without_a_duration_takes_as_long_as_the_service_usually_does() -> None:
    instance = copy.deepcopy(PLAIN)
    del instance["patients"][0]["required_caregivers"][0]["duration"]
    instance["services"][0]["default_duration"] = 25
    assert day_of(instance).patients[0].services[0].duration == 25


def test_unknown_keys_are_ignored() -> None:
    instance = copy.deepcopy(PLAIN)
    instance["area"] = "north"
    instance["patients"][0]["mood"] = "cheerful"
    assert day_of(instance) == day_of(PLAIN)


def test_simultaneous_services_start_no_minute_apart() -> None:
    instance = day([patient("p1", (3, 4), (0, 60), "s1", "s2", **together())], [["s1"], ["s2"]])
    assert day_of(instance).patients[0].apart == (0.0, 0.0)


def test_each_caregiver_leaves_from_the_own_office() -> None:
    instance = copy.deepcopy(PLAIN)
    instance["central_offices"].append({"id": "e", "location": [9, 9]})
    for caregiver, office in zip(instance["caregivers"], "de", strict=True):
        caregiver["departing_point"] = office
    assert [caregiver.departing_point for caregiver in day_of(instance).caregivers] == ["d", "e"]


def _without(*path: Any) -> Callable[[Any], None]:
    def change(instance: Any) -> None:
        for step in path[:-1]:
            instance = instance[step]
        del instance[path[-1]]

    return change


def _with(value: Any, *path: Any) -> Callable[[Any], None]:
    def change(instance: Any) -> None:
        for step in path[:-1]:
            instance = instance[step]
        instance[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_without("patients"), "instance: patients is missing"),
        (_without("patients", 0, "location"), "patient p1: location is missing"),
        (_with([1], "patients", 0, "location"), "patient p1: location must hold two numbers"),
        (_with(["a", 1], "patients", 0, "location"), "patient p1: location must be a number"),
        (_without("patients", 0, "time_window"), "patient p1: time_window is missing"),
        (_with([9, 3], "patients", 0, "time_window"), "patient p1: time_window must not end before it starts"),
        (_with([], "patients", 0, "required_caregivers"), "patient p1: required_caregivers must be one or two, are 0"),
        (_with("s9", "patients", 0, "required_caregivers", 0, "service"), "patient p1: service names no service"),
        (_with(-1, "patients", 0, "required_caregivers", 0, "duration"), "patient p1: duration must be a number"),
        (_without("patients", 1, "synchronization"), "patient p2: synchronization is missing for two services"),
        (_with({"type": "simultaneous"}, "patients", 0, "synchronization"), "p1: synchronization needs two services"),
        (_with("soon", "patients", 1, "synchronization", "type"), "patient p2: synchronization.type must be one of"),
        (_without("patients", 1, "synchronization", "distance"), "patient p2: synchronization.distance is missing"),
        (_with([9, 3], "patients", 1, "synchronization", "distance"), "p2: synchronization.distance must not end"),
        (_with("p2", "patients", 0, "id"), "instance: patients must have different ids"),
        (_without("patients", 0, "id"), r"patients\[0\]: id is missing"),
        (_with(["s9"], "caregivers", 0, "abilities"), "caregiver c1: abilities names no service"),
        (_with("x", "caregivers", 0, "departing_point"), "caregiver c1: departing_point names no central office"),
        (_with([], "central_offices"), "instance: central_offices must not be empty"),
        (_without("central_offices", 0, "location"), "central office d: location is missing"),
        (_with([[0, 1], [1, 0]], "distances"), "instance: distances must have 3 rows"),
        (_with([[0, 1, 2], [1, 0], [2, 1, 0]], "distances"), r"instance: distances\[1\] must have 3 numbers"),
        (_with([[0, 1, 2], [1, 0, "x"], [2, 1, 0]], "distances"), r"distances\[1\] must be a number"),
        (_with([[0, 1, 2], [1, 0, float("nan")], [2, 1, 0]], "distances"), r"distances\[1\] must be a number"),
    ],
)
def test_an_error_names_the_record_and_the_field(change: Callable[[Any], None], said: str) -> None:
    instance = copy.deepcopy(PLAIN)
    change(instance)
    with pytest.raises(ProblemError, match=said):
        day_of(instance)


def test_several_offices_need_a_departing_point() -> None:
    instance = copy.deepcopy(PLAIN)
    instance["central_offices"].append({"id": "e", "location": [9, 9]})
    with pytest.raises(ProblemError, match="caregiver c1: departing_point is missing"):
        day_of(instance)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '"day"', "\ufeff\x00"])
def test_a_file_that_is_no_instance_is_refused_in_words(text: str, tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError, match="instance"):
        read_day(path)


def test_a_file_is_read_as_its_document_is(tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    path.write_text(json.dumps(PLAIN), encoding="utf-8")
    assert read_day(path) == day_of(PLAIN)

"""Problem and solution documents: read, written, and refused with the place named."""

import contextlib
import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Limits,
    Problem,
    ProblemError,
    Solution,
    read_problem,
    read_solution,
    solve,
    write_problem,
    write_solution,
)
from tests.matching.cast import care, given_pairs, random_town, town, worker


def document() -> dict[str, Any]:
    """A sound document to spoil."""
    return copy.deepcopy(random_town(3, needs=4, carers=3).to_document())


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_problem_survives_its_document(seed: int) -> None:
    problem = random_town(seed, needs=6, carers=4)
    assert Problem.from_document(json.loads(json.dumps(problem.to_document()))) == problem


def test_given_pairs_survive_too_and_an_empty_list_differs_from_none() -> None:
    problem = given_pairs([[1, 2]], [[3, 4]], [5])
    assert Problem.from_document(problem.to_document()) == problem
    assert Problem.from_document(town(pairs=()).to_document()).given_pairs
    assert "pairs" not in town().to_document()


def test_files_are_read_and_written(tmp_path: Path) -> None:
    problem = random_town(5, needs=5, carers=3)
    write_problem(problem, tmp_path / "problem.json")
    assert read_problem(tmp_path / "problem.json") == problem
    solution = solve(problem, Limits(seconds=2))
    write_solution(solution, tmp_path / "solution.json")
    assert read_solution(tmp_path / "solution.json") == solution


def test_unknown_extra_keys_are_ignored() -> None:
    spoiled = document() | {"comment": "from the demo"}
    spoiled["needs"][0]["colour"] = "red"
    assert len(Problem.from_document(spoiled).needs) == 4


SPOILED = [
    (("version",), 2, "version"),
    (("version",), True, "version"),
    (("as_of",), "2026-13-01", "as_of"),
    (("as_of",), "20260105", "as_of"),
    (("detour",), float("nan"), "detour"),
    (("detour",), float("inf"), "detour"),
    (("detour",), "1.3", "detour"),
    (("weights", "per_km"), -1, "per_km"),
    (("weights", "per_km"), float("inf"), "per_km"),
    (("weights", "unserved"), {"urgent": 1}, "unserved.key"),
    (("weights",), None, "weights"),
    (("needs",), None, "needs"),
    (("needs", 0), 7, r"needs\[0\]"),
    (("needs", 0, "id"), 5, "id"),
    (("needs", 0, "id"), "n1", "need n1: stands twice"),
    (("needs", 0, "visits"), -1, "need n0: visits"),
    (("needs", 0, "visits"), True, "need n0: visits"),
    (("needs", 0, "visits"), 2.5, "need n0: visits"),
    (("needs", 0, "minutes"), "60", "need n0: minutes"),
    (("needs", 0, "lat"), 91, "need n0: lat"),
    (("needs", 0, "lon"), float("nan"), "need n0: lon"),
    (("needs", 0, "lon"), 10**400, "need n0: lon"),
    (("needs", 0, "priority"), "soon", "need n0: priority"),
    (("needs", 0, "kinds"), ["robot"], "need n0: kinds"),
    (("needs", 0, "kinds"), "worker", "need n0: kinds"),
    (("needs", 0, "windows"), [[0, 600]], "need n0: windows"),
    (("needs", 0, "windows"), [[7, 0, 60]], "need n0: weekday"),
    (("needs", 0, "windows"), [[0, 600, 600]], "need n0: windows"),
    (("needs", 0, "qualifications"), ["C5"], "need n0: qualifications"),
    (("needs", 0, "gender_required"), "x", "need n0: gender_required"),
    (("needs", 0, "excluded"), [None], "need n0: excluded"),
    (("carers", 0, "speed_kmh"), 0, "speed_kmh"),
    (("carers", 0, "organisation"), "nobody", "organisation nobody is unknown"),
    (("carers", 0, "qualifications"), {"C5": "soon"}, "qualifications.C5"),
    (("carers", 0, "gender"), None, "gender"),
    (("carers", 0, "max_km"), float("nan"), "max_km"),
    (("contract_lines", 0, "organisation"), "nobody", "organisation is unknown"),
    (("contract_lines", 0, "unit_price_fen"), 1e300, "unit_price_fen"),
    (("organisations", 0, "minutes_per_4_weeks"), None, "minutes_per_4_weeks"),
    (("pairs",), [{"need": "n0", "carer": "nobody", "cost": 1, "minutes": 1}], "carer nobody is unknown"),
    (("pairs",), [{"need": "n9", "carer": "nobody", "cost": 1, "minutes": 1}], "need n9 is unknown"),
    (("pairs",), {}, "pairs"),
]


@pytest.mark.parametrize(("path", "value", "said"), SPOILED)
def test_a_bad_value_is_refused_with_its_place(path: tuple[str | int, ...], value: object, said: str) -> None:
    spoiled: Any = document()
    place = spoiled
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ProblemError, match=said):
        Problem.from_document(spoiled)


def test_every_missing_key_is_named() -> None:
    sound = document()
    for name in ("needs", "carers", "contract_lines", "organisations"):
        for key in sound[name][0]:
            spoiled = document()
            del spoiled[name][0][key]
            with pytest.raises(ProblemError, match=f"{key} is missing"):
                Problem.from_document(spoiled)
    for key in sound:
        with pytest.raises(ProblemError, match=key):
            Problem.from_document({k: v for k, v in sound.items() if k != key})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_stands_anywhere_is_read_or_refused_never_a_crash(data: st.DataObject) -> None:
    spoiled: Any = document()
    place, key = spoiled, data.draw(st.sampled_from(sorted(spoiled)))
    while isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
        place = place[key]
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
    place[key] = data.draw(json_values)
    with contextlib.suppress(ProblemError):
        assert Problem.from_document(spoiled).needs is not None


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"null", b"[" * 100_000])
def test_what_is_no_document_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    with pytest.raises(ProblemError):
        read_problem(tmp_path / "bad.json")
    with pytest.raises(ProblemError):
        read_solution(tmp_path / "bad.json")


def test_a_bad_solution_is_refused_with_its_place() -> None:
    sound = solve(town(), Limits(seconds=1)).to_document()
    for path, value, said in (
        (("objective",), "much", "objective"),
        (("bound",), float("nan"), "bound"),
        (("status",), "perfect", "status"),
        (("assignments", 0, "km"), float("inf"), "km"),
        (("assignments", 0, "need"), None, "need"),
        (("unserved",), [{"need": "n2", "reason": "because"}], "reason"),
    ):
        spoiled: Any = copy.deepcopy(sound)
        place = spoiled
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        with pytest.raises(ProblemError, match=said):
            Solution.from_document(spoiled)


def test_a_record_made_in_code_is_judged_too_and_the_error_travels() -> None:
    with pytest.raises(ProblemError, match="need n1: minutes") as caught:
        care(minutes=-1)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301  # our own bytes
    with pytest.raises(ProblemError, match="carer li: languages"):
        worker(languages="cmn")

"""The shared benchmark's own tools judge our plans; skipped where a machine does not have them."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from matching import Limits, Problem, Solution, check, read_problem, solve
from matching.assign.greedy import greedy
from matching.assign.model import build
from matching.candidates import candidates
from tests.matching.cast import given_pairs

SHARED = Path(__file__).resolve().parents[3] / "shared"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not (SHARED / "bench").is_dir(), reason="../shared with the benchmark's tools is missing"),
]


def load(name: str) -> ModuleType:
    """A module of the shared benchmark, by path."""
    spec = importlib.util.spec_from_file_location(name, SHARED / "bench" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bench() -> Iterator[dict[str, ModuleType]]:
    """The benchmark's maker, geometry and checker, forgotten again afterwards."""
    names = ("problem", "make_problem", "check_solution")
    yield {name: load(name) for name in names}
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def made(bench: dict[str, ModuleType], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Problem of 300 needs and 20 carers of real places with binding contracts."""
    path = tmp_path_factory.mktemp("bench") / "problem.json"
    bench["make_problem"].main(str(SHARED / "data" / "places_zhejiang.csv"), 300, 20, 5, str(path), 0.8, 0.9)
    return path


def test_candidates_equal_the_benchmarks_own(bench: dict[str, ModuleType], made: Path) -> None:
    theirs, reasons = bench["problem"].candidates(json.loads(made.read_text()))
    ours = candidates(read_problem(made))
    for mine, column in zip((ours.need, ours.carer, ours.km, ours.cost, ours.load, ours.fen), theirs, strict=True):
        assert np.array_equal(mine, column)
    assert ours.reasons == reasons


def test_the_benchmarks_checker_accepts_our_plan(bench: dict[str, ModuleType], made: Path) -> None:
    problem = read_problem(made)
    solution = solve(problem, Limits(seconds=4, seed=2))
    objective, faults = bench["check_solution"].check(json.loads(made.read_text()), solution.to_document())
    assert faults == []
    assert objective == solution.objective
    assert check(problem, solution) == []
    model = build(problem, candidates(problem))
    assert solution.objective < model.objective(greedy(model))


def gap_instance(name: str) -> Problem:
    """A published generalised assignment problem as given pairs."""
    numbers = [int(word) for word in (SHARED / "data" / "gap" / name).read_text().split()]
    agents, jobs = numbers[:2]
    table = np.array(numbers[2 : 2 + 2 * agents * jobs]).reshape(2, agents, jobs).tolist()
    return given_pairs(table[0], table[1], numbers[2 + 2 * agents * jobs :], unserved=10**6)


@pytest.mark.parametrize(
    ("name", "best", "within"), [("a05100", 1698, 0), ("c05100", 1931, 0.01), ("d05100", 6353, 0.01)]
)
def test_published_assignment_problems_are_solved_near_their_optimum(name: str, best: int, within: float) -> None:
    problem = gap_instance(name)
    solution: Solution = solve(problem, Limits(seconds=15))
    assert check(problem, solution) == []
    assert solution.bound is not None
    assert solution.bound <= best <= solution.objective <= best * (1 + within)

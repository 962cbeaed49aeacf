"""The benchmark's own arithmetic, tables and plots; nothing here is timed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from matching import Limits, check, solve
from matching.candidates import candidates
from tests.benchmarks import gap_instances, goals, report
from tests.benchmarks.bound import lp_bound
from tests.benchmarks.measured import Measured
from tests.benchmarks.peers import cp_sat, greedy, highs
from tests.benchmarks.plot import Line, Panel, svg
from tests.benchmarks.results import Block, gap, mean_curve
from tests.benchmarks.whole import Whole, whole
from tests.matching.cast import random_town


def ours(**changed: object) -> Measured:
    """A run of ours that ended at 1,030 after a first plan at 2,000."""
    given = {"objective": 1030.0, "bound": 990.0, "hopeless": 500, "unserved": 3, "unserved_weight": 700, "faults": 0}
    given |= {"task": "ours", "limit": 10.0, "seed": 1, "seconds": 9.0, "peak_mb": 200.0, "curve": [(0.5, 2000.0)]}
    return Measured(**(given | changed))


def block(*runs: Measured, **changed: object) -> Block:
    """A problem of 1,000 needs with a relaxation of 1,000, of which 500 nobody can avoid."""
    proof = Measured(task="lp", limit=900.0, seed=1, bound=1000.0, hopeless=500)
    given = {"name": "town", "needs": 1000, "carers": 60, "kind": "ample", "region": "made-up", "seed": 11}
    return Block(**(given | changed), runs=[proof, *runs])


def town(seed: int) -> Whole:
    problem = random_town(seed, 30, 6)
    return whole(problem, candidates(problem))


def test_the_gap_leaves_out_what_no_plan_can_avoid() -> None:
    assert gap(1030, 1000, 500) == pytest.approx(6.0)
    assert block(ours()).gaps("ours", 10.0) == pytest.approx([6.0])


def test_the_best_bound_is_the_highest_that_anybody_proved() -> None:
    proven = Measured(task="highs", limit=10.0, seed=1, bound=1010.0, objective=1040.0, hopeless=500)
    assert block(ours(), proven).bound == 1010
    assert block(ours(), proven, known=1020.0).bound == 1020


def test_our_bound_is_measured_against_the_relaxation_and_called_false_above_a_plan() -> None:
    assert block(ours()).own_distances() == pytest.approx([100 * 10 / 490])
    assert block(ours(bound=1031.0)).wrong_bounds() == 1
    assert block(ours()).wrong_bounds() == 0


def test_the_time_to_a_gap_is_the_first_report_within_it() -> None:
    run = ours(curve=[(0.5, 2000.0), (3.0, 1009.0)], objective=1005.0)
    assert block(run).time_to(2.0, 10.0) == 3.0
    assert block(ours()).time_to(2.0, 10.0) is None
    assert block(ours(objective=1005.0)).time_to(2.0, 10.0) == 9.0


def test_a_mean_curve_starts_when_every_run_has_a_plan() -> None:
    assert mean_curve([[(1.0, 10.0), (3.0, 4.0)], [(2.0, 6.0)]]) == [(2.0, 8.0), (3.0, 5.0)]
    assert mean_curve([[(1.0, 10.0)], []]) == []


def test_goals_say_whether_they_are_met() -> None:
    words = {row.goal: row.verdict for row in goals.rows([block(ours())])}
    assert words["1,000 needs, ample, 10 s: mean gap"] == goals.SHORT
    assert words["1,000 needs: peak memory"] == goals.PASS
    better = {row.goal: row.verdict for row in goals.rows([block(ours(objective=1001.0))])}
    assert better["1,000 needs, ample, 10 s: mean gap"] == "pass, as far as hoped"


def test_a_longer_run_that_ends_worse_falls_short() -> None:
    runs = block(ours(), ours(limit=30.0, objective=1031.0))
    assert {row.goal: row.verdict for row in goals.rows([runs])}["more time never gives a worse plan"] == goals.SHORT


def test_a_table_has_as_many_cells_as_columns_in_every_row() -> None:
    said = report.table(("a", "b"), [("1", "x|y"), ("2", "z")])
    assert said.splitlines() == ["| a | b |", "| --- | --- |", "| 1 | x/y |", "| 2 | z |"]


def test_plots_are_sound_svg_that_name_their_axes() -> None:
    line = Line("ours & theirs", [(1.0, 50.0), (10.0, 0.5), (20.0, 0.0)])
    drawn = ElementTree.fromstring(svg([Panel("a < b", "seconds", "gap %", [line]), Panel("none", "x", "y")]))  # noqa: S314
    said = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"seconds", "gap %", "ours & theirs", "a < b"} <= set(said)


def test_a_report_is_written_and_read_back(tmp_path: Path) -> None:
    peer = Measured(task="highs", limit=10.0, seed=1)
    blocks = [block(ours(), peer), block(ours(bound=1000.0), name="c05100.1", kind="c")]
    said = report.write(blocks, "today", tmp_path)
    assert "no plan" in said
    assert report.read(tmp_path) == blocks
    for plot in ("scaling.svg", "anytime.svg"):
        ElementTree.fromstring((tmp_path / plot).read_text(encoding="utf-8"))  # noqa: S314


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_bounds_and_peers_agree_on_small_problems(seed: int) -> None:
    problem = town(seed)
    exact, program, clerk = cp_sat(problem, 20, 1), highs(problem, 20), greedy(problem)
    assert exact.chosen is not None and program.chosen is not None and clerk.chosen is not None
    best = problem.objective(exact.chosen)
    assert problem.objective(program.chosen) == best <= problem.objective(clerk.chosen)
    assert lp_bound(problem) <= best + 1e-6
    assert lp_bound(problem) >= problem.hopeless
    assert problem.faults(exact.chosen) == problem.faults(program.chosen) == problem.faults(clerk.chosen) == 0
    ours = solve(random_town(seed, 30, 6), Limits(seconds=5))
    assert ours.bound is not None
    assert ours.bound <= best <= ours.objective


@pytest.mark.parametrize("name", ["c05100.1", "d05100.7"])
def test_made_up_assignment_problems_repeat_and_are_as_crowded_as_published_ones(name: str) -> None:
    given = gap_instances.instance(name)
    assert given == gap_instances.instance(name)
    assert len(given.loads) == 5 and {len(row) for row in given.loads} == {100}
    mean_load = sum(map(sum, given.loads)) / 5
    assert sum(given.room) == pytest.approx(0.8 * mean_load, abs=5)
    problem = given.problem()
    plan = solve(problem, Limits(seconds=1))
    assert check(problem, plan) == []


def test_names_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="x9 is not the name"):
        gap_instances.instance("x9")

"""`bangfu match`: a problem file in, a checked solution file out, one sentence for what is wrong."""

import json
from pathlib import Path

import pytest

from bangfu import cli
from bangfu.planning.command import run_match
from matching import check, read_problem, read_solution

NEED = {
    "id": "n1", "household": "h1", "lat": 31.78, "lon": 119.95, "service": "visit_check", "visits": 4, "minutes": 30,
    "priority": "key", "qualifications": [["T"]], "kinds": ["volunteer"], "gender_required": None, "gender_wish": None,
    "language_wish": None, "windows": [[0, 480, 720]], "excluded": [], "current": None,
}  # fmt: skip
CARER = {
    "id": "c1", "organisation": None, "kind": "volunteer", "lat": 31.79, "lon": 119.95, "speed_kmh": 15.0,
    "max_km": 5.0,
    "minutes_per_4_weeks": 900, "max_households": 3, "gender": "f", "languages": ["cmn"],
    "qualifications": {"T": "2027-01-01"}, "windows": [[0, 480, 720]],
}  # fmt: skip
PROBLEM = {
    "version": 1, "as_of": "2026-11-21", "detour": 1.3, "organisations": [], "contract_lines": [], "carers": [CARER],
    "weights": {
        "unserved": {"urgent": 100000, "key": 40000, "edge": 20000, "general": 10000}, "per_km": 100,
        "gender_wish": 200, "language_wish": 400, "change_of_carer": 500, "per_yuan": 1,
    },
    "needs": [NEED, {**NEED, "id": "n2", "qualifications": [["L"]]}],
}  # fmt: skip


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_solution_passes_the_independent_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, out = write(tmp_path / "p.json", json.dumps(PROBLEM)), tmp_path / "s.json"
    assert run_match(problem, str(out), 2, 1) == 0
    solution = read_solution(out)
    assert check(read_problem(problem), solution) == []
    assert solution.plan == {"n1": "c1"}
    said = capsys.readouterr().out
    assert "served 1, unserved 1 (no_qualified 1)" in said
    assert "gap 0.00 %" in said


def test_a_limit_of_iterations_stands_in_the_solution_and_in_the_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = write(tmp_path / "p.json", json.dumps(PROBLEM))
    limits = {"without": [], "with": ["--iterations", "3", "--seed", "7"]}
    for name, given in limits.items():
        with pytest.raises(SystemExit) as ended:
            cli.main(["match", problem, "--out", str(tmp_path / name), "--time-limit", "2", *given])
        assert ended.value.code == 0
    assert ", seed 7 and 3 iterations, " in capsys.readouterr().out
    assert "iterations" not in json.loads((tmp_path / "without").read_text())
    assert json.loads((tmp_path / "with").read_text())["iterations"] == 3
    assert (read_solution(tmp_path / "without").iterations, read_solution(tmp_path / "with").iterations) == (None, 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not a JSON document"),
        ('{"version": 99}', "version must be 1 or 2"),
        (json.dumps({**PROBLEM, "needs": [{**NEED, "visits": -1}]}), "need n1: visits must be a whole number"),
        (json.dumps({**PROBLEM, "carers": [CARER, CARER]}), "stands twice"),
        ("", "is not a JSON document"),
        ("[" * 100_000, "is not a JSON document"),
        ("[]", "must be a JSON object"),
        (json.dumps({**PROBLEM, "detour": float("nan")}), "problem: detour must be a number"),
        (json.dumps({**PROBLEM, "needs": [{**NEED, "lat": float("inf")}]}), "need n1: lat must be a number"),
        (json.dumps({**PROBLEM, "needs": [{**NEED, "minutes": True}]}), "need n1: minutes must be a whole number"),
        (json.dumps({**PROBLEM, "needs": [{**NEED, "id": "a\nb", "minutes": "30"}]}), "need 'a\\nb': minutes must be"),
        (json.dumps({**PROBLEM, "needs": [{**NEED, "id": "\ud800", "visits": 1.5}]}), "need '\\ud800': visits must be"),
        (json.dumps({**PROBLEM, "carers": [{**CARER, "organisation": "x"}]}), "carer c1: organisation x is unknown"),
        (json.dumps({**PROBLEM, "carers": [{k: v for k, v in CARER.items() if k != "lat"}]}), "lat is missing"),
        (json.dumps({**PROBLEM, "pairs": [{"need": "n9", "carer": "c1", "cost": 1, "minutes": 1}]}), "n9 is unknown"),
    ],
)
def test_a_bad_file_gets_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["match", write(tmp_path / "p.json", text), "--out", str(tmp_path / "s.json")])
    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "s.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.json", "--out", "s.json"], "cannot be read"),
        (["p.json", "--out", "no/such/folder/s.json"], "folder of"),
        (["p.json", "--out", "."], "is a folder"),
        ([".", "--out", "s.json"], "cannot be read"),
        (["p.json", "--out", "s.json", "--time-limit", "0"], "time limit"),
        (["p.json", "--out", "s.json", "--time-limit", "nan"], "time limit"),
        (["p.json", "--out", "s.json", "--seed", "-1"], "seed"),
        (["p.json", "--out", "s.json", "--iterations", "0"], "iterations"),
    ],
)
def test_a_bad_argument_gets_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    write(tmp_path / "p.json", json.dumps(PROBLEM))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        cli.main(["match", *arguments])
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_what_is_not_utf_8_gets_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.json").write_bytes(json.dumps(PROBLEM, ensure_ascii=False).replace("h1", "é").encode("latin-1"))
    with pytest.raises(SystemExit):
        cli.main(["match", str(tmp_path / "p.json"), "--out", str(tmp_path / "s.json")])
    error = capsys.readouterr().err
    assert "is not a JSON document" in error
    assert error.count("\n") == 1


def test_a_problem_of_version_two_is_matched_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = {**PROBLEM, "version": 2, "newcomer_months": 12, "needs": [{**NEED, "carers": 2}]}
    weights = {**PROBLEM["weights"], "even_load": {"volunteer": 1000}, "rotation": 300}  # type: ignore[dict-item]
    carers = [CARER, {**CARER, "id": "c2", "experience_months": 3}, {**CARER, "id": "c3", "experience_months": 9}]
    problem, out = tmp_path / "p.json", tmp_path / "s.json"
    write(problem, json.dumps({**both, "weights": weights, "carers": carers}))
    assert run_match(str(problem), str(out), 2, 1) == 0
    assert "served 1, unserved 0 (none)" in capsys.readouterr().out
    assert json.loads(out.read_text())["version"] == 2
    solution = read_solution(out)
    assert solution.plan["n1"] == "c1"
    assert solution.partners["n1"] in {"c2", "c3"}
    assert check(read_problem(problem), solution) == []

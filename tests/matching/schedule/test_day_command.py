"""`bangfu day`: an instance file in, a checked plan file out, one sentence for what is wrong."""

import json
from pathlib import Path

import pytest

from bangfu import cli
from matching.schedule.day import check_day, day_of
from tests.matching.schedule.day_cast import day, patient, together

DAY = day(
    [patient("p1", (3, 4), (0, 60), "s1"), patient("p2", (6, 8), (20, 60), "s1", "s2", **together())],
    [["s1"], ["s1", "s2"], ["s2"]],
)


def run(*arguments: str) -> int:
    """The command's exit code."""
    with pytest.raises(SystemExit) as stopped:
        cli.main(["day", *arguments])
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def written(folder: Path, text: str) -> str:
    """A file with that text."""
    path = folder / "day.json"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_written_plan_passes_the_independent_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "plan.json"
    assert run(written(tmp_path, json.dumps(DAY)), "--out", str(out), "--time-limit", "0.5", "--seed", "7") == 0
    plan = json.loads(out.read_text(encoding="utf-8"))
    assert check_day(day_of(DAY), plan) == []
    assert plan["cost"] == pytest.approx(40 / 3)
    assert set(plan) == {"cost", "routes"}
    assert {key for route in plan["routes"] for key in route} == {"caregiver", "visits"}
    assert {tuple(visit) for route in plan["routes"] for visit in route["visits"]} == {
        ("patient", "service", "start", "end")
    }
    assert "cost 13.333: travel 40.000, tardiness 0.000" in capsys.readouterr().out


def test_a_service_that_nobody_can_give_is_told_and_stands_in_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "plan.json"
    lacking = {**DAY, "patients": [*DAY["patients"], patient("p3", (0, 0), (0, 9), "s3")]}
    assert run(written(tmp_path, json.dumps(lacking)), "--out", str(out), "--time-limit", "0.5") == 1
    plan = json.loads(out.read_text(encoding="utf-8"))
    assert plan["unable"] == [{"patient": "p3", "service": "s3", "reason": "nobody_able"}]
    assert [fault.code for fault in check_day(day_of(lacking), plan)] == ["missing"]
    said = capsys.readouterr().out
    assert "service s3 of patient p3 cannot be given: no caregiver is able to" in said
    assert "fault" not in said


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (None, [], "cannot be read: No such file"),
        ("{", [], "is not a day of a team: instance: is not JSON"),
        ('{"patients": []}', [], "is not a day of a team: instance: services is missing"),
        (json.dumps(DAY), ["--time-limit", "0"], "time limit must be from"),
        (json.dumps(DAY), ["--time-limit", "nan"], "time limit must be from"),
        (json.dumps(DAY), ["--seed", "-1"], "seed must be a whole number"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    text: str | None, arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "none.json") if text is None else written(tmp_path, text)
    assert run(path, "--out", str(tmp_path / "plan.json"), *arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(written(tmp_path, json.dumps(DAY)), "--out", str(tmp_path / "no" / "plan.json")) == 2
    assert "does not exist" in capsys.readouterr().err

"""`bangfu score FILE.json`: the vectors as a file, and one sentence for whatever is wrong with a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from bangfu.cli import main
from tests.quality.test_score_vectors import CASES, POINTS, RESULTS

NAMES = {"excellent": "优", "good": "良", "fair": "中", "poor": "差"}


def as_case(name: str, **changes: Any) -> dict[str, Any]:
    counts = CASES[name]
    case = {field: getattr(counts, field) for field in counts.__slots__ if field not in {"completed", "ratings_sum"}}
    units, rate = RESULTS[name][3:5]
    case |= {"ratings_sum": int(counts.ratings_sum), "payable_units": units, "unit_price": rate, "perf_share": "0.30"}
    return {key: value for key, value in (case | changes).items() if value is not ...}


def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], cases: Any) -> Any:
    path = tmp_path / "quarters.json"
    path.write_text(cases if isinstance(cases, str) else json.dumps(cases, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["score", str(path)])
    out, err = capsys.readouterr()
    return json.loads(out) if ended.value.code == 0 else (ended.value.code, err, out)


def test_the_vectors_as_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(tmp_path, capsys, [as_case(name) for name in CASES])
    for name, each in zip(CASES, found, strict=True):
        points = [None if text == "n/a" else float(text) for text in POINTS[name].split()]
        assert list(each["points"].values()) == points
        score, band, final, _, _, base, perf, paid = RESULTS[name]
        assert [each[key] for key in ("score", "band", "final_band", "base", "perf", "pay")] == [
            score, NAMES[band], NAMES[final], base, perf, paid,
        ]  # fmt: skip


def test_numbers_may_stand_as_numbers_or_text_and_certificates_as_yes_or_no(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = as_case("A", unit_price=60, perf_share=0.3, ratings_sum="188.0", credentials_ok=True, veto=...)
    worse = as_case("A", credentials_ok=False, perf_share=...)
    first, second = run(tmp_path, capsys, [plain, worse])
    assert (first["pay"], first["score"], second["points"]["Q10"]) == ("7080.00", "96.5", 0)
    assert second["pay"] == "7080.00"


def test_a_quarter_without_anything_due_has_no_score_and_no_band(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = dict.fromkeys(as_case("A"), 0) | {"unit_price": "60.00", "perf_share": "0.30", "veto": False}
    found = run(tmp_path, capsys, [nothing])[0]
    assert (found["score"], found["band"], found["final_band"], found["pay"]) == (None, None, None, "0.00")
    assert set(found["points"].values()) == {None}


def test_the_linear_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(tmp_path, capsys, [as_case("B", pay_rule="linear")])[0]
    assert (found["perf"], found["pay"]) == ("1591.20", "5959.20")  # 104 x 60.00 x 0.30 x 25.5/30


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"due": -1}, "due", "negative"),
        ({"verified": ...}, "verified", "missing"),
        ({"verified": None}, "verified", "missing"),
        ({"submitted": 1.5}, "submitted", "whole number"),
        ({"submitted": "119"}, "submitted", "whole number"),
        ({"submitted": True}, "submitted", "whole number"),
        ({"ratings_sum": 201}, "ratings_sum", "40 ratings"),
        ({"ratings_sum": 39}, "ratings_sum", "40 ratings"),
        ({"ratings_sum": "many"}, "ratings_sum", "number"),
        ({"perf_share": 1.01}, "perf_share", "from 0 to 1"),
        ({"perf_share": "-0.1"}, "perf_share", "from 0 to 1"),
        ({"unit_price": "60.001"}, "unit_price", "more than two decimals"),
        ({"unit_price": "-1"}, "unit_price", "negative"),
        ({"unit_price": "sixty"}, "unit_price", "number"),
        ({"payable_units": ...}, "payable_units", "missing"),
        ({"veto": "no"}, "veto", "true or false"),
        ({"pay_rule": "curve"}, "pay_rule", "steps or linear"),
    ],
)
def test_a_fault_names_the_case_and_the_field_and_prints_nothing(
    changes: dict[str, Any], field: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, err, out = run(tmp_path, capsys, [as_case("A"), as_case("A", **changes)])
    assert (code, out) == (2, "")
    assert f"item 2, field {field}" in err
    assert why in err
    assert err.count("\n") == 1


def run_loud(tmp_path: Path, capsys: pytest.CaptureFixture[str], cases: Any) -> tuple[Any, list[str]]:
    """The results, and the sentences on the error output."""
    path = tmp_path / "quarters.json"
    path.write_text(json.dumps(cases), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["score", str(path)])
    out, err = capsys.readouterr()
    assert ended.value.code == 0
    return json.loads(out), err.splitlines()


@pytest.mark.parametrize(
    ("field", "of", "indicator", "most"),
    [
        ("on_time", "verified", "Q2", 10), ("duration_ok", "verified", "Q3", 10), ("record_ok", "submitted", "Q4", 10),
        ("checks_passed", "checks_done", "Q5", 10), ("callbacks_confirmed", "callbacks_reached", "Q7", 5),
        ("goals_met", "goals_due", "Q8", 10), ("credentials_ok", "verified", "Q10", 4),
    ],
)  # fmt: skip
def test_a_ratio_above_1_counts_as_1_and_is_said(
    field: str, of: str, indicator: str, most: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = as_case("A")[of]
    (found,), said = run_loud(tmp_path, capsys, [as_case("A", **{field: whole + 1})])
    assert found["points"][indicator] == most
    assert len(said) == 1
    assert f"item 1, field {field}: {whole + 1} is more than {of} ({whole})" in said[0]


def test_nothing_is_said_of_sound_cases_or_of_more_visits_than_were_due(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, said = run_loud(tmp_path, capsys, [*(as_case(name) for name in CASES), as_case("A", due=100)])
    assert said == []
    assert found[-1]["points"]["Q1"] == 20


def test_an_optional_field_without_a_value_has_its_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = as_case("A", veto=None, perf_share=None, pay_rule=None)
    assert run(tmp_path, capsys, [empty]) == run(tmp_path, capsys, [as_case("A")])


@pytest.mark.parametrize("text", ["", "{", '{"due": 1}', "[1]", "[NaN]", '[{"due": Infinity}]', "nonsense {0}"])
def test_what_is_no_list_of_quarters_is_one_sentence(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, err, _ = run(tmp_path, capsys, text)
    assert code == 2
    assert err.startswith("bangfu: ")
    assert "Traceback" not in err


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["score", str(tmp_path / "none.json")])
    assert ended.value.code == 2
    assert "none.json" in capsys.readouterr().err

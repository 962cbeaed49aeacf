"""Whatever is wrong with a problem, one error names the record and the field; never a crash, never a wrong plan."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Limits, Problem, ProblemError, check, read_problem, read_solution, solve
from tests.matching.spoiling import document, document_with_pairs, put, spoil

NAN, INF = float("nan"), float("inf")
DEEP: list[Any] = []
for _ in range(5000):
    DEEP = [DEEP]

# Where, what, and the record and the field that the error must name.
PROBLEM = [
    (("version",), 2, "version"),
    (("version",), 0, "version"),
    (("version",), "1", "version"),
    (("version",), True, "version"),
    (("version",), 1.0, "version"),
    (("version",), [1], "version"),
    (("version",), None, "version"),
    (("as_of",), "2026-13-01", "as_of"),
    (("as_of",), "20260105", "as_of"),
    (("as_of",), "2026-01-05T00:00", "as_of"),
    (("as_of",), 20260105, "as_of"),
    (("as_of",), None, "as_of"),
    (("detour",), NAN, "detour"),
    (("detour",), INF, "detour"),
    (("detour",), -0.1, "detour"),
    (("detour",), "1.3", "detour"),
    (("detour",), True, "detour"),
    (("detour",), None, "detour"),
    (("needs",), None, "needs"),
    (("needs",), {}, "needs"),
    (("needs",), "n1", "needs"),
    (("carers",), 3, "carers"),
    (("organisations",), "all", "organisations"),
    (("contract_lines",), {"a": 1}, "contract_lines"),
    (("pairs",), {}, "pairs"),
    (("pairs",), "none", "pairs"),
    (("limits",), {}, "limits"),
]
WEIGHTS = [
    (("weights", "per_km"), -1, "per_km"),
    (("weights", "per_km"), INF, "per_km"),
    (("weights", "per_km"), NAN, "per_km"),
    (("weights", "per_km"), True, "per_km"),
    (("weights", "per_yuan"), "1", "per_yuan"),
    (("weights", "per_yuan"), 10**400, "per_yuan"),
    (("weights", "gender_wish"), 1.5, "gender_wish"),
    (("weights", "language_wish"), None, "language_wish"),
    (("weights", "change_of_carer"), -5, "change_of_carer"),
    (("weights", "unserved"), {"urgent": 1}, "unserved.key"),
    (("weights", "unserved"), [1, 2, 3, 4], "unserved"),
    (("weights", "unserved", "edge"), False, "unserved.edge"),
    (("weights", "unserved", "general"), 10**10, "unserved.general"),
    (("weights",), None, ""),
    (("weights",), [], ""),
]
NEED = [
    ("household", "", "household"),
    ("household", 7, "household"),
    ("household", None, "household"),
    ("lat", 91, "lat"),
    ("lat", "31.7", "lat"),
    ("lat", True, "lat"),
    ("lon", NAN, "lon"),
    ("lon", -INF, "lon"),
    ("lon", 10**400, "lon"),
    ("lon", 180.01, "lon"),
    ("lon", [119.9], "lon"),
    ("service", None, "service"),
    ("service", [], "service"),
    ("visits", -1, "visits"),
    ("visits", True, "visits"),
    ("visits", 2.5, "visits"),
    ("visits", 4.0, "visits"),
    ("visits", "8", "visits"),
    ("visits", 10**100, "visits"),
    ("visits", 1001, "visits"),
    ("visits", None, "visits"),
    ("minutes", "60", "minutes"),
    ("minutes", -60, "minutes"),
    ("minutes", False, "minutes"),
    ("minutes", 10**7 + 1, "minutes"),
    ("minutes", {}, "minutes"),
    ("priority", "soon", "priority"),
    ("priority", None, "priority"),
    ("priority", ["urgent"], "priority"),
    ("kinds", ["robot"], "kinds"),
    ("kinds", "worker", "kinds"),
    ("kinds", [["worker"]], "kinds"),
    ("kinds", None, "kinds"),
    ("qualifications", ["C5"], "qualifications"),
    ("qualifications", [["C5", 5]], "qualifications"),
    ("qualifications", [[""]], "qualifications"),
    ("qualifications", {"C5": 1}, "qualifications"),
    ("gender_required", "x", "gender_required"),
    ("gender_required", True, "gender_required"),
    ("gender_wish", "F", "gender_wish"),
    ("gender_wish", ["f"], "gender_wish"),
    ("language_wish", "", "language_wish"),
    ("language_wish", 3, "language_wish"),
    ("windows", None, "windows"),
    ("windows", [7], "windows"),
    ("windows", [[0, 600]], "windows"),
    ("windows", [[0, 600, 700, 800]], "windows"),
    ("windows", [[7, 0, 60]], "weekday of a window"),
    ("windows", [[True, 0, 60]], "weekday of a window"),
    ("windows", [[1.0, 0, 60]], "weekday of a window"),
    ("windows", [[0, -5, 60]], "start of a window"),
    ("windows", [[0, 600, 1441]], "end of a window"),
    ("windows", [[0, 600, NAN]], "end of a window"),
    ("windows", [[0, 600, 600]], "windows"),
    ("windows", [[0, 600, 500]], "windows"),
    ("windows", [["Mo", 600, 700]], "weekday of a window"),
    ("excluded", [None], "excluded"),
    ("excluded", "w0", "excluded"),
    ("excluded", [["w0"]], "excluded"),
    ("current", "", "current"),
    ("current", 5, "current"),
    ("current", DEEP, "current"),
]
CARER = [
    ("organisation", "nobody", "organisation"),
    ("organisation", 3, "organisation"),
    ("organisation", "", "organisation"),
    ("kind", "robot", "kind"),
    ("kind", None, "kind"),
    ("lat", -90.5, "lat"),
    ("lat", NAN, "lat"),
    ("lon", None, "lon"),
    ("speed_kmh", 0, "speed_kmh"),
    ("speed_kmh", -15, "speed_kmh"),
    ("speed_kmh", "fast", "speed_kmh"),
    ("max_km", NAN, "max_km"),
    ("max_km", INF, "max_km"),
    ("max_km", -1, "max_km"),
    ("minutes_per_4_weeks", -1, "minutes_per_4_weeks"),
    ("minutes_per_4_weeks", 2**63, "minutes_per_4_weeks"),
    ("minutes_per_4_weeks", 99.5, "minutes_per_4_weeks"),
    ("minutes_per_4_weeks", True, "minutes_per_4_weeks"),
    ("max_households", None, "max_households"),
    ("max_households", "5", "max_households"),
    ("gender", None, "gender"),
    ("gender", "female", "gender"),
    ("languages", "cmn", "languages"),
    ("languages", [1], "languages"),
    ("qualifications", {"C5": "soon"}, "qualifications.C5"),
    ("qualifications", {"C5": None}, "qualifications.C5"),
    ("qualifications", {"C5": "2026-02-30"}, "qualifications.C5"),
    ("qualifications", ["C5"], "qualifications"),
    ("qualifications", {"": "2026-01-05"}, "qualifications"),
    ("windows", [[0, 600]], "windows"),
]
LINE = [
    ("unit_price_fen", 1e300, "unit_price_fen"),
    ("unit_price_fen", -1, "unit_price_fen"),
    ("max_visits", None, "max_visits"),
    ("max_visits", True, "max_visits"),
    ("max_fen", 2**63, "max_fen"),
    ("max_fen", NAN, "max_fen"),
]
LIMIT = [
    ("lines", ["sunrise"], "lines"),
    ("lines", [["sunrise"]], "lines"),
    ("lines", [["sunrise", "psych"]], "lines"),
    ("lines", "sunrise/daily_care", "lines"),
    ("needs", ["n99"], "needs"),
    ("needs", "n0", "needs"),
    ("max_visits", -1, "max_visits"),
    ("max_visits", True, "max_visits"),
    ("max_visits", None, "max_visits"),
    ("max_fen", "much", "max_fen"),
]
CASES = [
    *[(path, value, "problem", field) for path, value, field in PROBLEM],
    *[(path, value, "weights", field) for path, value, field in WEIGHTS],
    *[(("needs", 2, name), value, "need n2", field) for name, value, field in NEED],
    *[(("carers", 1, name), value, "carer w1", field) for name, value, field in CARER],
    *[(("contract_lines", 1, name), value, "contract line sunrise/visit_check", field) for name, value, field in LINE],
    *[(("limits", 0, name), value, "limit town", field) for name, value, field in LIMIT],
    (("contract_lines", 0, "organisation"), "nobody", "contract line nobody/daily_care", "organisation"),
    (("contract_lines", 0, "service"), 4, "a contract line", "service"),
    (("contract_lines", 0, "organisation"), None, "a contract line", "organisation"),
    (("contract_lines", 1, "service"), "daily_care", "contract line sunrise/daily_care", ""),
    (("organisations", 0, "minutes_per_4_weeks"), None, "organisation sunrise", "minutes_per_4_weeks"),
    (("organisations", 0, "minutes_per_4_weeks"), -1, "organisation sunrise", "minutes_per_4_weeks"),
    (("organisations", 0, "id"), "harbour", "organisation harbour", ""),
    (("needs", 0), 7, "needs[0]", ""),
    (("needs", 3), None, "needs[3]", ""),
    (("needs", 1), [], "needs[1]", ""),
    (("needs", 0, "id"), 5, "a need", "id"),
    (("needs", 0, "id"), "", "a need", "id"),
    (("needs", 0, "id"), "n1", "need n1", ""),
    (("needs", 0, "id"), ["n0"], "a need", "id"),
    (("carers", 0, "id"), "w1", "carer w1", ""),
    (("carers", 0, "id"), None, "a carer", "id"),
    (("carers", 2), "w2", "carers[2]", ""),
    (("limits", 0, "id"), 1, "a limit", "id"),
    (("limits", 0), 1, "limits[0]", ""),
]
PAIRS = [
    (("pairs", 0, "carer"), "nobody", "pair job0/nobody", "carer"),
    (("pairs", 0, "need"), "nothing", "pair nothing/agent0", "need"),
    (("pairs", 0, "need"), 3, "a pair", "need"),
    (("pairs", 1, "need"), "job0", "pair job0/agent0", ""),
    (("pairs", 1, "cost"), 1.5, "pair job1/agent0", "cost"),
    (("pairs", 1, "cost"), True, "pair job1/agent0", "cost"),
    (("pairs", 1, "cost"), 10**9 + 1, "pair job1/agent0", "cost"),
    (("pairs", 1, "minutes"), -1, "pair job1/agent0", "minutes"),
    (("pairs", 1, "minutes"), INF, "pair job1/agent0", "minutes"),
    (("pairs", 1, "minutes"), None, "pair job1/agent0", "minutes"),
    (("pairs", 2), 0, "pairs[2]", ""),
]


def refused(spoiled: Any) -> ProblemError:
    """The error of a document that must not be read; one short line."""
    with pytest.raises(ProblemError) as caught:
        Problem.from_document(spoiled)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    return caught.value


@pytest.mark.parametrize(("path", "value", "record", "field"), CASES)
def test_a_bad_value_is_refused_with_its_place(
    path: tuple[str | int, ...], value: object, record: str, field: str
) -> None:
    spoiled = document()
    put(spoiled, path, value)
    fault = refused(spoiled)
    assert (fault.record, fault.field) == (record, field)


@pytest.mark.parametrize(("path", "value", "record", "field"), PAIRS)
def test_a_bad_pair_is_refused_with_its_place(
    path: tuple[str | int, ...], value: object, record: str, field: str
) -> None:
    spoiled = document_with_pairs()
    put(spoiled, path, value)
    fault = refused(spoiled)
    assert (fault.record, fault.field) == (record, field)


@pytest.mark.parametrize("made", [document, document_with_pairs])
def test_every_missing_key_is_named(made: Any) -> None:
    sound = made()
    for name in ("needs", "carers", "contract_lines", "organisations", *(["pairs"] if "pairs" in sound else [])):
        for key in sound[name][0]:
            spoiled = made()
            del spoiled[name][0][key]
            fault = refused(spoiled)
            assert fault.record.startswith(f"{name}[0]")
            assert (fault.field, fault.message) == (key, "is missing")
    for key in sound.keys() - {"pairs", "limits"}:
        fault = refused({k: v for k, v in made().items() if k != key})
        assert (fault.record, fault.field) == ("problem", key)
    for key in sound["weights"]:
        spoiled = made()
        del spoiled["weights"][key]
        assert refused(spoiled).field == key


@pytest.mark.parametrize("id_", ["x" * 100_000, "a\nb", "\ud800", "\x1b[2J"])
def test_an_odd_id_does_not_spoil_the_error(id_: str) -> None:
    for name in ("needs", "carers", "organisations"):
        spoiled = document()
        spoiled[name].append(spoiled[name][0] | {"id": id_})
        spoiled[name][-1]["minutes" if name == "needs" else "minutes_per_4_weeks"] = -1
        fault = refused(spoiled)
        assert "minutes" in fault.field
        assert str(fault).isprintable()


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(1, 3))
def test_a_spoiled_document_is_refused_or_gives_a_sound_plan(data: st.DataObject, times: int) -> None:
    spoiled = document(data.draw(st.integers(0, 5))) if data.draw(st.booleans()) else document_with_pairs()
    spoil(spoiled, data, times)
    try:
        problem = Problem.from_document(spoiled)
    except ProblemError:
        return
    assert check(problem, solve(problem, Limits(seconds=1))) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff\xfe",
        b'{"version": 1, "as_of": "\xe9"}',
        b"null",
        b"3",
        b'"problem"',
        b"[" * 100_000,
        b'{"a":' * 5000,
        b'{"version": 1' + b"0" * 5000 + b"}",
        b'{"version": 1, "detour": 1e999}',
        b'{"version": 1}{"version": 1}',
        b"\x00\x01\x02",
    ],
)
def test_what_is_no_document_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    for read in (read_problem, read_solution):
        with pytest.raises(ProblemError) as caught:
            read(tmp_path / "bad.json")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("emptied", "served"),
    [({"needs": []}, 0), ({"carers": []}, 0), ({"needs": [], "carers": []}, 0), ({"contract_lines": []}, None)],
)
def test_nothing_to_do_and_nobody_to_do_it_are_sound_problems(emptied: dict[str, Any], served: int | None) -> None:
    problem = Problem.from_document(document() | emptied | {"limits": []})
    plan = solve(problem, Limits(seconds=1))
    assert check(problem, plan) == []
    assert plan.status == "optimal"
    assert served is None or len(plan.assignments) == served


def test_an_empty_list_of_pairs_serves_nobody() -> None:
    problem = Problem.from_document(document_with_pairs() | {"pairs": []})
    plan = solve(problem, Limits(seconds=1))
    assert (len(plan.assignments), len(plan.unserved)) == (0, 2)
    assert check(problem, plan) == []

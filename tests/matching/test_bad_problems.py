"""Whatever is wrong with a problem, one error names the record and the field; never a crash, never a wrong plan."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Limits, Problem, ProblemError, check, read_problem, read_solution, solve
from tests.matching.bad_values import CASES, PAIRS
from tests.matching.spoiling import document, document_with_pairs, put, spoil


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

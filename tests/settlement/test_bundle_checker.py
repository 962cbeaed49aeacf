"""The checker of a bundle: run by a fresh Python that has nothing of the portal, it says equal, or what was changed."""

import ast
import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.settlement import verify
from bangfu.settlement.bundle_files import CHECKER, MANIFEST, BundleIn, files_of, manifest, packed
from tests.settlement.bundle_made_up import bundle, check, quarter, with_rules

Files = dict[str, bytes]


def made(seed: int = 4, **more: Any) -> Files:
    return files_of(bundle(quarter(seed, **more)))


def resealed(files: Files) -> Files:
    """As somebody would do it who changes a bundle and knows of the manifest."""
    rest = {name: content for name, content in files.items() if name != MANIFEST}
    return {**rest, MANIFEST: manifest(rest)}


def cell(files: Files, name: str, row: int, column: str, value: str) -> Files:
    """One cell changed; rows are counted as a spreadsheet shows them."""
    rows = list(csv.reader(io.StringIO(files[name].decode(), newline="")))
    rows[row - 1][rows[0].index(column)] = value
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return {**files, name: out.getvalue().encode()}


def value(files: Files, name: str, change: Callable[[Any], None]) -> Files:
    """A JSON file with something changed in it."""
    found = json.loads(files[name])
    change(found)
    return {**files, name: (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()}


def test_a_fresh_python_without_the_portal_says_equal_and_what_it_came_to(tmp_path: Path) -> None:
    code, said = check(tmp_path, made())
    assert (code, said.splitlines()[0]) == (0, "equal"), said
    assert "total: 309.39" in said


def test_it_runs_in_the_unpacked_folder_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(made()))) as zipped:
        zipped.extractall(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    run = [sys.executable, "-I", "-S", "verify.py"]
    done = subprocess.run(run, cwd=tmp_path, env={}, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "equal"), done.stdout + done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_the_checker_is_one_file_of_the_standard_library_for_python_3_9() -> None:
    tree = ast.parse(CHECKER.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {str(name).split(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.skipif(not shutil.which("python3.9"), reason="no Python 3.9 on this machine")
def test_python_3_9_itself_says_equal(tmp_path: Path) -> None:
    python = str(shutil.which("python3.9"))
    if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip("the python3.9 of this machine does not start")
    assert check(tmp_path, made(), python=python)[0] == 0


def test_the_same_quarter_makes_the_same_bytes_whatever_the_order_of_its_facts() -> None:
    facts = quarter(4)
    turned = replace(facts, visits=facts.visits[::-1], windows=facts.windows[::-1], ratings=facts.ratings[::-1])
    assert packed(files_of(bundle(facts))) == packed(files_of(bundle(turned)))
    assert packed(files_of(bundle(quarter(5)))) != packed(files_of(bundle(facts)))


def test_the_bundle_names_nobody() -> None:
    files = made()
    rows = list(csv.DictReader(io.StringIO(files["visits.csv"].decode(), newline="")))
    assert {row["recipient"][0] + row["server"][0] for row in rows} == {"RS"}
    assert not {"name", "household", "carer", "address", "phone", "lat", "lon"} & set(rows[0])


TAMPERED: dict[str, tuple[Callable[[Files], Files], str, str]] = {
    "one visit": (lambda f: cell(f, "visits.csv", 3, "ended_at", "2026-07-01T01:01:00Z"), "visits.csv", "ended_at"),
    "one visit's state": (lambda f: cell(f, "visits.csv", 4, "status", "excused"), "visits.csv", "status"),
    "one mark": (lambda f: cell(f, "visits.csv", 2, "q2", "0 late"), "visits.csv", "q2"),
    "one visit's pay": (lambda f: cell(f, "visits.csv", 2, "pay_reason", "generous"), "visits.csv", "pay_reason"),
    "one rating": (lambda f: cell(f, "ratings.csv", 2, "stars_sum", "99"), "ratings.csv", "stars_sum"),
    "one call-back": (lambda f: cell(f, "callbacks.csv", 2, "confirmed", "maybe"), "callbacks.csv", "confirmed"),
    "one price": (lambda f: cell(f, "lines.csv", 2, "unit_price", "61.00"), "lines.csv", "unit_price"),
    "one rule": (
        lambda f: value(f, "rules.json", lambda raw: raw["standard"]["weights"].update(Q1="21")),
        "rules.json", "standard.weights.Q1",
    ),
    "one term": (
        lambda f: value(f, "rules.json", lambda raw: raw["terms"].update(perf_share="0.1000")),
        "rules.json", "terms.perf_share",
    ),
    "one point": (
        lambda f: value(f, "score.json", lambda raw: raw["points"]["Q4"].update(points="10")),
        "score.json", "points.Q4.points",
    ),
    "the score": (lambda f: value(f, "score.json", lambda raw: raw.update(score="99.9")), "score.json", "score"),
    "the band": (lambda f: value(f, "score.json", lambda raw: raw.update(band="good")), "score.json", "band"),
    "one amount": (lambda f: cell(f, "statement.csv", 2, "amount", "9999.99"), "statement.csv", "amount"),
    "one factor": (lambda f: cell(f, "statement.csv", 3, "factor", "1.000000"), "statement.csv", "factor"),
    "the total": (lambda f: value(f, "statement.json", lambda raw: raw.update(total="1")), "statement.json", "total"),
    "one claim": (lambda f: cell(f, "claims.csv", 2, "amount", "1.00"), "claims.csv", "amount"),
    "one link": (lambda f: value(f, "chain.json", lambda raw: raw[1].update(previous="00" * 32)), "chain.json", "hash"),
    "an event's words": (
        lambda f: value(f, "chain.json", lambda raw: raw[0].update(text=raw[0]["text"].replace("frozen", "thawed"))),
        "chain.json", "hash",
    ),
    "the anchor taken out": (
        lambda f: value(f, "chain.json", lambda raw: raw.pop()), "chain.json", "facts_hash of revision 1",
    ),
    "a visit taken out": (
        lambda f: {**f, "visits.csv": b"\n".join(f["visits.csv"].splitlines()[:-1]) + b"\n"},
        "visits.csv", "number of rows",
    ),
}  # fmt: skip


@pytest.mark.parametrize("seal", [False, True], ids=["", "resealed"])
@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_is_named_by_file_and_column(what: str, seal: bool) -> None:
    change, file, column = TAMPERED[what]
    changed = change(made())
    with pytest.raises(verify.Difference) as caught:
        verify.verify(resealed(changed) if seal else changed)
    assert (caught.value.said[0], caught.value.said[2]) == (file, column)


def test_the_first_difference_is_printed_with_row_expected_and_found(tmp_path: Path) -> None:
    good = made()
    code, said = check(tmp_path, cell(good, "statement.csv", 2, "amount", "9999.99"))
    assert code == 1
    assert said.splitlines()[:3] == ["file: statement.csv", "row: 2", "column: amount"]
    assert said.splitlines()[4] == "found: 9999.99"


def test_facts_changed_everywhere_at_once_still_break_the_anchor() -> None:
    """Somebody makes a whole new bundle with one more star: only the trail's event knows the old facts."""
    facts = quarter(4)
    honest = bundle(facts)
    better = replace(facts.ratings[0], stars_sum=facts.ratings[0].stars_sum + 1)
    forged = replace(bundle(replace(facts, ratings=(better, *facts.ratings[1:]))), chain=honest.chain)
    with pytest.raises(verify.Difference) as caught:
        verify.verify(files_of(forged))
    assert caught.value.said[0] == "chain.json"


@pytest.mark.parametrize("line", ["README.txt", "facts.json", "verify.py"])
def test_a_changed_line_of_the_manifest_is_named(line: str) -> None:
    files = made()
    rows = files[MANIFEST].decode().splitlines()
    at = next(number for number, row in enumerate(rows) if row.endswith(f"  {line}"))
    rows[at] = f"{'0' * 64}  {line}"
    with pytest.raises(verify.Difference) as caught:
        verify.verify({**files, MANIFEST: ("\n".join(rows) + "\n").encode()})
    assert caught.value.said[:3] == (MANIFEST, at + 1, f"SHA-256 of {line}")


def test_a_file_too_many_or_too_few_is_named() -> None:
    files = made()
    with pytest.raises(verify.Difference, match=MANIFEST):
        verify.verify({**files, "more.csv": b""})
    with pytest.raises(verify.Difference, match=MANIFEST):
        verify.verify({name: content for name, content in files.items() if name != "goals.csv"})


def test_what_is_no_bundle_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(b"nothing")
    run = [sys.executable, "-I", str(CHECKER), str(tmp_path / "bundle.zip")]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("not readable as a bundle")


def run_on(place: Path) -> tuple[int, str]:
    """What the portal's own copy of the checker says of a path."""
    run = [sys.executable, "-I", str(CHECKER), str(place)]
    done = subprocess.run(run, capture_output=True, timeout=60, check=False)
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


def test_a_folder_that_was_packed_again_by_hand_is_checked_as_well(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "own.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("JS-000001-bundle/", b"")
        for name, content in made().items():
            zipped.writestr(f"JS-000001-bundle/{name}", content)
        zipped.writestr("__MACOSX/._visits.csv", b"x")
    assert run_on(tmp_path / "own.zip")[0] == 0


def test_a_path_without_a_bundle_is_named_and_not_looked_through(tmp_path: Path) -> None:
    (tmp_path / "private.txt").write_bytes(b"x")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as zipped:
        zipped.writestr("a/b/MANIFEST", b"")
    for place in (tmp_path, tmp_path / "other.zip", tmp_path / "nothing.zip"):
        code, said = run_on(place)
        assert (code, said.count("\n")) == (1, 1)
        assert said.startswith("not readable as a bundle")


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_zip_is_one_sentence_wherever_it_is_damaged(packing: int, tmp_path: Path) -> None:
    place, out = tmp_path / "bundle.zip", io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as zipped:
        for name, content in made().items():
            zipped.writestr(name, content)
    whole = out.getvalue()
    for part in range(12):
        at = len(whole) * part // 12 + 7
        place.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :] if part % 3 else whole[:at])
        assert verify.main([str(place)]) in (0, 1)


@settings(max_examples=120, deadline=None)
@given(
    st.integers(0, 10**9), st.integers(0, 60), st.sampled_from(["contract", "contract", "agreement"]),
    st.sampled_from(["steps", "linear"]), st.integers(0, 100),
    st.sampled_from(["0.3000", "0.2500", "0.0000", "1.0000"]),
)  # fmt: skip
def test_whatever_the_quarter_the_checker_comes_to_what_the_portal_comes_to(
    seed: int, visits: int, kind: str, rule: str, tolerance: int, share: str
) -> None:
    facts = quarter(seed, visits, kind, pay_rule=rule, perf_share=share)
    facts = with_rules(facts, tolerance_minutes=tolerance, ratings_least=tolerance % 9, minor_cost="0.10")
    facts = with_rules(facts, factors={"excellent": "1.00", "good": "0.95", "fair": "0.50", "poor": "0.10"})
    assert verify.verify(files_of(bundle(facts)))["held"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_no_single_character_of_the_money_can_be_changed_unseen(seed: int, data: st.DataObject) -> None:
    files = made(seed, visits=12)
    name = data.draw(st.sampled_from(["statement.csv", "claims.csv", "score.json", "facts.json", "visits.csv"]))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    other = data.draw(st.sampled_from(b"0123456789abc|,\n").filter(lambda each: each != files[name][at]))
    changed = files[name][:at] + bytes([other]) + files[name][at + 1 :]
    with pytest.raises(verify.Difference):
        verify.verify({**files, name: changed})


def test_a_bundle_without_a_score_is_checked_as_well() -> None:
    """Of an advance there is no score: its line and its claim are what the contract's total comes to."""
    line = {
        "id": "l", "place": 1, "kind": "advance", "contract_line": None, "units": 0, "rate": "120000.00",
        "share": "0.3000", "factor": "1.000000", "amount": "36000.00", "status": "undisputed", "frees": None,
        "revision": 1, "reason": "agreed", "source": None, "detail": {"total": "120000.00"}, "made_at": "",
    }  # fmt: skip
    told = {"contract": "HT-1", "kind": "advance", "year": 2026, "quarter": 0, "total": "36000.00", "held": "0.00",
            "stage": "final", "revision": 1, "review": "", "number": "JS-1"}  # fmt: skip
    assert verify.verify(files_of(BundleIn(told, [line])))["total"] == "36000.00"
    with pytest.raises(verify.Difference):
        verify.verify(files_of(BundleIn({**told, "total": "36000.01"}, [{**line, "amount": "36000.01"}])))


def test_the_rest_of_a_poor_quarter_is_held_until_it_is_rectified_and_freed_then() -> None:
    """Under the rule `linear` a poor quarter keeps some of its performance part (DOMAIN.md 6.6)."""
    facts = with_rules(quarter(4, 40, pay_rule="linear"), linear_from="0", linear_span="1000")
    facts = replace(facts, vetoes=(), complaints=())
    first = bundle(facts)
    assert first.revisions[0].score["final_band"] == "poor"
    held = [each for each in first.lines if each["reason"] == "rectification"]
    assert held
    assert verify.verify(files_of(first))["held"] != "0.00"
    with pytest.raises(verify.Difference) as caught:
        verify.verify(files_of(replace(first, statement={**first.statement, "review": "freed"})))
    assert caught.value.said[0] == "statement.csv"

"""draw.py: sizes, strata, orders, seeds (DOMAIN.md 5.3), and the script by a fresh Python without the product."""

import ast
import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.cli import main
from bangfu.oversight import draw_script as script

SCRIPT = Path(script.__file__)
SEEDS = st.binary(min_size=32, max_size=32)
IDS = st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=40)
ROWS = st.lists(
    st.tuples(st.sampled_from(["t1/a", "t1/b", "t2/a"]), st.sampled_from(["", "urgent", "flagged", "afterwards"])),
    max_size=60,
).map(lambda drawn: [[f"v{n:03d}", stratum, marks] for n, (stratum, marks) in enumerate(drawn)])


@pytest.mark.parametrize(("number", "n"), [(0, 0), (1, 1), (10, 1), (11, 2), (100, 10), (101, 11)])
def test_ten_per_cent_is_rounded_up_exactly(number: int, n: int) -> None:
    assert script.sample_size(number) == n


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_a_contracts_own_share_counts_where_it_is_higher(number: int, share: int) -> None:
    n = script.sample_size(number, share)
    assert n * 10_000 >= number * max(share, 1000) > (n - 1) * 10_000 or number == n == 0
    assert script.sample_size(number, 500) == script.sample_size(number)


@given(SEEDS, IDS, st.randoms())
def test_the_order_does_not_depend_on_how_the_list_was_written(seed: bytes, ids: list[str], chance: Any) -> None:
    shuffled = list(ids)
    chance.shuffle(shuffled)
    assert script.order(seed, shuffled) == script.order(seed, ids)
    assert script.list_hash(shuffled) == script.list_hash(ids)


@given(SEEDS, IDS)
def test_the_order_is_that_of_the_hashes_of_seed_and_id(seed: bytes, ids: list[str]) -> None:
    digests = [hashlib.sha256(seed + each.encode()).hexdigest() for each in script.order(seed, ids)]
    assert digests == sorted(digests)


@given(SEEDS, st.dictionaries(st.text(max_size=6), st.integers(0, 500), max_size=12), st.integers(0, 2000))
def test_every_stratum_gets_its_share_to_less_than_one_and_never_more_than_it_has(
    seed: bytes, sizes: dict[str, int], n: int
) -> None:
    found, total = script.quotas(seed, sizes, n), sum(sizes.values())
    assert sum(found.values()) == min(n, total)
    for name, size in sizes.items():
        assert found[name] <= size
        assert abs(found[name] * total - min(n, total) * size) < max(total, 1)


@given(SEEDS, ROWS, st.sampled_from([1000, 1500, 3000]), st.randoms())
def test_a_draw_holds_the_share_every_urgent_one_and_more_of_flagged_and_late_ones(
    seed: bytes, rows: list[list[str]], share: int, chance: Any
) -> None:
    n = script.sample_size(len(rows), share)
    chosen = script.choose(seed, rows, share, n)
    by_id, drawn = {row[0]: row for row in rows}, [each for each, _ in chosen]
    origins = Counter(origin for _, origin in chosen)
    flagged = [row for row in rows if row[2] == "flagged"]
    late = [row for row in rows if row[2] == "afterwards"]

    assert len(set(drawn)) == len(drawn)
    assert origins["regular"] == n
    assert {row[0] for row in rows if row[2] == "urgent"} <= set(drawn)
    spared = len(flagged) - sum(origin == "regular" and by_id[each][2] == "flagged" for each, origin in chosen)
    assert origins["flagged"] == min(spared, -(-len(flagged) // 5))
    assert sum(by_id[each][2] == "afterwards" for each in drawn) >= min(len(late), -(-len(late) * 3 * share // 10_000))
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert script.choose(seed, shuffled, share, n) == chosen


def test_a_redraw_takes_the_next_of_the_same_stratum_then_of_the_whole_list() -> None:
    rows = [[f"v{n}", "t1/a" if n < 3 else "t2/a", ""] for n in range(5)]
    taken: list[str] = ["v0"]
    for _ in range(4):
        found = script.next_of(b"seed", rows, taken, "v0")
        assert found is not None
        taken.append(found)
    order = script.order(b"seed", [row[0] for row in rows])
    assert taken[1:3] == [each for each in order if each in {"v1", "v2"}]
    assert taken[3:] == [each for each in order if each in {"v3", "v4"}]
    assert script.next_of(b"seed", rows, taken, "v0") is None


def test_with_one_secret_known_the_draw_cannot_be_told() -> None:
    """Over 2000 candidates for the other secret, every one of 20 visits is drawn about equally often (chi squared)."""
    ids = [f"visit-{n}" for n in range(20)]
    closed, known = script.list_hash(ids), bytes(32)
    for sides in (lambda other: (known, other), lambda other: (other, known)):
        others = [hashlib.sha256(b"%d" % n).digest() for n in range(2000)]
        seeds = [script.seed_of(*sides(other), closed) for other in others]
        assert len(set(seeds)) == len(others)
        hits = Counter(script.order(seed, ids)[0] for seed in seeds)
        chi = sum((hits[each] - 100) ** 2 / 100 for each in ids)
        assert chi < 43.8  # 19 degrees of freedom, one in a thousand


def test_the_seed_depends_on_every_part_and_on_their_order() -> None:
    a, b, closed = bytes(32), bytes([1]) * 32, script.list_hash(["x"])
    seeds = {
        script.seed_of(a, b, closed), script.seed_of(b, a, closed), script.seed_of(a, a, closed),
        script.seed_of(a, b, script.list_hash(["y"])),
    }  # fmt: skip
    assert len(seeds) == 4
    assert script.seed_of(a, b, closed) == hashlib.sha256(a + b + hashlib.sha256(b"x").digest()).digest()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The script by a Python that sees nothing of the product."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30, encoding="utf-8")


def test_the_script_needs_nothing_but_the_standard_library_and_reads_on_python_3_9() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_a_secret_has_32_fresh_bytes_and_comes_with_its_hash() -> None:
    made = [run("secret").stdout.splitlines() for _ in range(2)]
    assert made[0][0] != made[1][0]
    for lines in made:
        secret, digest = lines[0].removeprefix("secret "), lines[1].removeprefix("SHA-256 ")
        assert hashlib.sha256(bytes.fromhex(secret)).hexdigest() == digest
        assert script.secret_bytes(secret) == bytes.fromhex(secret)
        assert len(digest) == 64 != len(secret.strip())  # the form for the hash does not take the secret


def test_the_script_and_the_command_draw_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = ["甲", "b", "c", "visit-4", "visit-5"]
    cases = [{"seed": "00ff" * 16, "ids": ids, "n": n} for n in (0, 2, 5, 99)]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["draw", str(file)])
    assert ended.value.code == 0
    drawn = json.loads(capsys.readouterr().out)
    assert drawn == json.loads(run("draw", str(file)).stdout)
    order = sorted(ids, key=lambda each: hashlib.sha256(bytes.fromhex("00ff" * 16) + each.encode()).digest())
    assert drawn == [[], order[:2], order, order]


def test_a_seed_of_no_bytes_and_a_file_with_a_byte_order_mark_are_drawn_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = ["a", "b", "c"]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([{"seed": "", "ids": ids, "n": 2}, {"seed": "FF", "ids": [], "n": 3}]), "utf-8-sig")
    with pytest.raises(SystemExit) as ended:
        main(["draw", str(file)])
    assert ended.value.code == 0
    order = sorted(ids, key=lambda each: hashlib.sha256(each.encode()).digest())
    assert json.loads(capsys.readouterr().out) == [order[:2], []] == json.loads(run("draw", str(file)).stdout)


BROKEN: list[tuple[Any, str]] = [
    ({"seed": "00", "ids": [], "n": 1}, "no list of items"),
    ([{"seed": "0", "ids": ["a"], "n": 1}], "item 1: the seed is not hexadecimal"),
    ([{"seed": "xy", "ids": ["a"], "n": 1}], "item 1: the seed is not hexadecimal"),
    (
        [{"seed": "00", "ids": ["a"], "n": 1}, {"seed": "00", "ids": ["a", "b", "a"], "n": 1}],
        "item 2: the id 'a' stands",
    ),
    ([{"seed": "00", "ids": ["a"], "n": -1}], "item 1: n is not a whole number"),
    ([{"seed": "00", "ids": ["a"], "n": True}], "item 1: n is not a whole number"),
    ([{"seed": "00", "ids": ["a"], "n": 1.0}], "item 1: n is not a whole number"),
    ([{"seed": "00", "ids": "abc", "n": 1}], "item 1: ids is not a list"),
    ([{"seed": "00", "ids": [1], "n": 1}], "item 1: ids is not a list"),
    ([{"seed": "00", "ids": ["\ud800"], "n": 1}], "item 1: an id is no text"),
    ([[]], "item 1: not an object"),
    ([{"seed": "00", "n": 1}], "item 1: not an object"),
]


@pytest.mark.parametrize(("document", "sentence"), BROKEN)
def test_what_cannot_be_used_is_one_sentence_and_exit_code_2(
    document: Any, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["draw", str(file)])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert sentence in said
    assert said.count("\n") == 1


def test_files_that_are_missing_or_no_json_are_named_too(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_bytes(b"\xff\xfe[")
    for path in (file, tmp_path / "nothing.json"):
        for command in ("draw", "check"):
            done = run(command, str(path))
            assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert run("check").returncode == 2
    assert run().returncode == 2


LISTS: list[Any] = [[], 7, {}, {"draws": 7}, {"draws": [{}]}, {"draws": [{"contract": "c", "rows": [["\ud800"]]}]}]


@pytest.mark.parametrize("document", LISTS)
def test_a_file_of_lists_that_is_not_complete_is_one_sentence(document: Any, tmp_path: Path) -> None:
    file = tmp_path / "lists.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    for done in (run("seed", "ab" * 32, "cd" * 32, str(file)), run("check", str(file))):
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr

"""A bundle compared with a hash from outside: what nothing inside of it can show (docs/bundle.md)."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from litestar import Litestar

from bangfu.settlement import bundle_files, verify
from bangfu.settlement.bundle_files import files_of, hash_of
from bangfu.settlement.bundle_making import report_of
from bangfu.settlement.bundle_reading import bundle_in, statement_for
from tests.quality.life_steps import AT
from tests.settlement.bundle_made_up import bundle, check, quarter
from tests.settlement.bundle_steps import statement
from tests.support import Visitor, World


def honest() -> dict[str, bytes]:
    return files_of(bundle(quarter(4)))


def forged() -> dict[str, bytes]:
    """Facts, tables, score, lines, sums, chain and manifest changed together: consistent in itself."""
    facts = quarter(4)
    better = tuple(replace(each, status="verified", forged=False, qualified=True) for each in facts.visits)
    return files_of(bundle(replace(facts, visits=better)))


def facts_hash(files: Mapping[str, bytes]) -> str:
    return hashlib.sha256(files["facts.json"]).hexdigest()


def run(folder: Path, files: Mapping[str, bytes], *hashes: str) -> tuple[int, list[str]]:
    code, said = check(folder, files, *hashes)
    return code, said.splitlines()


def test_without_a_hash_it_says_equal_and_plainly_what_was_not_compared(tmp_path: Path) -> None:
    code, said = run(tmp_path, honest())
    assert (code, said[0]) == (0, "equal")
    assert f"bundle hash (SHA-256 of MANIFEST): {hash_of(honest())}" in said
    assert f"facts hash (SHA-256 of facts.json): {facts_hash(honest())}" in said
    assert any(line.startswith("still to compare: ") and "/check/<code>" in line for line in said)


def test_a_bundle_forged_all_through_is_told_by_the_published_hash_alone(tmp_path: Path) -> None:
    assert run(tmp_path, forged())[1][0] == "equal"
    for expected in (hash_of(honest()), facts_hash(honest())):
        code, said = run(tmp_path, forged(), expected)
        assert (code, said[0]) == (1, "file: MANIFEST")
        assert said[3] == f"expected: {expected}"
        assert hash_of(forged()) in said[4]


def test_the_published_hash_as_it_stands_on_paper_is_found_equal(tmp_path: Path) -> None:
    whole = hash_of(honest())
    grouped = " ".join(whole[at : at + 8] for at in range(0, 64, 8))
    for typed in ((whole,), (whole.upper(),), (grouped,), tuple(grouped.split())):
        code, said = run(tmp_path, honest(), *typed)
        assert (code, said[0]) == (0, "equal")
        assert not any(line.startswith("still to compare") for line in said)
        assert any("the whole bundle is the one" in line for line in said)


def test_the_hash_of_the_facts_anchors_facts_score_and_lines_and_says_what_it_does_not(tmp_path: Path) -> None:
    code, said = run(tmp_path, honest(), facts_hash(honest()))
    assert (code, said[0]) == (0, "equal")
    assert any("not covered" in line and "claims.csv" in line for line in said)


@pytest.mark.parametrize("typed", ["0" * 64, "2AB3-CD4E-F5GH", "nothing"])
def test_anything_else_is_not_equal(tmp_path: Path, typed: str) -> None:
    assert run(tmp_path, honest(), typed)[0] == 1


def test_in_the_unpacked_folder_the_hash_is_the_only_argument() -> None:
    assert verify.asked([hash_of(honest())]) == (verify.HERE, hash_of(honest()))
    assert verify.asked([]) == (verify.HERE, "")
    assert verify.asked(["x.zip", "AB", "cd "]) == ("x.zip", "abcd")


def test_what_cannot_be_recomputed_from_a_quarter_is_named(tmp_path: Path) -> None:
    given = [line for line in run(tmp_path, honest())[1] if line.startswith("taken as given: ")]
    assert any("units_left and amount_left" in line for line in given)
    assert any("due_on and paid_on" in line for line in given)
    assert not any("advance" in line or "elsewhere" in line for line in given)


def test_the_tables_do_not_tell_what_a_person_is_like_and_the_facts_keep_it_for_cohorts() -> None:
    facts = quarter(4)
    graded = tuple(replace(each, grade="full_care", area="rural") for each in facts.visits)
    files = files_of(bundle(replace(facts, visits=graded)))
    assert b"full_care" in files["facts.json"]
    for name in ("visits.csv", "windows.csv"):
        assert not {"grade", "area"} & set(files[name].decode().splitlines()[0].split(","))
        assert b"full_care" not in files[name]


def test_few_voices_are_a_bare_count_and_the_checker_agrees(tmp_path: Path) -> None:
    facts = replace(quarter(4), ratings=(), ratings_withheld=3)
    files = files_of(bundle(facts))
    assert files["ratings.csv"].decode().splitlines() == ["recipient,stars_sum,stars_count,q6"]
    assert run(tmp_path, files)[1][0] == "equal"
    eager = replace(facts, standard={**facts.standard, "ratings_least": 2})
    assert run(tmp_path, files_of(bundle(eager)))[1][0] == "equal"
    for withheld, ratings in ((5, ()), (2, quarter(4).ratings)):
        code, said = run(tmp_path, files_of(bundle(replace(facts, ratings_withheld=withheld, ratings=ratings))))
        assert (code, said[2]) == (1, "column: ratings_withheld")


async def test_report_check_page_statement_and_public_results_show_the_same_hashes(
    world: World, app: Litestar, tmp_path: Path
) -> None:
    key = await statement(world)
    row = await statement_for(world["bureau"], key)
    report = await report_of(world["bureau"], row, AT)
    files = bundle_files.files_of(await bundle_in(row))
    assert (report.bundle_hash, report.facts_hash) == (hash_of(files), facts_hash(files))
    assert run(tmp_path, files, report.bundle_hash)[1][0] == "equal"
    visitor = Visitor(app)
    checked = (await visitor.get(f"/check/{report.code}")).text
    assert report.bundle_hash in checked
    assert report.facts_hash in checked
    assert report.facts_hash in (await visitor.get("/results")).text
    await visitor.close()
    officer = await Visitor(app).sign_in(world["bureau"])
    page = (await officer.get(f"/settlements/{key}")).text
    for words in (report.bundle_hash, report.facts_hash, f"/check/{report.code}"):
        assert words in page
    await officer.close()

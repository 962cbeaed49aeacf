"""`bangfu import`: exit codes, the report in both languages, own titles, the template."""

import argparse
import json
from pathlib import Path

import pytest

from bangfu.households.tables import Household
from bangfu.imports import command
from bangfu.imports.kinds import KINDS
from bangfu.imports.tables import HeaderMemory
from tests.imports.lists import csv_of, household, xlsx_of
from tests.shared.tabular.lists import workbook
from tests.support import World


def arguments(kind: str, file: Path, **changed: object) -> argparse.Namespace:
    plain = {
        "kind": kind,
        "file": str(file),
        "dry_run": False,
        "map": [],
        "json": False,
        "template": False,
        "lang": "en",
    }
    return argparse.Namespace(**{**plain, **changed})


async def run(kind: str, file: Path, **changed: object) -> int:
    """As the command does it, inside the test's event loop."""
    waiting = []
    code = command.run_import(arguments(kind, file, **changed), lambda work: waiting.append(work) or 0)
    return await waiting[0](None) if waiting else code


async def test_a_list_is_taken_and_a_dry_run_takes_nothing(world: World, tmp_path: Path, capsys) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(xlsx_of([household(1), household(2)]))
    assert await run("households", file, dry_run=True) == 0
    assert "Dry run, nothing was written: 2 rows, 2 new" in capsys.readouterr().out
    assert await Household.count() == 0
    assert await run("困难家庭", file) == 0
    assert "Taken: 2 rows, 2 new, 0 changed, 0 unchanged." in capsys.readouterr().out
    assert await run("House-holds", file, lang="zh") == 0
    assert "已导入：共 2 行，新增 0，更新 0，不变 2。" in capsys.readouterr().out


async def test_faults_are_printed_as_a_table_and_nothing_is_taken(world: World, tmp_path: Path, capsys) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(csv_of([household(1), household(2, category="富裕")], "gbk"))
    assert await run("households", file, lang="zh") == 1
    out = capsys.readouterr().out
    assert "3   " in out and "category" in out and "富裕" in out and "请填写下列之一" in out
    assert await run("households", file, json=True) == 1
    document = json.loads(capsys.readouterr().out)
    assert [(fault["row"], fault["column"], fault["code"]) for fault in document["faults"]] == [
        (3, "category", "choice")
    ]
    assert document["taken"] is False and await Household.count() == 0


async def test_an_own_title_is_named_once_and_remembered(world: World, tmp_path: Path, capsys) -> None:
    row, file = household(1), tmp_path / "list.xlsx"
    titles = ["谁" if code == "member_name" else code for code in row]
    file.write_bytes(workbook([titles, list(row.values())]))
    assert await run("households", file) == 1
    assert "--map '谁=member_name'" in capsys.readouterr().out
    assert await run("households", file, map=["谁=member_name"], dry_run=True) == 0
    assert await HeaderMemory.count() == 0, "a dry run remembers nothing"
    assert await run("households", file, map=["谁=member_name"]) == 0
    assert await run("households", file) == 0


async def test_usage_errors_name_what_is_possible(world: World, tmp_path: Path, capsys) -> None:
    assert await run("pets", tmp_path / "x") == 2
    assert "households (困难家庭)" in capsys.readouterr().err
    assert await run("households", tmp_path / "missing.csv") == 2
    assert await run("households", tmp_path, map=["谁"]) == 2
    assert await run("households", tmp_path, map=["谁=nothing"]) == 2
    assert "member_name" in capsys.readouterr().err
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    assert await run("households", broken) == 1
    assert "damaged" in capsys.readouterr().out


@pytest.mark.parametrize("kind", list(KINDS))
async def test_a_template_is_written(world: World, tmp_path: Path, kind: str) -> None:
    for name, start in (("t.xlsx", b"PK"), ("t.csv", b"\xef\xbb\xbf")):
        assert await run(kind, tmp_path / name, template=True) == 0
        assert (tmp_path / name).read_bytes().startswith(start)

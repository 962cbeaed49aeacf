"""The published draw: repeated by a fresh Python, and every tampering named (DOMAIN.md 5.3)."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bangfu.errors import NotYours
from bangfu.oversight import draw_script as script
from bangfu.oversight import draws
from bangfu.oversight.draw_publishing import lists_document, result_document, text_of
from bangfu.visits.tables import Visit
from tests.oversight import draw_steps as steps
from tests.oversight.test_draw_script import run
from tests.support import World

pytestmark = pytest.mark.usefixtures("database")


async def published(world: World) -> dict[str, Any]:
    """A draw with inspectors, an urgent visit and a redraw."""
    await steps.pool(world)
    row = await steps.drawn(world, 12)
    first = (await steps.picks(row))[0]
    assert first.check is not None
    assert await draws.redraw(first.check, steps.month_end() + timedelta(days=3)) is not None
    return await result_document(row.id)


async def test_a_fresh_python_repeats_the_portals_draw_and_its_inspectors(world: World, tmp_path: Path) -> None:
    document = await published(world)
    file, lists = tmp_path / "result.json", tmp_path / "lists.json"
    file.write_bytes(text_of(document))
    done = run("check", str(file))
    assert (done.stdout, done.returncode) == ("same\n", 0)

    lists.write_bytes(text_of(await lists_document(UUID(document["round"]))))
    one = document["draws"][0]
    told = run("seed", steps.BUREAU, steps.AUDITOR, str(lists))
    assert told.stdout == f"{one['contract']}/visits {one['seed']}\n"
    cases = [{"seed": one["seed"], "ids": [row[0] for row in one["rows"]], "n": one["n"]}]
    cases_file = tmp_path / "cases.json"
    cases_file.write_text(json.dumps(cases))
    assert json.loads(run("draw", str(cases_file)).stdout)[0] == [each[0] for each in one["chosen"]]  # one stratum
    assert all(len(check["chosen"]) == 2 for check in one["inspectors"])
    assert len(one["later"]) == 1


async def test_every_tampering_is_named(world: World) -> None:
    document = await published(world)
    assert script.difference(document) == ""
    for what, change, sentence in TAMPERINGS:
        changed = copy.deepcopy(document)
        change(changed)
        assert sentence in script.difference(changed), what


def _swap(document: Any, key: str) -> None:
    one = document["draws"][0]
    others = [row[0] for row in one["rows"] if row[0] not in {each[0] for each in one["chosen"]}]
    one[key][0][0] = others[0]


def _drop_inspector(document: Any) -> None:
    one = document["draws"][0]["inspectors"][0]
    one["chosen"] = [sorted(set(document["draws"][0]["pool"]) - set(one["passed_over"]) - {one["chosen"][0]})[-1]] * 2


TAMPERINGS: list[tuple[str, Callable[[Any], None], str]] = [
    ("one secret", lambda d: d["secrets"].update(bureau="c" * 64), "the bureau's secret does not have the committed"),
    ("one id", lambda d: d["draws"][0]["rows"][0].__setitem__(0, "0" * 36), "the list of ids is not the closed one"),
    ("an id less", lambda d: d["draws"][0]["rows"].pop(), "the list of ids is not the closed one"),
    ("one mark", lambda d: d["draws"][0]["rows"][0].__setitem__(2, "urgent"), "strata, marks, size or pool"),
    ("one stratum", lambda d: d["draws"][0]["rows"][0].__setitem__(1, "t/x"), "strata, marks, size or pool"),
    ("the pool", lambda d: d["draws"][0]["pool"].pop(), "strata, marks, size or pool"),
    ("the size", lambda d: d["draws"][0].update(n=1), "strata, marks, size or pool"),
    ("the seed", lambda d: d["draws"][0].update(seed="0" * 64), "the seed is "),
    ("one result", lambda d: _swap(d, "chosen"), "place 1 is "),
    ("a result less", lambda d: d["draws"][0]["chosen"].pop(), "place 2 is "),
    ("the redraw", lambda d: d["draws"][0]["later"][0].update(id="0" * 36), "is followed by "),
    ("an inspector", _drop_inspector, "is checked by "),
    ("the second inspector", lambda d: d["draws"][0]["inspectors"][0]["chosen"].pop(), "is checked by "),
    ("both inspectors", lambda d: d["draws"][0]["inspectors"][1].update(chosen=[]), "not by nobody"),
    ("the inspectors of one check", lambda d: d["draws"][0]["inspectors"].pop(), "its inspectors stand 0 times"),
    ("all inspectors", lambda d: d["draws"][0].update(inspectors=[]), "its inspectors stand 0 times"),
    ("inspectors twice", lambda d: d["draws"][0]["inspectors"].append(d["draws"][0]["inspectors"][0]), "stand 2 times"),
    ("the redraw alone", lambda d: d["draws"][0]["later"].pop(), "has inspectors, but is not drawn"),
]


async def test_nothing_can_be_downloaded_before_both_secrets_are_in(world: World) -> None:
    row = await steps.closed(world, 2)
    for make in (lists_document, result_document):
        with pytest.raises(NotYours):
            await make(row.id)


async def test_urgent_flagged_and_late_visits_come_on_top(world: World) -> None:
    row = await steps.opened()
    await steps.committed(world, row)
    made = await steps.served(world, 11)
    urgent = await Visit.select(Visit.need).where(Visit.id == made[0]).first()
    assert urgent is not None
    await Visit.raw("UPDATE need SET priority = 'urgent' WHERE id = {}", urgent["need"])
    await steps.finish(world, row)
    origins = [each.origin for each in await steps.picks(row)]
    assert origins == ["regular"] * 2 + ["urgent"] * 9  # one task's need: all eleven are urgent


def test_the_script_refuses_what_is_no_published_draw(tmp_path: Path) -> None:
    for document in ({}, [], {"schema": script.SCHEMA}, {"schema": script.SCHEMA, "commitments": 1}):
        file = tmp_path / "x.json"
        file.write_text(json.dumps(document))
        done = subprocess.run(
            [sys.executable, "-I", "-S", script.__file__, "check", str(file)], capture_output=True, check=False
        )
        assert done.returncode == 2

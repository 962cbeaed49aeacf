"""The draws in a bundle: repeated by the checker with its own arithmetic, and asked for their checks."""

import copy
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest

from bangfu.oversight import draw_script
from bangfu.oversight.draw_tables import DrawList
from bangfu.quality.gathering import gather
from bangfu.quality.snapshot import CheckFact, Snapshot
from bangfu.settlement import verify
from bangfu.settlement.bundle_files import files_of, pretty
from bangfu.settlement.bundle_reading import draws_of
from bangfu.shared.clock import now
from tests.oversight import draw_steps
from tests.settlement.bundle_made_up import bundle, quarter
from tests.support import World

ROUND = "5e1f3a3c-0000-4000-8000-000000000001"
SECRETS = {"bureau": "b" * 64, "auditor": "a1" * 32}


def drawn(facts: Snapshot, share: int = 1000) -> dict[str, Any]:
    """A month's draw of the quarter's visits, made by the portal's own script."""
    rows = [
        [visit.id, f"990101001 {visit.service}", "urgent" if n == 3 else ""] for n, visit in enumerate(facts.visits)
    ]
    pool, n = ["i1", "i2"], draw_script.sample_size(len(rows), share)
    closed = draw_script.list_hash(row[0] for row in rows)
    two = (bytes.fromhex(each) for each in SECRETS.values())
    seed = draw_script.seed_of(*two, closed)
    one = {
        "contract": facts.subject, "population": "visits", "share": share, "n": n, "pool": pool, "rows": rows,
        "list_hash": closed, "frame_hash": draw_script.frame_hash(rows, share, n, pool), "seed": seed.hex(),
        "first": "regular", "chosen": [list(each) for each in draw_script.choose(seed, rows, share, n)], "later": [],
    }  # fmt: skip
    commitments = {side: draw_script.commitment(bytes.fromhex(secret)) for side, secret in SECRETS.items()}
    return {"schema": draw_script.SCHEMA, "round": ROUND, "kind": "month", "draw": "2026-07", "number": 1,
            "commitments": commitments, "secrets": SECRETS, "draws": [one]}  # fmt: skip


def checked(facts: Snapshot, draw: dict[str, Any]) -> Snapshot:
    """The quarter with a passed check for everything drawn."""
    found = enumerate(draw["draws"][0]["chosen"])
    checks = tuple(CheckFact(f"c{n:03d}", visit, origin, "pass") for n, (visit, origin) in found)
    return replace(facts, draws=(ROUND,), checks=checks)


def files(facts: Snapshot, draw: dict[str, Any]) -> dict[str, bytes]:
    return files_of(replace(bundle(facts), draws={"2026-07-1": draw}))


def test_a_draw_is_repeated_and_equal() -> None:
    for seed, share in ((4, 1000), (5, 2500), (6, 10_000)):
        draw = drawn(quarter(seed, 40), share)
        assert verify.verify(files(checked(quarter(seed, 40), draw), draw))["contract"]


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a secret": (lambda draw: draw.update(secrets={**SECRETS, "bureau": "c" * 64}), "commitments.bureau"),
    "a commitment": (lambda draw: draw.update(commitments={**draw["commitments"], "auditor": "0"}),
                     "commitments.auditor"),
    "the list": (lambda draw: draw["draws"][0]["rows"].pop(), "list_hash"),
    "a stratum": (lambda draw: draw["draws"][0]["rows"][0].__setitem__(1, "elsewhere"), "frame_hash"),
    "the seed": (lambda draw: draw["draws"][0].update(seed="00" * 32), "seed"),
    "the order": (lambda draw: draw["draws"][0]["chosen"].reverse(), "chosen, place 1"),
    "somebody left out": (lambda draw: draw["draws"][0]["chosen"].pop(0), "chosen, place 1"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_draw_is_named(what: str) -> None:
    facts = quarter(4, 40)
    draw = drawn(facts)
    change, column = CHANGES[what]
    changed = copy.deepcopy(draw)
    change(changed)
    with pytest.raises(verify.Difference) as caught:
        verify.verify(files(checked(facts, draw), changed))
    assert caught.value.said[0] == "draws/2026-07-1.json"
    assert caught.value.said[2] == column


def test_a_drawn_visit_without_its_check_is_named() -> None:
    facts = quarter(4, 40)
    draw = drawn(facts)
    missing = checked(facts, draw)
    with pytest.raises(verify.Difference) as caught:
        verify.verify(files(replace(missing, checks=missing.checks[1:]), draw))
    assert caught.value.said[0] == "checks.csv"


def test_a_draw_made_after_the_freeze_leaves_the_bundle_equal_and_may_not_be_slipped_in() -> None:
    """A second draw, a late round: the facts name the draws that were made before they were gathered."""
    facts = quarter(4, 40)
    draw = drawn(facts)
    assert verify.verify(files_of(bundle(facts)))["contract"]
    with pytest.raises(verify.Difference) as caught:
        verify.verify(files(replace(checked(facts, draw), draws=()), draw))
    assert caught.value.said[::2] == ("draws/2026-07-1.json", "round", ROUND)


def test_a_draw_left_out_of_the_bundle_is_named() -> None:
    facts = quarter(4, 40)
    with pytest.raises(verify.Difference) as caught:
        verify.verify(files_of(bundle(checked(facts, drawn(facts)))))
    assert caught.value.said[0] == "draws/"


async def test_the_portals_published_draw_of_a_contract_goes_into_its_bundle(world: World) -> None:
    await draw_steps.pool(world)
    row = await draw_steps.drawn(world, 11)
    one = await DrawList.objects().get(DrawList.round == row.id)
    assert one is not None
    facts = asdict(await gather("contract", one.contract, one.year, one.quarter, now()))
    assert facts["draws"] == (str(row.id),)
    found = await draws_of({"subject": one.contract}, facts)
    assert len(found) == 1
    made = {f"draws/{name}.json": pretty(draw) for name, draw in found.items()}
    verify.check_draws(made, facts)
    with pytest.raises(verify.Difference, match="draws/"):
        verify.check_draws({}, facts)
    assert b"inspectors" not in b"".join(made.values())

"""The dispatcher decides: approve, reject, give to another; every rule is checked again, a reason is kept."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.errors import FormError, NotYours, Refused
from bangfu.planning.deciding import approve, give_to, reject
from bangfu.shared.clock import now
from bangfu.shared.i18n import sentence, use
from bangfu.shared.tables import AuditEvent
from tests.planning.making import finished_run, make_household, make_need, proposals_of
from tests.support import HOME, World, make_carer


async def one(run: UUID) -> dict[str, Any]:
    return (await proposals_of(run))[0]


async def test_approving_twice_is_one_approval(world: World) -> None:
    await make_need(world)
    run = await finished_run(world)
    proposal = (await one(run))["id"]
    assert await approve(world["dispatcher"], run, [proposal], now()) == 1
    assert await approve(world["dispatcher"], run, [proposal], now()) == 0
    events = await AuditEvent.raw("SELECT id FROM audit_event WHERE action = 'proposal.approved'")
    assert len(events) == 1


async def test_of_several_proposals_all_are_approved_or_none(world: World) -> None:
    await make_need(world)
    await make_need(world, qualifications=[["L"]])
    run = await finished_run(world)
    ids = [p["id"] for p in await proposals_of(run)]
    with pytest.raises(Refused):
        await approve(world["dispatcher"], run, ids, now())
    assert {p["status"] for p in await proposals_of(run)} == {"proposed", "unserved"}


async def test_people_of_another_county_decide_nothing(world: World) -> None:
    await make_need(world)
    run = await finished_run(world)
    proposal = (await one(run))["id"]
    with pytest.raises(NotYours):
        await approve(world["outsider"], run, [proposal], now())
    with pytest.raises(NotYours):
        await approve(world["dispatcher"], run, [uuid4()], now())


async def test_a_rejection_needs_a_reason_and_frees_the_carers_time(world: World) -> None:
    for _ in range(2):
        await make_need(world, kinds=["volunteer"], qualifications=[["M"]])
    run = await finished_run(world)
    first, second = await proposals_of(run)
    assert first["load_after"] == second["load_after"] == first["load_minutes"] + second["load_minutes"]
    with pytest.raises(FormError):
        await reject(world["dispatcher"], run, first["id"], "", "", now())
    await reject(world["dispatcher"], run, first["id"], "household_refused", "", now())
    kept = {p["id"]: p for p in await proposals_of(run)}
    assert kept[first["id"]]["status"] == "rejected"
    assert (kept[second["id"]]["load_before"], kept[second["id"]]["load_after"]) == (0, second["load_minutes"])


async def test_another_carer_takes_over_with_new_numbers(world: World) -> None:
    await make_need(world)
    run = await finished_run(world)
    row = await one(run)
    other = next(c for c in ("volunteer", "social_worker") if world.carers[c] != row["carer"])
    await give_to(world["dispatcher"], run, row["id"], world.carers[other], "continuity", "they know each other", now())
    after = await one(run)
    assert (after["status"], after["carer"], after["matched_carer"]) == ("edited", world.carers[other], row["carer"])
    assert after["organization"] is None
    assert sum(json.loads(after["cost_parts"]).values()) == after["cost"]
    assert all(check["ok"] for check in json.loads(after["checks"]))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"codes": ("V",)}, "Qualification missing: Platform training."),
        ({"codes": ("T",), "max_km": 1.0, "lat": HOME[0] + 0.05}, "The straight way is 5.5 km; this carer goes 1.0 km"),
        ({"codes": ("T",), "minutes_per_week": 30}, "The carer's time is not enough"),
        ({"codes": ("T",), "max_households": 0}, "The carer may visit 0 more households; this would be 1."),
    ],
)
async def test_a_rule_that_would_break_is_named_and_nothing_changes(
    world: World, more: dict[str, Any], said: str
) -> None:  # fmt: skip
    unfit = await make_carer("unfit", "volunteer", None, **more)
    await make_need(world)
    run = await finished_run(world)
    row = await one(run)
    with pytest.raises(FormError) as refused:
        await give_to(world["dispatcher"], run, row["id"], unfit, "other", "try", now())
    use("en")
    assert said in sentence(*refused.value.fields["carer"])
    assert await one(run) == row


async def test_an_edit_needs_a_code_and_words(world: World) -> None:
    await make_need(world)
    run = await finished_run(world)
    row = await one(run)
    with pytest.raises(FormError) as refused:
        await give_to(world["dispatcher"], run, row["id"], world.carers["volunteer"], "", " ", now())
    assert set(refused.value.fields) == {"reason", "text"}


async def test_what_another_edit_used_up_is_not_given_twice(world: World) -> None:
    small = await make_carer("small", "volunteer", None, codes=("T",), minutes_per_week=80, lat=HOME[0] + 0.03)
    for _ in range(2):
        await make_need(world, household=await make_household())
    run = await finished_run(world)
    first, second = await proposals_of(run)
    await give_to(world["dispatcher"], run, first["id"], small, "other", "first", now())
    with pytest.raises(FormError):
        await give_to(world["dispatcher"], run, second["id"], small, "other", "second", now())


async def test_a_need_that_nobody_got_can_be_given_after_a_rejection(world: World) -> None:
    only = await make_carer("only", "volunteer", None, codes=("L",), minutes_per_week=80)
    for _ in range(2):
        await make_need(world, household=await make_household(), qualifications=[["L"]])
    run = await finished_run(world)
    by_status = {p["status"]: p for p in await proposals_of(run)}
    await reject(world["dispatcher"], run, by_status["proposed"]["id"], "household_refused", "", now())
    await give_to(world["dispatcher"], run, by_status["unserved"]["id"], only, "other", "free again", now())
    assert {p["status"] for p in await proposals_of(run)} == {"rejected", "edited"}

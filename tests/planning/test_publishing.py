"""Publishing: offers once, after a last look at today's data; what came back is offered on by a person."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from bangfu.dispatch import actions as dispatch
from bangfu.dispatch.tables import Assignment
from bangfu.errors import NotAllowed, NotYours, Refused
from bangfu.needs.tables import Need
from bangfu.planning import hooks
from bangfu.planning.deciding import approve, reject
from bangfu.planning.publishing import publish
from bangfu.planning.returned import count_returned, offer_next, returned, to_next_run
from bangfu.planning.tables import Proposal
from bangfu.providers.tables import Carer, Qualification
from bangfu.shared.clock import now
from tests.planning.making import finished_run, make_household, make_need, proposals_of, row_of, status_of
from tests.support import World


@pytest.fixture(autouse=True)
def _hooks() -> None:
    hooks.register()


async def approved_run(world: World, **more: Any) -> tuple[UUID, list[UUID]]:
    """A run whose proposals are all approved."""
    await make_need(world, household=await make_household(), **more)
    await make_need(world, household=await make_household(), **more)
    run = await finished_run(world)
    ids = [p["id"] for p in await proposals_of(run)]
    await approve(world["dispatcher"], run, ids, now())
    return run, ids


async def offers() -> list[dict[str, Any]]:
    return await Assignment.raw("SELECT * FROM assignment ORDER BY number")


async def test_approved_proposals_become_offers_with_their_alternatives(world: World) -> None:
    run, ids = await approved_run(world)
    done = await publish(world["dispatcher"], run, now())
    assert (done.offered, done.kept) == (2, [])
    made = await offers()
    assert {row["proposal"] for row in made} == set(ids)
    assert all(json.loads(row["alternatives"]) for row in made)
    assert {p["status"] for p in await proposals_of(run)} == {"dispatched"}
    assert (await row_of(run))["published_at"] is not None


async def test_publishing_again_or_twice_at_once_offers_nothing_twice(world: World) -> None:
    run, _ = await approved_run(world)
    both = await asyncio.gather(*(publish(world["dispatcher"], run, now()) for _ in range(2)))
    assert sum(done.offered for done in both) == 2
    assert (await publish(world["dispatcher"], run, now())).offered == 0
    assert len(await offers()) == 2


async def test_what_no_longer_holds_stays_and_says_why(world: World) -> None:
    run, _ = await approved_run(world, kinds=["volunteer"], qualifications=[["M"]])
    await Carer.update({Carer.active: False}).where(Carer.id == world.carers["volunteer"])
    done = await publish(world["dispatcher"], run, now())
    assert (done.offered, len(done.kept)) == (0, 2)
    for row in await proposals_of(run):
        assert row["status"] == "approved"
        assert "not active any more" in json.loads(row["reason_detail"])["problems"][0][0]


async def test_a_need_that_was_cancelled_in_between_is_not_offered(world: World) -> None:
    run, _ = await approved_run(world)
    rows = await proposals_of(run)
    await Need.update({Need.status: "cancelled"}).where(Need.id == rows[0]["need"])
    done = await publish(world["dispatcher"], run, now())
    assert (done.offered, done.kept) == (1, [rows[0]["id"]])


async def test_limits_hold_over_the_whole_publication(world: World) -> None:
    """Data changed after the run: the carer now has time for one of the two needs only."""
    run, _ = await approved_run(world, kinds=["volunteer"], qualifications=[["M"]])
    load = (await proposals_of(run))[0]["load_minutes"]
    await Carer.update({Carer.minutes_per_week: load // 4 + 10}).where(Carer.id == world.carers["volunteer"])
    done = await publish(world["dispatcher"], run, now())
    assert (done.offered, len(done.kept)) == (1, 1)


async def test_two_needs_of_one_home_count_as_one_home_at_publication(world: World) -> None:
    await Carer.update({Carer.max_households: 1}).where(Carer.id == world.carers["volunteer"])
    home = await make_household()
    for service in ("visit_check", "meal"):
        await make_need(world, household=home, service=service, kinds=["volunteer"], qualifications=[["M"]])
    run = await finished_run(world)
    await approve(world["dispatcher"], run, [p["id"] for p in await proposals_of(run)], now())
    done = await publish(world["dispatcher"], run, now())
    assert (done.offered, done.kept) == (2, [])


async def test_only_a_dispatcher_of_the_area_publishes(world: World) -> None:
    run, _ = await approved_run(world)
    with pytest.raises(NotYours):
        await publish(world["outsider"], run, now())
    with pytest.raises(NotAllowed):
        await publish(world["bureau"], run, now())
    assert await offers() == []


async def test_the_needs_of_rejected_proposals_go_back_with_a_reason(world: World) -> None:
    need = await make_need(world)
    run = await finished_run(world)
    proposal = (await proposals_of(run))[0]["id"]
    await reject(world["dispatcher"], run, proposal, "need_changed", "", now())
    assert await status_of(need) == "matching"
    assert (await publish(world["dispatcher"], run, now())).returned == 1
    rows = await Need.raw("SELECT status, binding_reason FROM need WHERE id = {}", need)
    assert (rows[0]["status"], rows[0]["binding_reason"]) == ("confirmed", "rejected")


async def decline_one(world: World) -> tuple[UUID, UUID]:
    """A need for volunteers that the first of two has declined; the need and who declined."""
    second = world.carers["other_volunteer"]
    for code in ("M",):
        await Qualification.raw(
            "INSERT INTO qualification (id, carer, code, number, issuer, expires_on)"
            " VALUES (gen_random_uuid(), {}, {}, '', '', current_date + 300)",
            second, code,
        )  # fmt: skip
    need = await make_need(world, kinds=["volunteer"], qualifications=[["M"]])
    run = await finished_run(world)
    await approve(world["dispatcher"], run, [p["id"] for p in await proposals_of(run)], now())
    await publish(world["dispatcher"], run, now())
    row = (await offers())[0]
    who = "volunteer" if row["carer"] == world.carers["volunteer"] else "other_volunteer"
    await dispatch.decline(world[who], row["id"], "", "", now())
    return need, row["carer"]


async def test_a_declined_offer_comes_back_with_the_next_alternative(world: World) -> None:
    need, first = await decline_one(world)
    assert await count_returned(world["dispatcher"]) == 1
    listed = (await returned(world["dispatcher"], now(), 10, 0))[0]
    assert (listed.row["id"], listed.from_offer) == (need, True)
    nexts = [UUID(other["carer"]) for other in listed.next]
    assert nexts
    assert first not in nexts
    ended = await Proposal.raw("SELECT reason_detail FROM proposal")
    assert json.loads(ended[0]["reason_detail"])["ended"] == "declined"
    offer = await offer_next(world["dispatcher"], need, nexts[0], now())
    assert await offer_next(world["dispatcher"], need, nexts[0], now()) == offer
    assert await count_returned(world["dispatcher"]) == 0
    assert len(await offers()) == 2


async def test_an_alternative_that_does_not_hold_any_more_is_refused(world: World) -> None:
    need, first = await decline_one(world)
    other = ({world.carers["volunteer"], world.carers["other_volunteer"]} - {first}).pop()
    await Carer.update({Carer.active: False}).where(Carer.id == other)
    assert (await returned(world["dispatcher"], now(), 10, 0))[0].next == []
    with pytest.raises(Refused):
        await offer_next(world["dispatcher"], need, other, now())


async def test_a_returned_need_can_wait_for_the_next_run_which_asks_somebody_else(world: World) -> None:
    need, first = await decline_one(world)
    await to_next_run(world["dispatcher"], need, now())
    await to_next_run(world["dispatcher"], need, now())
    assert await status_of(need) == "confirmed"
    run = await finished_run(world)
    assert (await proposals_of(run))[0]["carer"] not in {None, first}


async def test_people_of_another_county_see_no_returned_offers(world: World) -> None:
    need, _ = await decline_one(world)
    assert await count_returned(world["outsider"]) == 0
    with pytest.raises(NotYours):
        await offer_next(world["outsider"], need, world.carers["volunteer"], now())

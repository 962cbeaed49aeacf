"""A station run by an agency dispatches to that agency only with the township's consent (DOMAIN.md 8.11)."""

from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.dispatch import co_approval_rules as rules
from bangfu.dispatch.actions import make_offer
from bangfu.dispatch.co_approval import Question, agencies_of, ask, consents, decide, look_after
from bangfu.dispatch.co_approval_queries import listed, to_decide
from bangfu.dispatch.co_approval_tables import CoApproval
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.needs.tables import Need
from bangfu.planning import consenting, hooks
from bangfu.planning.deciding import approve
from bangfu.planning.publishing import publish
from bangfu.planning.queries import run_for
from bangfu.providers.tables import Organization
from bangfu.shared.clock import now
from tests.dispatch.tasks import kinds_told, make_need, offer_of
from tests.planning import making
from tests.support import TOWN, World


async def station_of(world: World) -> UUID:
    """A social-work station in the dispatcher's township that the first organisation runs."""
    station = uuid4()
    await Organization(
        id=station, uscc="52990101A0000003T2", name="东区河东街道社工站", org_type="station",
        division=TOWN.ljust(12, "0"), run_by=world.organization,
    ).save()  # fmt: skip
    return station


async def asked(world: World, need: Need) -> UUID:
    assert await ask(world["dispatcher"], [Question(need.id, world.organization, others=2)], None, now()) == 1
    rows = await CoApproval.raw("SELECT id FROM co_approval WHERE need = {} ORDER BY asked_at DESC", need.id)
    return rows[0]["id"]


async def offer(world: World, need: Need, carer: str = "nurse") -> UUID:
    return await make_offer(world["dispatcher"], offer_of(need, world.carers[carer]), now())


async def test_whose_dispatcher_needs_consent_for_whom(world: World) -> None:
    assert await agencies_of(world["dispatcher"]) == frozenset(), "no station of the township is run by an agency"
    station = await station_of(world)
    own = frozenset({world.organization})
    assert await agencies_of(world["dispatcher"]) == own
    assert await agencies_of(replace(world["dispatcher"], organization=station)) == own
    assert await agencies_of(replace(world["dispatcher"], organization=world.organization)) == own
    assert await agencies_of(replace(world["dispatcher"], organization=world.other_organization)) == frozenset(
        {world.other_organization}
    )
    assert await agencies_of(replace(world["dispatcher"], scope="990102001")) == frozenset()


async def test_the_agency_gets_a_task_only_after_the_township_agreed(world: World) -> None:
    await station_of(world)
    need = await make_need()
    with pytest.raises(Refused, match="township must agree first"):
        await offer(world, need)
    question = await asked(world, need)
    with pytest.raises(Refused, match="has not agreed yet"):
        await offer(world, need)
    assert await decide(world["officer"], [question], "approve", "", "", now()) == 1
    assert await decide(world["officer"], [question], "approve", "", "", now()) == 0, "a repeat"
    assert await offer(world, need)


async def test_other_providers_need_no_consent_and_a_refusal_holds(world: World) -> None:
    await station_of(world)
    need, other = await make_need(), await make_need()
    assert await offer(world, other, "rival")
    await decide(world["officer"], [await asked(world, need)], "refuse", "other_provider", "", now())
    with pytest.raises(Refused, match="does not agree"):
        await offer(world, need)
    assert await offer(world, need, "rival")


async def test_asking_again_asks_nothing_twice_until_it_is_refused(world: World) -> None:
    await station_of(world)
    need = await make_need()
    question = await asked(world, need)
    again = [Question(need.id, world.organization)]
    assert await ask(world["dispatcher"], again, None, now()) == 0
    await decide(world["officer"], [question], "refuse", "unclear", "", now())
    assert await ask(world["dispatcher"], again, None, now()) == 1


async def test_who_asks_never_decides_nor_does_somebody_of_the_agency(world: World) -> None:
    await station_of(world)
    question = await asked(world, await make_need())
    both = replace(world["dispatcher"], roles=frozenset({"station_dispatcher", "township_officer"}))
    theirs = replace(world["officer"], organization=world.organization)
    for actor in (both, theirs, world["dispatcher"], world["bureau"]):
        with pytest.raises(NotAllowed):
            await decide(actor, [question], "approve", "", "", now())
    assert await to_decide(both) == []
    assert await to_decide(theirs) == []
    with pytest.raises(NotYours):
        await decide(world["outside_officer"], [question], "approve", "", "", now())
    with pytest.raises(asyncpg.CheckViolationError):
        await CoApproval.raw(
            "UPDATE co_approval SET status = 'approved', decided_by = asked_by WHERE id = {}", question
        )


async def test_only_the_dispatcher_asks_and_only_about_the_own_agency(world: World) -> None:
    await station_of(world)
    need = await make_need()
    for who in ("officer", "worker", "manager"):
        with pytest.raises(NotAllowed):
            await ask(world[who], [Question(need.id, world.organization)], None, now())
    with pytest.raises(NotAllowed):
        await ask(world["dispatcher"], [Question(need.id, world.other_organization)], None, now())
    far = await make_need(division="990102001201")
    with pytest.raises(NotYours):
        await ask(world["dispatcher"], [Question(far.id, world.organization)], None, now())


async def test_a_refusal_needs_a_reason_and_other_needs_words(world: World) -> None:
    await station_of(world)
    question = await asked(world, await make_need())
    for reason, note in (("", ""), ("made_up", ""), ("other", " ")):
        with pytest.raises(FormError):
            await decide(world["officer"], [question], "refuse", reason, note, now())
    await decide(world["officer"], [question], "refuse", "other", "另有安排", now())
    (row,) = await listed(world["officer"], "decided", 9, 0)
    assert (row.reason, row.note) == ("other", "另有安排")
    with pytest.raises(Refused, match="not possible from there"):
        await decide(world["officer"], [question], "approve", "", "", now())


async def test_a_consent_ends_when_the_need_changes(world: World) -> None:
    await station_of(world)
    need, other = await make_need(), await make_need()
    question, waiting = await asked(world, need), await asked(world, other)
    await decide(world["officer"], [question], "approve", "", "", now())
    await Need.update({Need.visits: 8}).where(Need.id.is_in([need.id, other.id]))
    with pytest.raises(Refused, match="township must agree first"):
        await offer(world, need)
    assert await decide(world["officer"], [waiting], "approve", "", "", now()) == 0
    assert await look_after(now()) == 1
    states = await CoApproval.select(CoApproval.status)
    assert [row["status"] for row in states] == ["lapsed", "lapsed"]
    assert await ask(world["dispatcher"], [Question(need.id, world.organization)], None, now()) == 1
    assert await consents([need.id]) == {(need.id, world.organization): "asked"}


async def test_the_need_of_a_consent_is_served_by_nobody_else_in_the_meantime(world: World) -> None:
    await station_of(world)
    need = await make_need()
    await asked(world, need)
    assert await offer(world, need, "rival")
    await Need.update({Need.status: "assigned"}).where(Need.id == need.id)
    assert await to_decide(world["officer"]) == []
    assert await look_after(now()) == 1


async def test_one_click_asks_for_the_whole_run_and_one_answers_all(world: World) -> None:
    hooks.register()
    await station_of(world)
    await Organization.update({Organization.active: False}).where(Organization.id == world.other_organization)
    for _ in range(3):
        await making.make_need(world, kinds=["worker"])
    run = await making.finished_run(world)
    ids = [row["id"] for row in await making.proposals_of(run)]
    await approve(world["dispatcher"], run, ids, now())
    view = await run_for(world["dispatcher"], run)
    kept = await publish(world["dispatcher"], run, now())
    assert (kept.offered, len(kept.kept)) == (0, 3)
    assert await consenting.without_consent(world["dispatcher"], view) == 3
    assert await consenting.ask_for_run(world["dispatcher"], view, now()) == 3
    assert await consenting.ask_for_run(world["dispatcher"], view, now()) == 0
    assert (await kinds_told(world["officer"].me)).count("co_approval_asked") == 1
    await decide(world["officer"], await to_decide(world["officer"]), "approve", "", "", now())
    assert "co_approval_approved" in await kinds_told(world["dispatcher"].me)
    assert (await publish(world["dispatcher"], run, now())).offered == 3


async def test_the_officer_answers_on_the_pages(world: World, visit) -> None:
    await station_of(world)
    first, second = await asked(world, await make_need()), await asked(world, await make_need())
    await asked(world, await make_need())
    browser = await visit("officer")
    page = await browser.get("/co-approvals")
    assert "Answer all 3 at once" in page.text
    refused = await browser.post(f"/co-approvals/{first}", {"answer": "refuse"})
    assert refused.status_code == 422
    assert "Choose a reason" in refused.text
    done = await browser.post(f"/co-approvals/{first}", {"answer": "refuse", "reason": "quality"})
    assert done.status_code == 303
    assert "The agency&#39;s quality is in question" in (await browser.get("/co-approvals?show=decided")).text
    assert (await browser.post("/co-approvals/all", {"answer": "approve", "count": "3"})).status_code == 409
    assert (await browser.post("/co-approvals/all", {"answer": "approve", "count": "2"})).status_code == 303
    assert "Township agreed" in (await browser.get(f"/co-approvals/{second}")).text


def test_a_state_that_is_over_takes_no_action() -> None:
    for state in ("refused", "lapsed"):
        assert rules.MACHINE.actions_for(state, {"township_officer", "system"}) == ()
    assert rules.MACHINE.actions_for("asked", {"township_officer"}) == ("approve", "refuse")
    assert rules.MACHINE.actions_for("asked", {"station_dispatcher", "bureau_lead"}) == ()

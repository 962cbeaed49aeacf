"""First steps: every role has its own, each opens a page of that role, ticks are kept per user."""

import asyncio

import pytest

from bangfu.guides import actions, queries, tour
from bangfu.guides.readers import GUIDE_OF
from tests.support import ROLES, World

INSIDERS = {role: name for name, (role, _) in reversed(ROLES.items()) if not name.startswith(("out", "city"))}


def test_every_role_has_four_to_six_steps() -> None:
    assert set(tour.roles_with_steps()) == set(GUIDE_OF)
    for role in tour.roles_with_steps():
        steps = tour.steps_of(frozenset({role}))
        assert 4 <= len(steps) <= 6, role
        assert all(step.zh and step.en for step in steps)


@pytest.mark.reading
@pytest.mark.parametrize("role", sorted(INSIDERS))
async def test_each_step_opens_a_page_of_that_role(role: str, visit) -> None:
    browser = await visit(INSIDERS[role])
    for step in tour.steps_of(frozenset({role})):
        assert (await browser.get(step.href)).status_code == 200, step.href


def test_who_has_two_roles_sees_each_step_once() -> None:
    keys = [step.key for step in tour.steps_of(frozenset({"social_worker", "volunteer"}))]
    assert len(keys) == len(set(keys)) == tour.MOST


async def test_a_tick_is_kept_for_its_user_alone_and_twice_is_once(visit, world: World) -> None:
    browser = await visit("dispatcher")
    first = (await browser.get("/")).text
    assert 'id="first-steps"' in first
    for _ in range(2):
        answer = await browser.post("/guides/steps/needs", {"done": "yes"})
        assert answer.status_code == 303
    assert (await queries.progress(world["dispatcher"])).done == {"needs"}
    assert (await queries.progress(world["officer"])).done == frozenset()
    await browser.post("/guides/steps/needs", {"done": "no"})
    assert (await queries.progress(world["dispatcher"])).done == frozenset()


async def test_ticks_at_the_same_moment_are_all_kept(world: World) -> None:
    actor = world["dispatcher"]
    keys = [step.key for step in tour.steps_of(actor.roles)]
    await asyncio.gather(*(actions.tick(actor, key, done=True) for key in [*keys, *keys]))
    found = await queries.progress(actor)
    assert found.done == set(keys)
    assert not found.shown, "who has done all of them sees them no more on the start page"


async def test_the_steps_can_be_put_away_and_shown_again_with_their_ticks(visit, world: World) -> None:
    browser = await visit("volunteer")
    await browser.post("/guides/steps/my-hours", {"done": "yes"})
    for _ in range(2):
        await browser.post("/guides/steps/hide")
    assert 'id="first-steps"' not in (await browser.get("/")).text
    guides = (await browser.get("/guides")).text
    assert 'action="/guides/steps/show"' in guides
    await browser.post("/guides/steps/show")
    assert 'id="first-steps"' in (await browser.get("/")).text
    assert (await queries.progress(world["volunteer"])).done == {"my-hours"}


async def test_a_step_of_another_role_is_not_ones_own(visit) -> None:
    browser = await visit("volunteer")
    assert (await browser.post("/guides/steps/budgets", {"done": "yes"})).status_code == 404
    assert (await browser.client.post("/guides/steps/my-hours", data={"done": "yes"})).status_code == 403

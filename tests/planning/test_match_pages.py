"""The pages of planning: who sees them, what they say in both languages, and that they work without scripts."""

import re
from uuid import UUID, uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.dispatch.tables import Assignment
from bangfu.planning.deciding import approve
from bangfu.planning.publishing import publish
from bangfu.planning.tables import MatchRun
from bangfu.shared.clock import now
from tests.planning.making import TOWN_CODE, finished_run, make_household, make_need, proposals_of
from tests.support import HOME, World, make_carer

GET_PATHS = ["", "/progress", "/sums", "/approve", "/publish"]


async def a_run(world: World) -> tuple[UUID, UUID]:
    """A run with one served and one unserved need; the run and the served need's proposal."""
    await make_need(world, gender_wish="m", language_wish="yue")
    await make_need(world, qualifications=[["L"]])
    run = await finished_run(world)
    return run, next(p["id"] for p in await proposals_of(run) if p["carer"])


async def test_people_of_another_county_and_providers_find_nothing(visit, world: World) -> None:
    run, proposal = await a_run(world)
    paths = [f"/match/{run}{end}" for end in GET_PATHS]
    paths += [f"/match/{run}/proposals/{proposal}{end}" for end in ("", "?part=1", "/edit", "/reject")]
    for who in ("outsider", "manager", "volunteer", "coordinator", "admin"):
        browser = await visit(who)
        for path in paths:
            assert (await browser.get(path)).status_code == 404, (who, path)


async def test_people_of_another_county_change_nothing(visit, world: World) -> None:
    run, proposal = await a_run(world)
    before = await proposals_of(run)
    browser = await visit("outsider")
    base = f"/match/{run}/proposals/{proposal}"
    for path in (f"{base}/approve", f"{base}/reject", f"{base}/edit", f"/match/{run}/approve", f"/match/{run}/publish",
                 f"/match/{run}/cancel"):  # fmt: skip
        answer = await browser.post(path, {"reason": "other", "text": "x", "carer": str(uuid4()), "count": "1"})
        assert answer.status_code == 404, path
    assert await proposals_of(run) == before


async def test_the_bureau_reads_and_decides_nothing(visit, world: World) -> None:
    run, proposal = await a_run(world)
    browser = await visit("bureau")
    page = (await browser.get(f"/match/{run}")).text
    assert "data-key" not in page
    assert (await browser.post(f"/match/{run}/proposals/{proposal}/approve")).status_code == 403
    assert (await browser.get("/match/new")).status_code == 404


async def test_the_review_masks_the_household_and_shows_reasons_and_numbers(visit, world: World) -> None:
    run, _ = await a_run(world)
    page = (await (await visit("dispatcher")).get(f"/match/{run}")).text
    assert "王**" in page
    assert "王小明" not in page
    assert "sex wish met" in page
    assert "Cantonese not spoken" in page
    assert "Nobody qualified" in page
    assert re.search(r'href="/match/[^"]+\?reason=no_qualified"', page)
    unserved = (await (await visit("dispatcher")).get(f"/match/{run}?reason=no_qualified")).text
    assert "With the qualification Lawyer or legal worker" in unserved


async def test_both_languages_have_every_word(visit, world: World) -> None:
    run, proposal = await a_run(world)
    await User.update({User.lang: "zh"}).where(User.username == "dispatcher")
    browser = await visit("dispatcher")
    for path, said in (
        ("/match", "匹配任务"),
        ("/match/new", "发起匹配"),
        (f"/match/{run}", "未匹配（按原因）"),
        (f"/match/{run}?show=unserved", "怎样才能承接"),
        (f"/match/{run}/proposals/{proposal}", "已核对的条件"),
        (f"/match/{run}/proposals/{proposal}/edit", "派给所选人员"),
        (f"/match/{run}/proposals/{proposal}/reject", "不采纳该方案"),
        (f"/match/{run}/approve", "通过 1 项方案"),
        (f"/match/{run}/publish", "还没有通过的方案"),
        ("/match/returned", "没有退回的派单"),
    ):
        answer = await browser.get(path)
        assert answer.status_code == 200, path
        assert said in answer.text, path


async def test_the_form_starts_one_run_and_shows_its_progress(visit, world: World) -> None:
    await make_need(world)
    browser = await visit("dispatcher")
    page = (await browser.get("/match/new")).text
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    form = {"key": key[1], "division": TOWN_CODE, "time_limit": "30", "seed": "1", "per_km": "50"}
    for _ in range(2):
        answer = await browser.post("/match/new", form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/match/{key[1]}")
    progress = (await browser.get(f"/match/{key[1]}")).text
    assert "Waiting to start" in progress
    assert "Load the current state" in progress
    again = await browser.post("/match/new", {**form, "key": str(uuid4())})
    assert again.status_code == 409
    assert f'href="/match/{key[1]}"' in again.text
    await browser.post(f"/match/{key[1]}/cancel")
    assert "This run was stopped" in (await browser.get(f"/match/{key[1]}")).text


@pytest.mark.parametrize(
    "wrong",
    [{"division": "990102001000"}, {"time_limit": "1"}, {"time_limit": "many"}, {"seed": "-1"}, {"per_km": "9999"}],
)
async def test_a_wrong_field_keeps_the_form_and_starts_nothing(visit, world: World, wrong: dict[str, str]) -> None:
    await make_need(world)
    browser = await visit("dispatcher")
    good = {"key": str(uuid4()), "division": TOWN_CODE, "time_limit": "77", "seed": "1"}
    answer = await browser.post("/match/new", {**good, **wrong})
    assert answer.status_code == 422
    assert await MatchRun.count() == 0


async def test_approve_in_place_gives_the_row_back(visit, world: World) -> None:
    run, proposal = await a_run(world)
    browser = await visit("dispatcher")
    answer = await browser.post(f"/match/{run}/proposals/{proposal}/approve", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.headers["hx-trigger"] == "review-changed"
    assert answer.text.lstrip().startswith(f'<tr id="row-{proposal}"')
    assert "Publish 1 approved" in (await browser.get(f"/match/{run}/sums")).text


async def test_approve_all_by_filter_publish_and_see_it_dispatched_without_scripts(visit, world: World) -> None:
    run, _ = await a_run(world)
    browser = await visit("dispatcher")
    stale = await browser.post(f"/match/{run}/approve", {"count": "7"})
    assert stale.status_code == 409
    done = await browser.post(f"/match/{run}/approve", {"count": "1"})
    assert done.headers["location"] == f"/match/{run}?show=approved"
    confirm = (await browser.get(f"/match/{run}/publish")).text
    assert "Publish 1 offer" in confirm
    sent = await browser.post(f"/match/{run}/publish")
    assert sent.headers["location"] == f"/match/{run}?show=dispatched"
    await browser.post(f"/match/{run}/publish")
    assert await Assignment.count() == 1
    assert "Dispatched" in (await browser.get(f"/match/{run}?show=dispatched")).text


async def test_an_edit_that_breaks_a_rule_keeps_what_was_typed(visit, world: World) -> None:
    unfit = await make_carer("unfit", "volunteer", None, codes=("T",), max_km=1.0, lat=HOME[0] + 0.05)
    run, proposal = await a_run(world)
    browser = await visit("dispatcher")
    answer = await browser.post(
        f"/match/{run}/proposals/{proposal}/edit", {"carer": str(unfit), "reason": "other", "text": "she lives near by"}
    )
    assert answer.status_code == 422
    assert "The straight way is 5.5 km" in answer.text
    assert "she lives near by" in answer.text


async def test_the_back_address_never_leads_away(visit, world: World) -> None:
    run, proposal = await a_run(world)
    browser = await visit("dispatcher")
    answer = await browser.post(f"/match/{run}/proposals/{proposal}/approve", {"back": "https://elsewhere.example/"})
    assert answer.headers["location"] == f"/match/{run}"


async def test_odd_filters_do_no_harm(visit, world: World) -> None:
    run, _ = await a_run(world)
    browser = await visit("dispatcher")
    for query in ("show=odd", "organization=x", "page=99", "sort=-cost", "sort=drop", "wish=missed", "problem=yes",
                  "service=%27--", "reason=none"):  # fmt: skip
        assert (await browser.get(f"/match/{run}?{query}")).status_code == 200, query


async def test_a_returned_offer_is_offered_on_with_one_button(visit, world: World) -> None:
    run, proposal = await a_run(world)
    await approve(world["dispatcher"], run, [proposal], now())
    await publish(world["dispatcher"], run, now())
    await Assignment.raw("UPDATE assignment SET status = 'expired', ended_at = now()")
    browser = await visit("dispatcher")
    page = (await browser.get("/match/returned")).text
    assert "Not answered in time" in page
    target = re.search(r'action="(/match/returned/[^"]+/offer)".*?name="carer" value="([^"]+)"', page, re.S)
    assert target
    assert (await (await visit("outsider")).post(target[1], {"carer": target[2]})).status_code == 404
    assert (await browser.post(target[1], {"carer": target[2]})).status_code == 303
    assert await Assignment.count() == 2
    assert "No offer has come back" in (await browser.get("/match/returned")).text


async def test_the_start_page_counts_runs_needs_and_returned_offers(visit, world: World) -> None:
    run, _ = await a_run(world)
    page = (await (await visit("dispatcher")).get("/")).text
    assert f"/match/{run}" in page
    assert "Confirmed needs without a match" in page
    assert "/match/returned" in page


async def test_a_second_run_is_compared_with_the_first(visit, world: World) -> None:
    await a_run(world)
    await make_need(world, household=await make_household())
    second = await finished_run(world)
    page = (await (await visit("dispatcher")).get(f"/match/{second}")).text
    assert "Compared with" in page
    assert "served 1 of 2 → 2 of 3" in page

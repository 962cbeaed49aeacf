"""A purchase list says what one more unit is worth, by the latest match run of its county."""

from uuid import UUID, uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.planning import studies
from bangfu.planning.tables import MatchRun
from bangfu.purchasing import actions
from bangfu.shared.clock import now, today
from tests.budgets.money import COUNTY
from tests.planning.making import TOWN_CODE, row_of
from tests.planning.study_making import work_on_study
from tests.planning.test_shortage import short_run
from tests.purchasing.test_purchase_lists import values_of
from tests.support import World

pytestmark = pytest.mark.database


async def a_list(world: World, service: str = "visit_check") -> UUID:
    plan = uuid4()
    await actions.draft(world["bureau"], plan, COUNTY, today().year + 1, now())
    await actions.put_item(world["bureau"], plan, uuid4(), values_of(None, service=service), today(), now())
    return plan


async def test_the_worth_stands_beside_the_evidence_once_a_run_was_looked_at(visit, world: World) -> None:
    plan, browser = await a_list(world), await visit("bureau")
    assert "What one more unit would be worth" not in (await browser.get(f"/purchases/{plan}")).text, "no run yet"
    run = await short_run(world)
    number = (await row_of(run))["number"]
    waiting = (await browser.get(f"/purchases/{plan}")).text
    assert "Nobody has worked out yet" in waiting and f"/match/{run}/shortage" in waiting and number in waiting
    await studies.start_shortage(world["bureau"], run, TOWN_CODE, now())
    await work_on_study()
    page = (await browser.get(f"/purchases/{plan}")).text
    assert "10,000 yuan more in four weeks" in page and f"/match/{run}/shortage?service=visit_check" in page
    other = await browser.get(f"/purchases/{plan}")
    assert other.status_code == 200
    await User.update({User.lang: "zh"}).where(User.username == "bureau")
    assert "每增加一万元" in (await (await visit("bureau")).get(f"/purchases/{plan}")).text


async def test_what_ifs_and_proposals_of_replans_do_not_speak_for_a_county(visit, world: World) -> None:
    run = await short_run(world)
    plan = await a_list(world, "daily_care")
    await MatchRun(
        id=uuid4(), number="M-900001", division=TOWN_CODE, status="done", kind="what_if", parent=run, problem="{}",
        finished_at=now(),
    ).save()  # fmt: skip
    await studies.start_shortage(world["bureau"], run, TOWN_CODE, now())
    await work_on_study()
    page = (await (await visit("bureau")).get(f"/purchases/{plan}")).text
    assert "The latest match run had no need of this service" in page
    assert "M-900001" not in page

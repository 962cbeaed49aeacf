"""Two runs side by side: the figures are those of the stored plans, counted anew from the problem and the plan."""

import json
import statistics
from uuid import UUID, uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.households.tables import Household
from bangfu.needs.tables import Need
from bangfu.planning import comparing
from bangfu.planning.comparing import Result, use_of
from bangfu.planning.tables import MatchRun
from matching import Problem, Solution, check, explain
from tests.planning.making import finished_run, make_household, make_need, row_of
from tests.support import HOME, World, make_carer


async def two_runs(world: World) -> tuple[UUID, UUID]:
    """The same needs before and after a lawyer came, and one need more."""
    await make_need(world)
    await make_need(world, qualifications=[["L"]], priority="urgent")
    first = await finished_run(world)
    await make_carer("near", "social_worker", None, codes=("L",))
    await make_need(world, household=await make_household(lat=HOME[0] + 0.02))
    return first, await finished_run(world)


@pytest.mark.parametrize("which", [0, 1])
async def test_the_figures_equal_what_is_counted_from_problem_and_plan(world: World, which: int) -> None:
    run = (await two_runs(world))[which]
    row, found = await row_of(run), await comparing.result_of(run)
    problem = Problem.from_document(json.loads(row["problem"]))
    solution = Solution.from_document(json.loads(row["solution"]))
    assert check(problem, solution) == []
    assert (found.served, found.needs + found.unplaced) == (row["served"], row["needs"])
    assert found.served == len(solution.plan)
    assert found.km == pytest.approx(row["km"])
    assert found.km == pytest.approx(sum(a.km or 0 for a in solution.assignments))
    left = [n.priority for n in problem.needs if n.id not in solution.plan]
    assert found.unserved == {priority: left.count(priority) for priority in set(left)}
    loads = explain.loads(problem, solution.plan)
    assert (found.fen, found.visits) == (sum(x.fen for x in loads.lines), sum(x.visits for x in loads.lines))
    taken = json.loads(row["loads"])["minutes"]
    shares = [
        (taken.get(c.carer, 0) + c.minutes) / (taken.get(c.carer, 0) + c.minutes_limit)
        for c in loads.carers
        if taken.get(c.carer, 0) + c.minutes_limit
    ]
    assert found.use.mean == pytest.approx(statistics.fmean(shares))
    assert found.use.deviation == pytest.approx(statistics.pstdev(shares))
    assert (found.use.most, found.use.carers) == (max(shares), len(shares))
    assert sum(found.use.bands.values()) == len(shares)


def result(served: dict[str, str], needs: dict[str, str]) -> Result:
    return Result(
        needs=len(needs), served=len(served), unserved={}, unplaced=0, km=0.0, fen=0, visits=0, use=use_of({}, {}),
        searched=None, priority_of=needs, carers_of={need: (carer,) for need, carer in served.items()},
    )  # fmt: skip


def test_every_need_that_changes_hands_is_listed_once_with_its_kind() -> None:
    before = result({"a": "x", "b": "x", "c": "x", "gone": "x"}, dict.fromkeys(["a", "b", "c", "d", "gone"], "key"))
    after = result(
        {"a": "x", "b": "y", "d": "y", "new": "y"}, {**dict.fromkeys(["a", "b", "c", "d"], "key"), "new": "urgent"}
    )
    found = {(one.need, one.kind, one.before, one.after) for one in comparing.changes(before, after)}
    assert found == {
        ("b", "moved", ("x",), ("y",)), ("c", "lost", ("x",), ()), ("d", "gained", (), ("y",)),
        ("gone", "only_before", ("x",), ()), ("new", "only_after", (), ("y",)),
    }  # fmt: skip
    assert comparing.changes(before, before) == []


def test_carers_fall_into_bands_by_the_share_of_their_hours() -> None:
    rows = {"none": [0, 60], "low": [29, 60], "middle": [30, 60], "high": [45, 60], "full": [54, 60], "off": [0, 0]}
    found = use_of(rows, {"low": 0})
    assert found.bands == {"none": 1, "low": 1, "middle": 1, "high": 1, "full": 1}
    assert found.carers == 5
    assert use_of({"a": [0, 60]}, {"a": 60}).bands["middle"] == 1


async def test_the_page_shows_both_runs_their_differences_and_who_changes(visit, world: World) -> None:
    first, second = await two_runs(world)
    browser = await visit("dispatcher")
    page = (await browser.get(f"/match/compare?a={first}&b={second}")).text
    for said in (
        "Not served, Urgent",
        "Newly served",
        "Only in the second run",
        "员near",
        "王**",
        "Straight distance, km",
    ):
        assert said in page, said
    assert "王小明" not in page
    only = (await browser.get(f"/match/compare?a={first}&b={second}&kind=gained")).text
    assert only.count("<tr") < page.count("<tr")
    assert f'href="/match/compare?a={first}&amp;b={second}"' in (await browser.get(f"/match/{second}")).text


async def test_a_run_beside_itself_has_no_changes(visit, world: World) -> None:
    first, _ = await two_runs(world)
    page = (await (await visit("bureau")).get(f"/match/compare?a={first}&b={first}")).text
    assert "Every need has the same carer in both." in page


async def test_without_runs_the_form_is_shown_and_odd_addresses_find_nothing(visit, world: World) -> None:
    browser = await visit("dispatcher")
    assert "No finished run yet" in (await browser.get("/match/compare")).text
    first, second = await two_runs(world)
    form = (await browser.get(f"/match/compare?a={first}")).text
    assert f'value="{second}"' in form
    assert (await browser.get("/match/compare?a=x&b=y")).status_code == 404
    assert (await browser.get(f"/match/compare?a={first}&b={uuid4()}")).status_code == 404
    for odd in ("kind=odd", "page=99", "kind=lost&page=2"):
        assert (await browser.get(f"/match/compare?a={first}&b={second}&{odd}")).status_code == 200


async def test_only_runs_of_ones_own_area_are_compared(visit, world: World) -> None:
    first, second = await two_runs(world)
    outsider = await visit("outsider")
    assert (await outsider.get(f"/match/compare?a={first}&b={second}")).status_code == 404
    assert str(first) not in (await outsider.get("/match/compare")).text
    await MatchRun.raw("UPDATE match_run SET division = '990102001000' WHERE id = {}", second)
    assert (await (await visit("dispatcher")).get(f"/match/compare?a={first}&b={second}")).status_code == 404


async def test_a_household_that_is_gone_does_not_break_the_page(visit, world: World) -> None:
    first, second = await two_runs(world)
    await MatchRun.raw("DELETE FROM proposal")
    await Need.raw("DELETE FROM need")
    await Household.raw("DELETE FROM household")
    answer = await (await visit("dispatcher")).get(f"/match/compare?a={first}&b={second}")
    assert answer.status_code == 200


async def test_the_comparison_reads_in_chinese(visit, world: World) -> None:
    first, second = await two_runs(world)
    await User.update({User.lang: "zh"}).where(User.username == "dispatcher")
    page = (await (await visit("dispatcher")).get(f"/match/compare?a={first}&b={second}")).text
    for said in ("比较两次匹配", "新增承接", "人员工时使用情况", "直线距离（公里）"):
        assert said in page, said

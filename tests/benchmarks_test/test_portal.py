"""A small county of the portal's benchmark: every page answers, and asks the database as often with more visits."""

from litestar import Litestar

from bangfu.reports.tally_check import tally_check
from bangfu.reports.tally_fold import fold
from bangfu.shared.clock import today
from tests.benchmarks.portal import Asked, ask, over, table
from tests.benchmarks.portal_data import SAMPLE, add_visits, make


async def test_every_page_answers_and_asks_no_more_often_when_there_are_more_visits(
    database: str, app: Litestar
) -> None:
    await make(database, SAMPLE, today())
    assert await tally_check() == []
    few = await ask(app, 1)
    assert {key: asked.status for key, asked in few.items() if asked.status >= 400} == {}
    await add_visits(database, SAMPLE, today(), 3 * SAMPLE.visits)
    assert await tally_check() == []
    await fold()
    assert await tally_check() == []
    many = await ask(app, 1)
    assert {key: asked.status for key, asked in many.items() if asked.status >= 400} == {}
    more = {key: (few[key].statements, asked.statements) for key, asked in many.items()}
    assert {key: both for key, both in more.items() if both[1] > both[0] + 3} == {}
    assert max(both[1] for both in more.values()) < 100


def test_what_is_slow_or_grows_is_marked() -> None:
    quick, slow, odd = Asked(200, [30.0] * 5), Asked(200, [310.0] * 5), Asked(404, [3.0] * 5)
    for each in (quick, slow, odd):
        each.slowest = [(1.0, "SELECT 1")]
    assert over(quick, quick) == []
    assert over(quick, slow) == ["slow", "grows"]
    assert over(odd, odd) == ["status 404"]
    assert "| / | lead | 30 / 30 | 310 / 310 | 10.33 | 0 | 0 | slow, grows | 1 |" in table(
        {10: {("lead", "/"): quick}, 100: {("lead", "/"): slow}}
    )

"""Many approvals at the same moment never pass the cap, and grant exactly as much as fits."""

import asyncio
from decimal import Decimal
from uuid import uuid4

import pytest

from bangfu.budgets.actions import Share, commit, release
from bangfu.budgets.tables import Commitment
from bangfu.errors import Refused
from bangfu.shared.clock import now
from tests.budgets.money import COUNTY, committed_from, fund_of, item_of, line_of, yuan
from tests.support import World

pytestmark = pytest.mark.database


async def test_a_hundred_approvals_at_once_grant_exactly_what_fits_under_the_cap(world: World) -> None:
    fund = await fund_of(world, 50_000_000)
    items = [await item_of(fund, 5_000_000, f"SW-{n}") for n in range(4)]
    drafts = [await line_of(world) for _ in range(100)]
    answers = await asyncio.gather(
        *(
            commit(world["lead"], contract, contract, COUNTY, [Share(items[n % 4], line, yuan(30_000))], now())
            for n, (contract, line) in enumerate(drafts)
        ),
        return_exceptions=True,
    )
    granted = [answer for answer in answers if answer is None]
    assert len(granted) == 33, "33 x 30,000 fit under 1,000,000"
    assert [type(answer) for answer in answers if answer is not None] == [Refused] * 67
    assert await committed_from(fund) == yuan(990_000)
    assert await Commitment.count() == 33


async def test_contracts_over_several_funds_at_once_neither_wait_in_a_circle_nor_pass_a_cap(world: World) -> None:
    funds = [await fund_of(world, 1_000_000, year=2090 + n) for n in range(3)]
    items = [await item_of(fund, 900_000) for fund in funds]
    drafts = [await line_of(world) for _ in range(30)]

    async def approve(n: int) -> None:
        contract, line = drafts[n]
        own = [items[n % 3], items[(n + 1) % 3]]
        await commit(world["lead"], contract, contract, COUNTY, [Share(item, line, yuan(3000)) for item in own], now())

    answers = await asyncio.gather(*(approve(n) for n in range(30)), return_exceptions=True)
    assert {type(answer) for answer in answers if answer is not None} <= {Refused}
    used = [await committed_from(fund) for fund in funds]
    assert all(amount <= yuan(20_000) for amount in used)
    assert sum(used, Decimal(0)) == 6000 * sum(answer is None for answer in answers)
    assert sum(amount == yuan(18_000) for amount in used) >= 2, "no more than one fund has room for another contract"


async def test_a_double_click_commits_once_and_releases_once(world: World) -> None:
    fund = await fund_of(world, 50_000_000)
    item = await item_of(fund, 100_000)
    contract, line = await line_of(world)
    share, closing = Share(item, line, yuan(1000)), uuid4()
    await asyncio.gather(*(commit(world["lead"], contract, contract, COUNTY, [share], now()) for _ in range(8)))
    assert await committed_from(fund) == yuan(1000)
    given = await asyncio.gather(
        *(release(world["finance"], contract, closing, line, yuan(600), now()) for _ in range(8))
    )
    assert sorted(given) == [yuan(0)] * 7 + [yuan(600)]
    more = await asyncio.gather(*(release(world["finance"], contract, uuid4(), line, None, now()) for _ in range(8)))
    assert sum(more) == yuan(400)
    assert await committed_from(fund) == 0

"""Old things, for tests of what is kept how long; everybody is made up."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from bangfu.retention import actions, working
from bangfu.retention.tables import RetentionRun
from bangfu.shared import jobs
from bangfu.shared.clock import now
from tests.support import World


def years_ago(years: int, days: int = 2) -> datetime:
    """So many years ago and some days more."""
    return now() - timedelta(days=round(365.25 * years) + days)


async def row_of(run: UUID) -> RetentionRun:
    """The deletion as it stands."""
    found = await RetentionRun.objects().get(RetentionRun.id == run)
    assert found is not None
    return found


async def approved(world: World, rule: str) -> UUID:
    """A deletion that an officer proposed and the lead approved."""
    run = await actions.propose(world["bureau"], uuid4(), rule, now())
    await actions.approve(world["lead"], run, now())
    return run


async def carried_out(world: World, rule: str) -> RetentionRun:
    """A deletion from its proposal to its end."""
    run = await approved(world, rule)
    claim = await jobs.claim([actions.JOB])
    assert claim is not None
    while await working.batch(claim, run):
        pass
    return await row_of(run)

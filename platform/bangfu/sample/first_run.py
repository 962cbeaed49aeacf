"""The sample's first match run, and the few of its proposals that are published at once.

A demo in which nothing was offered yet would show providers and volunteers empty lists. So the dispatcher's account
approves and publishes some proposals for the people who have accounts; everything else waits for review.
"""

import asyncio
from uuid import UUID

from bangfu.planning import running
from bangfu.planning.actions import KIND, AlreadyRunning, run_now
from bangfu.planning.deciding import approve
from bangfu.planning.publishing import publish
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.shared import jobs
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now

CITY = "990100000000"
SECONDS, SEED = 12, 1
FOR_EACH_ORGANISATION, FOR_EACH_PERSON = 14, 4
WAIT_SECONDS = 0.5


async def first_run() -> UUID | None:
    """The first finished run over the city."""
    rows = await MatchRun.raw(
        "SELECT id FROM match_run WHERE division = {} AND status = 'done' ORDER BY created_at LIMIT 1", CITY
    )
    return rows[0]["id"] if rows else None


async def match_once(dispatcher: Actor) -> UUID:
    """The first finished run; one is made where there is none, or one that was cut off is brought to its end.

    Raises:
        Refused: if the run fails.
    """
    if (run := await first_run()) is not None:
        return run
    try:
        return await run_now(dispatcher, CITY, SECONDS, SEED)
    except AlreadyRunning as open_run:
        await _see_it_end(open_run.run)
        return await first_run() or await run_now(dispatcher, CITY, SECONDS, SEED)


async def _see_it_end(run: UUID) -> None:
    """Work on a run that another process left or still works on."""
    stop = asyncio.Event()
    while True:
        claim = await jobs.claim([KIND])
        if claim is not None:
            await running.match(claim, stop)
        rows = await MatchRun.raw("SELECT status FROM match_run WHERE id = {}", run)
        if rows[0]["status"] not in {"queued", "running"}:
            return
        if claim is None:
            await asyncio.sleep(WAIT_SECONDS)


async def publish_some(dispatcher: Actor, run: UUID) -> int:
    """Offer some proposals to the organisations and carers that have accounts; how many. Only once for a run."""
    rows = await MatchRun.raw(
        "SELECT published_at IS NOT NULL OR EXISTS (SELECT 1 FROM proposal p WHERE p.run = r.id AND p.decided_by IS NOT"
        " NULL AND p.decided_by <> {}) AS touched FROM match_run r WHERE r.id = {}",
        dispatcher.user, run,
    )  # fmt: skip
    if rows[0]["touched"]:
        return 0
    await approve(dispatcher, run, await _chosen(run), now())
    return (await publish(dispatcher, run, now())).offered


async def _chosen(run: UUID) -> list[UUID]:
    """Proposals for the accounts' organisations and people; urgent ones stay, their offers would lapse in two hours."""
    rows = await Proposal.raw(
        "SELECT id FROM (SELECT p.id, p.status, u.carer IS NOT NULL AS alone,"
        " row_number() OVER (PARTITION BY u.id ORDER BY CASE WHEN u.carer IS NOT NULL THEN p.km END,"
        " p.priority = 'key' DESC, n.number) AS place"
        " FROM proposal p JOIN need n ON n.id = p.need"
        " JOIN app_user u ON u.carer = p.carer OR (u.carer IS NULL AND u.organization = p.organization)"
        " WHERE p.run = {} AND p.carer IS NOT NULL AND p.priority <> 'urgent') AS ranked"
        " WHERE status IN ('proposed', 'approved') AND place <= CASE WHEN alone THEN {}::int ELSE {}::int END",
        run, FOR_EACH_PERSON, FOR_EACH_ORGANISATION,
    )  # fmt: skip
    return [row["id"] for row in rows]

"""Whether this process can do its work now: a short word for everything in the way, never a detail."""

import asyncio
import logging
from functools import cache

from bangfu.operating.process import THIS
from bangfu.shared.database import DB
from bangfu.shared.migrate import known_migrations
from bangfu.shared.tracing import kind

SECONDS = 2.0
"""How long the database may take to answer [D]."""
log = logging.getLogger("bangfu.ready")


async def obstacles() -> list[str]:
    """`stopping`, `database`, `schema`: what keeps this process from its work; nothing when it is ready."""
    found = ["stopping"] if THIS.stopping else []
    try:
        missing = await asyncio.wait_for(_missing(), SECONDS)
    except Exception as error:
        # Whatever a driver, the pool or the network raises: the answer is the same, and the log says which it was.
        log.warning("the database does not answer: %s", kind(error))
        return [*found, "database"]
    return [*found, "schema"] if missing else found


async def _missing() -> bool:
    """Whether migrations of this program were not run. Newer ones are no obstacle: they only add (decision 0068), and
    the next version brings them while this one still serves."""
    if DB.pool is None:
        raise ConnectionError
    own = _known()
    async with DB.pool.acquire(timeout=SECONDS) as connection:
        run = await connection.fetchval(
            "SELECT count(*) FROM migration WHERE app_name = 'bangfu' AND name = ANY($1::text[])", list(own)
        )
    return int(run) < len(own)


@cache
def _known() -> frozenset[str]:
    return frozenset(known_migrations())

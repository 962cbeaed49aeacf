"""Folding what changed into the sums, so that reading stays short (decision 0055)."""

from bangfu.reports.tables import VisitTally
from bangfu.reports.tally_queries import KEYS
from bangfu.shared.database import transaction

_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('bangfu.visit_tally')) AS mine"
_KEYS = ", ".join(KEYS)
_FOLD = (
    "WITH taken AS (DELETE FROM visit_tally_delta RETURNING *), sums AS ("  # noqa: S608 (constants)
    f"SELECT {_KEYS}, sum(visits) AS visits, sum(minutes) AS minutes FROM taken GROUP BY {_KEYS}"
    " HAVING sum(visits) <> 0 OR sum(minutes) <> 0), added AS ("
    f"INSERT INTO visit_tally AS t ({_KEYS}, visits, minutes) SELECT * FROM sums"
    f" ON CONFLICT ({_KEYS}) DO UPDATE"
    " SET visits = t.visits + excluded.visits, minutes = t.minutes + excluded.minutes"
    " RETURNING id, visits, minutes)"
    " SELECT (SELECT count(*) FROM taken) AS n,"
    " ARRAY(SELECT id FROM added WHERE visits = 0 AND minutes = 0) AS empty"
)
_FORGET = "DELETE FROM visit_tally WHERE id = ANY({}::bigint[])"


async def fold() -> int:
    """Add every row of the delta that is there now to its sum and take it away, in one statement; one folder at a
    time, a second one leaves at once. Killed half-way, nothing has happened.

    Returns:
        How many rows were folded.
    """
    async with transaction():
        if not (await VisitTally.raw(_LOCK))[0]["mine"]:
            return 0
        folded = (await VisitTally.raw(_FOLD))[0]
        if folded["empty"]:
            await VisitTally.raw(_FORGET, folded["empty"])
        return int(folded["n"])

"""The sums of a line's movements by kind, exact at any moment without reading each of them (decision 0055)."""

from typing import Any, Final

from bangfu.contracts.tables import Movement
from bangfu.shared.database import transaction

SUMS: Final = (
    "(SELECT line, kind, units, amount FROM contract_movement_sum"
    " UNION ALL SELECT line, kind, units, amount FROM contract_movement_delta)"
)
"""Compacted sums and what was posted since: read both in one statement."""

_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('bangfu.contract_movement_sum')) AS mine"
_FOLD = (
    "WITH taken AS (DELETE FROM contract_movement_delta RETURNING line, kind, units, amount), added AS ("
    "INSERT INTO contract_movement_sum AS s (line, kind, units, amount)"
    " SELECT line, kind, sum(units), sum(amount) FROM taken GROUP BY line, kind ON CONFLICT (line, kind)"
    " DO UPDATE SET units = s.units + excluded.units, amount = s.amount + excluded.amount)"
    " SELECT count(*) AS n FROM taken"
)
_COMPARED = (
    f"SELECT line, kind FROM (SELECT line, kind, units, amount FROM {SUMS} a"  # noqa: S608 (constants)
    " UNION ALL SELECT line, kind, -units, -amount FROM contract_movement) t GROUP BY line, kind"
    " HAVING sum(units) <> 0 OR sum(amount) <> 0 ORDER BY line, kind"
)


async def fold() -> int:
    """Add what was posted to the sums, in one statement; a second folder leaves at once.

    Returns:
        How many rows were folded.
    """
    async with transaction():
        if not (await Movement.raw(_LOCK))[0]["mine"]:
            return 0
        return int((await Movement.raw(_FOLD))[0]["n"])


async def differences() -> list[dict[str, Any]]:
    """The lines and kinds whose sums are not those of their movements."""
    rows: list[dict[str, Any]] = await Movement.raw(_COMPARED)
    return rows

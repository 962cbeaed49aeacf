"""What becomes of the needs when two households are merged: never two that wait for the same thing.

Of two open needs of one service for one person, the one that is further on stays. The other is cancelled while nobody
has been found for it (draft to confirmed); where both are being served or matched, both stay and the page names them.
"""

from typing import Any, Final

from bangfu.households.merging import Merging, on_merge
from bangfu.needs import rules
from bangfu.needs.moves import locked, move
from bangfu.needs.tables import Need
from bangfu.needs.timing import CONFIRM
from bangfu.supervision import actions as supervision

WAITING: Final = ("draft", "submitted", "confirmed")
_FURTHER: Final = (*WAITING, "matching", "suspended", "assigned", "in_service")


async def settle_needs(merging: Merging) -> None:
    """Cancel what is asked for twice; inside the transaction of the merge."""
    rows = await Need.raw(
        "SELECT id, number, household, service, status, created_at FROM need WHERE household = ANY({})"
        " AND status = ANY({}::varchar[]) ORDER BY id FOR UPDATE",
        [merging.kept, merging.other], list(rules.OPEN),
    )  # fmt: skip
    for service in sorted({row["service"] for row in rows}):
        mine = [row for row in rows if row["service"] == service and row["household"] == merging.kept]
        theirs = [row for row in rows if row["service"] == service and row["household"] == merging.other]
        if mine and theirs:
            await _one_of(merging, max(mine, key=_further), max(theirs, key=_further))


async def _one_of(merging: Merging, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    stays, goes = (theirs, mine) if _further(theirs) > _further(mine) else (mine, theirs)
    if goes["status"] not in WAITING:
        merging.outcome.told.append(("needs_both_stay", stays["number"], goes["number"]))
        return
    row = await locked(goes["id"])
    await move(
        merging.actor,
        row,
        "cancel",
        merging.at,
        reason=f"{stays['number']}",
        closed_reason=f"mistake {stays['number']}",
    )
    await supervision.drop(merging.actor, CONFIRM, goes["id"], merging.at, reason="merged")
    merging.outcome.told.append(("need_cancelled", stays["number"], goes["number"]))


def _further(row: dict[str, Any]) -> int:
    return _FURTHER.index(row["status"])


def register() -> None:
    """Settle the needs of merged households; repeating it changes nothing."""
    on_merge(settle_needs)

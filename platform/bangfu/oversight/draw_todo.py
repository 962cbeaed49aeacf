"""What waits for the two holders, for the start page."""

from datetime import datetime

from bangfu.oversight.draw_committing import COMMIT
from bangfu.oversight.draw_queries import rounds
from bangfu.oversight.draw_turns import turn_of
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow

MOST = 100
"""Rounds under way that are looked at, the next deadline first."""
ROWS = 3
"""Rows of the start page: a city has a draw for each county and month; the number opens them all."""


async def todo(actor: Actor, at: datetime) -> Todo:
    """The hash or the secret that the reader owes."""
    result, waiting = Todo(), list[TodoRow]()
    if not allows(actor.roles, COMMIT):
        return result
    for row in (await rounds(actor, MOST, 0, "going")).rows:
        turn = turn_of(actor, row, at)
        what = _("Give your secret for the draw {draw}", draw=row.shown) if turn["may_reveal"] else ""
        if turn["may_commit"] and turn["own"] is None:
            what = _("Give the hash of your secret for the draw {draw}", draw=row.shown)
        if what:
            waiting.append(TodoRow(what, row.area, f"/draws/{row.id}", _("Open the draw"), row.opened_at, row.until))
    waiting.sort(key=lambda row: (row.until is None, row.until or at, row.who))
    if waiting:
        result.counts.append(TodoCount(_("Draws that wait for you"), len(waiting), "/draws", "warn"))
    result.rows += waiting[:ROWS]
    return result

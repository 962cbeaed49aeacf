"""What waits for the two holders, for the start page."""

from datetime import datetime

from bangfu.oversight.draw_committing import COMMIT
from bangfu.oversight.draw_queries import rounds
from bangfu.oversight.draw_turns import turn_of
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoRow

MOST = 12
"""Newest rounds that are looked at: older ones have ended."""


async def todo(actor: Actor, at: datetime) -> Todo:
    """The hash or the secret that the reader owes."""
    result = Todo()
    if not allows(actor.roles, COMMIT):
        return result
    for row in (await rounds(actor, MOST, 0)).rows:
        turn = turn_of(actor, row, at)
        what = _("Give your secret for the draw {draw}", draw=row.name) if turn["may_reveal"] else ""
        if turn["may_commit"] and turn["own"] is None:
            what = _("Give the hash of your secret for the draw {draw}", draw=row.name)
        if what:
            result.rows.append(
                TodoRow(what, row.area, f"/draws/{row.id}", _("Open the draw"), row.opened_at, row.until)
            )
    return result

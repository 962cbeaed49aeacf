"""Whose turn it is in a round, and what somebody may do in it now: for pages and the start page."""

from datetime import datetime
from typing import Any

from bangfu.oversight import draw_rules as rules
from bangfu.oversight.draw_committing import COMMIT
from bangfu.oversight.draw_views import RoundView
from bangfu.shared.actor import Actor
from bangfu.shared.permissions import allows


def turn_of(actor: Actor, row: RoundView, at: datetime) -> dict[str, Any]:
    """What the reader may do in a round now: give a hash, replace it, give the secret, give the round up."""
    side = rules.side_of(actor.roles) if allows(actor.roles, COMMIT) else ""
    own = next((one for one in row.standing if one.side == side), None)
    mine, alone = own is not None and own.holder == actor.user, len(row.standing) < len(rules.SIDES)
    in_time = at < row.commit_until or row.number > 1 or row.kind == "second"
    return {
        "side": side, "own": own,
        "may_commit": bool(side) and row.status == "open" and in_time and (own is None or (mine and alone)),
        "may_reveal": row.status == "closed" and mine and own is not None and own.revealed_at is None,
        "may_give_up": row.status in rules.GOING and mine and own is not None and own.revealed_at is None,
    }  # fmt: skip

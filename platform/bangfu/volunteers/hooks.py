"""What volunteering hears of: tasks that end, visits that begin, are recorded, verified or rejected."""

from bangfu.dispatch.moves import OVER
from bangfu.visits import hooks
from bangfu.volunteers import hours, paid_time
from bangfu.volunteers.partners import check_arrival
from bangfu.volunteers.task_life import on_over


def register() -> None:
    """Register all reactions; repeating it changes nothing."""
    if on_over not in OVER:
        OVER.insert(0, on_over)
    for event in ("started", "started_by_call"):
        hooks.after(event, check_arrival)
    for event in ("submitted", "submitted_by_call", "entered", "entered_afterwards"):
        hooks.after(event, hours.note_visit)
    hooks.after("rejected", hours.on_rejected)
    for event in ("submitted", "submitted_by_call", "entered", "entered_afterwards", "attested", "rejected"):
        hooks.after(event, paid_time.heed)

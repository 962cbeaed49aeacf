"""What waits for a person about settlements, for the start page."""

from datetime import datetime

from bangfu.settlement import paying_reading, reading
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.i18n import _
from bangfu.shared.web.frame import Todo, TodoCount


async def todo(actor: Actor, at: datetime) -> Todo:
    """Each sees the claims whose turn is theirs; finance what is overdue, too."""
    result = Todo()
    if actor.has("provider_manager") and actor.organization is not None:
        own = await paying_reading.own_counts(actor.organization)
        waiting = own.get("open", 0) + own.get("returned", 0)
        result.counts.append(TodoCount(_("Payments to claim"), waiting, "/my-settlements", "warn" if waiting else "ok"))
    if actor.has("bureau_officer", "bureau_lead", "finance_officer"):
        counts = await paying_reading.claim_counts(actor, civil_date(at))
        result.counts += _office(actor, counts)
    if actor.has("township_officer"):
        rows, _n = await reading.subsidies(actor, 1, 0)
        if rows and rows[0]["review"] == "waiting":
            result.counts.append(TodoCount(_("Subsidies judged “poor” to review"), len(rows), "/subsidies", "warn"))
    return result


def _office(actor: Actor, counts: dict[str, dict[str, dict[str, int]]]) -> list[TodoCount]:
    found = []
    states = counts["states"]
    for role, state, label in (
        ("bureau_officer", "claimed", _("Claims to review")),
        ("bureau_lead", "bureau_reviewed", _("Claims to approve")),
        ("finance_officer", "lead_approved", _("Claims to pay")),
    ):
        if actor.has(role):
            n = states.get(state, {}).get("n", 0)
            found.append(TodoCount(label, n, f"/payments?state={state}", "warn" if n else "ok"))
    late = counts["late"]
    if late and actor.has("finance_officer", "bureau_lead"):
        found.append(TodoCount(_("Payments overdue"), int(late), "/payments", "bad"))  # type: ignore[call-overload]
    return found

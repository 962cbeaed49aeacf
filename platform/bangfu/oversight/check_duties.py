"""Who checks a visit on the spot does not decide on it, and its rejection waits for the provider's objection."""

from bangfu.errors import N_
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared.actor import Actor
from bangfu.verification import deciding, disputing
from bangfu.visits.tables import Visit

INSPECTS = N_("You were drawn to check this visit on the spot: somebody else decides on it.")
OBJECTION = N_("A spot check raised this doubt, and its result is not final yet: reject after the time to object.")


async def bars(actor: Actor, visit: Visit) -> str:
    """Whether the actor is an inspector of the visit (DOMAIN.md 8.11)."""
    rows = await SpotCheck.raw(
        'SELECT 1 FROM check_inspector i JOIN spot_check s ON s.id = i."check" WHERE s.visit = {} AND i.inspector = {}'
        " AND NOT i.replaced LIMIT 1",
        visit.id, actor.user,
    )  # fmt: skip
    return INSPECTS if rows else ""


async def waits(visit: Visit) -> str:
    """Whether an objection to the check behind a dispute is possible or open."""
    rows = await SpotCheck.raw(
        "SELECT 1 FROM spot_check s JOIN visit_dispute d ON d.id = s.id WHERE s.visit = {} AND d.status = 'open'"
        " AND s.status IN ('notified', 'appealed') LIMIT 1",
        visit.id,
    )
    return OBJECTION if rows else ""


def register() -> None:
    """Let the check of visits ask both; repeating it changes nothing."""
    deciding.bar(bars)
    disputing.wait_for(waits)

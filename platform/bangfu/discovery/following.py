"""What the station makes of a verified report: a household of the register and needs for the next match run."""

from datetime import datetime
from uuid import UUID

from bangfu.discovery.comparing import check_household
from bangfu.discovery.moves import locked_for, note
from bangfu.discovery.tables import Report, ReportNeed
from bangfu.errors import N_, NotAllowed, Refused
from bangfu.households.actions import record_household
from bangfu.households.facts import Ground, Situation
from bangfu.households.sealing import PersonFacts
from bangfu.needs.facts import Wish
from bangfu.needs.recording import record_need
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows

CONFIRMED = frozenset({"verified", "reviewed", "intervening", "cleared"})
"""States in which a household and its needs are recorded from the report."""


async def household_of_report(
    actor: Actor, report: UUID, key: UUID, head: PersonFacts, situation: Situation, ground: Ground, at: datetime, *,
    why: str = "",
) -> UUID:  # fmt: skip
    """A household with its head and its ground, recorded from the report and linked to it; once.

    Raises:
        NotYours, NotAllowed, Refused: by area, role, state, or where a household is linked already.
        FormError: as households.actions.record_household.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if row.household == key:
            return key
        _check_free(actor, row, "households.record")
        household = await record_household(actor, key, head, situation, ground, at, why=why)
        await _link(actor, row, household, "household_recorded", at)
    return household


async def link_household(actor: Actor, report: UUID, household: UUID, at: datetime) -> None:
    """The report is about a household that the register has already. Raises as `household_of_report`."""
    async with transaction():
        row = await locked_for(actor, report)
        if row.household == household:
            return
        _check_free(actor, row, "households.record")
        await check_household(actor, household)
        await _link(actor, row, household, "household_linked", at)


def _check_free(actor: Actor, row: Report, permission: str) -> None:
    if not allows(actor.roles, permission):
        raise NotAllowed
    if row.status not in CONFIRMED:
        raise Refused(N_("A household is recorded from a report once a visit has confirmed it."))
    if row.household is not None:
        raise Refused(N_("This report has its household already."))


async def _link(actor: Actor, row: Report, household: UUID, event: str, at: datetime) -> None:
    row.household, row.version = household, row.version + 1
    await Report.update(household=household, version=row.version, updated_at=at).where(Report.id == row.id)
    await note(actor, row, event, at)


async def need_of_report(actor: Actor, report: UUID, key: UUID, wish: Wish, at: datetime, *, submit: bool) -> UUID:
    """A need of the report's household; the report keeps it. The same key again is the same need.

    Raises:
        NotYours, NotAllowed, Refused: by area, role, state, or without a household.
        FormError: as needs.recording.record_need.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if not allows(actor.roles, "needs.record"):
            raise NotAllowed
        if row.status not in CONFIRMED:
            raise Refused(N_("A need is recorded from a report once a visit has confirmed it."))
        if row.household is None:
            raise Refused(N_("Record or choose the household first."))
        known = await ReportNeed.objects().get(ReportNeed.need == key)
        need = await record_need(actor, key, row.household, wish, at, submit=submit)
        if known is None:
            await ReportNeed(need=need, report=report, recorded_at=at).save()
            await note(actor, row, "need_recorded", at, data={"service": wish.service})
    return need

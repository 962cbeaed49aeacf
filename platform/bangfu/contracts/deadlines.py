"""Deadlines of a contract under supervision: signature, publication, filing (DOMAIN.md 4.3)."""

from datetime import date, datetime, timedelta

from bangfu.contracts.check_facts_rules import FILE_WORKING_DAYS, PUBLISH_WORKING_DAYS, SIGN_DAYS
from bangfu.contracts.tables import Contract
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import day_span
from bangfu.supervision import actions as supervision
from bangfu.supervision.calendar import current_calendar, end_of_working_day


def last_day_to_sign(award_on: date) -> date:
    """30 days after the award notice."""
    return award_on + timedelta(days=SIGN_DAYS)


async def watch_until(
    actor: Actor, row: Contract, kind: str, day: date, at: datetime, *, role: str = "bureau_officer"
) -> None:
    """Put a step of a contract under supervision until the end of a day."""
    due = day_span(day)[1] - timedelta(minutes=1)
    timed = supervision.Timed(
        kind, "contract", row.id, f"/contracts/{row.id}", row.division, due, row.number, unit="bureau", role=role,
        owner=row.manager if role == "bureau_officer" else None,
    )  # fmt: skip
    await supervision.watch(actor, timed, at)


async def watch_after_signing(actor: Actor, row: Contract, signed_on: date, at: datetime) -> None:
    """Published within 2, filed within 7 working days of the signature; the 30 days for signing are over.

    Raises:
        Refused: where the working calendar lacks a year.
    """
    calendar, noon = await current_calendar(), day_span(signed_on)[0] + timedelta(hours=12)
    await supervision.settle(actor, "contract.sign", row.id, at, evidence="contract.signed")
    for kind, days in (("contract.publish", PUBLISH_WORKING_DAYS), ("contract.file", FILE_WORKING_DAYS)):
        due = end_of_working_day(noon, days, calendar)
        timed = supervision.Timed(
            kind, "contract", row.id, f"/contracts/{row.id}", row.division, due, row.number, unit="bureau",
            role="bureau_officer", owner=row.manager,
        )  # fmt: skip
        await supervision.watch(actor, timed, at)

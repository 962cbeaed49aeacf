"""Who hears of a settlement, and which clocks run: payments that fall due, a township's look at a caregiver's 差."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.messages.actions import send
from bangfu.settlement.tables import Claim, Statement
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import day_span
from bangfu.supervision.actions import Timed, drop, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day

PAY: Final = "settlement.pay"
REVIEW: Final = "settlement.review"
REVIEW_DAYS: Final = 10
"""Working days in which the township looks at a 差 before nothing is paid [D]."""


async def tell_office(division: str, kind: str, href: str, role: str, **params: object) -> None:
    """A message to everybody of a role in the area."""
    await send(await users_with(role, division), kind, href, params)


async def tell_organization(organization: UUID | None, kind: str, href: str, **params: object) -> None:
    """A message to the managers of an organisation, if there is one."""
    if organization is not None:
        await send(await managers_of(organization), kind, href, params)


async def watch_payment(claim: Claim, due: date, at: datetime) -> None:
    """A claim that was made is to be paid by its due date: the bureau's clock runs."""
    await watch(
        SYSTEM,
        Timed(
            kind=PAY, subject_type="settlement_claim", subject=claim.id, href=f"/settlements/{claim.statement}",
            division=claim.division, due_at=day_span(due)[1], number=claim.number, unit="bureau",
            role="finance_officer",
        ),
        at,
    )  # fmt: skip


async def paid(actor: Actor, claim: UUID, at: datetime) -> None:
    """It was paid: nothing is due any more."""
    await settle(actor, PAY, claim, at, evidence="settlement_claim.paid")


async def given_back(actor: Actor, claim: UUID, at: datetime) -> None:
    """It is with the organisation again: the bureau's clock stands until it comes back."""
    await drop(actor, PAY, claim, at, reason="settlement_claim.returned")


async def watch_review(row: Statement, at: datetime) -> None:
    """The township decides about a caregiver's 差 within ten working days."""
    due = end_of_working_day(at, REVIEW_DAYS, await current_calendar())
    href = f"/subsidies/{row.id}"
    await watch(
        SYSTEM,
        Timed(
            kind=REVIEW, subject_type="settlement", subject=row.id, href=href, division=row.division, due_at=due,
            number=row.number, unit="township", role="township_officer",
        ),
        at,
    )  # fmt: skip
    await tell_office(row.division, "subsidy_to_review", href, "township_officer", number=row.number)


async def reviewed(actor: Actor, statement: UUID, at: datetime) -> None:
    """The township has decided."""
    await settle(actor, REVIEW, statement, at, evidence="settlement.reviewed")


async def review_fell_away(actor: Actor, row: Statement, at: datetime) -> None:
    """A later revision gives another band: nothing is left to look at."""
    await drop(actor, REVIEW, row.id, at, reason="settlement.continued")

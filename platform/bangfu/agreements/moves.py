"""Moving an agreement from one state to another: locks in one order, the table of transitions, change and event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.agreements import rules
from bangfu.agreements.queries import may_see
from bangfu.agreements.tables import CareAgreement
from bangfu.errors import NotAllowed, NotYours
from bangfu.households.actions import on_relocation
from bangfu.households.tables import Household
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor


async def entered(actor: Actor, agreement: UUID) -> CareAgreement:
    """The agreement with its row lock: always the household first, then its audit chain, then the agreement.

    Raises:
        NotYours: if there is none, or it is not the actor's to see.
    """
    rows = await CareAgreement.raw(
        "SELECT household, division, organization, document_hash FROM care_agreement WHERE id = {}", agreement
    )
    if not rows or (actor is not SYSTEM and not may_see(actor, rows[0])):
        raise NotYours
    home = await Household.objects().where(Household.id == rows[0]["household"]).first().lock_rows("UPDATE")
    assert home is not None  # noqa: S101 (households are never deleted)
    await audit.hold(home.division)
    row: CareAgreement | None = (
        await CareAgreement.objects().where(CareAgreement.id == agreement).first().lock_rows("UPDATE")
    )
    assert row is not None  # noqa: S101 (agreements are never deleted)
    return row


def check_role(actor: Actor, row: CareAgreement, action: str) -> None:
    """The table's line for this state must name one of the actor's roles.

    Raises:
        Refused: if the table does not list the transition (409).
        NotAllowed: if it does, but for other roles (403).
    """
    if rules.MACHINE.step(row.status, action).roles.isdisjoint(actor.roles):
        raise NotAllowed


async def move(
    actor: Actor, row: CareAgreement, action: str, at: datetime, *, reason: str = "",
    data: Mapping[str, object] | None = None, **changes: Any,
) -> None:  # fmt: skip
    """Take one transition of the table: the new state, the changed columns, one audit event.

    Raises:
        Refused: if the table does not list the transition (409).
    """
    step = rules.MACHINE.step(row.status, action)
    before = {"status": row.status, "revision": row.revision}
    after = {"status": step.target, "revision": row.revision + 1}
    await CareAgreement.update(**{**changes, **after, "updated_at": at}).where(CareAgreement.id == row.id)
    await audit.record(
        actor, f"agreement.{step.event}", "care_agreement", row.id, division=row.division, reason=reason, at=at,
        data={**about(row), "from": row.status, "to": step.target, **(data or {})}, before=before,
        after={**after, "changed": sorted(changes)},
    )  # fmt: skip
    for name, value in {**changes, **after}.items():
        setattr(row, name, value)


def about(row: CareAgreement) -> dict[str, object]:
    """What every event of an agreement says."""
    return {"number": row.number, "household": str(row.household)}


async def _follow_household(household: UUID, division: str) -> None:
    """A household that moves takes its agreements along."""
    await CareAgreement.update({CareAgreement.division: division}).where(CareAgreement.household == household)


on_relocation(_follow_household)

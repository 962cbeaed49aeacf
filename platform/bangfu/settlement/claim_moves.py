"""One step of a claim with its rows locked: state, columns, one audit event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bangfu.settlement import rules
from bangfu.settlement.tables import Claim, Statement
from bangfu.shared import audit
from bangfu.shared.actor import Actor


@dataclass(slots=True)
class Held:
    """A claim and its statement, both locked."""

    claim: Claim
    statement: Statement


async def move(
    actor: Actor, held: Held, step: rules.Transition, at: datetime, *, data: Mapping[str, object] | None = None,
    reason: str = "", **columns: Any,
) -> None:  # fmt: skip
    """Take one transition of the table with both rows locked: state, columns, one audit event."""
    row = held.claim
    changes: dict[Any, Any] = {**columns, "status": step.target, "version": row.version + 1}
    before = {"status": row.status, "version": row.version}
    await Claim.update(changes).where(Claim.id == row.id)
    plain = {name: value for name, value in changes.items() if not name.endswith("_enc")}
    known = {"number": row.number, "statement": str(row.statement), "amount": str(row.amount), **(data or {})}
    await audit.record(
        actor, f"settlement_claim.{step.event}", "settlement_claim", row.id, division=row.division, reason=reason,
        data={**known, "from": before["status"], "to": step.target}, before=before, after=plain, at=at,
    )  # fmt: skip
    for name, value in changes.items():
        setattr(row, name, value)

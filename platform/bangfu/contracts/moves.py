"""Moving a contract from one state to another: locks in one order, the table of transitions, change and event.

Row locks are taken in the order contract, line, fund: who commits or releases money has locked the contract before, and
budgets.actions locks the funds by their ids. Nobody who holds a fund asks for a contract, so nobody waits in a circle.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.budgets.tables import Fund
from bangfu.contracts import life_rules
from bangfu.contracts.tables import Contract, ContractLine, ContractNote
from bangfu.errors import NotAllowed, NotYours
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.shared.tables import AuditEvent

LINE_STATUS: Final[Mapping[str, str]] = {
    "active": "active", "suspended": "suspended", "closed": "ended", "terminated": "ended", "void": "ended",
    "accepting": "ended",
}  # fmt: skip
"""State of the contract -> state of its lines; `draft` everywhere else."""
_FUNDS = (
    "SELECT id FROM fund WHERE id IN (SELECT i.fund FROM budget_item i JOIN line_funding f ON f.item = i.id"
    " JOIN contract_line l ON l.id = f.line WHERE l.contract = {}"
    " UNION SELECT c.fund FROM commitment c WHERE c.contract = {}) ORDER BY id FOR NO KEY UPDATE"
)


async def locked(contract: UUID) -> Contract:
    """The contract with its row lock, for the transaction around it.

    Raises:
        NotYours: if there is none.
    """
    row: Contract | None = await Contract.objects().where(Contract.id == contract).first().lock_rows("NO KEY UPDATE")
    if row is None:
        raise NotYours
    return row


async def locked_with_funds(contract: UUID) -> Contract:
    """The contract with its row lock, then those of the funds that pay or paid for its lines, by their ids.

    Raises:
        NotYours: if there is none.
    """
    row = await locked(contract)
    await Fund.raw(_FUNDS, contract, contract)
    return row


def check_sees(actor: Actor, row: Contract) -> None:
    """Whoever acts for the buying side works in the contract's county; the system may everywhere.

    Raises:
        NotYours: for everybody else.
    """
    if not (actor.has("system") or actor.sees(row.division)):
        raise NotYours


async def move(
    actor: Actor, row: Contract, action: str, at: datetime, *, reason: str = "", text: str = "",
    data: Mapping[str, object] | None = None, **columns: Any,
) -> None:  # fmt: skip
    """Take one transition of DOMAIN.md 8.6 with the row locked: the new state, that of its lines, one audit event.

    Args:
        reason: a code; it stands in the audit event and in `status_reason`.
        text: what a person wrote; it is kept sealed, never in the audit trail.
        data: codes and numbers that the event says beside the contract's number and its states.
        columns: further columns of the contract that change with the state.

    Raises:
        Refused: if the table does not list the transition (409).
        NotAllowed: if it does, but for other roles (403).
    """
    step = life_rules.MACHINE.step(row.status, action)
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    before = {"status": row.status, "version": row.version}
    changes: dict[Any, Any] = {**columns, "status": step.target, "version": row.version + 1, "status_reason": reason}
    if text:
        changes["status_text_enc"] = encrypt(text, f"contract:status_text_enc:{row.id}")
    await Contract.update({**changes, "updated_at": at}).where(Contract.id == row.id)
    lines = LINE_STATUS.get(step.target, "draft")
    await ContractLine.update({ContractLine.status: lines}).where(
        (ContractLine.contract == row.id) & (ContractLine.status != lines)
    )
    known = {"from": row.status, "to": step.target, "reason": reason, **(data or {})}
    plain = {name: value for name, value in changes.items() if not name.endswith("_enc")}
    await tell(actor, row, step.event, at, data=known, before=before, after=plain, text=text)
    for name, value in changes.items():
        setattr(row, name, value)


async def tell(
    actor: Actor, row: Contract, event: str, at: datetime, *, data: Mapping[str, object] | None = None,
    before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None, text: str = "",
) -> None:  # fmt: skip
    """One audit event of a contract (codes and numbers only) with what was written, sealed, beside it."""
    known = {"number": row.number, **(data or {})}
    await audit.record(
        actor, f"contract.{event}", "contract", row.id, division=row.division, data=known, before=before, after=after,
        at=at,
    )  # fmt: skip
    if text:
        note = uuid4()
        await ContractNote(
            id=note, contract=row.id, event=event, code=str(known.get("reason", ""))[:32], written_by=actor.user,
            text_enc=encrypt(text, f"contract_note:text_enc:{note}"), at=at,
        ).save()  # fmt: skip


async def already(actor: Actor, row: Contract, action: str) -> bool:
    """Whether this very person took the action last, so that a repeat (a double click) changes nothing."""
    steps = [step for (_, name), step in life_rules.MACHINE.table.items() if name == action]
    if row.status not in {step.target for step in steps}:
        return False
    moves = {f"contract.{step.event}" for step in life_rules.MACHINE.table.values()}
    last = await AuditEvent.raw(
        "SELECT action, actor FROM audit_event WHERE subject = {} AND subject_type = 'contract'"
        " AND action = ANY({}::varchar[]) ORDER BY id DESC LIMIT 1",
        str(row.id), sorted(moves),
    )  # fmt: skip
    events = {f"contract.{step.event}" for step in steps}
    return bool(last) and last[0]["actor"] == actor.user and last[0]["action"] in events


async def note_read(actor: Actor, contract: UUID, number: str, division: str, file: UUID, at: datetime) -> None:
    """Log that somebody opened a file of a contract."""
    async with transaction():
        await audit.record(
            actor, "contract.file_read", "contract", contract, division=division,
            data={"number": number, "file": str(file)}, at=at,
        )  # fmt: skip

"""Moving a score, an appeal, a veto, a follow-up: who sees it, its row lock, the transition, one audit event.

Lock order: quarter_score before everything that hangs on it; the chain of the county first (audit.hold).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from piccolo.table import Table

from bangfu.errors import NotAllowed, NotYours
from bangfu.quality import life_rules
from bangfu.quality.life_appeal_rules import APPEAL_MACHINE, COUNTY_DIGITS
from bangfu.quality.life_follow_rules import FOLLOW_MACHINE
from bangfu.quality.life_tables import ScoreAppeal, ScoreFollow, ScoreVeto
from bangfu.quality.life_veto_rules import VETO_MACHINE
from bangfu.quality.tables import QuarterScore
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import WorkingCalendar, day_span, quarter_span
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.states import Machine
from bangfu.shared.tables import AuditEvent
from bangfu.supervision.rules import end_of_day

_MACHINES: Final[Mapping[type[Table], tuple[str, Machine[Any]]]] = {
    QuarterScore: ("quarter_score", life_rules.MACHINE),
    ScoreAppeal: ("score_appeal", APPEAL_MACHINE),
    ScoreVeto: ("score_veto", VETO_MACHINE),
    ScoreFollow: ("score_follow", FOLLOW_MACHINE),
}


async def locked(score: UUID) -> QuarterScore:
    """A score with its row lock, for the transaction around it.

    Raises:
        NotYours: if there is none.
    """
    row: QuarterScore | None = (
        await QuarterScore.objects().where(QuarterScore.id == score).first().lock_rows("NO KEY UPDATE")
    )
    if row is None:
        raise NotYours
    return row


async def locked_row(table: type[Any], row: UUID) -> Any:
    """A row of one of this feature's tables with its lock; its score, if it has one, is locked before it.

    Raises:
        NotYours: if there is none.
    """
    found = await table.objects().where(table.id == row).first()
    if found is None:
        raise NotYours
    await audit.hold(found.division)
    if getattr(found, "score", None) is not None:
        await locked(found.score)
    return await table.objects().where(table.id == row).first().lock_rows("NO KEY UPDATE")


def check_sees(actor: Actor, division: str) -> None:
    """Whoever acts for an office works in the division; the system may everywhere.

    Raises:
        NotYours: for everybody else.
    """
    if not (actor.has("system") or sees(actor, division)):
        raise NotYours


def sees(actor: Actor, division: str) -> bool:
    """Whether an office's actor sees what belongs to a division: its own area, and a township what its county buys."""
    own_county = bool(actor.scope) and len(actor.scope) > COUNTY_DIGITS and is_county(division)
    return actor.sees(division) or (own_county and actor.scope.startswith(division[:COUNTY_DIGITS]))


def is_county(division: str) -> bool:
    """Whether a division is a whole county: what is bought for it concerns every township."""
    return len(division) >= COUNTY_DIGITS and not division[COUNTY_DIGITS:].strip("0")


def is_own(actor: Actor, organization: UUID | None, carer: UUID | None = None) -> bool:
    """Whether the actor manages the provider, or is the caregiver whose agreement is scored."""
    managed = organization is not None and actor.organization == organization and actor.has("provider_manager")
    return managed or (carer is not None and actor.carer == carer and actor.has(*life_rules.CARER))


def check_own(actor: Actor, organization: UUID | None, carer: UUID | None = None) -> None:
    """Whoever acts for the provider manages it, or is the caregiver of the agreement.

    Raises:
        NotYours: for everybody else.
    """
    if not is_own(actor, organization, carer):
        raise NotYours


async def carer_of(score: UUID) -> UUID | None:
    """The caregiver whose agreement a score is about; None of a contract's."""
    rows = await QuarterScore.select(QuarterScore.carer).where(QuarterScore.id == score)
    found: UUID | None = rows[0]["carer"] if rows else None
    return found


async def move(
    actor: Actor, row: Any, action: str, at: datetime, *, reason: str = "",
    data: Mapping[str, object] | None = None, **columns: Any,
) -> None:  # fmt: skip
    """One transition of a locked row: state, columns, version, one audit event of codes and numbers.

    Raises:
        Refused: if the table does not list the transition (409).
        NotAllowed: if it does, but for other roles (403).
    """
    table = type(row)
    name, machine = _MACHINES[table]
    step = machine.step(row.status, action)
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    before = {"status": row.status, "version": row.version}
    changes: dict[Any, Any] = {**columns, "status": step.target, "version": row.version + 1}
    await table.update(changes).where(table.id == row.id)
    known = {"number": row.number, "from": row.status, "to": step.target, **(data or {})}
    plain = {key: value for key, value in changes.items() if not key.endswith("_enc")}
    await audit.record(
        actor, f"{name}.{step.event}", name, row.id, division=row.division, reason=reason, data=known, before=before,
        after=plain, at=at,
    )  # fmt: skip
    for key, value in changes.items():
        setattr(row, key, value)


async def repeated(actor: Actor, row: Any, action: str) -> bool:
    """Whether this very person took the action last, so that a repeat (a double click) changes nothing."""
    name, machine = _MACHINES[type(row)]
    steps = [step for (_, each), step in machine.table.items() if each == action]
    if row.status not in {step.target for step in steps}:
        return False
    last = await AuditEvent.raw(
        "SELECT action, actor FROM audit_event WHERE subject = {} AND subject_type = {}"
        " AND action = ANY({}::varchar[]) ORDER BY id DESC LIMIT 1",
        str(row.id), name, sorted({f"{name}.{step.event}" for step in machine.table.values()}),
    )  # fmt: skip
    events = {f"{name}.{step.event}" for step in steps}
    return bool(last) and last[0]["actor"] == actor.user and last[0]["action"] in events


def seal(table: str, column: str, row: UUID, text: str) -> str:
    """The text as it is kept; nothing stays nothing."""
    return encrypt(text.strip(), f"{table}:{column}:{row}") if text.strip() else ""


def opened(table: str, column: str, row: UUID, sealed: str) -> str:
    """The text as it was written."""
    return decrypt(sealed, f"{table}:{column}:{row}") if sealed else ""


def quarter_end(year: int, quarter: int) -> datetime:
    """The first instant after a quarter."""
    return day_span(quarter_span(year, quarter)[1])[1]


def after_quarter(year: int, quarter: int, days: int, calendar: WorkingCalendar) -> datetime:
    """The last minute of the n-th working day after a quarter's last day."""
    return end_of_day(calendar.add_working_days(quarter_span(year, quarter)[1], days))

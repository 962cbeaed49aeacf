"""The record of an acceptance: begun, filled in, concluded, published (DOMAIN.md 4.3, 8.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.contracts import acceptance_rules as rules
from bangfu.contracts.acceptance_rules import Finding, Member
from bangfu.contracts.life_sealing import opened, seal
from bangfu.contracts.life_tables import Acceptance, AcceptanceFinding, AcceptanceMember
from bangfu.contracts.life_telling import tell_bureau, tell_supplier
from bangfu.contracts.moves import check_sees, locked, tell
from bangfu.contracts.tables import Contract
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.files import FileRow, Looked
from bangfu.supervision import actions as supervision

SUBJECT, TIMED = "contract_acceptance", "contract.acceptance"


@dataclass(frozen=True, slots=True)
class Record:
    """What the team wrote."""

    team: Sequence[Member]
    findings: Sequence[Finding]
    result: str
    asked: int
    content: int
    opinions: str


@dataclass(frozen=True, slots=True)
class AcceptanceView:
    """An acceptance as pages show it."""

    id: UUID
    kind: str
    period: int
    status: str
    record: Record
    made_name: str
    concluded_name: str
    concluded_at: datetime | None
    published_name: str
    published_on: Any
    files: tuple[FileRow, ...] = ()


async def acceptances_of(contract: UUID) -> list[AcceptanceView]:
    """The acceptances of a contract that was fetched with its access check, the newest first."""
    rows = await Acceptance.raw(
        "SELECT a.*, coalesce(m.display_name, '') AS made_name, coalesce(c.display_name, '') AS concluded_name,"
        " coalesce(p.display_name, '') AS published_name FROM contract_acceptance a"
        " LEFT JOIN app_user m ON m.id = a.made_by LEFT JOIN app_user c ON c.id = a.concluded_by"
        " LEFT JOIN app_user p ON p.id = a.published_by WHERE a.contract = {} ORDER BY a.made_at DESC, a.id",
        contract,
    )
    kept = await files.files_of(SUBJECT, [row["id"] for row in rows])
    plain = [name for name in AcceptanceView.__slots__ if name not in ("record", "files")]
    return [
        AcceptanceView(**{name: row[name] for name in plain}, record=await _record(row), files=tuple(kept[row["id"]]))
        for row in rows
    ]


async def _record(row: dict[str, Any]) -> Record:
    members = await AcceptanceMember.objects().where(AcceptanceMember.acceptance == row["id"]).order_by(
        AcceptanceMember.leads, ascending=False
    )  # fmt: skip
    found = await AcceptanceFinding.objects().where(AcceptanceFinding.acceptance == row["id"]).order_by(
        AcceptanceFinding.aspect
    )  # fmt: skip
    return Record(
        [
            Member(m.capacity, opened("contract_acceptance_member", "name_enc", m.id, m.name_enc), m.account, m.leads)
            for m in members
        ],
        [
            Finding(
                f.aspect, f.standard, f.finding,
                opened("contract_acceptance_finding", "remark_enc", f.id, f.remark_enc),
            )
            for f in sorted(found, key=lambda each: rules.ASPECTS.index(each.aspect))
        ],
        row["result"], row["asked"], row["content"],
        opened("contract_acceptance", "opinions_enc", row["id"], row["opinions_enc"]),
    )  # fmt: skip


async def final_published(contract: UUID) -> bool:
    """Whether the acceptance of the whole contract is published."""
    condition = (Acceptance.contract == contract) & (Acceptance.kind == "final") & (Acceptance.status == "published")
    return bool(await Acceptance.exists().where(condition))


async def begin(actor: Actor, contract: UUID, kind: str, period: int, at: datetime) -> UUID:
    """Begin the record of the whole contract, or of one of its years. Begun already, it is that one.

    Raises:
        Refused: for the whole while it is still in force, for a year that is not over.
    """
    async with transaction():
        row = await locked(contract)
        _officer(actor, row)
        known = await Acceptance.objects().get(
            (Acceptance.contract == contract) & (Acceptance.kind == kind) & (Acceptance.period == period)
        )
        if known is not None:
            return known.id
        _check_due(row, kind, period, at)
        key = uuid4()
        await Acceptance(id=key, contract=contract, kind=kind, period=period, made_by=actor.me, made_at=at).save()
        await tell(actor, row, "acceptance_begun", at, data={"kind": kind, "period": period})
    return key


def _check_due(row: Contract, kind: str, period: int, at: datetime) -> None:
    if kind == "final" and row.status not in {"accepting", "terminated"}:
        raise Refused(N_("The whole contract is accepted after its last day."))
    if kind == "yearly" and not 1 <= period <= rules.years_over(row.starts_on, row.ends_on, civil_date(at)):
        raise Refused(N_("This year of the contract is not over yet."))


async def write(
    actor: Actor, contract: UUID, acceptance: UUID, record: Record, paper: Looked | None, at: datetime
) -> None:
    """Keep what the team wrote, complete or not, as long as it is not concluded.

    Raises:
        Refused: after it was concluded.
    """
    async with transaction():
        row, found = await _both(actor, contract, acceptance)
        if found.status != "draft":
            raise Refused(N_("The acceptance is concluded; open it again to change it."))
        await AcceptanceMember.delete().where(AcceptanceMember.acceptance == acceptance)
        await AcceptanceFinding.delete().where(AcceptanceFinding.acceptance == acceptance)
        for member in record.team:
            key = uuid4()
            await AcceptanceMember(
                id=key, acceptance=acceptance, capacity=member.capacity, account=member.account, leads=member.leads,
                name_enc=seal("contract_acceptance_member", "name_enc", key, member.name),
            ).save()  # fmt: skip
        for finding in record.findings:
            key = uuid4()
            await AcceptanceFinding(
                id=key, acceptance=acceptance, aspect=finding.aspect, standard=finding.standard,
                finding=finding.finding,
                remark_enc=seal("contract_acceptance_finding", "remark_enc", key, finding.remark),
            ).save()  # fmt: skip
        if paper is not None:
            await files.keep(actor, SUBJECT, acceptance, "record", paper, at)
        await _set(
            found, result=record.result, asked=record.asked, content=min(record.content, record.asked),
            opinions_enc=seal("contract_acceptance", "opinions_enc", acceptance, record.opinions),
        )  # fmt: skip
        await tell(actor, row, "acceptance_written", at, data={"kind": found.kind, "period": found.period})


async def conclude(actor: Actor, contract: UUID, acceptance: UUID, at: datetime) -> None:
    """The team's record is complete.

    Raises:
        FormError: naming the part that is not: team, findings, result, opinions.
    """
    async with transaction():
        row, found = await _both(actor, contract, acceptance)
        if found.status == "concluded" and found.concluded_by == actor.user:
            return
        step = _step(actor, found, "conclude")
        record = await _record(found.to_dict())
        check_record(record, row.manager)
        await _set(found, status=step.target, concluded_by=actor.user, concluded_at=at)
        await tell(actor, row, step.event, at, data={"result": found.result, "asked": found.asked})


def check_record(record: Record, manager: UUID | None) -> None:
    """Whether a record may be concluded.

    Raises:
        FormError: with every part that is not complete.
    """
    problems = {
        "team": rules.team_problem(record.team, manager),
        "findings": rules.findings_problem(record.findings),
        "result": N_("Please choose the result.") if record.result not in rules.RESULTS else rules.result_problem(
            record.result, record.findings
        ),
        "asked": rules.opinions_problem(record.asked, record.content),
        "opinions": "" if record.opinions.strip() else N_("Write down what the recipients said."),
    }  # fmt: skip
    faults: dict[str, tuple[str, dict[str, object]]] = {name: (text, {}) for name, text in problems.items() if text}
    if faults:
        raise FormError(faults)


async def reopen(actor: Actor, contract: UUID, acceptance: UUID, text: str, at: datetime) -> None:
    """Change a concluded record before it is published; the reason stands in the history."""
    async with transaction():
        row, found = await _both(actor, contract, acceptance)
        if found.status == "draft":
            return
        step = _step(actor, found, "reopen")
        await _set(found, status=step.target, concluded_by=None, concluded_at=None)
        await tell(actor, row, step.event, at, text=text)


async def publish(actor: Actor, contract: UUID, acceptance: UUID, at: datetime) -> None:
    """Publish the result (政府采购法实施条例 art. 45); from then on nothing of it changes."""
    async with transaction():
        row, found = await _both(actor, contract, acceptance)
        if found.status == "published" and found.published_by == actor.user:
            return
        step = _step(actor, found, "publish")
        await _set(found, status=step.target, published_by=actor.user, published_on=civil_date(at))
        await tell(actor, row, step.event, at, data={"result": found.result, "period": found.period})
        subject = row.id if found.kind == "final" else yearly_subject(row.id, found.period)
        await supervision.settle(actor, TIMED, subject, at, evidence="contract.acceptance_published")
        await tell_supplier(row, "acceptance_published", "/money")
        if found.kind == "final":
            await tell_bureau(row, "contract_to_close", "/life", "finance_officer")


def yearly_subject(contract: UUID, period: int) -> UUID:
    """What the clock of a yearly acceptance counts for: the contract's id with the year in its last digit's place."""
    return UUID(int=contract.int ^ period)


async def _both(actor: Actor, contract: UUID, acceptance: UUID) -> tuple[Contract, Acceptance]:
    row = await locked(contract)
    _officer(actor, row)
    found: Acceptance | None = await (
        Acceptance.objects()
        .where((Acceptance.id == acceptance) & (Acceptance.contract == contract))
        .first()
        .lock_rows("NO KEY UPDATE")
    )
    if found is None:
        raise NotYours
    return row, found


def _officer(actor: Actor, row: Contract) -> None:
    check_sees(actor, row)
    if not actor.has("bureau_officer"):
        raise NotAllowed


def _step(actor: Actor, found: Acceptance, action: str) -> rules.Step:
    step = rules.ACCEPTANCE_MACHINE.step(found.status, action)
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    return step


async def _set(found: Acceptance, **columns: object) -> None:
    columns["version"] = found.version + 1
    await Acceptance.update(columns).where(Acceptance.id == found.id)  # type: ignore[arg-type]
    for name, value in columns.items():
        setattr(found, name, value)

"""Drafting a contract: its terms, parties, lines and files. Only drafts change; a change takes the draft back from
finance. The key of a form is the new row's id, so that a double click makes one row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bangfu.contracts.check_facts_rules import SUPPLYING
from bangfu.contracts.moves import check_sees, locked, tell
from bangfu.contracts.signing import annex_came
from bangfu.contracts.tables import Contract, ContractLine, ContractParty, LineFunding, LineQuota
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked
from bangfu.shared.numbering import fresh_number

FILE_STATES = frozenset({"closed", "terminated", "void"})
"""Where no file is added any more."""
MOST_TOTAL = Decimal(10) ** 12
"""CNY that a total stays below: as much as its column holds."""


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """One who signs, with its duties."""

    role: str
    organization: UUID
    duties: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a draft says; `columns` are those of the contract beside number, division and parties (shares as
    fractions, days as whole numbers), `terms` what it states in words."""

    division: str
    number: str
    """Empty: the next one of the sequence."""
    kind: str
    project: str
    starts_on: date
    ends_on: date
    parties: Sequence[PartyDraft]
    terms: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)
    looked_on: date | None = None
    """When the actor looked at the lists of serious breach of trust."""


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One service: CNY and units; `fundings`: budget item -> amount; `quotas`: division prefix -> units."""

    service: str
    fund_source: str
    unit_price: Decimal
    max_units: int
    max_amount: Decimal
    quality_floor: int | None = None
    fundings: Mapping[UUID, Decimal] = field(default_factory=dict)
    quotas: Mapping[str, int] = field(default_factory=dict)


async def draft(actor: Actor, key: UUID, made: Draft, at: datetime) -> UUID:
    """Keep a new draft; the same key again is the same draft.

    Raises:
        NotAllowed, NotYours: for anybody but an officer of the bureau of its county.
        FormError: if the number is taken.
    """
    if not actor.has("bureau_officer"):
        raise NotAllowed
    if not actor.sees(made.division):
        raise NotYours
    async with transaction():
        await _one_at_a_time(f"contract:{key}")
        known = await Contract.objects().get(Contract.id == key)
        if known is not None:
            if known.drafted_by != actor.me:
                raise NotYours
            return known.id
        number = made.number or await fresh_number(Contract)
        await _check_number(number, key)
        row = Contract(
            id=key, **_columns(actor, made, None), number=number, division=made.division, drafted_by=actor.me,
            edited_by=[actor.me], manager=actor.me, total=Decimal(0), created_at=at, updated_at=at,
        )  # fmt: skip
        await row.save()
        await _put_parties(key, made.parties)
        await tell(actor, row, "drafted", at, data={"kind": made.kind})
    return key


async def change(actor: Actor, contract: UUID, made: Draft, at: datetime) -> None:
    """Change a draft; its division stays.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of its county.
        Refused: if it is no draft any more.
        FormError: if the number is taken.
    """
    async with transaction():
        row = await open_draft(actor, contract)
        number = made.number or row.number
        if number != row.number:
            await _check_number(number, contract)
        changes: dict[Any, Any] = {**_columns(actor, made, row), "number": number}
        before = {name: str(getattr(row, name)) for name in changes}
        await Contract.update(changes).where(Contract.id == contract)
        supplier = changes["supplier"]
        await ContractLine.raw(
            "UPDATE contract_line SET contract_number = {}, organization = {}, starts_on = {}, ends_on = {}"
            " WHERE contract = {}",
            number, supplier, made.starts_on, made.ends_on, contract,
        )  # fmt: skip
        await _put_parties(contract, made.parties)
        row.number = number
        await touch(actor, row, "changed", at, before=before, after={name: str(changes[name]) for name in changes})


async def put_line(actor: Actor, contract: UUID, line: UUID, made: LineDraft, at: datetime) -> None:
    """Add a line under the key `line`, or change the line that has this id.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of its county; a line of another contract.
        Refused: if the contract is no draft any more.
        FormError: if the contract has a line of this service already.
    """
    async with transaction():
        row = await open_draft(actor, contract)
        known = await ContractLine.objects().get(ContractLine.id == line)
        if known is not None and known.contract != contract:
            raise NotYours
        same = await ContractLine.raw(
            "SELECT id FROM contract_line WHERE contract_number = {} AND organization = {} AND service = {}"
            " AND id <> {}",
            row.number, row.supplier, made.service, line,
        )  # fmt: skip
        if same:
            raise FormError({"service": (N_("The contract has a line of this service already; change that one."), {})})
        values: dict[Any, Any] = {
            "service": made.service, "fund_source": made.fund_source, "unit_price": made.unit_price,
            "max_units": made.max_units, "max_amount": made.max_amount, "quality_floor": made.quality_floor,
        }  # fmt: skip
        if known is None:
            await ContractLine(
                id=line, contract=contract, contract_number=row.number, organization=row.supplier,
                starts_on=row.starts_on, ends_on=row.ends_on, status="draft", created_at=at, **values,
            ).save()  # fmt: skip
        else:
            await ContractLine.update(values).where(ContractLine.id == line)
        await _put_money(line, made)
        await _sum_up(row)
        event = "line_added" if known is None else "line_changed"
        shown = {name: str(value) for name, value in values.items()}
        data = {"service": made.service, "amount": str(made.max_amount), "units": made.max_units}
        await touch(actor, row, event, at, data=data, after=shown)


async def remove_line(actor: Actor, contract: UUID, line: UUID, at: datetime) -> None:
    """Take a line out of a draft; one that is gone already stays gone.

    Raises:
        NotYours, NotAllowed, Refused: as for `put_line`.
    """
    async with transaction():
        row = await open_draft(actor, contract)
        known = await ContractLine.objects().get((ContractLine.id == line) & (ContractLine.contract == contract))
        if known is None:
            return
        await LineFunding.delete().where(LineFunding.line == line)
        await LineQuota.delete().where(LineQuota.line == line)
        await ContractLine.delete().where(ContractLine.id == line)
        await _sum_up(row)
        await touch(actor, row, "line_removed", at, data={"service": known.service, "amount": str(known.max_amount)})


async def add_file(actor: Actor, contract: UUID, kind: str, looked: Looked, at: datetime) -> UUID:
    """Keep a scan with a contract; the data-processing annex is noted on it.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of its county.
        Refused: if the contract is at its end.
    """
    async with transaction():
        row = await locked(contract)
        _check_officer(actor, row)
        if row.status in FILE_STATES:
            raise Refused(N_("The contract is at its end; no file is added any more."))
        file = await files.keep(actor, "contract", contract, kind, looked, at)
        if kind == "data_annex":
            await Contract.update({Contract.data_annex: True}).where(Contract.id == contract)
        await tell(actor, row, "file_added", at, data={"kind": kind, "file": str(file)})
        if kind == "data_annex":
            await annex_came(contract, at)
    return file


async def open_draft(actor: Actor, contract: UUID) -> Contract:
    """The locked row of a draft that the actor may change.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of its county.
        Refused: if it is no draft any more.
    """
    row = await locked(contract)
    _check_officer(actor, row)
    if row.status != "draft":
        raise Refused(N_("Only a draft can be changed. What was returned is taken up again first."))
    return row


async def touch(
    actor: Actor, row: Contract, event: str, at: datetime, *, data: Mapping[str, object] | None = None,
    before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """Note who wrote in a draft; it has to be handed on to finance again."""
    writers = [*row.edited_by, *([actor.me] if actor.me not in row.edited_by else [])]
    await Contract.update(
        {"edited_by": writers, "handed_on_at": None, "version": row.version + 1, "updated_at": at}
    ).where(Contract.id == row.id)
    await tell(actor, row, event, at, data=data, before=before, after=after)


def _check_officer(actor: Actor, row: Contract) -> None:
    check_sees(actor, row)
    if not actor.has("bureau_officer"):
        raise NotAllowed


def _columns(actor: Actor, made: Draft, row: Contract | None) -> dict[str, Any]:
    """The contract's columns that a draft sets."""
    supplier = next(party.organization for party in made.parties if party.role in SUPPLYING)
    buyers = [party.organization for party in made.parties if party.role in ("buyer", "county_bureau")]
    looked_before = row is not None and row.supplier_checked_on == made.looked_on and row.supplier == supplier
    looker = row.supplier_checked_by if row is not None and looked_before else actor.me
    return {
        **made.columns, "kind": made.kind, "project": made.project, "starts_on": made.starts_on,
        "ends_on": made.ends_on, "supplier": supplier, "buyer": buyers[0] if buyers else None,
        "terms": json.dumps(dict(made.terms), ensure_ascii=False), "supplier_checked_on": made.looked_on,
        "supplier_checked_by": looker if made.looked_on else None,
    }  # fmt: skip


async def _check_number(number: str, contract: UUID) -> None:
    """Raises FormError where another contract, or the line of an imported one, has this number."""
    await _one_at_a_time(f"contract number:{number}")
    rows = await Contract.raw(
        "SELECT 1 FROM contract WHERE number = {} AND id <> {} UNION ALL SELECT 1 FROM contract_line"
        " WHERE contract_number = {} AND contract IS DISTINCT FROM {} LIMIT 1",
        number, contract, number, contract,
    )  # fmt: skip
    if rows:
        raise FormError({"number": (N_("Another contract has this number."), {})})


async def _one_at_a_time(name: str) -> None:
    """A lock until the end of the transaction, so that two who do the same at once follow each other."""
    await Contract.raw("SELECT pg_advisory_xact_lock(hashtextextended({}, 0))", name)


async def _put_parties(contract: UUID, parties: Sequence[PartyDraft]) -> None:
    await ContractParty.delete().where(ContractParty.contract == contract)
    for party in parties:
        await ContractParty(
            id=uuid4(), contract=contract, role=party.role, organization=party.organization, duties=party.duties
        ).save()


async def _put_money(line: UUID, made: LineDraft) -> None:
    await LineFunding.delete().where(LineFunding.line == line)
    await LineQuota.delete().where(LineQuota.line == line)
    for item, amount in made.fundings.items():
        await LineFunding(id=uuid4(), line=line, item=item, amount=amount).save()
    for division, units in made.quotas.items():
        await LineQuota(id=uuid4(), line=line, division=division, max_units=units).save()


async def _sum_up(row: Contract) -> None:
    rows = await ContractLine.raw("SELECT sum(max_amount) AS total FROM contract_line WHERE contract = {}", row.id)
    if (rows[0]["total"] or 0) >= MOST_TOTAL:
        raise FormError({"unit_price": (N_("This line would cost more than the portal can hold."), {})})
    await Contract.raw(
        "UPDATE contract SET total = coalesce((SELECT sum(max_amount) FROM contract_line WHERE contract = {}), 0)"
        " WHERE id = {}",
        row.id, row.id,
    )  # fmt: skip

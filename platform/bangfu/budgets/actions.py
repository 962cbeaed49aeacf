"""Committing money of the budget and giving it back (DOMAIN.md 4.3): the only writers of the ledger.

Every verb joins the caller's transaction and locks the funds that it touches in the order of their ids, so that two
approvals of one fund follow each other and the cap is checked against what is really committed. A caller that locks
its contract does so before (contract, then fund), never the other way round. The audit event is the caller's: the
ledger itself says who and when, and cannot be changed or deleted.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bangfu.budgets import rules
from bangfu.budgets.rules import FundState, Problem, county_of
from bangfu.budgets.tables import BudgetItem, Commitment, Fund
from bangfu.divisions.tables import Division
from bangfu.errors import N_, NotAllowed, Refused
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.i18n import Word

TAKEN_OVER = "TAKEN-OVER"
"""The item of contracts that were in force before the portal was used."""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a contract's line that one budget item pays (CNY). Where `source` and `year` are given, the item
    must be of that source and year (`rules.year_shares` says how a line's amount falls on years)."""

    item: UUID
    line: UUID
    amount: Decimal
    source: str = ""
    year: int = 0


async def problems_of(
    division: str, shares: Sequence[Share], *, contract: UUID | None = None, today: date
) -> list[Problem]:
    """Why these shares cannot be committed for a contract of this division: message ids with their parameters.

    Reads only. `contract`: what that contract has committed already counts towards its shares (they are its whole
    wishes, not more on top); without it the shares are additional.
    """
    wanted = _summed(shares)
    for each in await _held(contract) if contract else []:
        key = (each["line"], each["item"])
        if key in wanted:
            wanted[key] = max(Decimal(0), wanted[key] - each["amount"])
    return await _problems(division, shares, wanted, today.year, override=False)


async def commit(
    actor: Actor,
    contract: UUID,
    subject: UUID,
    division: str,
    shares: Sequence[Share],
    at: datetime,
    *,
    override_reason: str = "",
) -> None:
    """Commit shares for a subject (the contract, or an amendment); what it has committed already stays as it is.

    `override_reason`: lets a future year without a confirmed total through, nothing else.

    Raises:
        Refused: by an item that does not cover it, a fund without a total, or the cap; with the sentence.
        NotAllowed: if anybody but the bureau's lead gives an override reason.
        ValueError: for a negative share, or if the subject committed another amount before.
    """
    reason = override_reason.strip()
    if reason and not actor.has("bureau_lead"):
        raise NotAllowed(N_("Only the bureau's lead may approve a future year without a confirmed total."))
    async with transaction():
        funds = await _lock({share.item for share in shares})
        wanted = await _not_yet(subject, _summed(shares))
        this_year = civil_date(at).year
        unset = {fund["id"] for fund in funds if fund["total"] is None and fund["year"] > this_year}
        if wanted and reason and not unset:
            raise Refused(N_("The totals of all years are set: no reason overrides them. Approve it without a reason."))
        problems = await _problems(division, shares, wanted, this_year, override=bool(reason))
        if problems:
            raise Refused(problems[0][0], **problems[0][1])
        fund_of = await _funds_of({item for _, item in wanted})
        for (line, item), amount in sorted(wanted.items()):
            why = reason if fund_of[item] in unset else ""
            await _post(actor, contract, line, item, fund_of[item], "committed", amount, subject, why, at)


async def release(
    actor: Actor,
    contract: UUID,
    subject: UUID,
    line: UUID,
    amount: Decimal | None,
    at: datetime,
    *,
    year: int | None = None,
) -> Decimal:
    """Give back what a line does not need: at most what it still has committed, the latest year first; None gives
    everything back, `year` only that year's part. A subject releases once per line; a repeat changes nothing.

    Returns:
        What was released (CNY).
    """
    async with transaction():
        await _lock({each["item"] for each in await _held(contract, line)})
        done = await Commitment.raw(
            "SELECT 1 FROM commitment WHERE subject = {} AND line = {} AND kind = 'released'", subject, line
        )
        held = [] if done else [each for each in await _held(contract, line) if year in {None, each["year"]}]
        parts = rules.give_back([(each["year"], each["amount"]) for each in held], amount)
        for each, part in zip(held, parts, strict=True):
            if part > 0:
                await _post(actor, contract, line, each["item"], each["fund"], "released", -part, subject, "", at)
        return sum(parts, Decimal(0))


async def take_over(
    actor: Actor, contract: UUID, line: UUID, division: str, source: str, by_year: Mapping[int, Decimal], at: datetime,
    *, subject: UUID | None = None,
) -> dict[UUID, Decimal]:  # fmt: skip
    """Commit a line of a contract that came in by a list, year by year: its county's fund (made without a total where
    it is missing) gets an item "taken over" that covers it. A line that was taken over before stays as it is; another
    `subject` than the contract commits more of it (a list that came again with a larger sum).

    Returns:
        Item -> amount (CNY), for the funding of the line.

    Raises:
        Refused: where a known cap, or a known total, would be passed.
    """
    county, found, cause = county_of(division), dict[UUID, Decimal](), subject or contract
    async with transaction():
        for year, amount in sorted(by_year.items()):
            if amount > 0:
                item = await _take_over(actor, contract, line, (county, year, source), amount, at, cause)
                found[item] = amount
    return found


async def open_fund(actor: Actor, county: str, year: int, source: str, at: datetime) -> UUID:
    """The fund of a county, a year and a source; made without a total where it is missing. The caller has checked
    who may do so.

    Returns:
        Its id.

    Raises:
        Refused: if the county is not in the list of divisions.
    """
    if not await Division.exists().where(Division.code == county):
        raise Refused(N_("{county} is not in the list of divisions; a fund is a county's."), county=county)
    await Fund.raw(
        "INSERT INTO fund (id, division, year, source, cap_share, created_by, created_at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (division, year, source) DO NOTHING",
        uuid4(), county, year, source, rules.CAP_SHARES[source], actor.user, at,
    )  # fmt: skip
    rows = await Fund.raw("SELECT id FROM fund WHERE division = {} AND year = {} AND source = {}", county, year, source)
    found: UUID = rows[0]["id"]
    return found


async def _take_over(
    actor: Actor, contract: UUID, line: UUID, place: tuple[str, int, str], amount: Decimal, at: datetime, subject: UUID
) -> UUID:
    fund = await open_fund(actor, *place, at)
    rows = await Fund.raw("SELECT * FROM fund WHERE id = {} FOR NO KEY UPDATE", fund)
    item = await _taken_over_item(actor, fund, at)
    if not await _not_yet(subject, {(line, item): amount}):
        return item
    state = (await fund_states([fund]))[fund]
    cap = state.refusal(amount, place[1] - 1, override=True)
    if cap is not None:
        raise Refused(cap[0], **_worded(cap[1]))
    planned = await Fund.raw("SELECT coalesce(sum(amount), 0) AS amount FROM budget_item WHERE fund = {}", fund)
    if rows[0]["total"] is not None and planned[0]["amount"] + amount > rows[0]["total"]:
        raise Refused(
            N_("The items of this fund come to {items} yuan, its total is {total} yuan."),
            items=rules.shown(planned[0]["amount"] + amount), total=rules.shown(rows[0]["total"]),
        )  # fmt: skip
    await BudgetItem.raw("UPDATE budget_item SET amount = amount + {} WHERE id = {}", amount, item)
    await _post(actor, contract, line, item, fund, "committed", amount, subject, "", at)
    return item


async def _taken_over_item(actor: Actor, fund: UUID, at: datetime) -> UUID:
    """The fund is locked: nobody else makes it at the same moment."""
    rows = await BudgetItem.raw("SELECT id FROM budget_item WHERE fund = {} AND code = {}", fund, TAKEN_OVER)
    if rows:
        found: UUID = rows[0]["id"]
        return found
    item = BudgetItem(
        id=uuid4(), fund=fund, code=TAKEN_OVER, name="此前签订合同结转", amount=Decimal(0),
        purpose="平台启用前已生效的合同，由清单导入", created_by=actor.user, created_at=at,
    )  # fmt: skip
    await item.save()
    return item.id


def _summed(shares: Iterable[Share]) -> dict[tuple[UUID, UUID], Decimal]:
    """(line, item) -> amount; parts of nothing are left out."""
    found: dict[tuple[UUID, UUID], Decimal] = {}
    for share in shares:
        if share.amount < 0:
            raise ValueError("a share is of nothing or more")
        key = (share.line, share.item)
        found[key] = found.get(key, Decimal(0)) + share.amount
    return {key: amount for key, amount in found.items() if amount > 0}


async def _not_yet(subject: UUID, wanted: Mapping[tuple[UUID, UUID], Decimal]) -> dict[tuple[UUID, UUID], Decimal]:
    rows = await Commitment.raw(
        "SELECT line, item, amount FROM commitment WHERE subject = {} AND kind = 'committed'", subject
    )
    done = {(row["line"], row["item"]): row["amount"] for row in rows}
    if any(done.get(key, amount) != amount for key, amount in wanted.items()):
        raise ValueError("this subject has committed another amount before")
    return {key: amount for key, amount in wanted.items() if key not in done}


async def _lock(items: Collection[UUID]) -> list[dict[str, Any]]:
    """The funds of these items, locked in the order of their ids."""
    rows: list[dict[str, Any]] = await Fund.raw(
        "SELECT * FROM fund WHERE id IN (SELECT fund FROM budget_item WHERE id = ANY({}::uuid[]))"
        " ORDER BY id FOR NO KEY UPDATE",
        list(items),
    )
    return rows


async def _funds_of(items: Collection[UUID]) -> dict[UUID, UUID]:
    rows = await BudgetItem.raw("SELECT id, fund FROM budget_item WHERE id = ANY({}::uuid[])", list(items))
    return {row["id"]: row["fund"] for row in rows}


async def _held(contract: UUID, line: UUID | None = None) -> list[dict[str, Any]]:
    """What a contract has committed and not given back: line, item, fund, year, amount."""
    rows: list[dict[str, Any]] = await Commitment.raw(
        "SELECT c.line, c.item, c.fund, f.year, sum(c.amount) AS amount FROM commitment c JOIN fund f ON f.id = c.fund"
        " WHERE c.contract = {} AND ({}::uuid IS NULL OR c.line = {}::uuid) GROUP BY c.line, c.item, c.fund, f.year"
        " HAVING sum(c.amount) > 0 ORDER BY c.line, f.year, c.item",
        contract, line, line,
    )  # fmt: skip
    return rows


async def fund_states(funds: Collection[UUID]) -> dict[UUID, FundState]:
    """Funds with what is committed from them."""
    rows = await Fund.raw(
        "SELECT f.*, coalesce((SELECT sum(c.amount) FROM commitment c WHERE c.fund = f.id), 0) AS committed"
        " FROM fund f WHERE f.id = ANY({}::uuid[])",
        list(funds),
    )
    return {
        row["id"]: FundState(row["year"], row["source"], row["total"], row["cap_share"], row["committed"])
        for row in rows
    }


async def _problems(
    division: str, shares: Sequence[Share], wanted: Mapping[tuple[UUID, UUID], Decimal], this_year: int, *,
    override: bool,
) -> list[Problem]:  # fmt: skip
    rows = await BudgetItem.raw(
        "SELECT i.id, i.fund, i.code, i.amount, i.active, f.division, f.year, f.source,"
        " coalesce((SELECT sum(c.amount) FROM commitment c WHERE c.item = i.id), 0) AS committed"
        " FROM budget_item i JOIN fund f ON f.id = i.fund WHERE i.id = ANY({}::uuid[])",
        sorted({share.item for share in shares}),
    )
    items = {row["id"]: row for row in rows}
    found = [problem for share in shares for problem in _misfits(items.get(share.item), share, county_of(division))]
    by_item, by_fund = dict.fromkeys(items, Decimal(0)), dict.fromkeys({row["fund"] for row in rows}, Decimal(0))
    for (_, item), amount in wanted.items():
        if item in items:
            by_item[item] += amount
            by_fund[items[item]["fund"]] += amount
    found += [problem for item, amount in by_item.items() if (problem := _uncovered(items[item], amount))]
    states = await fund_states(by_fund)
    order = sorted(by_fund, key=lambda fund: (states[fund].year, states[fund].source))
    found += [
        (refusal[0], _worded(refusal[1]))
        for fund in order
        if (refusal := states[fund].refusal(by_fund[fund], this_year, override=override))
    ]
    return list(
        {
            (message, str(sorted((k, str(v)) for k, v in params.items()))): (message, params)
            for message, params in found
        }.values()
    )


def _misfits(item: Mapping[str, Any] | None, share: Share, county: str) -> list[Problem]:
    if item is None or not item["active"]:
        return [(rules.NO_ITEM, {})]
    code = item["code"]
    if item["division"] != county:
        return [(rules.OTHER_COUNTY, {"code": code})]
    if share.source and item["source"] != share.source:
        names = {"source": Word("fund_source", item["source"]), "wanted": Word("fund_source", share.source)}
        return [(rules.OTHER_SOURCE, {"code": code, **names})]
    if share.year and item["year"] != share.year:
        return [(rules.OTHER_YEAR, {"code": code, "year": item["year"], "wanted": share.year})]
    return []


def _uncovered(item: Mapping[str, Any], amount: Decimal) -> Problem | None:
    free = item["amount"] - item["committed"]
    if amount <= free:
        return None
    return rules.NOT_COVERED, {
        "code": item["code"], "free": rules.shown(max(Decimal(0), free)), "amount": rules.shown(amount)
    }  # fmt: skip


def _worded(params: Mapping[str, object]) -> dict[str, object]:
    """The source of a fund in the reader's words."""
    return {name: Word("fund_source", str(value)) if name == "source" else value for name, value in params.items()}


async def _post(
    actor: Actor, contract: UUID, line: UUID, item: UUID, fund: UUID, kind: str, amount: Decimal, subject: UUID,
    reason: str, at: datetime,
) -> None:  # fmt: skip
    await Commitment(
        id=uuid4(), item=item, fund=fund, contract=contract, line=line, kind=kind, amount=amount, subject=subject,
        override_reason=reason, recorded_by=actor.user, at=at,
    ).save()  # fmt: skip

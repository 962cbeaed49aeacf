"""Settlement in the sample city: accounts of payees, terms of a contract that money follows from, an advance on its
way, and whatever statements the published scores have brought, one claim at each step."""

from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.contracts.tables import Contract
from bangfu.errors import Told
from bangfu.sample.accounts import actor_of
from bangfu.settlement import advances, claiming, clauses, ledger, payees, paying
from bangfu.settlement.payees import Details
from bangfu.settlement.tables import Claim
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date

MARK: Final = "sample-settlement"
TERMS: Final = (("missed_visit", "per_unit", "10", True), ("late_interest", "daily", "0.0005", True),
                ("reporting", "percent", "0.01", False))  # fmt: skip
"""Term, how it is computed, its value, whether it was confirmed already."""


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{name}")


async def load(at: datetime) -> None:
    """Once: accounts, terms, an advance, and claims at every step."""
    bureau, lead, finance, manager = [await actor_of(name) for name in ("bureau", "lead", "finance", "manager1")]
    await _accounts(bureau, finance, at - timedelta(days=6))
    rows = await Contract.raw(
        "SELECT id FROM contract WHERE supplier = {} AND status IN ('active', 'suspended') AND division LIKE {}"
        " ORDER BY imported, number LIMIT 1",
        manager.organization, f"{bureau.scope}%",
    )  # fmt: skip
    if rows:
        await _terms(bureau, lead, rows[0]["id"], at - timedelta(days=5))
    await advances.look_after(at - timedelta(days=4))
    await ledger.catch_up(at)
    await _claims(manager, at)


async def _tried(act: Awaitable[Any]) -> None:
    """A refusal leaves that step out: the sample's people hold other duties on that chain, say."""
    with suppress(Told):
        await act


async def _accounts(bureau: Actor, finance: Actor, at: datetime) -> None:
    rows = await Contract.raw(
        "SELECT DISTINCT o.id, o.name FROM organization o JOIN contract c ON c.supplier = o.id WHERE c.division LIKE {}"
        " ORDER BY o.name LIMIT 4",
        f"{bureau.scope}%",
    )
    for place, row in enumerate(rows):
        said = Details(row["name"], "样例银行天宁支行", f"99{place:02d}0011223344{place:02d}7")
        account = key(f"account{place}")
        if await payees.account_of("organization", row["id"]) is not None:
            continue
        await _tried(payees.enter(bureau, account, "organization", row["id"], said, at))
        if place < len(rows) - 1 or len(rows) == 1:
            await _tried(payees.decide(finance, account, True, at + timedelta(hours=2)))


async def _terms(bureau: Actor, lead: Actor, contract: UUID, at: datetime) -> None:
    for code, basis, value, confirmed in TERMS:
        term = key(f"term:{code}")
        await _tried(clauses.note_clause(bureau, term, contract, code, basis, Decimal(value), at))
        if confirmed:
            await _tried(clauses.decide_clause(lead, term, True, at + timedelta(hours=3)))


async def _claims(manager: Actor, at: datetime) -> None:
    """The organisation's open claims: the first is paid, the second approved, the third reviewed, the others wait."""
    second, lead, finance = [await actor_of(name) for name in ("bureau2", "lead", "finance")]
    rows = await Claim.raw(
        "SELECT id FROM settlement_claim WHERE organization = {} AND status = 'open' ORDER BY number",
        manager.organization,
    )
    for place, row in enumerate(rows[:4]):
        claim = row["id"]
        await _tried(claiming.claim(manager, claim, f"0440020261{place:02d}", True, at - timedelta(days=3)))
        if place < 3:
            for officer in (second, await actor_of("bureau")):
                await _tried(claiming.review(officer, claim, at - timedelta(days=2)))
        if place < 2:
            await _tried(claiming.approve(lead, claim, at - timedelta(days=1)))
        if place < 1:
            await _tried(paying.pay(finance, claim, civil_date(at), at - timedelta(hours=1)))

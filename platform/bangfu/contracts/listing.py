"""The list of contracts, and where a later part adds what it knows of their risk."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from bangfu.contracts.reading import ContractView, contracts_of
from bangfu.shared.actor import Actor
from bangfu.shared.web.paging import PAGE_SIZE

MOST_SORTED = 500
"""So many contracts are looked at to sort them by risk."""


@dataclass(frozen=True, slots=True)
class Risk:
    """What the list says about a contract beside its state: a sentence in the reader's language, how serious, and the
    place in the order (larger first)."""

    text: str
    level: Literal["ok", "warn", "bad", "info", "neutral"]
    rank: int


Judge = Callable[[Actor, Sequence[UUID]], Awaitable[Mapping[UUID, Risk]]]
_judges: list[Judge] = []


def judge_risk(judge: Judge) -> None:
    """Let a part of the portal judge the risk of contracts for the list; registered once."""
    if judge not in _judges:
        _judges.append(judge)


def sorts_by_risk() -> bool:
    """Whether anybody judges the risk of contracts."""
    return bool(_judges)


async def found_of(
    actor: Actor, filters: Mapping[str, str], number: int
) -> tuple[list[ContractView], int, dict[UUID, Risk]]:
    """One page of the list, the number of all, and the risks; with `sort` = "risk" the riskiest first."""
    if filters.get("sort") != "risk" or not _judges:
        rows, total = await contracts_of(actor, filters, PAGE_SIZE, (number - 1) * PAGE_SIZE)
        return rows, total, await _risks(actor, rows)
    rows, total = await contracts_of(actor, filters, MOST_SORTED, 0)
    risks = await _risks(actor, rows)
    rows.sort(key=lambda row: -risks[row.id].rank if row.id in risks else 0)
    return rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], min(total, MOST_SORTED), risks


async def _risks(actor: Actor, rows: Sequence[ContractView]) -> dict[UUID, Risk]:
    found: dict[UUID, Risk] = {}
    for judge in _judges:
        for contract, risk in (await judge(actor, [row.id for row in rows])).items():
            if contract not in found or risk.rank > found[contract].rank:
                found[contract] = risk
    return found

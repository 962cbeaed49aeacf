"""The nightly proof: every chain with its actors, and whether anybody held two duties that exclude each other
(DOMAIN.md 8.11, PRODUCT.md N12)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.accounts.queries import users_with
from bangfu.messages.actions import send
from bangfu.separation.duties import CHAINS, PAIRS
from bangfu.separation.tables import SeparationReport
from bangfu.shared.actor import SYSTEM
from bangfu.shared.audit import record
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction

_COUNTY = (
    "SELECT kind, chain, actor, array_agg(DISTINCT duty ORDER BY duty) AS duties FROM duty WHERE division LIKE {}"
    " GROUP BY kind, chain, actor ORDER BY kind, chain, actor"
)


@dataclass(frozen=True, slots=True)
class Held:
    """What one person did on one chain."""

    kind: str
    chain: UUID
    actor: UUID
    duties: tuple[str, ...]

    @property
    def violations(self) -> list[tuple[str, str]]:
        """The pairs that one person must not hold."""
        return sorted(tuple(sorted(pair)) for pair in PAIRS if pair <= set(self.duties))  # type: ignore[misc]

    @property
    def line(self) -> str:
        """One line of the list, as it is hashed and downloaded."""
        return f"{self.kind},{self.chain},{self.actor},{' '.join(self.duties)}"


@dataclass(frozen=True, slots=True)
class Proof:
    """What all chains come to."""

    chains: dict[str, int]
    duties: dict[str, int]
    violations: list[dict[str, Any]]
    hash: str


async def everything(county: str) -> list[Held]:
    """Who did what on every chain of a county (six digits), in a fixed order."""
    rows = await SeparationReport.raw(_COUNTY, f"{county}%")
    return [Held(row["kind"], row["chain"], row["actor"], tuple(row["duties"])) for row in rows]


def prove(held: Iterable[Held]) -> Proof:
    """Count the chains and name every violation. Pure: the order of what is held changes nothing but the hash."""
    chains: dict[str, set[UUID]] = {kind: set() for kind in CHAINS}
    duties: dict[str, int] = {}
    violations: list[dict[str, Any]] = []
    digest = hashlib.sha256()
    for each in held:
        chains.setdefault(each.kind, set()).add(each.chain)
        for duty in each.duties:
            duties[duty] = duties.get(duty, 0) + 1
        for pair in each.violations:
            violations.append(
                {"kind": each.kind, "chain": str(each.chain), "actor": str(each.actor), "duties": list(pair)}
            )
        digest.update(f"{each.line}\n".encode())
    return Proof({kind: len(found) for kind, found in chains.items()}, duties, violations, digest.hexdigest())


async def look_after(at: datetime) -> int:
    """Write the proofs of the day before, one for each county, once; tell the auditor and the leads of a violation.

    Returns:
        How many proofs were written.
    """
    day = civil_date(at) - timedelta(days=1)
    rows = await SeparationReport.raw(
        "SELECT DISTINCT left(code, 6) AS county FROM division WHERE level = 3 AND left(code, 6) NOT IN"
        " (SELECT county FROM separation_report WHERE day = {}) ORDER BY 1",
        day,
    )
    return sum([await write(row["county"], day, at) for row in rows])


async def write(county: str, day: date, at: datetime) -> bool:
    """Write the proof of a county's day unless there is one."""
    async with transaction():
        await SeparationReport.raw("SELECT pg_advisory_xact_lock(812)")
        if await SeparationReport.exists().where(SeparationReport.day == day, SeparationReport.county == county):
            return False
        proof = prove(await everything(county))
        report = SeparationReport(
            id=uuid4(), day=day, county=county, chains=json.dumps(proof.chains), duties=json.dumps(proof.duties),
            violations=json.dumps(proof.violations), found=len(proof.violations), hash=proof.hash, made_at=at,
        )  # fmt: skip
        await report.save()
        data = {"day": str(day), "chains": sum(proof.chains.values()), "found": len(proof.violations)}
        await record(
            SYSTEM, "separation.proved", "separation_report", report.id, division=county.ljust(12, "0"),
            data={**data, "hash": proof.hash}, at=at,
        )  # fmt: skip
        if proof.violations:
            division = county.ljust(12, "0")
            told = [*await users_with("auditor", division), *await users_with("bureau_lead", division)]
            await send(told, "duties_violated", f"/duties/{report.id}", {"found": len(proof.violations)})
        return True

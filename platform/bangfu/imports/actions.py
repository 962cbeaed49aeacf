"""Taking a list: whole or not at all, in one transaction with one audit event."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from bangfu.contracts.tables import ContractLine
from bangfu.contracts.taking_over import settle
from bangfu.dispatch import relocating as tasks
from bangfu.households import history
from bangfu.households.actions import relocated
from bangfu.households.tables import Household, Person
from bangfu.imports import locating
from bangfu.imports.checking import Checked, ImportFaults, as_table, check_list, make_plan
from bangfu.imports.kinds import KINDS
from bangfu.imports.kinds.base import Kind
from bangfu.imports.plan import Plan
from bangfu.imports.trail import record_events
from bangfu.imports.writing import write
from bangfu.needs.tables import Need
from bangfu.needs.timing import watch_confirming_all
from bangfu.planning import relocating as proposals
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.tables import AuditHead

__all__ = ["KINDS", "Checked", "ImportFaults", "Taken", "as_table", "check_list", "take", "take_rows"]

tasks.register()
proposals.register()

ONE_AT_A_TIME = 990_021
"""Advisory lock: two lists that come in at once are taken one after the other."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows of the list by what became of them; `counts` as in `Plan.counts`."""

    inserted: int
    updated: int
    unchanged: int
    counts: Mapping[str, int] = field(default_factory=dict)
    outcomes: Sequence[tuple[int, str, str]] = field(default=(), repr=False)
    """As `Plan.outcomes`, and the rows that repeat an earlier one."""


async def take(actor: Actor, kind: Kind, checked: Checked, at: datetime, *, upload: UUID | None = None) -> Taken:
    """Write what the list holds, judged again by what the database holds now.

    Raises:
        ImportFaults: with all faults; then nothing is written.
        NotAllowed: if lists of this kind are not the actor's to bring in.
    """
    kind.check_taker(actor)
    if not checked.fine:
        raise ImportFaults(checked.faults, checked.missing)
    async with transaction():
        await _lock()
        plan, sheet = await make_plan(actor, checked, at)
        if sheet.faults:
            raise ImportFaults(sheet.faults)
        for person in plan.inserts.get(Person, ()):
            person.setdefault("created_at", at)  # when they came to the household, for its history
        await write(plan)
        for household, division in plan.moved.items():
            await relocated(household, division)
        homes = [*plan.inserts.get(Household, ()), *plan.updates.get(Household, ())]
        await history.follow(actor, [home["id"] for home in homes], at)
        await _watch_needs(actor, plan, at)
        lines = [*plan.inserts.get(ContractLine, ()), *plan.updates.get(ContractLine, ())]
        await settle(actor, [line["contract"] for line in lines], at)
        if plan.to_locate or plan.carers_to_locate:
            await locating.enqueue(actor, plan.carers_to_locate)
        if plan.inserted or plan.updated:
            await audit.record_all(actor, _events(actor, kind, checked, plan, upload or uuid4()), at=at)
    repeated = [(row, "unchanged", "") for row in sheet.repeated]
    outcomes = sorted([*plan.outcomes(), *repeated])
    return Taken(plan.inserted, plan.updated, plan.unchanged, plan.counts, outcomes)


async def take_rows(actor: Actor, kind: Kind, rows: Iterable[Mapping[str, object]], at: datetime) -> Taken:
    """The same checks and the same writing for rows keyed by field codes (the sample city).

    Raises:
        ImportFaults: with all faults; then nothing is written.
        KeyError: for a key that is no field of the kind.
    """
    table = as_table(kind, rows, civil_date(at))
    checked = await check_list(actor, kind, table, None, civil_date(at))
    checked.sha256 = hashlib.sha256(repr([row.cells for row in table.rows]).encode()).hexdigest()
    return await take(actor, kind, checked, at)


async def _watch_needs(actor: Actor, plan: Plan, at: datetime) -> None:
    """Needs that a list submits have to be confirmed in time, like those that are submitted on a page."""
    needs = (*plan.inserts.get(Need, ()), *plan.updates.get(Need, ()))
    await watch_confirming_all(actor, [Need(**need) for need in needs if need["status"] == "submitted"], at)


async def _lock() -> None:
    await AuditHead.raw("SELECT pg_advisory_xact_lock({})", ONE_AT_A_TIME)


def _events(actor: Actor, kind: Kind, checked: Checked, plan: Plan, upload: UUID) -> list[audit.Entry]:
    """One event for the list (numbers and the file's hash), and one for each record that has a history of its own."""
    data = {
        "kind": kind.code, "rows": len(checked.rows), "inserted": plan.inserted, "updated": plan.updated,
        "unchanged": plan.unchanged, "sha256": checked.sha256, **plan.counts,
    }  # fmt: skip
    whole = audit.Entry("import.taken", "import", upload, actor.scope, data)
    return [whole, *record_events(plan, upload)]

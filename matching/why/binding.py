"""Which limits keep a need from a carer, while the rest of the plan stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

from matching.fault import Fault
from matching.ledger import Ledger
from matching.plan_check import limit_faults
from matching.records import Carer, Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A limit without room for one more pair: what is `left` of it and what the pair has `needed`.

    `code` and unit: capacity and organisation (minutes), households, line_visits and limit_visits (visits), line_fen
    and limit_fen (fen), all per 4 weeks. `carer`, `organisation` with `service`, or `limit` say whose limit it is.
    """

    code: str
    carer: str | None = None
    organisation: str | None = None
    service: str | None = None
    limit: str | None = None
    left: int
    needed: int

    @property
    def short(self) -> int:
        """How much is missing."""
        return self.needed - self.left


def bindings(ledger: Ledger, need: Need, carer: Carer) -> tuple[Binding, ...]:
    """The limits that break when the need goes to the carer, in the order of the rules; the account stays as it was."""
    before = ledger.remove(need.id)
    ledger.add(need.id, carer.id, *before[1:])
    faults = limit_faults(ledger, carer, need)
    ledger.remove(need.id)
    if before:
        ledger.add(need.id, *before)
    return tuple(_binding(ledger, need, carer, fault) for fault in faults)


def _binding(ledger: Ledger, need: Need, carer: Carer, fault: Fault) -> Binding:
    numbers = ledger.measure(need, carer)
    load, fen = (numbers.load, numbers.fen) if numbers else (0, 0)
    drawn = {"capacity": load, "households": 1, "organisation": need.visits * need.minutes}
    needed = drawn.get(fault.code, fen if fault.code.endswith("fen") else need.visits)
    return Binding(
        code=fault.code,
        carer=fault.carer,
        organisation=fault.organisation,
        service=fault.service,
        limit=fault.limit,
        left=int(fault.said) - int(fault.actual) + needed,
        needed=needed,
    )

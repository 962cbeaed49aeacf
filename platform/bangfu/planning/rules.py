"""Match runs and proposals as tables of transitions (DOMAIN.md 8.4), and the gap that a run reports. Pure.

A transition that is not in a table is refused. There is no automatic dispatch: only what a person approved is offered.
"""

from dataclasses import dataclass
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

DISPATCHER: Final = frozenset({"station_dispatcher"})
SYSTEM: Final = frozenset({"system"})

RUN_STATES: Final = ("queued", "running", "done", "infeasible", "failed", "cancelled")
PROPOSAL_STATES: Final = ("proposed", "edited", "approved", "rejected", "dispatched", "superseded", "unserved")
REASONS: Final = ("no_kind", "no_qualified", "excluded", "too_far", "no_time", "no_capacity", "budget")
"""Why nobody serves a need, in the order in which the rules are judged (MATCHING.md)."""
IMPOSSIBLE: Final = frozenset(REASONS[:5])
"""Reasons of needs without any candidate: no plan could serve them."""
LIVE: Final = frozenset({"proposed", "edited", "approved", "dispatched"})
"""Proposals that use their carer's time in the plan of their run."""
UNDECIDED: Final = frozenset({"proposed", "edited"})
EDIT_REASONS: Final = ("continuity", "household_wish", "local_knowledge", "carer_unavailable", "workload", "other")
REJECT_REASONS: Final = ("household_refused", "carer_unsuitable", "need_changed", "too_much_travel", "other")


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of a table: who may take the action, and what must be given with it."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    guards: tuple[str, ...] = ()


def _runs() -> list[Transition]:
    return [
        Transition("queued", "start", "running", SYSTEM),
        Transition("running", "finish", "done", SYSTEM),
        Transition("running", "prove_infeasible", "infeasible", SYSTEM),
        *(Transition(state, "fail", "failed", SYSTEM, ("reason",)) for state in ("queued", "running")),
        *(Transition(state, "cancel", "cancelled", DISPATCHER | SYSTEM) for state in ("queued", "running")),
    ]


def _proposals() -> list[Transition]:
    return [
        *(Transition(state, "approve", "approved", DISPATCHER) for state in ("proposed", "edited")),
        *(
            Transition(state, "edit", "edited", DISPATCHER, ("hard_rules", "reason"))
            for state in ("proposed", "edited", "approved", "rejected", "unserved")
        ),
        *(
            Transition(state, "reject", "rejected", DISPATCHER, ("reason",))
            for state in ("proposed", "edited", "approved")
        ),
        Transition("approved", "dispatch", "dispatched", DISPATCHER, ("hard_rules",)),
        *(Transition(state, "supersede", "superseded", SYSTEM) for state in ("proposed", "edited", "approved")),
    ]


_REFUSAL = N_("The state is “{state}”; “{action}” is not possible from there. Look at the page again.")
RUN_MACHINE: Final = Machine(_runs(), _REFUSAL, "run_status", "run_action")
PROPOSAL_MACHINE: Final = Machine(_proposals(), _REFUSAL, "proposal_status", "proposal_action")
RUN: Final = RUN_MACHINE.table
PROPOSAL: Final = PROPOSAL_MACHINE.table

next_run_state = RUN_MACHINE.target
next_proposal_state = PROPOSAL_MACHINE.target
may = PROPOSAL_MACHINE.may


def gap_percent(objective: int, bound: float | None, unavoidable: int) -> float | None:
    """The proven gap in percent of the avoidable part: (objective - bound) / (bound - cost of the needs that have no
    candidate at all) (MATCHING.md, lp_bound.py). None without a bound; 0 for a proven optimum."""
    if bound is None:
        return None
    if objective <= bound:
        return 0.0
    avoidable = bound - unavoidable
    return round(100 * (objective - bound) / avoidable, 4) if avoidable > 0 else None

"""Match runs and proposals as tables of transitions (DOMAIN.md 8.4), and the gap that a run reports. Pure.

A transition that is not in a table is refused. There is no automatic dispatch: only what a person approved is offered.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from bangfu.errors import N_, Refused
from bangfu.shared.i18n import Word

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


RUN: Final = {(row.source, row.action): row for row in _runs()}
PROPOSAL: Final = {(row.source, row.action): row for row in _proposals()}


def next_run_state(state: str, action: str) -> str:
    """The state that an action leads a run to.

    Raises:
        Refused: if the table does not list it (HTTP 409).
    """
    return _step(RUN, state, action, "run_status", "run_action").target


def next_proposal_state(state: str, action: str) -> str:
    """The state that an action leads a proposal to.

    Raises:
        Refused: if the table does not list it (HTTP 409).
    """
    return _step(PROPOSAL, state, action, "proposal_status", "proposal_action").target


def _step(table: dict[tuple[str, str], Transition], state: str, action: str, group: str, verbs: str) -> Transition:
    found = table.get((state, action))
    if found is None:
        raise Refused(
            N_("The state is “{state}”; “{action}” is not possible from there. Look at the page again."),
            state=Word(group, state),
            action=Word(verbs, action),
        )
    return found


def may(state: str, action: str, roles: Collection[str]) -> bool:
    """Whether one of the roles may take the action on a proposal in this state."""
    found = PROPOSAL.get((state, action))
    return found is not None and not found.roles.isdisjoint(roles)


def gap_percent(objective: int, bound: float | None, unavoidable: int) -> float | None:
    """The proven gap in percent of the avoidable part: (objective - bound) / (bound - cost of the needs that have no
    candidate at all) (MATCHING.md, lp_bound.py). None without a bound; 0 for a proven optimum."""
    if bound is None:
        return None
    if objective <= bound:
        return 0.0
    avoidable = bound - unavoidable
    return round(100 * (objective - bound) / avoidable, 4) if avoidable > 0 else None

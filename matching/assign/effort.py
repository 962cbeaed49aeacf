"""How much to do within a time limit: steps and moves from the size and the limit, never from the clock.

The rates are about half of what one core of a small server reaches, so that the clock hardly ever has to stop a run
and the same problem, seed and limit give the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass

from matching.assign.model import Model

STEP_SECONDS_PER_ARC = 2.0e-8
MOVES_PER_SECOND = 500_000
# CP-SAT's deterministic second takes about two of the clock with the making of the small models.
WORK_PER_SECOND = 0.4
MOST_STEPS, LEAST_STEPS = 1000, 30
MOST_MOVES_PER_NEED, LEAST_MOVES_PER_NEED = 40_000, 100


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps of the dual ascent, moves of the search, and CP-SAT's deterministic seconds for the polish."""

    steps: int
    moves: int
    work: float


def effort(model: Model, seconds: float) -> Plan:
    """What fits into `seconds` for this size; reading and candidates are estimated, not measured."""
    before = 0.2 + 5e-6 * model.arcs + 5e-5 * model.needs
    free = max(0.0, 0.9 * seconds - before)
    steps = int(0.2 * free / (STEP_SECONDS_PER_ARC * max(1, model.arcs)))
    moves = int(0.6 * free * MOVES_PER_SECOND)
    return Plan(
        steps=max(LEAST_STEPS, min(MOST_STEPS, steps)),
        moves=max(LEAST_MOVES_PER_NEED * model.needs, min(MOST_MOVES_PER_NEED * model.needs, moves)),
        work=0.2 * free * WORK_PER_SECOND,
    )

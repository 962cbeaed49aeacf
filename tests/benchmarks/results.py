"""What was measured of each problem, and the numbers that follow: gaps, distances, means, times to a gap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean, median
from typing import Any

from tests.benchmarks.measured import Measured

Curve = Sequence[tuple[float, float]]
PEERS = ("greedy", "cp_sat", "highs")


def gap(objective: float, bound: float, hopeless: float) -> float:
    """Percent of the avoidable part: (objective - bound) / (bound - cost of the needs without any candidate)."""
    return 100 * (objective - bound) / max(1.0, bound - hopeless)


@dataclass(kw_only=True)
class Block:
    """Everything measured of one problem. `known` is the best bound a reference keeps, `best` the best known cost of a
    published instance; kind is ample, tight, binding, or a class a-d of assignment problems."""

    name: str
    needs: int
    carers: int
    kind: str
    region: str
    seed: int
    known: float | None = None
    best: float | None = None
    runs: list[Measured] = field(default_factory=list)

    def of(self, task: str, limit: float | None = None) -> list[Measured]:
        """The measurements of a task, of one limit or of all."""
        return [run for run in self.runs if run.task == task and limit in (None, run.limit)]

    @property
    def limits(self) -> list[float]:
        """The limits our runs had, shortest first."""
        return sorted({run.limit for run in self.of("ours")})

    @property
    def hopeless(self) -> int:
        """Cost of the needs without any candidate."""
        return max((run.hopeless for run in self.runs), default=0)

    @property
    def bound(self) -> float:
        """The best proven bound of all, whoever proved it."""
        proven = [run.bound for run in self.runs if run.bound is not None]
        return max([*proven, *([] if self.known is None else [self.known])], default=0.0)

    @property
    def relaxation(self) -> float | None:
        """The bound of the linear relaxation, where it was solved."""
        return max((run.bound for run in self.of("lp") if run.bound is not None), default=None)

    def gap(self, objective: float) -> float:
        """The gap of a plan to the best bound, in percent."""
        return gap(objective, self.bound, self.hopeless)

    def gaps(self, task: str, limit: float) -> list[float]:
        """The gaps of a task's plans."""
        return [self.gap(run.objective) for run in self.of(task, limit) if run.objective is not None]

    def peer(self, task: str, limit: float) -> Measured | None:
        """A peer's measurement at a limit; the greedy clerk has none, HiGHS may have been given more time."""
        found = self.of(task) if task == "greedy" else self.of(task, limit)
        longer = sorted((run for run in self.of(task) if run.limit > limit), key=lambda run: run.limit)
        return next(iter([*found, *longer]), None)

    def lost(self, run: Measured) -> int | None:
        """Avoidable unserved needs weighted by priority."""
        return None if run.unserved_weight is None else run.unserved_weight - self.hopeless

    def own_distances(self) -> list[float]:
        """How far our own bounds lie below the relaxation, in percent of what is avoidable."""
        if self.relaxation is None:
            return []
        return [gap(self.relaxation, run.bound, self.hopeless) for run in self.of("ours") if run.bound is not None]

    def wrong_bounds(self) -> int:
        """Own bounds above the cost of somebody's plan: proof that the bound is false."""
        plans = [run.objective for run in self.runs if run.objective is not None]
        return sum(run.bound is not None and run.bound > min(plans) + 1e-6 for run in self.of("ours"))

    def deviation(self, run: Measured) -> float | None:
        """Percent above the best known cost of a published instance, else above the best bound."""
        against = self.bound if self.best is None else self.best
        return None if run.objective is None or not against else 100 * (run.objective - against) / against

    def time_to(self, percent: float, limit: float) -> float | None:
        """Median seconds until our plans were within a gap; None where more than half of the runs never were."""
        found = sorted(self._crossing(run, percent) for run in self.of("ours", limit))
        middle = median(found) if found else float("inf")
        return middle if middle < float("inf") else None

    def _crossing(self, run: Measured, percent: float) -> float:
        return next((s for s, objective in ended(run) if self.gap(objective) <= percent), float("inf"))


def ended(run: Measured) -> list[tuple[float, float]]:
    """A run's curve with its last plan at its end."""
    return [*run.curve, *([] if run.objective is None else [(run.seconds, run.objective)])]


def mean_curve(curves: Sequence[Curve]) -> list[tuple[float, float]]:
    """The mean of falling steps, from the moment at which all have a value."""
    if not curves or not all(curves):
        return []
    start = max(curve[0][0] for curve in curves)
    moments = sorted({start} | {s for curve in curves for s, _ in curve if s > start})
    return [(moment, fmean(_at(curve, moment) for curve in curves)) for moment in moments]


def _at(curve: Curve, moment: float) -> float:
    return min(value for s, value in curve if s <= moment)


def mean(values: Iterable[float]) -> float | None:
    """The mean, None of nothing."""
    known = list(values)
    return fmean(known) if known else None


def to_document(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """For JSON."""
    return [asdict(block) for block in blocks]


def from_document(document: Iterable[dict[str, Any]]) -> list[Block]:
    """What to_document wrote."""
    found = []
    for entry in document:
        runs = [Measured(**{**run, "curve": [(s, o) for s, o in run["curve"]]}) for run in entry["runs"]]
        found.append(Block(**{**entry, "runs": runs}))
    return found

"""How long solve() may work, and what it tells while it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from matching import values


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`seconds` of wall time for everything, `seed`, and the `gap` (a share, 0.01 = 1 %) at which to stop early.

    The same problem, seed and `iterations` (rounds of search, 1 or more) give the same plan on every machine, as long
    as the seconds do not end the run before; without `iterations` the clock decides how many rounds there are.
    Raises ProblemError.
    """

    seconds: float = 30.0
    seed: int = 1
    gap: float = 0.0
    iterations: int | None = None

    def __post_init__(self) -> None:
        values.real("limits", "seconds", self.seconds, 0.0, 10_000_000)
        values.whole("limits", "seed", self.seed, 2**31 - 1)
        values.real("limits", "gap", self.gap, 0.0, 1_000_000)
        if self.iterations is not None and values.whole("limits", "iterations", self.iterations, 1_000_000) < 1:
            raise values.ProblemError("limits", "iterations", "must be 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run stands: `stage` (candidates, bound, search, polish, done), `share` done (0 to 1), best plan's
    `objective` and proven `bound` so far (None before there is one), `seconds` since the start."""

    stage: str
    share: float
    objective: int | None
    bound: float | None
    seconds: float


Report = Callable[[Progress], None]
Cancelled = Callable[[], bool]


class Clock(Protocol):
    """Seconds from an arbitrary start."""

    def __call__(self) -> float: ...


class Watch:
    """Measures a run, passes its progress on, and says when it has to end."""

    def __init__(self, limits: Limits, clock: Clock, report: Report | None, cancelled: Cancelled | None) -> None:
        """Start measuring now."""
        self.limits, self._clock, self._report, self._cancelled = limits, clock, report, cancelled
        self._start = clock()
        self.objective: int | None = None
        self.bound: float | None = None
        self.stopped = False
        self._told = 0.0

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    @property
    def left(self) -> float:
        """Seconds left of the limit, at least 0."""
        return max(0.0, self.limits.seconds - self.seconds)

    def tell(self, stage: str, share: float) -> None:
        """Pass the progress on; the share never falls."""
        share = self._told = max(share, self._told)
        if self._report is not None:
            self._report(
                Progress(stage=stage, share=share, objective=self.objective, bound=self.bound, seconds=self.seconds)
            )

    def over(self) -> bool:
        """True once the run was cancelled or its time is up; then it stays so."""
        if not self.stopped:
            self.stopped = self.left <= 0 or (self._cancelled is not None and self._cancelled())
        return self.stopped

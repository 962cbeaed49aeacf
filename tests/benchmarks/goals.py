"""The goals of the matching engine and how the measurements stand beside them, one row a goal that was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from tests.benchmarks.results import PEERS, Block, mean

PASS, SHORT = "pass", "falls short"
SCALING_GAP, SCALING_RATIO = 2.0, 150.0
SMALL, LARGE = 1000, 100_000
FIRST_PLAN_SHARE, OWN_BOUND = 10.0, 0.5
READING, PAIRING = 3.0, 15.0
ASSIGNMENT = {"a": 0.0, "b": 0.0, "c": 0.2, "d": 0.5}
ASSIGNMENT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class GapGoal:
    """The mean gap asked for at a size, a kind and a limit, what to reach for, and the memory allowed."""

    needs: int
    kinds: tuple[str, ...]
    seconds: float
    gap: float | None
    reach: float | None
    megabytes: float


GAPS = (
    GapGoal(1000, ("ample",), 10, 0.7, 0.2, 500),
    GapGoal(1000, ("tight",), 10, 2.5, 1.0, 500),
    GapGoal(1000, ("binding",), 10, 2.5, 1.0, 500),
    GapGoal(1000, ("ample",), 30, 0.4, 0.1, 500),
    GapGoal(1000, ("tight",), 30, 1.5, 0.7, 500),
    GapGoal(1000, ("binding",), 30, 1.5, 0.7, 500),
    GapGoal(10_000, ("ample",), 60, 2.0, 1.0, 1500),
    GapGoal(10_000, ("tight", "binding"), 60, None, None, 1500),
    GapGoal(100_000, ("ample",), 300, 3.0, 2.0, 4000),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A goal in words, what was asked, what was measured, and a word on it."""

    goal: str
    asked: str
    measured: str
    verdict: str


def rows(blocks: Sequence[Block]) -> list[Row]:
    """All goals of which something was measured."""
    plans = [block for block in blocks if block.kind in ("ample", "tight", "binding")]
    parts: tuple[Callable[[Sequence[Block]], Iterator[Row]], ...] = (
        _gaps, _memory, _first_plans, _longer, _bounds, _beside_highs, _unserved, _speed, _scaling,
    )  # fmt: skip
    found = [row for part in parts for row in part(plans)]
    return [*found, *_assignment(blocks), *_faults(blocks)]


def _word(kept: bool) -> str:
    return PASS if kept else SHORT


def _gaps(blocks: Sequence[Block]) -> Iterator[Row]:
    for goal in GAPS:
        mine = [b for b in blocks if b.needs == goal.needs and b.kind in goal.kinds and b.of("ours", goal.seconds)]
        if goal.gap is None or not mine:
            continue
        means = [fmean(b.gaps("ours", goal.seconds)) for b in mine]
        found, runs = fmean(means), sum(len(b.of("ours", goal.seconds)) for b in mine)
        verdict = "pass, as far as hoped" if goal.reach and found <= goal.reach else _word(found <= goal.gap)
        yield Row(
            f"{goal.needs:,} needs, {' and '.join(goal.kinds)}, {goal.seconds:g} s: mean gap",
            f"{goal.gap:g} % (reach for {goal.reach:g} %)",
            f"{found:.2f} % ({min(means):.2f}-{max(means):.2f}; {len(mine)} problems, {runs} runs)",
            verdict,
        )


def _memory(blocks: Sequence[Block]) -> Iterator[Row]:
    for size, most in sorted({(goal.needs, goal.megabytes) for goal in GAPS}):
        peaks = [run.peak_mb for b in blocks if b.needs == size for run in b.of("ours")]
        if peaks:
            yield Row(
                f"{size:,} needs: peak memory", f"{most:,.0f} MB", f"{max(peaks):,.0f} MB", _word(max(peaks) <= most)
            )


def _first_plans(blocks: Sequence[Block]) -> Iterator[Row]:
    shares = [
        100 * (run.seconds if run.first_plan is None else run.first_plan) / run.limit
        for b in blocks
        for run in b.of("ours")
    ]
    if shares:
        worst = max(shares)
        asked = f"within {FIRST_PLAN_SHARE:g} % of the limit"
        yield Row("first plan", asked, f"{worst:.1f} % at the latest", _word(worst <= FIRST_PLAN_SHARE))


def _longer(blocks: Sequence[Block]) -> Iterator[Row]:
    """Of the same problem and seed, the longer run must not end worse."""
    pairs = worse = 0
    for block in blocks:
        for seed in {run.seed for run in block.of("ours")}:
            mine = sorted((run for run in block.of("ours") if run.seed == seed), key=lambda run: run.limit)
            for one, other in pairwise(mine):
                pairs += 1
                worse += (other.objective or 0) > (one.objective or 0)
    if pairs:
        yield Row("more time never gives a worse plan", "0 worse", f"{worse} worse of {pairs}", _word(not worse))


def _bounds(blocks: Sequence[Block]) -> Iterator[Row]:
    for size in sorted({b.needs for b in blocks}):
        found = [distance for b in blocks if b.needs == size for distance in b.own_distances()]
        if found:
            said = f"{fmean(found):.3f} % (worst {max(found):.3f} %)"
            yield Row(
                f"{size:,} needs: own bound below the linear relaxation",
                f"{OWN_BOUND} %",
                said,
                _word(max(found) <= OWN_BOUND),
            )
    wrong = sum(b.wrong_bounds() for b in blocks)
    yield Row("own bounds above somebody's plan", "0", str(wrong), _word(not wrong))


def _beside_highs(blocks: Sequence[Block]) -> Iterator[Row]:
    """Scarce problems beside HiGHS with at least the same time; the goal is about tight ones."""
    for size, kind in sorted({(b.needs, b.kind) for b in blocks if b.kind != "ample"}):
        both = []
        for block in blocks:
            for limit in block.limits if (block.needs, block.kind) == (size, kind) else ():
                if peer := block.peer("highs", limit):
                    theirs = float("inf") if peer.objective is None else block.gap(peer.objective)
                    both.append((fmean(block.gaps("ours", limit)), theirs))
        if both:
            worse = sum(ours > theirs for ours, theirs in both)
            yield Row(f"{size:,} needs, {kind}: beside HiGHS", "never worse", _beside(both, worse), _word(not worse))


def _beside(both: Sequence[tuple[float, float]], worse: int) -> str:
    """Mean gaps of ours and of theirs, in words."""
    plans = [theirs for _, theirs in both if theirs < float("inf")]
    said = f"worse on {worse} of {len(both)}; {fmean(ours for ours, _ in both):.2f} % beside "
    return said + (f"{fmean(plans):.2f} %, without a plan {len(both) - len(plans)}" if plans else "no plan at all")


def _unserved(blocks: Sequence[Block]) -> Iterator[Row]:
    """Priority-weighted unserved needs beside the best peer of the same problem and limit."""
    more = compared = 0
    for block in blocks:
        for limit in block.limits:
            ours = mean(w for run in block.of("ours", limit) if (w := block.lost(run)) is not None)
            found = [peer for task in PEERS if (peer := block.peer(task, limit))]
            theirs = [w for peer in found if (w := block.lost(peer)) is not None]
            if ours is not None and theirs:
                compared += 1
                more += ours > min(theirs)
    if compared:
        said = f"more on {more} of {compared}"
        yield Row("unserved needs by priority beside every peer", "never more", said, _word(not more))


def _speed(blocks: Sequence[Block]) -> Iterator[Row]:
    runs = [run for b in blocks if b.needs == LARGE for run in b.of("ours")]
    for words, most, took in (
        ("reading the problem", READING, [run.reading for run in runs if run.reading is not None]),
        ("candidates with exact distances", PAIRING, [run.pairing for run in runs if run.pairing is not None]),
    ):
        if took:
            yield Row(
                f"{LARGE:,} needs: {words}",
                f"{most:g} s",
                f"{min(took):.1f} s at best, mean {fmean(took):.1f} s",
                _word(fmean(took) <= most),
            )


def time_to_gap(blocks: Sequence[Block]) -> list[tuple[int, float, float | None]]:
    """(needs, limit, median seconds to SCALING_GAP) of ample problems, each size at its shortest limit of the goals.

    None where half of the problems or more were never so near.
    """
    found = []
    for size in sorted({b.needs for b in blocks if b.kind == "ample"}):
        mine = [b for b in blocks if b.needs == size and b.kind == "ample" and b.limits]
        if mine:
            limit = min(b.limits[0] for b in mine)
            times = [b.time_to(SCALING_GAP, limit) for b in mine if b.of("ours", limit)]
            middle = median(float("inf") if t is None else t for t in times)
            found.append((size, limit, middle if middle < float("inf") else None))
    return found


def _scaling(blocks: Sequence[Block]) -> Iterator[Row]:
    times = {size: seconds for size, _, seconds in time_to_gap(blocks)}
    if SMALL in times and LARGE in times:
        small, large = times[SMALL], times[LARGE]
        reached = small is not None and large is not None
        ratio = large / small if small and large else float("inf")
        said = f"{ratio:.0f} times ({small:.2f} s, {large:.1f} s)" if small and large else "a size never got there"
        words = f"time to a {SCALING_GAP:g} % gap, {LARGE:,} beside {SMALL:,} needs"
        yield Row(words, f"at most {SCALING_RATIO:g} times", said, _word(reached and ratio <= SCALING_RATIO))


def _assignment(blocks: Sequence[Block]) -> Iterator[Row]:
    for kind, most in ASSIGNMENT.items():
        mine = [b for b in blocks if b.kind == kind]
        found = [off for b in mine for run in b.of("ours") if (off := b.deviation(run)) is not None]
        if found:
            kept = sum(off <= most + 1e-9 for off in found)
            against = "best known" if all(b.best is not None for b in mine) else "best bound"
            said = f"{fmean(found):.3f} % over the {against}, worst {max(found):.3f} % ({kept} of {len(found)} kept)"
            yield Row(
                f"assignment problems of class {kind}, {ASSIGNMENT_SECONDS:g} s",
                f"{most:g} %",
                said,
                _word(kept == len(found)),
            )


def _faults(blocks: Sequence[Block]) -> Iterator[Row]:
    faults = sum(run.faults or 0 for b in blocks for run in b.of("ours"))
    yield Row("faults that the checkers find", "0", str(faults), _word(not faults))

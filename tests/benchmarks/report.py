"""The report: Markdown tables of problems, peers and goals, and the plots."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean

from tests.benchmarks import goals
from tests.benchmarks.plot import Line, Panel, svg
from tests.benchmarks.results import PEERS, Block, Curve, ended, from_document, mean, mean_curve, to_document

NAMES = {"greedy": "greedy", "cp_sat": "CP-SAT", "highs": "HiGHS"}
PROBLEM_COLUMNS = (
    "needs x carers", "scarce", "region, seed", "limit s", "runs", "gap %", "worst %", "own bound off LP %",
    "first plan s", "s", "CPU s", "MB", "unserved", "faults",
)  # fmt: skip
PEER_COLUMNS = (
    "problem",
    "limit s",
    "ours: gap %",
    "weight",
    *(f"{NAMES[p]}: {w}" for p in PEERS for w in ("gap %", "weight")),
)
ASSIGNMENT_COLUMNS = ("instance", "limit s", "cost", "own bound", "best known", "deviation %", "s", "CPU s", "faults")
LEAST_GAP = 0.01  # percent; a logarithmic axis has no zero


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |\n" for line in lines)


def _number(value: float | None, form: str = ".2f") -> str:
    return "-" if value is None else f"{value:{form}}"


def _plans(blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if block.kind not in goals.ASSIGNMENT]


def problem_row(block: Block, limit: float) -> list[str]:
    """One problem at one limit: means over our runs."""
    runs, gaps = block.of("ours", limit), block.gaps("ours", limit)
    return [
        f"{block.needs:,} x {block.carers:,}",
        block.kind,
        f"{block.region}, {block.seed}",
        f"{limit:g}",
        str(len(runs)),
        _number(mean(gaps)),
        _number(max(gaps, default=None)),
        _number(mean(block.own_distances()), ".3f"),
        _number(mean(run.first_plan for run in runs if run.first_plan is not None)),
        _number(mean(run.seconds for run in runs), ".1f"),
        _number(mean(run.cpu for run in runs), ".1f"),
        _number(max((run.peak_mb for run in runs), default=None), ".0f"),
        _number(mean(run.unserved for run in runs if run.unserved is not None), ".1f"),
        str(sum(run.faults or 0 for run in runs)),
    ]


def peer_row(block: Block, limit: float) -> list[str]:
    """One problem at one limit: gap and avoidable unserved weight of ours and of each peer."""
    weights = [weight for run in block.of("ours", limit) if (weight := block.lost(run)) is not None]
    cells = [block.name, f"{limit:g}", _number(mean(block.gaps("ours", limit))), _number(mean(weights), ",.0f")]
    for task in PEERS:
        peer = block.peer(task, limit)
        if peer is None:
            cells += ["-", "-"]
        elif peer.objective is None:
            cells += ["no plan" + _more_time(peer.limit, limit), "-"]
        else:
            longer = _more_time(peer.limit, limit) if task != "greedy" else ""
            cells += [f"{block.gap(peer.objective):,.2f}{longer}", _number(block.lost(peer), ",.0f")]
    return cells


def _more_time(limit: float, ours: float) -> str:
    return f" ({limit:g} s)" if limit != ours else ""


def assignment_rows(block: Block) -> list[list[str]]:
    """One row each run of a generalised assignment problem."""
    return [
        [
            block.name,
            f"{run.limit:g}",
            _number(run.objective, ".0f"),
            _number(run.bound, ".1f"),
            _number(block.best, ".0f"),
            _number(block.deviation(run), ".3f"),
            _number(run.seconds, ".1f"),
            _number(run.cpu, ".1f"),
            str(run.faults or 0),
        ]
        for run in block.of("ours")
    ]


def markdown(blocks: Sequence[Block], about: str) -> str:
    """The whole report."""
    plans, found = _plans(blocks), [f"# The matching engine, measured\n\n{about}\n"]
    judged = [(row.goal, row.asked, row.measured, row.verdict) for row in goals.rows(blocks)]
    found.append("## Goals\n\n" + table(("goal", "asked", "measured", ""), judged))
    if plans:
        rows = [problem_row(block, limit) for block in plans for limit in block.limits]
        found.append("## Problems\n\n" + table(PROBLEM_COLUMNS, rows))
        rows = [peer_row(block, limit) for block in plans for limit in block.limits]
        said = "Weight is that of the unserved needs by priority, needs without any candidate left out.\n\n"
        found.append("## Beside peers\n\n" + said + table(PEER_COLUMNS, rows))
        timed = [
            (f"{size:,}", f"{limit:g}", "not reached" if seconds is None else f"{seconds:.2f}")
            for size, limit, seconds in goals.time_to_gap(plans)
        ]
        words = ("needs", "limit s", f"s to a gap of {goals.SCALING_GAP:g} %")
        found.append("## Scaling\n\n" + table(words, timed) + "\n![Scaling](scaling.svg)\n\n![Anytime](anytime.svg)\n")
    rows = [row for block in blocks if block.kind in goals.ASSIGNMENT for row in assignment_rows(block)]
    if rows:
        found.append("## Generalised assignment\n\n" + table(ASSIGNMENT_COLUMNS, rows))
    return "\n".join(found)


def scaling_plot(blocks: Sequence[Block]) -> str:
    """Seconds to a small gap over the number of needs, beside what the goal would allow from the smallest size on."""
    timed = [(float(size), seconds) for size, _, seconds in goals.time_to_gap(_plans(blocks)) if seconds]
    lines = [Line(f"seconds to a {goals.SCALING_GAP:g} % gap", timed, shape="line")]
    if timed:
        size, seconds = timed[0]
        allowed = (size * goals.LARGE / goals.SMALL, seconds * goals.SCALING_RATIO)
        lines.append(
            Line(f"the goal: {goals.SCALING_RATIO:g} times for 100 times the needs", [timed[0], allowed], "line", True)
        )
    return svg([Panel("Ample supply", "needs", "seconds", lines)])


def anytime_plot(blocks: Sequence[Block], needs: int) -> str:
    """Mean gap over time, a panel for each kind of problem of one size, at the longest limit."""
    kinds = [kind for kind in ("ample", "tight", "binding") if any(b.kind == kind and b.needs == needs for b in blocks)]
    panels = []
    for kind in kinds:
        mine = [block for block in blocks if block.kind == kind and block.needs == needs and block.limits]
        limit = min((max(block.limits) for block in mine), default=0.0)
        panels.append(Panel(f"{needs:,} needs, {kind}, {limit:g} s", "seconds", "mean gap %", _lines(mine, limit)))
    return svg(panels)


def _lines(blocks: Sequence[Block], limit: float) -> list[Line]:
    ours = mean_curve([_as_gaps(b, ended(run)) for b in blocks for run in b.of("ours", limit)])
    solver = [_as_gaps(b, ended(run)) for b in blocks for run in b.of("cp_sat", limit) if run.objective is not None]
    found = [Line("Bangfu", ours), Line("CP-SAT on the whole", mean_curve(solver), dashed=True)]
    ends = {task: [b.gap(p.objective) for b in blocks if (p := b.peer(task, limit)) and p.objective] for task in PEERS}
    if ends["highs"]:
        found.append(Line("HiGHS on the whole, its last plan", [(limit, _seen(fmean(ends["highs"])))], "dots"))
    if ends["greedy"] and ours:
        level = _seen(fmean(ends["greedy"]))
        found.append(Line("greedy", [(ours[0][0], level), (limit, level)], dashed=True))
    return found


def _as_gaps(block: Block, curve: Curve) -> Curve:
    return [(max(seconds, 0.01), _seen(block.gap(objective))) for seconds, objective in curve]


def _seen(percent: float) -> float:
    return max(LEAST_GAP, percent)


def write(blocks: Sequence[Block], about: str, folder: Path) -> str:
    """Write matching.md, matching.json and the plots; the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    said, plans = markdown(blocks, about), _plans(blocks)
    (folder / "matching.md").write_text(said, encoding="utf-8")
    (folder / "matching.json").write_text(json.dumps(to_document(blocks)), encoding="utf-8")
    if plans:
        (folder / "scaling.svg").write_text(scaling_plot(plans), encoding="utf-8")
        smallest = min(block.needs for block in plans)
        (folder / "anytime.svg").write_text(anytime_plot(plans, smallest), encoding="utf-8")
    return said


def read(folder: Path) -> list[Block]:
    """What an earlier run wrote into the folder; nothing where there is none."""
    kept = folder / "matching.json"
    return from_document(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else []

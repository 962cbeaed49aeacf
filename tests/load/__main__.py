"""`make load` and `make soak`: many users at once over a made-up county on the embedded database, beside a bare page.

`python -m tests.load load|soak [--minutes N] [--users N] [--write]`. Everything happens on this machine, in a folder of
its own; the figures go into docs/reliability.md.
"""

import argparse
import asyncio
import logging
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final
from uuid import uuid4

from bangfu.planning.actions import start_run
from bangfu.shared.clock import now
from tests import figures
from tests.benchmarks.portal import actor
from tests.benchmarks.portal_data import COUNTY
from tests.conftest import reachable_folder
from tests.load.county import MAIN, County, Served, county, keep
from tests.load.users import Asked, User, ask

PAUSE: Final = 5.0
"""Seconds that a user reads a page before the next one, on the average."""
LEAST_SHARE, MOST_SPREAD, MOST_GROWTH, MOST_SLOWER = 0.6, 5.0, 1.1, 1.5
"""The goals: of a bare page's throughput; p99 over p50; memory after an hour over after ten minutes; beside a run."""
TURNS: Final = 3
"""How often portal and peer take turns."""
STRETCH: Final = 20.0
"""Seconds of each turn."""


def memory(process: int) -> float:
    """Resident memory of a process and all below it, in MB; 0 for one that is gone."""
    place = Path(f"/proc/{process}")
    try:
        lines = (place / "status").read_text().splitlines()
        below = (place / "task" / str(process) / "children").read_text().split()
    except OSError:
        return 0.0
    own = next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0) / 1024
    return own + sum(memory(int(each)) for each in below)


def judged(value: float, goal: float, *, least: bool = False) -> str:
    """Whether it meets its goal, in words."""
    return "met" if (value >= goal if least else value <= goal) else "**missed**"


def ms(found: Asked, part: int, page: str = "") -> str:
    """A percentile in ms."""
    return f"{found.percentile(part, page) * 1000:.0f}"


async def load(it: County, minutes: float, count: int) -> tuple[str, bool]:
    """100 users for minutes; the portal beside the bare page; a match run beside the pages."""
    users = await it.users(count)
    web = it.start("bangfu.cli", "serve")
    await ask(web.port, users, 10)  # warm
    paced = await ask(web.port, users, minutes * 60, pause=PAUSE)
    calm, busy = await matched(it, web, users)
    it.stop(web)
    shares, rates = await beside(it, users)
    spread, share = paced.percentile(99) / paced.percentile(50), median(shares)
    slower = busy.percentile(50) / calm.percentile(50)
    faults = [*paced.faults, *calm.faults, *busy.faults]
    lines = [
        f"{figures.machine()}", "",
        "| what | measured | goal | |", "|---|--:|--:|---|",
        f"| {count} users for {minutes:g} minutes, {paced.rate:.0f} pages/s: errors | {len(faults)} | 0 |"
        f" {judged(len(faults), 0)} |",
        f"| median / 99th percentile, ms | {ms(paced, 50)} / {ms(paced, 99)} | | |",
        f"| 99th percentile over the median | {spread:.1f} | {MOST_SPREAD:g} | {judged(spread, MOST_SPREAD)} |",
        f"| pages/s when all ask without a pause: portal / bare page | {rates[0]:.0f} / {rates[1]:.0f} | | |",
        f"| share of the bare page's throughput | {share:.2f} | {LEAST_SHARE} |"
        f" {judged(share, LEAST_SHARE, least=True)} |",
        f"| median while a match run works, over without, {ms(busy, 50)} / {ms(calm, 50)} ms | {slower:.2f} |"
        f" {MOST_SLOWER} | {judged(slower, MOST_SLOWER)} |", "",
        "| page | median ms | 99th percentile ms |", "|---|--:|--:|",
    ]  # fmt: skip
    for page in sorted({page for pages in MAIN.values() for page in pages}):
        if len(paced.times(page)) > 2:
            lines.append(f"| {page} | {ms(paced, 50, page)} | {ms(paced, 99, page)} |")
    lines += [
        "", f"Users read {PAUSE:g} s on the average. The bare page (`tests/load/bare.py`) is one Litestar handler on"
        " the same server: it runs the statements that the portal's page runs, puts what they found into one plain"
        f" Jinja template and answers as many bytes; both took turns, {TURNS} times {STRETCH:.0f} s each"
        f" (shares {', '.join(f'{each:.2f}' for each in shares)}). The machine that makes the load is the same one.",
        *[f"- {fault}" for fault in sorted(set(faults))],
    ]  # fmt: skip
    met = not faults and spread <= MOST_SPREAD and share >= LEAST_SHARE and slower <= MOST_SLOWER
    return "\n".join(lines), met


async def beside(it: County, users: list[User]) -> tuple[list[float], tuple[float, float]]:
    """The portal and the bare page in turns, without a pause: (shares of each turn, (pages/s, bare pages/s))."""
    place = keep(await it.record(), it.folder / "recording")
    web, bare = it.start("bangfu.cli", "serve", "--no-worker"), None
    bare = it.start("tests.load.bare", str(place), "PORT", DATABASE_URL=it.dsn)
    for served in (web, bare):
        await ask(served.port, users, 5)
    pairs = []
    for _ in range(TURNS):
        pairs.append([(await ask(served.port, users, STRETCH)).rate for served in (web, bare)])
    it.stop(web)
    it.stop(bare)
    return [one / other for one, other in pairs], (median(p[0] for p in pairs), median(p[1] for p in pairs))


async def matched(it: County, web: Served, users: list[User]) -> tuple[Asked, Asked]:
    """The pages for a minute without and a minute with a match run of the whole county in the worker."""
    calm = await ask(web.port, users, 60, pause=PAUSE)
    everywhere = replace(await actor("dispatcher"), scope=COUNTY)
    await start_run(everywhere, uuid4(), f"{COUNTY:0<12}", 60, 1, now())
    await asyncio.sleep(5)
    return calm, await ask(web.port, users, 50, pause=PAUSE)


async def soak(it: County, minutes: float, count: int) -> tuple[str, bool]:
    """An hour of users; the memory of the web process with its worker after a sixth of the time, and at the end."""
    users = await it.users(count)
    web = it.start("bangfu.cli", "serve")
    begun = time.monotonic()
    sizes: list[tuple[float, float]] = []
    asking = asyncio.create_task(ask(web.port, users, minutes * 60, pause=PAUSE))
    while not asking.done():
        await asyncio.wait([asking], timeout=minutes)
        sizes.append(((time.monotonic() - begun) / 60, memory(web.process.pid)))
        print(f"{sizes[-1][0]:5.1f} min {sizes[-1][1]:6.0f} MB", flush=True)
    found = await asking
    early = next(size for at, size in sizes if at >= minutes / 6)
    late = sizes[-1][1]
    grown = late / early
    lines = [
        f"{figures.machine()} {count} users for {minutes:g} minutes, {len(found.answers):,} pages,"
        f" {len(found.faults)} errors.", "",
        "| memory of web process and worker | MB |", "|---|--:|",
        f"| after {minutes / 6:.0f} minutes | {early:.0f} |", f"| after {minutes:.0f} minutes | {late:.0f} |",
        f"| ratio (goal: at most {MOST_GROWTH}) | {grown:.2f}: {judged(grown, MOST_GROWTH)} |",
        f"| most | {max(size for _, size in sizes):.0f} |",
    ]  # fmt: skip
    return "\n".join(lines), not found.faults and grown <= MOST_GROWTH


async def run(folder: Path, what: str, minutes: float, count: int) -> tuple[str, bool]:
    """One of both over the county in the folder."""
    async with county(folder) as it:
        return await (load if what == "load" else soak)(it, minutes, count)


def main() -> int:
    """Read the command line, measure, tell; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("load", "soak"))
    parser.add_argument("--minutes", type=float, help="5 for load, 60 for soak")
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--folder", type=Path, help="where the county is made and kept; else it is removed")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/reliability.md")
    given = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    minutes = given.minutes or {"load": 5.0, "soak": 60.0}[given.what]
    with reachable_folder() as own:
        folder = given.folder or own
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        text, met = asyncio.run(run(folder, given.what, minutes, given.users))
    print(text)
    if given.write:
        figures.write("reliability.md", given.what, text)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

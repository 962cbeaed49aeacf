"""How long ledgers take at full size: `python -m tests.benchmarks.ledgers [--visits N ...] [--folder F]`.

The county of `portal_data`, with 200,000 and with 2,000,000 visits. Each standing ledger is asked for as the bureau
would: its page (number, sums and the first rows), then all rows of a month or quarter as CSV and as Excel. Writes
seconds, rows and the growth of the process's highest memory to build/bench/ledgers.md.
"""

import argparse
import asyncio
import resource
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bangfu.ledgers import asking, files, reading
from bangfu.ledgers.asking import Asked
from bangfu.ledgers.definitions import standing
from bangfu.runtime import Runtime
from bangfu.settings import Settings
from bangfu.shared.actor import Actor
from bangfu.shared.clock import today
from tests.benchmarks.portal import SIZES, actor, county
from tests.benchmarks.portal_data import FULL, Size

READERS: Final = {"child_visits": "township"}
"""Who asks, where the bureau's lead may not."""
TIMES: Final = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One ledger at one size: ms of its page (first, then median), seconds of its files, and the memory they took."""

    rows: int
    first_ms: float
    page_ms: float
    csv_s: float
    xlsx_s: float
    grown_mb: float


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _page(asked: Asked) -> tuple[int, dict[str, str], list[float]]:
    number, sums = await reading.summary(asked)
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await reading.preview(asked, 50, 0)
        times.append((time.perf_counter() - began) * 1000)
    return number, sums, times


async def _file(asked: Asked, file_format: str, sums: dict[str, str]) -> float:
    began = time.perf_counter()
    made, _rows = await files.write(file_format, files.Head(asked.definition, "", "", ""), reading.batches(asked), sums)
    with made:
        return time.perf_counter() - began


async def measured(who: Actor, key: str) -> Measured:
    """A standing ledger of the last whole period."""
    definition = standing()[key].shown_to(who)
    period = asking.periods(definition.source.span, today())[1]
    asked = asking.asked(who, definition, {"period": period}, today())
    number, sums, times = await _page(asked)
    before = _peak()
    csv_s = await _file(asked, "csv", sums)
    xlsx_s = await _file(asked, "xlsx", sums)
    return Measured(number, times[0], sorted(times[1:])[len(times) // 2 - 1], csv_s, xlsx_s, _peak() - before)


def measure(folder: Path, size: Size, keys: list[str]) -> dict[str, Measured]:
    """These ledgers at one size; the data stay in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    found: dict[str, Measured] = {}

    async def run(runtime: Runtime) -> int:
        async with county(runtime, size):
            for key in keys:
                found[key] = await measured(await actor(READERS.get(key, "lead")), key)
                print(size.visits, key, found[key], flush=True)
        return 0

    with Runtime(replace(Settings.from_environment(), data=folder, database_url="")) as runtime:
        asyncio.run(runtime.run(run))
    return found


def table(results: dict[int, dict[str, Measured]]) -> str:
    """The measurements as a table."""
    lines = ["| ledger | visits | rows | first ms | page ms | CSV s | Excel s | grown MB |", "|---" * 8 + "|"]
    for visits, found in sorted(results.items()):
        for key, one in found.items():
            lines.append(
                f"| {key} | {visits:,} | {one.rows:,} | {one.first_ms:.0f} | {one.page_ms:.0f} | {one.csv_s:.2f}"
                f" | {one.xlsx_s:.2f} | {one.grown_mb:.0f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Read the command line, measure, write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visits", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--ledgers", nargs="+", choices=tuple(standing()), default=list(standing()))
    parser.add_argument("--folder", type=Path, help="where the data are made and kept; else they are removed")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="bangfu-ledgers-"))
    folder.chmod(0o755)
    try:
        results = {n: measure(folder / str(n), replace(FULL, visits=n), given.ledgers) for n in given.visits}
    finally:
        if given.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    given.out.mkdir(parents=True, exist_ok=True)
    report = table(results)
    (given.out / "ledgers.md").write_text(f"{report}\n", encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()

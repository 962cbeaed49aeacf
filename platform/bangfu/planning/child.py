"""Running the solver as a child process: heartbeat, progress, and an end whenever it is asked for."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bangfu.planning.spare import SPARE

Beat = Callable[[int, str], Awaitable[bool]]
"""`await beat(percent, stage)`: renews the lease; False asks to stop; raises when the claim is lost."""

SOLVER = "bangfu.planning.solver"
BEAT_SECONDS = 1.0
GRACE_SECONDS = 900.0
"""How much longer than its time limit the child may take: building candidates, explaining the plan."""


class Stopped(Exception):
    """The run was asked to stop (cancelled), or the worker is stopping."""


class SolverFailed(Exception):
    """The child process ended without a result; the text is its last words."""


async def solve(problem: str, seconds: float, seed: int, beat: Beat, module: str = SOLVER) -> dict[str, Any]:
    """Solve a problem document; the result document of solver.py, or of another module of the same manners.

    Raises:
        Stopped: when `beat` asked for it.
        SolverFailed: if the child died or took far too long.
    """
    with tempfile.TemporaryDirectory(prefix="bangfu-match-") as name:
        folder = Path(name)
        (folder / "problem.json").write_text(problem, encoding="utf-8")
        with (folder / "errors").open("wb") as errors:
            async with _process(module, folder, seconds, seed, errors.fileno()) as process:
                await _watch(process, beat, asyncio.get_running_loop().time() + seconds + GRACE_SECONDS)
                code = await process.wait()
        if code or not (folder / "result.json").exists():
            raise SolverFailed(_last_words(folder / "errors", code))
        found: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        return found


@asynccontextmanager
async def _process(
    module: str, folder: Path, seconds: float, seed: int, errors: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The child, the worker's spare or a new one, killed on the way out whatever happened."""
    with SPARE.at_work():
        process = SPARE.take(module, folder, seconds, seed) or await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, str(folder), str(seconds), str(seed),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors, env=environment(),
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def environment() -> dict[str, str]:
    """The child needs no address of the database and no keys."""
    secret = {"DATABASE_URL", "BANGFU_KEYS", "TEST_DATABASE_URL"}
    return {name: value for name, value in os.environ.items() if name not in secret}


async def _watch(process: asyncio.subprocess.Process, beat: Beat, latest: float) -> None:
    """Read progress until the child closes its output; beat every second."""
    loop, percent, stage, last = asyncio.get_running_loop(), 1, "candidates", 0.0
    assert process.stdout is not None  # noqa: S101 (asked for above)
    while True:
        try:
            line = await asyncio.wait_for(process.stdout.readline(), BEAT_SECONDS)
        except TimeoutError:
            line = None
        if line == b"":
            return
        if line:
            told = json.loads(line)
            percent, stage = max(percent, int(100 * told["share"])), told["stage"]
        if loop.time() - last >= BEAT_SECONDS:
            last = loop.time()
            if not await beat(min(percent, 99), stage):
                raise Stopped
        if loop.time() > latest:
            raise SolverFailed("The solver took far longer than its time limit.")


def _last_words(errors: Path, code: int) -> str:
    text = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return text[-1][:300] if text else f"The solver ended with code {code}."

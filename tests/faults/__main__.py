"""`make faults`: at least 200 faults into a deployment of its own, each looked at; the figures go into
docs/reliability.md. Nothing outside a temporary folder is touched."""

import argparse
import asyncio
import contextlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests import figures
from tests.conftest import reachable_folder
from tests.faults import playing
from tests.faults.playing import Played
from tests.faults.processes import PROCESSES, STRIKES, play_process
from tests.faults.stand import Stand, stand

DISK = "1500m"
"""The disk that may be filled: a piece of memory, mounted where the administrator runs this."""


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount a small disk at the folder if we may; False where we may not."""
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0755", "tmpfs", str(folder)], check=False
        ).returncode
    )
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)


async def run(folder: Path, rounds: int, process_rounds: int, seed: int, *, disk: bool) -> list[Played]:
    """Play everything; a line for each, and what holds over everything after every twenty."""
    played: list[Played] = []
    async with stand(folder) as it:
        without = frozenset() if disk else frozenset({"disk full"})
        for scene, fault, number in playing.turns(rounds, seed, without):
            await note(it, played, await playing.play(it, scene, fault, number))
        for turn in range(process_rounds):
            for scene in PROCESSES:
                for strike in STRIKES:
                    await note(it, played, await play_process(it, scene, strike, seed + turn))
        if wrong := await playing.broken(it):
            played[-1].losses += wrong
    return played


async def note(it: Stand, played: list[Played], one: Played) -> None:
    """Remember it, say it, and look at everything now and then."""
    played.append(one)
    if len(played) % 20 == 0:
        one.losses += await playing.broken(it)
    say = f"LOST {one.losses}" if one.losses else one.seen
    print(f"{len(played):4} {one.seconds:5.1f} s  {one.scene:16} {one.fault:45} {say}", flush=True)


def text_of(played: list[Played], seconds: float, disk: bool) -> str:
    """The part of docs/reliability.md."""
    lost = sum(1 for one in played if one.losses)
    scenes = ", ".join(dict.fromkeys(one.scene for one in played))
    lines = [
        f"{figures.machine()} **{len(played)} faults injected, {lost} losses**, in {seconds / 60:.0f} minutes.", "",
        f"Written meanwhile: {scenes}.", "", playing.told(played),
    ]  # fmt: skip
    if not disk:
        lines += ["", "Left out on this machine: the full disk (it needs an administrator, for a small disk)."]
    return "\n".join(lines)


def main() -> int:
    """Play, tell, and fail on a loss."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="how often each pair of write and fault is played")
    parser.add_argument("--process-rounds", type=int, default=2, help="how often each process is struck each way")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--write", action="store_true", help="put the figures into docs/reliability.md")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)  # broken connections are what this is about
    print(f"seed {chosen.seed}", flush=True)
    begun = time.monotonic()
    with reachable_folder() as folder, small_disk(folder) as disk:
        folder.chmod(0o755)
        played = asyncio.run(run(folder, chosen.rounds, chosen.process_rounds, chosen.seed, disk=disk))
    text = text_of(played, time.monotonic() - begun, disk)
    print(text)
    if chosen.write:
        figures.write("reliability.md", "faults", text)
    return 1 if any(one.losses for one in played) else 0


if __name__ == "__main__":
    sys.exit(main())

"""`make scale-nodes`: three web nodes behind a balancer of Debian, one killed while people read and write.

Nothing that was acknowledged may be missing, no session may end, and whoever reads must not notice.
`python -m tests.scale.nodes [--seconds N] [--write]`; the configurations are those of docs/operating.
"""

import argparse
import asyncio
import contextlib
import logging
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bangfu.accounts import sessions
from bangfu.accounts.middleware import COOKIE
from bangfu.shared.clock import now
from tests import figures
from tests.conftest import reachable_folder
from tests.faults.case import AFTER, BEFORE, Case
from tests.faults.playing import broken
from tests.faults.scenes import arriving
from tests.faults.stand import Browser, Stand, free_port, stand, until
from tests.load.users import Asked, User, ask

NODES: Final = ("web", "two", "three")
READERS: Final = {
    "dispatcher": ("/", "/needs", "/visits"), "bureau": ("/", "/households"), "caregiver": ("/my-visits",),
    "officer": ("/", "/verification"), "manager": ("/", "/org-visits"),
}  # fmt: skip
BALANCERS: Final = ("haproxy", "nginx")
PORTS: Final = ("8081", "8082", "8083", "8080")
"""In the documents' configurations: the nodes, then where the balancer listens."""


@dataclass
class Told:
    """What came of it."""

    balancer: str
    read: Asked = field(default_factory=Asked)
    acknowledged: int = 0
    unanswered: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def ended(self) -> int:
        """Sessions that were lost: somebody was sent to the sign-in page."""
        return sum(1 for fault in self.read.faults if fault.startswith("303"))


def installed(balancer: str) -> str | None:
    """Where the program is."""
    return shutil.which(balancer, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


@contextlib.contextmanager
def balancing(balancer: str, folder: Path, ports: list[int]) -> Iterator[int]:
    """The balancer before the nodes at these ports, by the documents' configuration; the port where it listens."""
    own = free_port()
    source = figures.ROOT / "docs" / "operating" / {"haproxy": "haproxy.cfg", "nginx": "nginx.conf"}[balancer]
    text = source.read_text(encoding="utf-8")
    for before, after in zip(PORTS, [*ports, own], strict=True):
        text = re.sub(rf"\b{before}\b", str(after), text)
    place = folder / source.name
    program = installed(balancer)
    assert program is not None
    if balancer == "nginx":
        text = f"daemon off;\nuser root;\npid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\n" + text.replace(
            "http {", f"http {{\n    access_log off;\n    client_body_temp_path {folder}/body;\n"
            f"    proxy_temp_path {folder}/proxy;\n", 1,
        )  # fmt: skip
    place.write_text(text, encoding="utf-8")
    command = [program, "-f", str(place)] if balancer == "haproxy" else [program, "-c", str(place)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield own
        finally:
            process.terminate()


async def play(it: Stand, balancer: str, seconds: float, readers: int, writers: int) -> Told:
    """Read and write through the balancer for so long; in the middle a node is killed, later it is started again."""
    for node in NODES:
        it.process(node, "serve", "--no-worker")
        await it.ready(node)
    told = Told(balancer)
    with balancing(balancer, it.folder, [it.ports[node] for node in NODES]) as port:
        probe = Browser(f"http://127.0.0.1:{port}", "", it.token)

        async def up() -> bool:
            return (await probe.get("/signin")).status == 200

        await until(up, balancer)
        end = time.monotonic() + seconds
        users = []
        for place in range(readers):
            name = list(READERS)[place % len(READERS)]
            token = await sessions.start(it.actor(name).me, "127.0.0.1", "scale", now())
            users.append(User(f"{COOKIE}={token}", READERS[name]))
        reading = asyncio.create_task(ask(port, users, seconds, pause=0.5))
        writing = [asyncio.create_task(_write(it, port, end, told)) for _ in range(writers)]
        await asyncio.sleep(seconds * 0.4)
        await asyncio.to_thread(it.processes["two"].kill)
        await asyncio.sleep(seconds * 0.3)
        await it.ready("two")
        told.read = await reading
        await asyncio.gather(*writing)
    told.wrong = await broken(it)
    return told


async def _write(it: Stand, port: int, end: float, told: Told) -> None:
    """Check in at one door after the other, by the balancer; look at each afterwards."""
    done: list[tuple[Case, bool]] = []
    while time.monotonic() < end:
        case = await arriving(it)
        token = await sessions.start(it.actor(case.who).me, "127.0.0.1", "scale", now())
        answer = await case.send(Browser(f"http://127.0.0.1:{port}", token, it.token))
        done.append((case, answer.acknowledged))
    for case, acknowledged in done:
        state = await case.state()
        told.acknowledged += acknowledged
        told.unanswered += not acknowledged
        if acknowledged and state != AFTER:
            told.lost.append(f"acknowledged, but {state}")
        if state not in {BEFORE, AFTER}:
            told.lost.append(state)


def text_of(found: list[Told], seconds: float) -> str:
    """The part of docs/scale.md."""
    lines = [
        f"{figures.machine()} {seconds:.0f} s each; a node is killed with kill -9 after two fifths, and started again.",
        "",
        "| balancer | pages read | failed | sessions lost | writes acknowledged | of these lost | unanswered |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for told in found:
        failed = len(told.read.faults) - told.ended
        lines.append(
            f"| {told.balancer} | {len(told.read.answers):,} | {failed} | {told.ended} | {told.acknowledged} |"
            f" {len(told.lost)} | {told.unanswered} |"
        )
    return "\n".join(lines)


def good(told: Told) -> bool:
    """No session lost, nothing acknowledged lost, and nobody who read noticed."""
    return not (told.read.faults or told.lost or told.wrong)


async def run(folder: Path, balancers: list[str], seconds: float) -> list[Told]:
    """Each balancer over one deployment."""
    async with stand(folder) as it:
        return [await play(it, balancer, seconds, 40, 3) for balancer in balancers]


def main() -> int:
    """Play, tell; 1 if anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.scale.nodes", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--write", action="store_true", help="put the figures into docs/scale.md")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    there = [balancer for balancer in BALANCERS if installed(balancer)]
    if not there:
        print("Neither haproxy nor nginx is installed (Debian: apt install haproxy nginx-light).")
        return 2
    with reachable_folder() as folder:
        found = asyncio.run(run(folder, there, given.seconds))
    text = text_of(found, given.seconds)
    print(text)
    for told in found:
        print(told.balancer, dict(Counter(told.read.faults)), told.lost, told.wrong)
    if given.write:
        figures.write("scale.md", "nodes", text)
    return 0 if all(good(told) for told in found) else 1


if __name__ == "__main__":
    sys.exit(main())

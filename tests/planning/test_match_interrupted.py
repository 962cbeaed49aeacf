"""`bangfu match` interrupted: the best plan so far is written; whoever insists ends the program."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matching import check, read_problem, read_solution, write_problem
from tests.matching.cast import random_town

PATIENCE = 60.0
ROOT = Path(__file__).resolve().parents[2]
WAITING = """
import time
from bangfu.planning.command import interruptible
with interruptible() as asked:
    print("ready", flush=True)
    while not asked():
        time.sleep(0.01)
    print("asked", flush=True)
    time.sleep(60)
"""


@contextmanager
def python(code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own, killed on the way out whatever happened."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)])}
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def heard(process: subprocess.Popen[str]) -> str:
    """The next line that the process says."""
    assert process.stdout
    return process.stdout.readline().strip()


def test_an_interrupted_run_writes_its_best_plan(tmp_path: Path) -> None:
    path, out = tmp_path / "p.json", tmp_path / "s.json"
    write_problem(random_town(1, needs=400, carers=45, tightness=0.6), path)
    begun = time.monotonic()
    match = "from bangfu.cli import main; main()"
    with python(match, "match", str(path), "--out", str(out), "--time-limit", "600") as process:
        assert heard(process) == "needs 400, carers 45"
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        said, complaints = process.communicate(timeout=PATIENCE)
    assert time.monotonic() - begun < 2 * PATIENCE
    assert process.returncode == 0, complaints
    assert said.count("interrupted") == 1
    solution = read_solution(out)
    assert check(read_problem(path), solution) == []
    assert solution.seconds < PATIENCE
    assert len(solution.assignments) > 100


def test_the_time_limit_ends_with_a_plan_and_without_a_word_of_interruption(tmp_path: Path) -> None:
    path, out = tmp_path / "p.json", tmp_path / "s.json"
    write_problem(random_town(2, needs=150, carers=16, tightness=0.6), path)
    match = "from bangfu.cli import main; main()"
    with python(match, "match", str(path), "--out", str(out), "--time-limit", "1") as process:
        said, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, complaints
    assert "interrupted" not in said
    assert check(read_problem(path), read_solution(out)) == []


def test_a_second_interruption_ends_at_once() -> None:
    with python(WAITING) as process:
        assert heard(process) == "ready"
        process.send_signal(signal.SIGINT)
        assert heard(process) == "asked"
        process.send_signal(signal.SIGINT)
        process.wait(timeout=5)
    assert process.returncode == -signal.SIGINT

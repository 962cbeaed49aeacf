"""A child process that has loaded the engine and waits for its order: `python -m bangfu.planning.ready`.

Loading takes about a second, compiling the inner loops on a machine's first start about ten; whoever waits for a
re-plan should wait for neither. One JSON line on standard input is the order; a closed one is the end.
"""

import importlib
import json
import os
import sys
from pathlib import Path

from bangfu.planning.solver import NICE, end_with_parent


def load() -> None:
    """Everything that a match run, a re-plan and a shortage need."""
    importlib.import_module("bangfu.planning.explaining")
    importlib.import_module("bangfu.planning.study_solver")
    importlib.import_module("matching.replan.solve")
    importlib.import_module("matching.why")
    from matching import warm_up

    warm_up()


def order() -> dict[str, str]:
    """`module`, `folder`, `seconds` and `seed`; read byte by byte so that nothing behind the line is swallowed."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit(0)
        line += byte
    found: dict[str, str] = json.loads(line)
    return found


def main() -> None:
    """Load, wait, work; what goes wrong from the order on stands in the folder's `errors`."""
    os.nice(NICE)
    load()
    given = order()
    end_with_parent()
    folder = Path(given["folder"])
    with (folder / "errors").open("ab") as errors:
        os.dup2(errors.fileno(), 2)
    importlib.import_module(given["module"]).main(folder, float(given["seconds"]), int(given["seed"]))


if __name__ == "__main__":
    main()

"""`bangfu` in a process whose clock follows a file: a number of seconds beside the true time, which may change."""

import datetime as dt
import json
import os
import threading
import time
from pathlib import Path

import time_machine

from bangfu.cli import main


def follow(place: Path, read: float) -> None:
    """Set the clock whenever the file says something new, until the process ends. The clock that measures durations
    is left alone, as when an operator sets the machine's time."""
    begun, travelling = time.monotonic(), None
    true = time.time()
    said = 0.0
    while True:
        try:
            found = float(json.loads(place.read_text()))
        except (OSError, ValueError):
            found = said
        if found != said:
            said = found
            if travelling is not None:
                travelling.stop()
            at = true + time.monotonic() - begun + said
            travelling = time_machine.travel(dt.datetime.fromtimestamp(at, dt.UTC), tick=True)
            travelling.start()
        time.sleep(read)


if __name__ == "__main__":
    threading.Thread(target=follow, args=(Path(os.environ["CLOCK"]), 0.02), daemon=True).start()
    main()

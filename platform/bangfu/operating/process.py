"""What one process knows of itself: since when it runs, and whether it is about to stop."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Process:
    """One running process."""

    started: float = field(default_factory=time.time)
    stopping: bool = False
    """It was told to stop: not ready any more, and every answer asks the other side to close its connection."""


THIS = Process()

"""Failed sign-ins by network address: slows down who tries many accounts from one place.

Kept in memory of the one web process; the lockout of each account (actions.py) stands in the database.
"""

from collections import deque
from datetime import datetime, timedelta

MOST = 50
WITHIN = timedelta(minutes=15)
MOST_ADDRESSES = 10_000


class Throttle:
    """The failures of the last 15 minutes; an address with 50 of them has to wait [D]."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}

    def full(self, address: str, at: datetime) -> bool:
        """Whether the address has to wait; an unknown one ("") never has to."""
        failures = self._failures.get(address)
        if not address or not failures:
            return False
        while failures and failures[0] <= at - WITHIN:
            failures.popleft()
        if not failures:
            del self._failures[address]
        return len(failures) >= MOST

    def failed(self, address: str, at: datetime) -> None:
        """Note a failure; the address that failed longest ago makes room for a new one."""
        failures = self._failures.pop(address, None) or deque(maxlen=MOST)
        failures.append(at)
        self._failures[address] = failures
        if len(self._failures) > MOST_ADDRESSES:
            del self._failures[next(iter(self._failures))]

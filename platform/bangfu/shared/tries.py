"""Limits that hold across all processes of the portal: tries are counted in the database.

A try is taken before anything is compared, in a transaction of its own: tries at the same moment, at several
processes, do not pass each other. What turns out right gives its place back. Who tries is kept as a keyed hash only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bangfu.shared.crypto import blind_index
from bangfu.shared.tables import TryCount

QUARTER_HOUR: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` tries `within` a while. `locks`: the while begins anew with each try that counts, so that the last one
    of them closes for the whole of it (DOMAIN.md 9.5: lockout); otherwise it begins with the first."""

    what: str
    most: int = 50
    within: timedelta = QUARTER_HOUR
    locks: bool = False


async def take(limit: Limit, who: str, at: datetime, cost: int = 1) -> datetime | None:
    """Take `cost` tries of who tries.

    Returns:
        None where there was a place, else until when there is none.
    """
    rows: list[dict[str, Any]] = await TryCount.raw(
        "INSERT INTO try_count AS t (mark, tries, since, ends_at) VALUES ({}, {}, {}, {}) ON CONFLICT (mark)"
        " DO UPDATE SET"
        " since = CASE WHEN t.ends_at <= excluded.since OR ({} AND t.tries < {}) THEN excluded.since ELSE t.since END,"
        " ends_at = CASE WHEN t.ends_at <= excluded.since OR ({} AND t.tries < {}) THEN excluded.ends_at"
        " ELSE t.ends_at END,"
        " tries = CASE WHEN t.ends_at <= excluded.since THEN excluded.tries ELSE t.tries + excluded.tries END"
        " RETURNING tries, ends_at",
        _mark(limit, who), cost, at, at + limit.within, limit.locks, limit.most, limit.locks, limit.most,
    )  # fmt: skip
    until: datetime = rows[0]["ends_at"]
    return until if rows[0]["tries"] - cost >= limit.most else None


async def closed_until(limit: Limit, who: str, at: datetime) -> datetime | None:
    """Until when no try is taken of who tries; None where one would be."""
    rows = await TryCount.raw(
        "SELECT ends_at FROM try_count WHERE mark = {} AND tries >= {} AND ends_at > {}",
        _mark(limit, who), limit.most, at,
    )  # fmt: skip
    return rows[0]["ends_at"] if rows else None


async def give_back(limit: Limit, who: str) -> None:
    """The try that was just taken was a right one."""
    await TryCount.raw("UPDATE try_count SET tries = greatest(tries - 1, 0) WHERE mark = {}", _mark(limit, who))


async def forget(limit: Limit, who: str) -> None:
    """Begin anew: the right password was given, or somebody who may unlocked it."""
    await TryCount.raw("DELETE FROM try_count WHERE mark = {}", _mark(limit, who))


async def forget_old(at: datetime) -> None:
    """Counts that ended hold nobody back any more."""
    await TryCount.raw("DELETE FROM try_count WHERE ends_at <= {}", at)


def _mark(limit: Limit, who: str) -> str:
    return blind_index(f"{limit.what}:{who}", "try_count")

"""Whether the sums are what counting the visits gives (decision 0055)."""

from dataclasses import dataclass
from datetime import date

from bangfu.reports.tables import VisitTally
from bangfu.reports.tally_queries import BOTH, KEYS, STRAIGHT


@dataclass(frozen=True, slots=True)
class Difference:
    """A town's month whose sums differ from its visits: (visits, minutes) in some status, as kept and as counted."""

    town: str
    month: date
    status: str
    kept: tuple[int, int]
    counted: tuple[int, int]


_ALL = ", ".join(KEYS)
_COMPARED = (
    "SELECT town, month, status, coalesce(sum(visits) FILTER (WHERE kept), 0) AS kept_visits,"  # noqa: S608 (constants)
    " coalesce(sum(minutes) FILTER (WHERE kept), 0) AS kept_minutes,"
    " coalesce(sum(visits) FILTER (WHERE NOT kept), 0) AS visits,"
    " coalesce(sum(minutes) FILTER (WHERE NOT kept), 0) AS minutes FROM ("
    f" SELECT {_ALL}, visits, minutes, true AS kept FROM {BOTH} a WHERE town LIKE {{}}"
    f" UNION ALL SELECT {_ALL}, visits, minutes, false FROM {STRAIGHT} b WHERE town LIKE {{}}) t"
    f" GROUP BY {_ALL}"
    " HAVING coalesce(sum(visits) FILTER (WHERE kept), 0) <> coalesce(sum(visits) FILTER (WHERE NOT kept), 0)"
    " OR coalesce(sum(minutes) FILTER (WHERE kept), 0) <> coalesce(sum(minutes) FILTER (WHERE NOT kept), 0)"
    f" ORDER BY {_ALL} LIMIT {{}}"
)


async def tally_check(area: str = "", most: int = 100) -> list[Difference]:
    """Every key of an area (a prefix of division codes of at most nine digits, "" for all) whose sums differ from
    counting the visits, in one statement: exact while others write."""
    rows = await VisitTally.raw(_COMPARED, f"{area}%", f"{area}%", most)
    return [
        Difference(
            row["town"], row["month"], row["status"], (int(row["kept_visits"]), int(row["kept_minutes"])),
            (int(row["visits"]), int(row["minutes"])),
        )
        for row in rows
    ]  # fmt: skip

"""The proposals of a run as the review page lists them, with filters, order and paging."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.planning.queries import RunView
from bangfu.planning.tables import Proposal

GROUPS: Final = {
    "open": ("proposed", "edited"),
    "approved": ("approved",),
    "dispatched": ("dispatched",),
    "rejected": ("rejected",),
    "unserved": ("unserved",),
    "superseded": ("superseded",),
}
ORDERS: Final = {
    "priority": "array_position(ARRAY['urgent', 'key', 'edge', 'general']::varchar[], p.priority)",
    "km": "p.km",
    "load": "p.load_after::float / greatest(p.load_limit, 1)",
    "cost": "p.cost",
    "carer": "c.number",
}
_FROM = (
    " FROM proposal p JOIN need n ON n.id = p.need JOIN household h ON h.id = p.household"
    " LEFT JOIN carer c ON c.id = p.carer LEFT JOIN organization o ON o.id = p.organization"
    " LEFT JOIN carer m ON m.id = p.matched_carer LEFT JOIN division v ON v.code = p.division"
    " LEFT JOIN app_user u ON u.id = p.decided_by"
)
_COLUMNS = (
    "SELECT p.id, p.run, p.need, p.household, p.service, p.priority, p.status, p.carer, p.organization, p.km, p.cost,"
    " p.cost_parts, p.load_minutes, p.load_before, p.load_after, p.load_limit, p.checks, p.alternatives, p.reason,"
    " p.reason_detail, p.edit_reason, p.edit_text, p.decided_at, p.matched_carer, n.number AS need_number,"
    " n.status AS need_status, n.visits, n.minutes, n.current_carer, h.head_name, h.location_source,"
    " coalesce(nullif(n.gender_wish, ''), h.gender_wish) AS gender_wish,"
    " coalesce(nullif(n.language_wish, ''), h.language) AS language_wish,"
    " round(coalesce(h.lat, v.lat)::numeric, 2)::float AS lat,"
    " round(coalesce(h.lon, v.lon)::numeric, 2)::float AS lon, coalesce(v.name, '') AS village,"
    " coalesce(c.name, '') AS carer_name, coalesce(c.kind, '') AS carer_kind,"
    " round(c.lat::numeric, 2)::float AS carer_lat,"
    " round(c.lon::numeric, 2)::float AS carer_lon, coalesce(o.name, '') AS organization_name,"
    " coalesce(m.name, '') AS matched_name, coalesce(u.display_name, '') AS decided_by"
)

_COUNT = "SELECT count(*) AS n FROM proposal p WHERE "
_IDS = "SELECT p.id FROM proposal p WHERE "
_CELLS = (
    "SELECT round(coalesce(h.lat, v.lat)::numeric, 2)::float AS lat,"
    " round(coalesce(h.lon, v.lon)::numeric, 2)::float AS lon, count(*) AS n,"
    " count(*) FILTER (WHERE p.status = 'unserved') AS unserved FROM proposal p"
    " JOIN household h ON h.id = p.household LEFT JOIN division v ON v.code = p.division WHERE "
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; every field is a code or an id, "" for all."""

    show: str = ""
    service: str = ""
    priority: str = ""
    organization: str = ""
    reason: str = ""
    wish: str = ""
    problem: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Filters":
        """From a query or a form; anything that is not a known code is left out."""
        show = values.get("show", "")
        organization = values.get("organization", "")
        try:
            organization = str(UUID(organization)) if organization else ""
        except ValueError:
            organization = ""
        return cls(
            show=show if show in GROUPS else "",
            service=values.get("service", "")[:24],
            priority=values.get("priority", "")[:8],
            organization=organization,
            reason=values.get("reason", "")[:16],
            wish="missed" if values.get("wish") == "missed" else "",
            problem="yes" if values.get("problem") == "yes" else "",
        )

    @property
    def query(self) -> dict[str, str]:
        """The filters that are set, as they stand in the URL."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}

    def conditions(self) -> tuple[str, list[object]]:
        """SQL and its values; {} stands for each value."""
        parts, values = ["p.run = {}"], list[object]()
        states = GROUPS.get(self.show) or (("unserved",) if self.reason else ())
        if states:
            parts.append("p.status = ANY({})")
            values.append(list(states))
        else:
            parts.append("p.status NOT IN ('unserved', 'superseded')")
        for column in ("service", "priority", "reason"):
            if value := getattr(self, column):
                parts.append(f"p.{column} = {{}}")
                values.append(value)
        if self.organization:
            parts.append("p.organization = {}")
            values.append(UUID(self.organization))
        if self.wish:
            parts.append(
                "(p.cost_parts ->> 'gender_wish')::int + (p.cost_parts ->> 'language_wish')::int"
                " + (p.cost_parts ->> 'change_of_carer')::int > 0"
            )
        if self.problem:
            parts.append("p.reason_detail -> 'problems' IS NOT NULL")
        return " AND ".join(parts), values


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as the review shows it; JSON columns read, coordinates rounded to two decimals (DOMAIN.md 9.3)."""

    row: Mapping[str, Any]
    parts: dict[str, int]
    checks: list[dict[str, Any]]
    alternatives: list[dict[str, Any]]
    detail: dict[str, Any]

    @property
    def wishes(self) -> list[tuple[str, bool]]:
        """(wish, met) for the wishes that the need has."""
        if self.row["carer"] is None:
            return []
        asked = {
            "gender_wish": self.row["gender_wish"],
            "language_wish": self.row["language_wish"],
            "change_of_carer": self.row["current_carer"],
        }
        return [(name, not self.parts.get(name)) for name, value in asked.items() if value]

    @property
    def next_best(self) -> list[dict[str, Any]]:
        """The two next-best carers: those who are free first."""
        free = [other for other in self.alternatives if not other["blocked_by"]]
        blocked = [other for other in self.alternatives if other["blocked_by"]]
        return (free + blocked)[:2]

    @property
    def problems(self) -> list[Any]:
        return list(self.detail.get("problems", []))

    @property
    def decided_at(self) -> datetime | None:
        found: datetime | None = self.row["decided_at"]
        return found


def _view(row: Mapping[str, Any]) -> ProposalView:
    return ProposalView(
        row,
        json.loads(row["cost_parts"]),
        json.loads(row["checks"]),
        json.loads(row["alternatives"]),
        json.loads(row["reason_detail"]),
    )


async def count(run: RunView, filters: Filters) -> int:
    """How many proposals the filters leave."""
    where, values = filters.conditions()
    rows = await Proposal.raw(_COUNT + where, run.id, *values)
    return int(rows[0]["n"])


async def listed(run: RunView, filters: Filters, order: str, limit: int, offset: int) -> list[ProposalView]:
    """One page of a run's proposals."""
    where, values = filters.conditions()
    by = ORDERS.get(order.lstrip("-"), ORDERS["priority"]) + (" DESC NULLS LAST" if order.startswith("-") else "")
    rows = await Proposal.raw(
        _COLUMNS + _FROM + f" WHERE {where} ORDER BY {by}, n.number LIMIT {{}} OFFSET {{}}",
        run.id, *values, limit, offset,
    )  # fmt: skip
    return [_view(row) for row in rows]


async def one(run: RunView, proposal: UUID) -> ProposalView:
    """One proposal of a run.

    Raises:
        NotYours: if the run has none of that id.
    """
    rows = await Proposal.raw(_COLUMNS + _FROM + " WHERE p.run = {} AND p.id = {}", run.id, proposal)
    if not rows:
        raise NotYours
    return _view(rows[0])


async def approvable(run: RunView, filters: Filters) -> list[UUID]:
    """The undecided proposals that the filters leave."""
    where, values = filters.conditions()
    rows = await Proposal.raw(
        _IDS + where + " AND p.status IN ('proposed', 'edited') ORDER BY p.id",
        run.id, *values,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def cells(run: RunView, filters: Filters) -> list[dict[str, Any]]:
    """The filtered needs by cell of the map (two decimals): how many, how many of them unserved."""
    where, values = filters.conditions()
    rows: list[dict[str, Any]] = await Proposal.raw(
        _CELLS + where + " AND coalesce(h.lat, v.lat) IS NOT NULL GROUP BY 1, 2 ORDER BY n DESC, 1, 2 LIMIT 330",
        run.id, *values,
    )  # fmt: skip
    return rows


async def approved_effects(run: RunView) -> dict[str, Any]:
    """What publishing would do: offers by kind of carer, organisations told, urgent ones, needs given back."""
    rows = await Proposal.raw(
        "SELECT count(*) FILTER (WHERE p.status = 'approved') AS offers,"
        " count(*) FILTER (WHERE p.status = 'approved' AND c.kind = 'worker') AS worker,"
        " count(*) FILTER (WHERE p.status = 'approved' AND c.kind = 'social_worker') AS social_worker,"
        " count(*) FILTER (WHERE p.status = 'approved' AND c.kind = 'volunteer') AS volunteer,"
        " count(*) FILTER (WHERE p.status = 'approved' AND p.priority = 'urgent') AS urgent,"
        " count(DISTINCT p.organization) FILTER (WHERE p.status = 'approved') AS organizations,"
        " count(*) FILTER (WHERE p.status = 'rejected' AND n.status = 'matching') AS returned,"
        " count(*) FILTER (WHERE p.status IN ('proposed', 'edited')) AS undecided"
        " FROM proposal p JOIN need n ON n.id = p.need LEFT JOIN carer c ON c.id = p.carer WHERE p.run = {}",
        run.id,
    )
    found: dict[str, Any] = rows[0]
    return found


async def carers_by_id(carers: Collection[UUID]) -> dict[str, dict[str, Any]]:
    """Name, kind and organisation of carers by id."""
    rows = await Proposal.raw(
        "SELECT c.id::text AS key, c.name, c.kind, coalesce(o.name, '') AS organization_name FROM carer c"
        " LEFT JOIN organization o ON o.id = c.organization WHERE c.id = ANY({}::uuid[])",
        list(carers),
    )
    return {row["key"]: row for row in rows}

"""Reads about needs, always inside the actor's scope."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households import searching
from bangfu.households.rules import layer_of
from bangfu.needs import rules
from bangfu.needs.facts import Window
from bangfu.needs.tables import Need, Service
from bangfu.shared.actor import Actor
from bangfu.shared.counting import total


@dataclass(frozen=True, slots=True)
class NeedView:
    """One need as a page shows it; names are whole, the page masks them. Minutes per visit, visits per 4 weeks."""

    id: UUID
    number: str
    household: UUID
    household_number: str
    head_name: str
    category: str
    layer: str
    division: str
    division_name: str
    township_name: str
    service: str
    status: str
    priority: str
    visits: int
    minutes: int
    qualifications: list[list[str]]
    kinds: tuple[str, ...]
    gender_required: str
    gender_wish: str
    language_wish: str
    windows: list[Window]
    reason: str
    consent: UUID | None
    binding_reason: str
    binding_detail: dict[str, Any]
    current_carer: UUID | None
    submitted_by: UUID | None
    submitted_at: datetime | None
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    created_by: UUID | None
    created_at: datetime
    due_at: datetime | None
    closed_reason: str
    person: UUID | None
    carer_name: str
    item: str
    item_version: int | None
    origin: str
    emergency: bool
    papers: str
    papers_due_at: datetime | None
    version: int

    @property
    def suspended_from(self) -> str:
        """The state before the suspension, "" while not suspended."""
        return str(self.binding_detail.get("suspended_from", "")) if self.status == "suspended" else ""

    @property
    def ending(self) -> tuple[str, str]:
        """Code and remark of closing or cancelling; a rejection has its reason as the remark."""
        if self.status not in {"closed", "cancelled"}:
            return "", self.closed_reason
        code, _, text = self.closed_reason.partition(" ")
        return code, text


_NEED = (
    "SELECT n.*, h.number AS household_number, h.head_name, h.category, coalesce(d.name, '') AS division_name,"
    " coalesce(t.name, '') AS township_name, coalesce(c.name, '') AS carer_name FROM need n"
    " JOIN household h ON h.id = n.household LEFT JOIN division d ON d.code = n.division"
    " LEFT JOIN division t ON t.code = left(n.division, 9) || '000' LEFT JOIN carer c ON c.id = n.current_carer"
)
_ORDER = (
    "ORDER BY n.due_at NULLS LAST, array_position(ARRAY['urgent', 'key', 'edge', 'general']::varchar[], n.priority),"
    " n.number"
)
_MEMBER = "EXISTS (SELECT 1 FROM person p WHERE p.household = h.id AND"
_COUNTS = (
    "SELECT count(*) FILTER (WHERE status = 'submitted') AS submitted,"
    " count(*) FILTER (WHERE status = 'submitted' AND due_at < {}) AS late,"
    " count(*) FILTER (WHERE status = 'draft' AND created_by = {}) AS drafts,"
    " count(*) FILTER (WHERE status = 'rejected' AND submitted_by = {}"
    " AND updated_at > {}::timestamptz - interval '30 days') AS rejected,"
    " count(*) FILTER (WHERE status = 'suspended' AND due_at < {}) AS pauses_over"
    " FROM need WHERE division LIKE {}"
)
_DERIVED = {"qualifications", "kinds", "windows", "binding_detail", "layer"}


def view(row: dict[str, Any]) -> NeedView:
    """A joined row as a view."""
    return NeedView(
        **{name: row[name] for name in NeedView.__slots__ if name not in _DERIVED},
        layer=layer_of(row["category"]),
        qualifications=json.loads(row["qualifications"]),
        kinds=tuple(row["kinds"]),
        windows=[(day, start, end) for day, start, end in json.loads(row["windows"])],
        binding_detail=json.loads(row["binding_detail"]),
    )


def scope_of(actor: Actor) -> str:
    """The LIKE pattern of the divisions that the actor sees; one that matches nothing for an empty scope."""
    return f"{actor.scope}%" if actor.scope else ""


async def need_for(actor: Actor, need: UUID) -> NeedView:
    """One need of the actor's scope.

    Raises:
        NotYours: if there is none, or it is somebody else's.
    """
    rows = await Need.raw(_NEED + " WHERE n.id = {} AND n.division LIKE {}", need, scope_of(actor))
    if not rows:
        raise NotYours
    return view(rows[0])


async def needs(
    actor: Actor, filters: Mapping[str, str], at: datetime, limit: int, offset: int
) -> tuple[list[NeedView], int]:
    """One page of the needs of the actor's scope, the next due first, and how many there are.

    `filters`: status (a state, "waiting" for a match, "all", or "" for the open ones), service, priority, division
    (prefix), overdue, mine, q (number, name, pinyin); empty ones do not restrict. Drafts of others are left out of
    the open ones.
    """
    where, values = _conditions(actor, filters, at)
    wanted = f"FROM need n{' JOIN household h ON h.id = n.household' if 'h.' in where else ''} WHERE {where}"
    page = f"WITH page AS (SELECT n.id {wanted} {_ORDER} LIMIT {{}} OFFSET {{}})"
    rows = await Need.raw(f"{page} {_NEED} JOIN page ON page.id = n.id {_ORDER}", *values, limit, offset)
    return [view(row) for row in rows], await total(len(rows), limit, offset, wanted, *values)


def _conditions(actor: Actor, filters: Mapping[str, str], at: datetime) -> tuple[str, list[Any]]:
    parts: list[str] = ["n.division LIKE {}"]
    values: list[Any] = [scope_of(actor)]

    def also(part: str, *more: Any) -> None:
        parts.append(part)
        values.extend(more)

    status = filters.get("status", "")
    if status in rules.STATES:
        also("n.status = {}", status)
    elif status == "waiting":
        also("n.status IN ('confirmed', 'matching')")
    elif status != "all":
        also(
            "n.status = ANY({}::varchar[]) AND (n.status <> 'draft' OR n.created_by = {})",
            sorted(rules.OPEN),
            actor.user,
        )
    for name in ("service", "priority"):
        if filters.get(name):
            also(f"n.{name} = {{}}", filters[name])
    if (division := filters.get("division", "")).isdecimal():
        also("n.division LIKE {}", f"{division}%")
    if filters.get("overdue"):
        also("n.due_at < {} AND n.status IN ('submitted', 'suspended')", at)
    if filters.get("mine"):
        also("(n.created_by = {} OR n.submitted_by = {})", actor.user, actor.user)
    if query := filters.get("q"):
        _by_query(query, also)
    return " AND ".join(parts), values


def _by_query(query: str, also: Callable[..., None]) -> None:
    """By the number of the need or its household, or by what finds the household's people."""
    if searching.is_number(query):
        also("(n.number = {} OR h.number = {})", query.upper(), query.upper())
        return
    asked = searching.condition(query)
    if asked is None:
        also("false")
        return
    also(" ".join((_MEMBER, asked[0], ")")), *asked[1])


async def needs_numbered(actor: Actor, number: str) -> list[NeedView]:
    """The need with this number, if it lies in the actor's scope."""
    rows = await Need.raw(_NEED + " WHERE n.number = {} AND n.division LIKE {}", number.upper(), scope_of(actor))
    return [view(row) for row in rows]


async def needs_of_household(actor: Actor, household: UUID) -> list[NeedView]:
    """All needs of a household of the actor's scope, the open ones first."""
    rows = await Need.raw(
        " ".join((_NEED, "WHERE n.household = {} AND n.division LIKE {} ORDER BY n.created_at DESC")),
        household, scope_of(actor),
    )  # fmt: skip
    return sorted((view(row) for row in rows), key=lambda need: need.status not in rules.OPEN)


async def services() -> list[Service]:
    """The catalogue in its order."""
    found: list[Service] = await Service.objects().order_by(Service.sort)
    return found


async def counts(actor: Actor, at: datetime) -> dict[str, int]:
    """For the start page: submitted and late ones of the area, own drafts and rejected ones, pauses that are over."""
    rows = await Need.raw(_COUNTS, at, actor.user, actor.user, at, at, scope_of(actor))
    return dict(rows[0])

"""Reads about needs, always inside the actor's scope."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households.rules import layer_of
from bangfu.needs.tables import Need
from bangfu.shared.actor import Actor

Window = tuple[int, int, int]


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
    version: int

    @property
    def suspended_from(self) -> str:
        """The state before the suspension, "" while not suspended."""
        return str(self.binding_detail.get("suspended_from", "")) if self.status == "suspended" else ""


_NEED = (
    "SELECT n.*, h.number AS household_number, h.head_name, h.category, coalesce(d.name, '') AS division_name,"
    " coalesce(t.name, '') AS township_name, count(*) OVER () AS total"
    " FROM need n JOIN household h ON h.id = n.household LEFT JOIN division d ON d.code = n.division"
    " LEFT JOIN division t ON t.code = left(n.division, 9) || '000'"
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

"""A plan of a day: who visits whom when. As a document: `cost` and `routes` [{caregiver, visits [...]}]."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matching.schedule.day.unable import Unable

# Times in a file are rounded to this many decimals, far below what the checker tolerates.
DECIMALS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVisit:
    """One service given to a patient, from `start` to `end` (minutes of the day)."""

    patient: str
    service: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRoute:
    """A caregiver's visits in order; none for who stays free."""

    caregiver: str
    visits: tuple[DayVisit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """`cost` = (travel + tardiness + largest tardiness) / 3; what cannot be given and why; `moves`, `seconds`."""

    cost: float
    routes: tuple[DayRoute, ...]
    unable: tuple[Unable, ...] = ()
    moves: int = 0
    seconds: float = 0.0


def plan_document(plan: DayPlan) -> dict[str, Any]:
    """The JSON object of a plan; `unable` stands in it only where there are services that nobody can give."""
    document: dict[str, Any] = {
        "cost": round(plan.cost, DECIMALS),
        "routes": [{"caregiver": route.caregiver, "visits": _visits(route)} for route in plan.routes],
    }
    if plan.unable:
        document["unable"] = [
            {"patient": lost.patient, "service": lost.service, "reason": lost.reason} for lost in plan.unable
        ]
    return document


def _visits(route: DayRoute) -> list[dict[str, Any]]:
    return [
        {
            "patient": visit.patient,
            "service": visit.service,
            "start": round(visit.start, DECIMALS),
            "end": round(visit.end, DECIMALS),
        }
        for visit in route.visits
    ]


def write_plan(plan: DayPlan, path: str | Path) -> None:
    """Write the plan's document. Raises OSError."""
    text = json.dumps(plan_document(plan), ensure_ascii=False, indent=2)
    Path(path).write_text(text + "\n", encoding="utf-8")

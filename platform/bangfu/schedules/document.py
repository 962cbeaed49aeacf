"""A calendar problem as text for the child process, and its calendar as text back. Every record judges itself again."""

import json
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from matching.schedule import BreakRule, CalendarPlan, CalendarProblem, Carer, Done, Due, Fixed, Horizon, Task, Visit

_OWN = ("horizon", "carers", "tasks", "detour", "way_back", "previous")


def problem_text(problem: CalendarProblem) -> str:
    """The problem; weights are the library's own."""
    return json.dumps({name: _plain(getattr(problem, name)) for name in _OWN}, default=_default)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def _default(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def problem_of(text: str) -> CalendarProblem:
    """The same problem again.

    Raises:
        ProblemError: naming record and field of what does not fit.
    """
    told = json.loads(text)
    place = told["horizon"]
    return CalendarProblem(
        horizon=Horizon(
            first=date.fromisoformat(place["first"]), days=place["days"], slot=place["slot"],
            holidays=frozenset(place["holidays"]),
        ),
        carers=tuple(_carer(each) for each in told["carers"]),
        tasks=tuple(_task(each) for each in told["tasks"]),
        detour=told["detour"],
        way_back=told["way_back"],
        previous=tuple(_visit(each) for each in told["previous"]),
    )  # fmt: skip


def _carer(told: dict[str, Any]) -> Carer:
    rule = told["break_rule"]
    pause = None if rule is None else BreakRule(**{**rule, "window": rule["window"] and tuple(rule["window"])})
    return Carer(**{
        **told, "windows": tuple(tuple(each) for each in told["windows"]), "leave": frozenset(told["leave"]),
        "used": {int(week): minutes for week, minutes in told["used"].items()}, "break_rule": pause,
    })  # fmt: skip


def _task(told: dict[str, Any]) -> Task:
    return Task(**{
        **told, "carers": tuple(told["carers"]), "due": tuple(Due(**each) for each in told["due"]),
        "windows": told["windows"] and tuple(tuple(each) for each in told["windows"]),
        "wishes": tuple(tuple(each) for each in told["wishes"]),
        "fixed": tuple(Fixed(**{**each, "carers": tuple(each["carers"])}) for each in told["fixed"]),
        "done": tuple(Done(**each) for each in told["done"]),
    })  # fmt: skip


def _visit(told: dict[str, Any]) -> Visit:
    return Visit(**{**told, "carers": tuple(told["carers"])})


def plan_document(plan: CalendarPlan) -> dict[str, Any]:
    """A calendar: visits, unplaced, conflicts, measures, seconds."""
    return {
        "status": plan.status,
        "visits": [_named(each) for each in plan.visits],
        "unplaced": [_named(each) for each in plan.unplaced],
        "conflicts": [_named(each) for each in plan.conflicts],
        "measures": _named(plan.measures),
        "seconds": plan.seconds,
    }


def _named(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record)}

"""What a problem may say beyond version 1 of MATCHING.md: fairness and wishes (docs/decisions/0051)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from matching import values
from matching.columns import optional

if TYPE_CHECKING:
    from matching.problem import Problem

# The problem's own fields that are extensions, each with what leaving it out means.
TOP: dict[str, Any] = {"organisation_share": None, "newcomer_months": 6}


def said_on_top(problem: Problem) -> Iterator[tuple[str, Any]]:
    """The problem's own fields that say something beyond version 1."""
    for name, absent in TOP.items():
        value = getattr(problem, name)
        if value != absent:
            yield name, value


def first(problem: Problem) -> tuple[str, str] | None:
    """Record and field of the first thing that version 1 does not know; None where there is none.

    Every OPTIONAL field of weights, carers and needs is an extension.
    """
    for name, _ in said_on_top(problem):
        return "problem", name
    for name, absent in optional(type(problem.weights)).items():
        if getattr(problem.weights, name) != absent:
            return "weights", name
    lists: tuple[tuple[str, tuple[Any, ...]], ...] = (("carer", problem.carers), ("need", problem.needs))
    for kind, records in lists:
        for name, absent in optional(type(records[0])).items() if records else ():
            for record in records:
                if getattr(record, name) != absent:
                    return values.place(kind, record.id), name
    return None

"""What a problem may say beyond version 1 of MATCHING.md: fairness and wishes (docs/decisions/0051)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from matching import values

if TYPE_CHECKING:
    from matching.problem import Problem

# The problem's own fields that are extensions, each with what leaving it out means.
TOP: dict[str, Any] = {"organisation_share": None}


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
    for kind, records in (("", (problem.weights,)), ("carer", problem.carers), ("need", problem.needs)):
        for name, absent in getattr(type(records[0]), "OPTIONAL", {}).items() if records else ():
            for record in records:
                if getattr(record, name) != absent:
                    return values.place(kind, record.id) if kind else "weights", name
    return None

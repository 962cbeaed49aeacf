"""One order for equal problems: a plan must not depend on the order in which records happen to stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeVar

from matching.problem import Problem

Record = TypeVar("Record")


def _sorted(records: tuple[Record, ...], key: Callable[[Record], Any]) -> tuple[Record, ...]:
    """The records by key; the same tuple where they already stand so."""
    keys = [key(record) for record in records]
    if all(a <= b for a, b in pairwise(keys)):
        return records
    return tuple(sorted(records, key=key))


def canonical(problem: Problem) -> Problem:
    """The same problem with its records by id, lines by organisation and service; itself where they stand so.

    Given pairs are numbered by need and carer anyway, and what stands inside a record needs no order: the rules read
    windows, codes, kinds and exclusions as sets.
    """
    lists: dict[str, tuple[Any, Callable[[Any], Any]]] = {
        "organisations": (problem.organisations, lambda organisation: organisation.id),
        "contract_lines": (problem.contract_lines, lambda line: (line.organisation, line.service)),
        "carers": (problem.carers, lambda carer: carer.id),
        "needs": (problem.needs, lambda need: need.id),
        "limits": (problem.limits, lambda limit: limit.id),
    }
    ordered = {name: _sorted(records, key) for name, (records, key) in lists.items()}
    moved: dict[str, Any] = {name: records for name, records in ordered.items() if records is not lists[name][0]}
    return replace(problem, **moved) if moved else problem

"""Conditions of a form, held as data: {"item": …, "is": […]}, {"mark": …, "at_least": n}, {"all": […]} and their like.

A condition looks at what was answered and computed; it is true or false, never an error, for a form that was checked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Condition = Mapping[str, Any]


@dataclass(slots=True)
class Facts:
    """What conditions look at: chosen option codes, values (points or amounts), marks of options, measures."""

    chosen: dict[str, str] = field(default_factory=dict)
    values: dict[str, Decimal] = field(default_factory=dict)
    marks: Counter[str] = field(default_factory=Counter)
    measures: dict[str, Decimal] = field(default_factory=dict)


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether the condition is true; an item without an answer makes its condition false."""
    if "all" in condition:
        return all(holds(part, facts) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, facts) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], facts)
    if "is" in condition:
        return facts.chosen.get(condition["item"]) in condition["is"]
    return _within(condition, _measured(condition, facts))


def _measured(condition: Condition, facts: Facts) -> Decimal | None:
    if "mark" in condition:
        return Decimal(facts.marks[condition["mark"]])
    if "measure" in condition:
        return facts.measures.get(condition["measure"])
    return facts.values.get(condition["item"])


def _within(condition: Condition, value: Decimal | None) -> bool:
    if value is None:
        return False
    least, most = condition.get("at_least"), condition.get("at_most")
    return (least is None or value >= Decimal(str(least))) and (most is None or value <= Decimal(str(most)))


def named(condition: Condition, kind: str) -> Iterator[str]:
    """The items, measures or marks (`kind`) that a condition speaks of."""
    for name in ("all", "any"):
        for part in condition.get(name, ()):
            yield from named(part, kind)
    if "not" in condition:
        yield from named(condition["not"], kind)
    if kind in condition:
        yield condition[kind]

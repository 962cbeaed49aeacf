"""What a kind of list is: its columns, and how its rows become records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bangfu.imports.plan import Plan, Sheet
from bangfu.shared.actor import Actor
from bangfu.shared.tabular import Field

Planner = Callable[[Actor, Sheet, datetime], Awaitable[Plan]]


@dataclass(frozen=True, slots=True)
class Kind:
    """`columns(today)` gives the fields; `needed` columns must exist even where single cells may stay empty.

    `plan` compares checked rows with the database: it notes faults on the sheet and returns what would be written.
    """

    code: str
    columns: Callable[[date], tuple[Field, ...]]
    needed: frozenset[str]
    plan: Planner
    examples: tuple[Mapping[str, object], ...]

    def template_fields(self, today: date) -> tuple[Field, ...]:
        """The fields with every needed column marked as required: for templates and for finding the columns."""
        return tuple(
            replace(field, required=True) if field.code in self.needed else field for field in self.columns(today)
        )


def covers(actor: Actor, division: str) -> bool:
    """Whether the actor may bring in data of a division; the system may everywhere."""
    return actor.has("system") or actor.sees(division)

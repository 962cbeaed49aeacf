"""What a kind of list is: its columns, and how its rows become records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bangfu.errors import NotAllowed
from bangfu.imports.plan import Plan, Record, Sheet
from bangfu.shared.actor import Actor
from bangfu.shared.faults import N_
from bangfu.shared.identifiers import division_prefix
from bangfu.shared.tabular import CheckedRow, Field

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
    bureau_only: bool = False
    """Contracts: whoever dispatches does not also set what may be bought from whom (DOMAIN.md 8.11)."""
    team: bool = False
    """Whether the manager of an organisation may bring in such a list of the own people."""

    def may_take(self, actor: Actor) -> bool:
        """Whether the actor, who may import lists, may import lists of this kind."""
        return self.team if is_manager(actor) else not self.bureau_only or is_bureau(actor)

    def check_taker(self, actor: Actor) -> None:
        """Raises NotAllowed where the actor may not import lists of this kind."""
        if not self.may_take(actor):
            if is_manager(actor):
                raise NotAllowed(N_("An organisation brings in the list of its own carers only."))
            raise NotAllowed(N_("Only an officer of the civil affairs bureau may import this kind of list."))

    def template_fields(self, today: date) -> tuple[Field, ...]:
        """The fields with every needed column marked as required: for templates and for finding the columns."""
        return tuple(
            replace(field, required=True) if field.code in self.needed else field for field in self.columns(today)
        )


def covers(actor: Actor, division: str) -> bool:
    """Whether the actor may bring in data of a division; the system may everywhere."""
    return actor.has("system") or actor.sees(division)


def is_bureau(actor: Actor) -> bool:
    """Whether the actor may decide what shuts somebody out of matching, and the contracts (DOMAIN.md 8.11)."""
    return actor.has("bureau_officer", "system")


def is_manager(actor: Actor) -> bool:
    """Whether the actor brings in lists for an organisation, not for an area (roles that bar each other, 8.11)."""
    return actor.has("provider_manager")


def reaches(actor: Actor, organisation: Record) -> bool:
    """Whether the organisation stands in the actor's area, or serves a part of it or all of it."""
    own = [division_prefix(organisation["division"]), *organisation["service_area"]]
    return actor.has("system") or any(covers(actor, area) or _holds(area, actor.scope) for area in own)


def _holds(area: str, scope: str) -> bool:
    return bool(area and scope) and scope.startswith(area)


def barring_stands(actor: Actor, sheet: Sheet, row: CheckedRow, known: Record | None) -> bool:
    """False, with a fault, where the row changes a barring that is not the actor's to decide (DOMAIN.md 8.11)."""
    until = row.values["blacklist_until"]
    if is_bureau(actor) or until is None or (known is not None and known["blacklist_until"] == until):
        return True
    message = N_("Only an officer of the civil affairs bureau may change until when somebody is barred.")
    sheet.fault(row, "blacklist_until", "outside_role", message, N_("Leave this cell empty, or ask the bureau."))
    return False

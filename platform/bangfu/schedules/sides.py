"""Whose calendar it is: an organisation's for its manager, a station's for its dispatcher (DOMAIN.md 8.5)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bangfu.errors import NotAllowed, NotYours
from bangfu.providers.tables import Carer
from bangfu.schedules.items import Item
from bangfu.shared.actor import Actor
from bangfu.shared.division_codes import division_prefix


@dataclass(frozen=True, slots=True)
class Side:
    """An organisation with its workers, or (empty) the social workers and volunteers of a division, whatever body they
    belong to: their tasks are their own, not an organisation's."""

    organization: UUID | None
    division: str
    """Twelve digits: the organisation's own, or that of the station's area."""

    @property
    def prefix(self) -> str:
        """What the codes of the station's divisions begin with."""
        return division_prefix(self.division)

    def tasks(self) -> tuple[str, list[object]]:
        """The SQL condition of its assignments (alias a)."""
        if self.organization is not None:
            return "a.organization = {}::uuid", [self.organization]
        return "a.organization IS NULL AND a.division LIKE {}", [f"{self.prefix}%"]

    def carers(self) -> tuple[str, list[object]]:
        """The SQL condition of its people (alias c)."""
        if self.organization is not None:
            return "c.organization = {}::uuid AND c.kind = 'worker'", [self.organization]
        return (
            "c.kind IN ('social_worker', 'volunteer') AND c.division LIKE {}",
            [f"{self.prefix}%"],
        )


async def side_of(actor: Actor) -> Side:
    """The side that somebody plans for.

    Raises:
        NotAllowed: for everybody else.
    """
    if actor.has("provider_manager") and actor.organization is not None:
        rows = await Carer.raw("SELECT division FROM organization WHERE id = {}", actor.organization)
        return Side(actor.organization, rows[0]["division"])
    if actor.has("station_dispatcher") and actor.scope:
        return Side(None, actor.scope.ljust(12, "0"))
    raise NotAllowed


def seen(actor: Actor) -> tuple[str, list[object]]:
    """The SQL condition of the tasks (alias a) whose calendar somebody may read: the organisation's own for its
    manager; those of the area's households for station, township and bureau."""
    if actor.has("provider_manager"):
        return "a.organization = {}::uuid", [actor.organization or UUID(int=0)]
    if not actor.scope:
        return "false", []
    return "a.division LIKE {}", [f"{actor.scope}%"]


def may_see(actor: Actor, task: dict[str, Any]) -> bool:
    """Whether the calendar of this task is open to the reader."""
    if actor.has("provider_manager"):
        return actor.organization is not None and actor.organization == task["organization"]
    return actor.sees(task["division"])


def may_plan(actor: Actor, task: dict[str, Any]) -> bool:
    """Whether somebody moves the visits of this task: the organisation's manager, or the station's dispatcher for
    those who work for nobody."""
    if actor.has("provider_manager"):
        return actor.organization is not None and actor.organization == task["organization"]
    return actor.has("station_dispatcher") and task["organization"] is None and actor.sees(task["division"])


def check_plans(actor: Actor, item: Item) -> None:
    """Whose visit it is, and whether the actor moves it.

    Raises:
        NotYours: outside of what the actor sees.
        NotAllowed: where another side plans.
    """
    if not may_see(actor, item.task):
        raise NotYours
    if not may_plan(actor, item.task):
        raise NotAllowed

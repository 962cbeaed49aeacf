"""The first steps of a reader."""

from dataclasses import dataclass

from bangfu.guides import tour
from bangfu.guides.tables import FirstSteps
from bangfu.shared.actor import Actor


@dataclass(frozen=True, slots=True)
class Progress:
    """A reader's first steps: what is ticked, and whether they stand on the start page."""

    steps: list[tour.Step]
    done: frozenset[str]
    hidden: bool

    @property
    def open(self) -> int:
        """How many steps wait."""
        return sum(step.key not in self.done for step in self.steps)

    @property
    def shown(self) -> bool:
        """Whether the start page shows them: until they are done or put away."""
        return bool(self.steps) and not self.hidden and self.open > 0


async def progress(actor: Actor) -> Progress:
    """The first steps of this reader."""
    row = await FirstSteps.select(FirstSteps.done, FirstSteps.hidden).where(FirstSteps.user == actor.me).first()
    steps = tour.steps_of(actor.roles)
    return Progress(steps, frozenset(row["done"] if row else ()), bool(row and row["hidden"]))

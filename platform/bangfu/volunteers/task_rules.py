"""The states of open tasks, swaps and no-shows, notice, and the first visit (DOMAIN.md 7, PRODUCT.md). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

NOTICE: Final = timedelta(hours=24)
"""Less is written down as short notice; it has no effect on anybody (DOMAIN.md 7: no forced service)."""
REMIND: Final = timedelta(hours=24)
"""So long before the start a volunteer is reminded."""
MOST_SLOTS: Final = 8
FURTHEST: Final = timedelta(days=60)
DISPATCHER: Final = frozenset({"station_dispatcher"})
VOLUNTEER: Final = frozenset({"volunteer"})
SYSTEM: Final = frozenset({"system"})
TRAINED: Final = (("T", "V"),)
"""Platform training, or registered as a trained volunteer (DOMAIN.md 2.3)."""
FIRST_TRAINED: Final = (("T",),)
"""Before the first visit: safety, privacy, reporting."""

TASK_STATES: Final = ("open", "taken", "closed", "done")
SWAP_STATES: Final = ("asked", "accepted", "refused", "withdrawn", "lapsed")
NO_SHOW_STATES: Final = ("recorded", "answered", "excused", "kept")
CLOSE_REASONS: Final = ("not_needed", "served_otherwise", "recipient_asked", "over", "other")


@dataclass(frozen=True, slots=True)
class Line:
    """One move and who may cause it."""

    source: str
    action: str
    target: str
    roles: frozenset[str]


TASK_MACHINE: Final = Machine(
    [
        Line("open", "take", "taken", VOLUNTEER),
        Line("taken", "give_back", "open", VOLUNTEER),
        *(Line(state, "close", "closed", DISPATCHER | SYSTEM) for state in ("open", "taken")),
        Line("taken", "finish", "done", SYSTEM),
    ],
    N_("The open task is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "open_task_status",
    "open_task_action",
)
SWAP_MACHINE: Final = Machine(
    [
        Line("asked", "accept", "accepted", VOLUNTEER),
        Line("asked", "refuse", "refused", VOLUNTEER),
        Line("asked", "withdraw", "withdrawn", VOLUNTEER),
        Line("asked", "lapse", "lapsed", SYSTEM),
    ],
    N_("The swap is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "swap_status",
    "swap_action",
)
NO_SHOW_MACHINE: Final = Machine(
    [
        Line("recorded", "answer", "answered", VOLUNTEER),
        *(Line(state, "excuse", "excused", DISPATCHER) for state in ("recorded", "answered")),
        *(Line(state, "keep", "kept", DISPATCHER) for state in ("recorded", "answered")),
    ],
    N_("The no-show is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "no_show_status",
    "no_show_action",
)


@dataclass(frozen=True, slots=True)
class Experience:
    """Visits of a volunteer, named or accompanying: `served` took place, `verified` are checked."""

    served: int = 0
    verified: int = 0

    @property
    def newcomer(self) -> bool:
        """The next visit is the first one."""
        return self.served == 0

    def experienced(self, least: int) -> bool:
        """Whether newcomers may come along."""
        return self.verified >= least


def needs_partner(server: Experience, partner: Experience | None, least: int) -> bool:
    """Whether a first visit still lacks its experienced partner."""
    return server.newcomer and (partner is None or not partner.experienced(least))


def notice(start: datetime, at: datetime) -> tuple[int, bool]:
    """Whole minutes before the start (never below zero), and whether that is short notice."""
    left = start - at
    return max(0, int(left / timedelta(minutes=1))), left < NOTICE


def rank(band: float | None, served_here: bool, served_kind: int, start: datetime) -> tuple[object, ...]:
    """The order of open tasks for one volunteer: near first (whole kilometres), then known homes, then familiar
    services, then the earlier ones."""
    return (9999 if band is None else int(band), not served_here, -min(served_kind, 5), start)


def overlap(start: datetime, end: datetime, spans: Iterable[tuple[datetime, datetime]]) -> bool:
    """Whether a visit would overlap one of the spans."""
    return any(start < last and first < end for first, last in spans)

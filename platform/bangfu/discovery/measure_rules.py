"""The states of one measure of a prescription (清单制+责任制, 销号): one table of transitions. Pure."""

from typing import Final

from bangfu.discovery.rules import BUREAU, DISPATCHER, OFFICER, STATION, Transition
from bangfu.errors import N_
from bangfu.shared.permissions import LIAISON
from bangfu.shared.states import Machine

STATES: Final = ("open", "done_reported", "returned", "closed", "cancelled")
OPEN: Final = frozenset({"open", "done_reported", "returned"})

_DOERS: Final = LIAISON | STATION | DISPATCHER | OFFICER
_OFFICERS: Final = OFFICER | BUREAU
_OWN = ("own_unit", "issued")


def _table() -> list[Transition]:
    waiting = ("open", "returned")
    return [
        *(
            Transition(state, "report_done", "done_reported", _DOERS, "done_reported", (*_OWN, "evidence"))
            for state in waiting
        ),
        Transition("done_reported", "close", "closed", _OFFICERS | LIAISON, "closed", ("another_person",)),
        Transition("done_reported", "send_back", "returned", _OFFICERS, "sent_back", ("reason",)),
        *(Transition(state, "extend", state, _OFFICERS, "extended", ("reason", "later")) for state in waiting),
        *(Transition(state, "cancel", "cancelled", _OFFICERS, "cancelled", ("reason",)) for state in sorted(OPEN)),
    ]


MACHINE: Final = Machine(
    _table(),
    N_("The measure is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "measure_status",
    "measure_action",
)

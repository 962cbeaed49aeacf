"""What planning gives to dispatch: the check of a pair by every hard rule, and an ear for offers that end."""

from bangfu.dispatch.actions import CHECKS, ENDED
from bangfu.planning.judging import problems_of_pair
from bangfu.planning.returned import note_end


def register() -> None:
    """Register both hooks; repeating it changes nothing."""
    if problems_of_pair not in CHECKS:
        CHECKS.append(problems_of_pair)
    if note_end not in ENDED:
        ENDED.append(note_end)

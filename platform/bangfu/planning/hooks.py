"""What planning gives to dispatch and households: the check of a pair by every hard rule, an ear for offers that end
and for households that move."""

from bangfu.dispatch.actions import CHECKS, ENDED
from bangfu.planning import relocating
from bangfu.planning.judging import problems_of_pair
from bangfu.planning.returned import note_end


def register() -> None:
    """Register all hooks; repeating it changes nothing."""
    relocating.register()
    if problems_of_pair not in CHECKS:
        CHECKS.append(problems_of_pair)
    if note_end not in ENDED:
        ENDED.append(note_end)

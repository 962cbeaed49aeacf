"""What is typed into the mandatory report; only the words on what happened are needed."""

import re
from uuid import UUID

from bangfu.errors import N_
from bangfu.incidents import rules
from bangfu.incidents.actions import Harm
from bangfu.shared.actor import Actor
from bangfu.shared.web.forms import Form

_HOUSEHOLD = re.compile(r"/households/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[/?].*)?")
MOST_WORDS = 4000


def read_harm(form: Form, actor: Actor, villages: set[str]) -> Harm:
    """The report; a village outside the reporter's area is a fault."""
    division = form.text("division", required=False, most=40).partition(" ")[0]
    if division and (division not in villages if villages else not actor.sees(division)):
        form.fault("division", N_("Please choose a village or community of your area."))
    for kind in form.many("kinds"):
        if kind not in rules.KINDS:
            form.fault("kinds", N_("Please choose one of the list."))
    return Harm(
        what=form.text("what", most=MOST_WORDS),
        kinds=tuple(form.many("kinds")),
        danger_now=form.yes("danger_now"),
        division=division,
        household=form.uuid("household", required=False),
        child_name=form.text("child_name", required=False, most=60),
        child_age=form.whole("child_age", most=17, required=False),
        place=form.text("place", required=False),
        told=tuple(body for body in form.many("told") if body in rules.BODIES),
    )


def household_of(path: str) -> str:
    """The household whose page somebody came from, as text; "" for any other page."""
    found = _HOUSEHOLD.fullmatch(path)
    return str(UUID(found[1])) if found else ""

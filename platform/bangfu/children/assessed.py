"""A completed assessment of a child's risk gives the colour of the child's file, and the file sees to the contact."""

from datetime import datetime

from bangfu.assessments.actions import Completed, on_completed, take_over
from bangfu.children.actions import follow_assessment
from bangfu.children.tables import ChildFile
from bangfu.shared.actor import Actor


async def follow(actor: Actor, completed: Completed, at: datetime) -> None:
    """Take the colour over; nothing where the child has no open file."""
    if completed.sets == "risk_color":
        await follow_assessment(actor, completed.person, completed.level, completed.assessment, at)


async def sees_to_contact(_actor: Actor, completed: Completed, _at: datetime) -> bool:
    """Whether an open file watches the contact within 24 hours itself."""
    return await ChildFile.exists().where((ChildFile.person == completed.person) & (ChildFile.status == "active"))


on_completed(follow)
take_over("child.red_contact", sees_to_contact)

"""A child's file takes over the colour that two assessors found."""

from datetime import timedelta
from uuid import uuid4

from bangfu.assessments.tables import Assessment
from bangfu.children.actions import Judgement, open_file
from bangfu.children.tables import ChildFile
from bangfu.households.tables import Household
from bangfu.shared.clock import now, today
from tests.assessments.answers import best
from tests.assessments.steps import complete, home_with
from tests.support import World


async def test_the_file_turns_red_and_is_the_one_that_watches_the_contact(world: World, app: object) -> None:
    household, person = await home_with(birth=today() - timedelta(days=3000))
    file = await open_file(world["child_director"], uuid4(), person, Judgement("green", ("guardianship",), "ok"), now())
    await complete(world, person, "child_risk", {**best("child_risk"), "violence": "high"})
    assert (await ChildFile.objects().get(ChildFile.id == file)).color == "red"
    assert (await Household.objects().get(Household.id == household)).risk_color == "red"
    rows = await Assessment.raw(
        "SELECT kind FROM supervision_task WHERE kind IN ('child.contact', 'child.red_contact')"
    )
    assert [row["kind"] for row in rows] == ["child.contact"]

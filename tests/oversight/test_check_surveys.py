"""A commission contract's surveys are done again by people of the city, who do not see what was found first."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.contracts.tables import Contract
from bangfu.errors import FormError
from bangfu.oversight import check_making, check_reporting
from bangfu.oversight.check_rules import Finding
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared.clock import now, today
from tests.assessments.answers import six
from tests.assessments.steps import complete, home_with, row_of
from tests.conftest import SignIn
from tests.oversight import check_steps as steps
from tests.support import World

pytestmark = pytest.mark.usefixtures("database")


async def surveyed(world: World) -> SpotCheck:
    """A delivered survey that was drawn; people of the city stand in the pool beside people of the county."""
    _, person = await home_with()
    survey = await complete(world, person, "six_indicators", six(1))
    await User.update(scope="9901").where(User.id == world["second_bureau"].me)
    contract = Contract(
        id=uuid4(), number="C-9", project="C-9", kind="commission", division="990101000000", status="active",
        supplier=world.assessing_body, imported=True, total=Decimal("9000.00"), starts_on=today() - timedelta(days=30),
        ends_on=today() + timedelta(days=300),
    )  # fmt: skip
    await contract.save()
    people = ("second_officer", "second_bureau", "city_bureau", "second_assessor")
    rows = [[str(survey), "survey", ""]]
    draw = await steps.drawn_for(world, contract.id, world.assessing_body, people, rows)
    made = await check_making.make_survey_checks(draw, contract.id, [(survey, "survey")], now())
    return await steps.check(made[0])


async def reported(world: World, check: SpotCheck, level: str) -> SpotCheck:
    first, second = await steps.inspectors(world, check)
    found = Finding("onsite", level=level, confirmation="unable", confirmation_reason="confused")
    await check_reporting.report(first, check.id, found, [], [], ("", None), [], now())
    await check_reporting.confirm(second, check.id, now())
    return await steps.check(check.id)


async def test_people_of_the_city_do_the_survey_again_without_seeing_its_level(world: World, visit: SignIn) -> None:
    check = await surveyed(world)
    names = {actor.username for actor in await steps.inspectors(world, check)}
    assert (names, check.status, check.organization) == (
        {"second_bureau", "city_bureau"}, "assigned", world.assessing_body,
    )  # fmt: skip
    page = (await (await visit("city_bureau")).get(f"/my-checks/{check.id}")).text
    assert 'name="level"' in page and 'name="result"' not in page and " selected" not in page


async def test_the_same_level_passes_and_another_one_fails_whatever_the_inspector_thinks_of_it(world: World) -> None:
    check = await surveyed(world)
    level = (await row_of(check.assessment)).final_level
    with pytest.raises(FormError):
        await reported(world, check, "")
    assert (await reported(world, check, level)).result == "pass"


async def test_another_level_is_a_failure_that_the_agency_may_object_to(world: World) -> None:
    check = await surveyed(world)
    level = (await row_of(check.assessment)).final_level
    other = next(one for one in ("full_self", "semi", "full_care") if one != level)
    check = await reported(world, check, other)
    assert (check.result, check.reason, check.status) == ("fail", "level_differs", "notified")

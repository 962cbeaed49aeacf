"""A near relative decides on, reviews and assesses nothing of the household, on whatever page (DOMAIN.md 2.3, 8.11)."""

from uuid import UUID, uuid4

import pytest

from bangfu.assessments.disputing import dispute, uphold
from bangfu.errors import FormError, NotAllowed, Refused
from bangfu.households.history import change_category
from bangfu.households.kinship import Relation, declare
from bangfu.households.leaving import exit_household, readmit
from bangfu.households.reviews import Review, record_review
from bangfu.households.spans import Standing
from bangfu.households.tables import Household
from bangfu.shared.clock import now, today
from bangfu.shared.tables import AuditEvent
from tests.assessments.answers import six
from tests.assessments.steps import complete, home_with, row_of
from tests.support import World


async def _related(world: World, name: str) -> tuple[UUID, UUID]:
    household, person = await home_with()
    await declare(world[name], household, uuid4(), Relation("sibling", user=world[name].me), now())
    return household, person


async def test_a_relative_neither_changes_the_category_nor_ends_nor_reviews_it(world: World) -> None:
    officer, at = world["officer"], now()
    household, _ = await _related(world, "officer")
    with pytest.raises(NotAllowed, match="near relative"):
        await change_category(officer, household, 1, Standing("dibao"), today(), "收入变化", at)
    with pytest.raises(NotAllowed, match="near relative"):
        await exit_household(officer, household, 1, today(), "收入变化", at, gradual=True)
    with pytest.raises(NotAllowed, match="near relative"):
        await readmit(officer, household, 1, "收入变化", at)
    with pytest.raises(NotAllowed, match="near relative"):
        await record_review(officer, household, uuid4(), Review("unchanged", today()), at)
    row = await Household.objects().get(Household.id == household)
    assert row is not None
    assert (row.category, row.status) == ("tekun", "active")
    assert row.reviewed_on is None
    assert await AuditEvent.count().where(AuditEvent.action == "household.refused_relative") == 4


async def test_neither_a_relative_nor_who_recorded_it_decides_on_an_objection(world: World) -> None:
    _, person = await _related(world, "officer")
    first = await complete(world, person, "six_indicators", six(1))
    await dispute(world["coordinator"], uuid4(), first, "self", "不同意", now())
    with pytest.raises(NotAllowed, match="near relative"):
        await uphold(world["officer"], first, "评估属实", now())
    _, another = await home_with()
    second = await complete(world, another, "six_indicators", six(1))
    await dispute(world["officer"], uuid4(), second, "self", "不同意", now())
    with pytest.raises(Refused, match="recorded the objection"):
        await uphold(world["officer"], second, "评估属实", now())
    assert (await row_of(second)).status == "disputed"


async def test_an_officer_names_only_people_of_the_own_area_as_relatives(world: World) -> None:
    household, _ = await home_with()
    with pytest.raises(FormError):
        await declare(
            world["officer"], household, uuid4(), Relation("sibling", user=world["outside_officer"].me), now()
        )
    await declare(world["officer"], household, uuid4(), Relation("sibling", user=world["worker"].me), now())
    await declare(world["officer"], household, uuid4(), Relation("child", carer=world.carers["nurse"]), now())

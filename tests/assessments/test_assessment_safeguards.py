"""An assessment of a child under 14 by whatever form: fewer people see it, and every opening is noted (9.1)."""

from datetime import timedelta
from typing import Any

from bangfu.households.tables import ReadLog
from bangfu.shared.clock import today
from tests.assessments.answers import six
from tests.assessments.steps import complete, home_with, row_of
from tests.support import World


async def test_a_childs_assessment_is_for_child_workers_and_leaves_a_trace(world: World, visit: Any) -> None:
    household, person = await home_with(birth=today() - timedelta(days=3000))
    key = await complete(world, person, "six_indicators", six(2))
    number = (await row_of(key)).number
    for name in ("dispatcher", "coordinator", "lead", "auditor"):
        other = await visit(name)
        assert (await other.get(f"/assessments/{key}")).status_code == 404
        assert number not in (await other.get("/assessments?show=all")).text
        assert number not in (await other.get(f"/households/{household}/assessments")).text
        assert number not in (await other.get(f"/households/{household}/events")).text
    for name in ("officer", "assessor"):
        reader = await visit(name)
        assert (await reader.get(f"/assessments/{key}")).status_code == 200
    rows = await ReadLog.select(ReadLog.user, ReadLog.person, ReadLog.what).order_by(ReadLog.at)
    assert [(row["user"], row["what"]) for row in rows] == [
        (world["officer"].me, "child"), (world["assessor"].me, "child"),
    ]  # fmt: skip
    assert {row["person"] for row in rows} == {person}

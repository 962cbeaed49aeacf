"""Words about a child stay with those who work with children; who serves one leaves a trace (DOMAIN.md 9.1)."""

from datetime import timedelta
from typing import Any

from bangfu.children import actions
from bangfu.children.tables import ChildFile
from bangfu.dispatch.actions import accept
from bangfu.dispatch.tables import Assignment
from bangfu.households.tables import Consent, Person, ReadLog
from bangfu.needs.tables import Need
from bangfu.shared.clock import now, today
from tests.children.test_child_files import file_of
from tests.dispatch.tasks import offered
from tests.support import World


async def test_why_a_childs_file_was_closed_is_not_told_on_the_households_page(world: World, visit: Any) -> None:
    file = await file_of(world)
    row = await ChildFile.objects().get(ChildFile.id == file)
    assert row is not None
    await actions.close(world["child_supervisor"], file, "placed", "父亲被羁押，孩子送福利院", now())
    for name in ("dispatcher", "auditor", "lead"):
        page = await (await visit(name)).get(f"/households/{row.household}/events")
        assert page.status_code == 200
        assert "羁押" not in page.text
    assert "羁押" in (await (await visit("child_supervisor")).get(f"/children/{file}")).text


async def test_every_opening_of_a_childs_task_by_who_serves_it_is_noted(world: World, visit: Any) -> None:
    task = await offered(world)
    row = await Assignment.objects().get(Assignment.id == task)
    assert row is not None
    need = await Need.objects().get(Need.id == row.need)
    assert need is not None
    await Person.update({Person.birth_date: today() - timedelta(days=9 * 365)}).where(Person.id == need.person)
    await Consent.update({Consent.purposes: ["service", "share_provider", "minor_data"]}).where(
        Consent.household == row.household
    )
    manager = await visit("manager")
    await manager.get(f"/tasks/{task}")
    assert await ReadLog.count() == 0
    await accept(world["manager"], task, None, now())
    for _ in range(2):
        assert (await manager.get(f"/tasks/{task}")).status_code == 200
    rows = await ReadLog.select(ReadLog.user, ReadLog.person, ReadLog.what, ReadLog.why)
    assert rows == [{"user": world["manager"].me, "person": need.person, "what": "child", "why": row.number}] * 2

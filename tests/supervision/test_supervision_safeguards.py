"""What overseers may not do with a task: handle what is confidential, stop their own clock (DOMAIN.md 8.10, 8.11)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bangfu.errors import NotAllowed
from bangfu.shared.clock import now
from bangfu.supervision import actions, handling
from bangfu.supervision.actions import Timed
from bangfu.supervision.tables import SupervisionTask
from tests.support import TOWN, World


async def _watched(world: World, kind: str, role: str) -> SupervisionTask:
    timed = Timed(
        kind=kind, subject_type="incident", subject=uuid4(), href="/incidents", division=TOWN.ljust(12, "0"),
        due_at=now() + timedelta(minutes=30), role=role, by_hours=True,
    )  # fmt: skip
    task = await actions.watch(world["volunteer"], timed, now())
    row = await SupervisionTask.objects().get(SupervisionTask.id == task)
    assert row is not None
    return row


async def test_a_confidential_task_is_handled_by_nobody_but_who_has_it(world: World, visit: Any) -> None:
    actions.confidential("test.secret")
    task = await _watched(world, "test.secret", "child_supervisor")
    lead = await visit("lead")
    for verb, form in (
        ("pause", {"reason": "稍后"}),
        ("urge", {"text": "请加快"}),
        ("forward", {"unit": "township", "division": TOWN.ljust(12, "0"), "organization": "", "reason": "改由镇街"}),
    ):
        assert (await lead.post(f"/supervision/{task.id}/{verb}", form)).status_code == 403
    after = await SupervisionTask.objects().get(SupervisionTask.id == task.id)
    assert after is not None
    assert after.version == task.version
    assert after.paused_at is None


async def test_nobody_stops_the_clock_of_what_is_theirs_to_do(world: World) -> None:
    task = await _watched(world, "need.confirm", "township_officer")
    with pytest.raises(NotAllowed, match="another person stops"):
        await handling.hold(world["officer"], task.id, "等等再说", None, now())
    await handling.hold(world["bureau"], task.id, "等待材料", None, now())
    await handling.go_on(world["officer"], task.id, now())

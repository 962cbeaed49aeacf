"""A task's due key is kept equal to what its need and norm say, whatever of them changes."""

from uuid import uuid4

import pytest

from bangfu.catalogue.tables import NormProposal, ServiceNorm
from bangfu.dispatch.tables import Assignment
from bangfu.needs.tables import Need
from bangfu.shared.clock import now
from bangfu.visits import due, due_queries
from bangfu.visits.due_queries import Wanted, count, due_list
from tests.support import World
from tests.visits import visit_steps as steps
from tests.visits.test_due_windows import begun, on_norm

pytestmark = pytest.mark.usefixtures("database")
_STRAIGHT = (
    "SELECT a.due_key, k.norm || ':' || k.times || ':' || k.days || ':' || (a.service = 'visit_check') AS straight"
    " FROM assignment a JOIN need n ON n.id = a.need LEFT JOIN norm_proposal p ON p.id = n.proposal"
    f" CROSS JOIN LATERAL (SELECT {due.BASIS}) k"
)


async def key() -> str:
    """The one task's key, compared with the straight reading."""
    rows = await Assignment.raw(_STRAIGHT.replace("{}", ""))
    assert [row["due_key"] for row in rows] == [row["straight"] for row in rows]
    return str(rows[0]["due_key"])


async def test_the_key_follows_the_need_the_proposal_and_the_norm(world: World) -> None:
    task = await begun(await steps.accepted(world, visits=4))
    assert (await key()).startswith(":4:")
    await Need.update(visits=2, windows="[[0, 540, 600], [3, 540, 600]]").where(Need.id == task.need)
    assert (await key()).startswith(":2:9:")
    code = await on_norm(task, visits=2)
    assert (await key()).startswith(f"{code}:2:9:")
    await NormProposal.update(decision="changed").where(NormProposal.need == task.need)
    assert (await key()).startswith(":2:")
    await NormProposal.update(decision="accepted").where(NormProposal.need == task.need)
    assert (await key()).startswith(code)
    await NormProposal.update(visits=3).where(NormProposal.need == task.need)
    assert (await key()).startswith(":2:")
    await NormProposal.update(visits=2).where(NormProposal.need == task.need)
    later = f"later_{code}"
    await NormProposal.update(norm=later).where(NormProposal.need == task.need)
    assert (await key()).startswith(":2:")
    norm = (await ServiceNorm.raw("SELECT * FROM service_norm WHERE code = {}", code))[0]
    await ServiceNorm(**{**norm, "id": uuid4(), "code": later}).save()
    assert (await key()).startswith(later)
    await Need.update(origin="hand").where(Need.id == task.need)
    assert (await key()).startswith(":2:")


async def test_a_page_of_many_windows_is_the_page_of_the_whole_list(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(await steps.accepted(world))
    actor, wanted, at = world["officer"], Wanted("scope", "missed", since="quarter"), now()
    whole = await due_list(actor, wanted, at, 500, 0)
    assert len(whole) == await count(actor, wanted, at) > 3
    monkeypatch.setattr(due_queries, "HEAD", 1)
    for offset in (0, 3, len(whole) - 2, len(whole)):
        assert await due_list(actor, wanted, at, 3, offset) == whole[offset : offset + 3]

"""A merge brings nothing back to life that was withdrawn, and shows no child's data without a trace (DOMAIN.md 9.1)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.households.consent_actions import TakenBack, withdraw_ground
from bangfu.households.consents import ground_for
from bangfu.households.merge_record import undo
from bangfu.households.merging import Choices, merge
from bangfu.households.tables import Consent, ReadLog
from bangfu.shared.clock import now, today
from tests.households.test_merging import home, person
from tests.support import World

ALL = TakenBack("王秀英", "self", "spoken", None)


async def _consent(household: UUID, days_ago: int) -> UUID:
    key = uuid4()
    await Consent(
        id=key, household=household, ground="consent", purposes=["service", "share_provider"],
        given_on=today() - timedelta(days=days_ago), recorded_at=now() - timedelta(days=days_ago),
    ).save()  # fmt: skip
    return key


async def test_an_old_consent_of_the_duplicate_does_not_undo_a_withdrawal(world: World) -> None:
    kept, other = await home("HH-000201", person()), await home("HH-000202", person())
    taken, forgotten = await _consent(kept, 5), await _consent(other, 30)
    await withdraw_ground(world["coordinator"], kept, taken, ALL, now())
    done = await merge(world["officer"], uuid4(), kept, other, Choices(), "同一户", now())
    assert await ground_for(kept, "share_provider", today()) is None
    await undo(world["officer"], done, "不是同一户", now())
    assert await ground_for(other, "share_provider", today()) == forgotten


async def test_a_consent_given_after_the_withdrawal_counts(world: World) -> None:
    kept, other = await home("HH-000203", person()), await home("HH-000204", person())
    taken = await _consent(kept, 5)
    await withdraw_ground(world["coordinator"], kept, taken, ALL, now())
    await Consent(id=uuid4(), household=other, ground="consent", purposes=["service"], given_on=today()).save()
    await merge(world["officer"], uuid4(), kept, other, Choices(), "同一户", now())
    assert await ground_for(kept, "service", today()) is not None


async def test_comparing_two_households_notes_the_children_that_it_shows(world: World, visit: Any) -> None:
    child = person("王小满", birth_date=today() - timedelta(days=3000), relation="grandchild")
    kept, other = await home("HH-000205", person(), child), await home("HH-000206", person())
    officer = await visit("officer")
    assert (await officer.get(f"/households/{kept}/merge/{other}")).status_code == 200
    rows = await ReadLog.select(ReadLog.household, ReadLog.what, ReadLog.why)
    assert rows == [{"household": kept, "what": "child", "why": "merge"}]

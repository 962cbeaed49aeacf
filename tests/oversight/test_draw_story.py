"""A month's draw from the two hashes to the checks (DOMAIN.md 5.3)."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.oversight import draw_clock, draw_script
from bangfu.oversight.check_tables import SpotCheck
from bangfu.oversight.draw_committing import commit, give_up
from bangfu.oversight.draw_revealing import reveal
from bangfu.oversight.draw_rounds import standing_of
from bangfu.oversight.draw_tables import DrawList, DrawRound, DrawSecret
from bangfu.shared import audit
from bangfu.shared.clock import now
from bangfu.shared.database import DB
from bangfu.shared.tables import AuditEvent
from tests.oversight import draw_steps as draws
from tests.support import World

pytestmark = pytest.mark.usefixtures("database")
LATER = timedelta(hours=2)


async def test_two_secrets_draw_the_share_of_the_closed_list_and_make_checks(world: World) -> None:
    await draws.pool(world)
    row = await draws.drawn(world, 11)
    closed = await draws.the_list(row)
    rows = json.loads(closed.rows)
    ids = [each[0] for each in rows]
    seed = draw_script.seed_of(bytes.fromhex(draws.BUREAU), bytes.fromhex(draws.AUDITOR), draw_script.list_hash(ids))
    chosen = draw_script.choose(seed, rows, 1000, 2)

    assert row.status == "drawn"
    assert (closed.size, closed.n, closed.seed) == (11, 2, seed.hex())
    picks = await draws.picks(row)
    assert [(str(each.subject), each.origin) for each in picks] == chosen
    checks = await SpotCheck.objects().where(SpotCheck.draw == closed.id)
    assert {check.visit for check in checks} == {each.subject for each in picks}
    assert all(each.check is not None for each in picks)


async def test_a_hash_after_the_month_is_refused_and_the_failed_round_is_replaced_in_public(world: World) -> None:
    row = await draws.opened()
    await commit(world["bureau"], uuid4(), row.id, draws.hashed(draws.BUREAU), now())
    await draws.served(world, 3)
    with pytest.raises(Refused):
        await commit(world["auditor"], uuid4(), row.id, draws.hashed(draws.AUDITOR), draws.month_end())
    await draw_clock.look_after(draws.month_end() + LATER)

    failed = await draws.again(row)
    assert (failed.status, failed.void_reason, failed.void_side) == ("void", "not_committed", "auditor")
    fresh = await draws.round_of(draws.this_month())
    assert (fresh.number, fresh.status) == (2, "open")
    with pytest.raises(FormError):  # the old secret's hash does not count again
        await commit(world["bureau"], uuid4(), fresh.id, draws.hashed(draws.BUREAU), draws.month_end() + LATER)
    await draws.committed(world, fresh, draws.month_end() + LATER, bureau="cd" * 32)
    assert (await draws.again(fresh)).status == "closed"


async def test_a_holder_replaces_a_hash_only_while_it_stands_alone(world: World) -> None:
    row = await draws.opened()
    await commit(world["bureau"], uuid4(), row.id, draws.hashed(draws.BUREAU), now())
    with pytest.raises(Refused):
        await commit(world["second_bureau"], uuid4(), row.id, draws.hashed("cc" * 32), now())
    await commit(world["bureau"], uuid4(), row.id, draws.hashed("dd" * 32), now())
    await commit(world["auditor"], uuid4(), row.id, draws.hashed(draws.AUDITOR), now())
    for name in ("bureau", "auditor"):
        with pytest.raises(Refused):
            await commit(world[name], uuid4(), row.id, draws.hashed("ee" * 32), now())

    everything = await DrawSecret.objects().where(DrawSecret.round == row.id).order_by(DrawSecret.committed_at)
    assert [each.hash for each in everything] == [
        draws.hashed(each) for each in (draws.BUREAU, "dd" * 32, draws.AUDITOR)
    ]
    assert everything[0].replaced_at is not None
    events = await AuditEvent.raw("SELECT action FROM audit_event WHERE subject = {} ORDER BY id", str(row.id))
    assert [each["action"] for each in events] == ["draw.opened", "draw.committed", "draw.replaced", "draw.committed"]


async def test_nobody_takes_over_the_other_sides_hash_or_an_old_one(world: World) -> None:
    row = await draws.opened()
    await commit(world["bureau"], uuid4(), row.id, draws.hashed(draws.BUREAU), now())
    with pytest.raises(FormError):
        await commit(world["auditor"], uuid4(), row.id, draws.hashed(draws.BUREAU), now())


async def test_who_refuses_the_secret_is_named_and_gives_none_in_the_next_round(world: World) -> None:
    row = await draws.closed(world, 3)
    await reveal(world["auditor"], row.id, draws.AUDITOR, draws.month_end() + LATER)
    assert row.reveal_until is not None
    with pytest.raises(Refused):
        await reveal(world["bureau"], row.id, draws.BUREAU, row.reveal_until)
    await draw_clock.look_after(row.reveal_until)

    failed = await draws.again(row)
    assert (failed.status, failed.void_reason, failed.void_side) == ("void", "not_revealed", "bureau")
    fresh = await draws.round_of(draws.this_month())
    with pytest.raises(Refused):
        await commit(world["bureau"], uuid4(), fresh.id, draws.hashed("cc" * 32), row.reveal_until)
    await commit(world["second_bureau"], uuid4(), fresh.id, draws.hashed("cc" * 32), row.reveal_until)
    await commit(world["auditor"], uuid4(), fresh.id, draws.hashed("dd" * 32), row.reveal_until)
    at = row.reveal_until + timedelta(hours=1)
    await reveal(world["second_bureau"], fresh.id, "cc" * 32, at)
    assert await reveal(world["auditor"], fresh.id, "dd" * 32, at)
    assert (await draws.the_list(fresh)).round == fresh.id
    told = await AuditEvent.raw("SELECT data FROM audit_event WHERE action = 'draw.void'")
    assert json.loads(told[0]["data"])["side"] == "bureau"


async def test_a_lost_secret_before_the_month_ends_only_asks_for_new_ones(world: World) -> None:
    row = await draws.opened()
    await draws.committed(world, row)
    await give_up(world["bureau"], row.id, "lost", now())
    fresh = await draws.round_of(draws.this_month())
    assert (fresh.number, fresh.commit_until) == (2, row.commit_until)
    await draws.committed(world, fresh, bureau="cc" * 32, auditor="dd" * 32)
    await draws.served(world, 2)
    await draw_clock.look_after(draws.month_end() + LATER)
    assert (await draws.again(fresh)).status == "closed"


async def test_two_secrets_at_the_same_moment_make_one_draw(world: World) -> None:
    row = await draws.closed(world, 12)
    at = draws.month_end() + LATER
    done = await asyncio.gather(
        *(reveal(world[side], row.id, secret, at) for side, secret in list(draws.SECRETS.items()) * 2)
    )
    assert any(done)
    assert len(await draws.picks(row)) == 2
    drawn = await AuditEvent.raw("SELECT count(*) AS n FROM audit_event WHERE action = 'draw.drawn'")
    assert drawn[0]["n"] == 1


async def test_a_secret_stands_nowhere_before_both_are_in(world: World) -> None:
    row = await draws.closed(world, 3)
    assert not await _found(draws.BUREAU)
    await reveal(world["bureau"], row.id, draws.BUREAU, draws.month_end() + LATER)
    assert not await _found(draws.BUREAU)
    assert [each.secret for each in await standing_of(row.id)] == ["", ""]
    await reveal(world["auditor"], row.id, draws.AUDITOR, draws.month_end() + LATER)
    assert await _found(draws.BUREAU) == {"audit_event", "draw_secret"}
    checked, broken = await audit.verify()
    assert broken is None
    assert checked


async def _found(secret: str) -> set[str]:
    """The tables of the whole database in which the secret stands, as hex or bytes."""
    tables = await DrawRound.raw("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = set()
    for table in (row["tablename"] for row in tables):
        hits = await DrawRound.raw(f'SELECT 1 FROM "{table}" x WHERE x::text ILIKE {{}} LIMIT 1', f"%{secret}%")
        found |= {table} if hits else set()
    return found


async def test_only_the_two_sides_reach_it_and_never_the_administrator(world: World) -> None:
    row = await draws.opened()
    for name in ("admin", "lead", "officer", "manager", "assessor", "finance"):
        with pytest.raises((NotAllowed, NotYours)):
            await commit(world[name], uuid4(), row.id, draws.hashed(draws.BUREAU), now())
        with pytest.raises((NotAllowed, NotYours)):
            await reveal(world[name], row.id, draws.BUREAU, now())


async def test_the_wrong_secret_and_one_before_the_list_is_closed_are_refused(world: World) -> None:
    row = await draws.opened()
    await draws.committed(world, row)
    with pytest.raises(Refused):
        await reveal(world["bureau"], row.id, draws.BUREAU, now())
    await draws.served(world, 1)
    await draw_clock.look_after(draws.month_end() + LATER)
    with pytest.raises(FormError):
        await reveal(world["bureau"], row.id, draws.AUDITOR, draws.month_end() + LATER)
    with pytest.raises(Refused):
        await reveal(world["second_bureau"], row.id, draws.BUREAU, draws.month_end() + LATER)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE draw_secret SET hash = repeat('0', 64)",
        "DELETE FROM draw_secret",
        "UPDATE draw_list SET rows = '[]', size = 0, n = 0",
        "UPDATE draw_list SET seed = repeat('0', 64)",
        "UPDATE draw_pick SET origin = 'urgent'",
        "DELETE FROM draw_pick",
        "UPDATE draw_round SET status = 'open', drawn_at = NULL",
    ],
)
async def test_the_database_itself_keeps_what_was_given_closed_and_drawn(world: World, change: str) -> None:
    await draws.drawn(world, 3)
    with pytest.raises(Exception, match=r"never change|keeps what"):
        await DB._run_in_new_connection(change, [])


async def test_a_visit_that_a_closing_missed_stands_on_the_next_list_and_none_stands_on_two(world: World) -> None:
    row = await draws.drawn(world, 3)
    late = (await draws.served(world, 1))[0]  # with the old month's time, after its closing
    following = draws.month_end() + timedelta(days=5)
    await draw_clock.look_after(following)
    await draw_clock.look_after(draws.month_end(following.date().replace(day=1)) + LATER)
    lists = await DrawList.objects().where(DrawList.kind == "month").order_by(DrawList.closed_at)
    assert len(lists) == 2
    assert [each[0] for each in json.loads(lists[1].rows)] == [str(late)]
    assert row.status == "drawn"

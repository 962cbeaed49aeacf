"""Two people for one need, whatever way its words came in; nothing is shared on a consent that was withdrawn."""

from typing import Any
from uuid import UUID

import pytest

from bangfu.dispatch.actions import accept
from bangfu.errors import Refused
from bangfu.households.tables import Consent
from bangfu.imports.actions import take_rows
from bangfu.imports.kinds import KINDS
from bangfu.needs.actions import mark_assigned, start_matching
from bangfu.needs.tables import Need
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.dispatch.tasks import make_need, offered, status_of
from tests.households.household_support import ID_NUMBER
from tests.needs.test_need_pages import ground_of, need_of, state
from tests.support import World


async def _change_by_list(world: World, need: UUID) -> None:
    rows = await Need.raw(
        "SELECT n.number, h.number AS household, h.division FROM need n JOIN household h ON h.id = n.household"
        " WHERE n.id = {}",
        need,
    )
    row: dict[str, Any] = {
        "household_number": rows[0]["household"], "division": rows[0]["division"], "category": "tekun",
        "member_name": "欧阳小明", "relation": "self", "id_number": ID_NUMBER, "service": "daily_care",
        "need_number": rows[0]["number"], "visits": "20",
    }  # fmt: skip
    await take_rows(world["officer"], KINDS["households"], [row], now())


async def test_who_changed_a_submitted_need_by_a_list_does_not_confirm_it(visit, world: World) -> None:
    need = await need_of(await visit("coordinator"))
    await _change_by_list(world, need)
    assert (await state(need)).visits == 20
    officer = await visit("officer")
    answer = await officer.post(f"/needs/{need}/confirm", {"consent": await ground_of(need)})
    assert (answer.status_code, (await state(need)).status) == (403, "submitted")
    assert await AuditEvent.exists().where(AuditEvent.action == "need.refused_two_people")
    assert f"/needs/{need}/confirm" not in (await officer.get(f"/needs/{need}")).text


async def test_an_offer_is_not_accepted_once_the_consent_is_withdrawn(world: World) -> None:
    task = await offered(world)
    await Consent.update({Consent.withdrawn_at: now()}, force=True)
    with pytest.raises(Refused, match="withdrawn"):
        await accept(world["manager"], task, None, now())
    assert await status_of(task) == "offered"


async def test_a_need_whose_consent_was_withdrawn_is_not_taken_into_a_run(world: World) -> None:
    kept, withdrawn = await make_need("confirmed"), await make_need("confirmed")
    await Consent.update({Consent.withdrawn_at: now()}).where(Consent.id == withdrawn.consent)
    moved = await start_matching(world["dispatcher"], [kept.id, withdrawn.id], now())
    assert moved == [kept.id]


async def test_a_repeated_acceptance_after_the_withdrawal_changes_nothing(world: World) -> None:
    need = await make_need()
    await mark_assigned(world["manager"], need.id, world.carers["nurse"], now())
    await Consent.update({Consent.withdrawn_at: now()}, force=True)
    await mark_assigned(world["manager"], need.id, world.carers["nurse"], now())
    assert (await state(need.id)).status == "assigned"

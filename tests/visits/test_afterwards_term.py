"""The contract says how much of a carer's quarter is paid though it was entered afterwards (DOMAIN.md 6.6)."""

import json
from uuid import UUID

from bangfu.contracts.tables import Contract
from bangfu.visits.afterwards_shares import share_of_contract
from tests.contracts.test_contract_pages import _form
from tests.support import World


async def test_the_term_is_typed_in_the_draft_shown_and_weighed(visit, world: World) -> None:
    bureau = await visit("bureau")
    form = await _form(world, afterwards_share="7")
    assert (await bureau.post("/contracts/new", form)).status_code == 303
    stored = await Contract.objects().get(Contract.id == UUID(form["key"]))
    assert stored is not None
    assert json.loads(stored.terms)["afterwards_share"] == "0.07"
    assert str(await share_of_contract(stored.id)) == "0.07"
    assert "at most 7 %" in (await bureau.get(f"/contracts/{form['key']}")).text
    assert 'value="7"' in (await bureau.get(f"/contracts/{form['key']}/edit")).text
    assert (await bureau.post("/contracts/new", await _form(world, afterwards_share="120"))).status_code == 422

"""What an officer's list of contracts may do: nothing counts before the bureau's lead has said so (DOMAIN.md 8.11)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bangfu.budgets.tables import Commitment
from bangfu.contracts import making
from bangfu.contracts.queries import open_services
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.errors import NotAllowed
from bangfu.shared.clock import now, today
from tests.imports.lists import AT, contract_line, judged, taken
from tests.support import World


def line(**changed: object) -> dict[str, object]:
    """A line in force today."""
    span = {"starts_on": today() - timedelta(days=30), "ends_on": today() + timedelta(days=8)}
    return contract_line(**{**span, **changed})


async def _one() -> Contract:
    found = await Contract.objects().get(Contract.number == "T-2026")
    assert found is not None
    return found


async def test_an_officers_list_waits_for_the_lead_and_commits_nothing_before(world: World) -> None:
    await taken("contract_lines", [line()], world["bureau"])
    contract = await _one()
    assert (contract.status, contract.drafted_by) == ("under_approval", world["bureau"].me)
    assert await Commitment.count() == 0
    own = await ContractLine.objects().get(ContractLine.contract == contract.id)
    assert own is not None
    assert own.status == "draft", "no service is ordered from it"
    with pytest.raises(NotAllowed):
        await making.approve(world["bureau"], contract.id, now())
    await making.approve(world["lead"], contract.id, now())
    await making.approve(world["lead"], contract.id, now())
    assert (await _one()).status == "active"
    committed = await Commitment.select(Commitment.amount).where(Commitment.contract == contract.id)
    assert sum((row["amount"] for row in committed), Decimal(0)) == own.max_amount
    assert own.service in (await open_services([own.organization], today()))[own.organization]


async def test_a_list_of_an_office_changes_no_contract_in_force_and_brings_none_of_the_future(world: World) -> None:
    await taken("contract_lines", [line()])
    assert (await judged("contract_lines", [line()], world["bureau"])).faults == [], "the same again changes nothing"
    raised = await judged("contract_lines", [line(max_units=999)], world["bureau"])
    added = await judged("contract_lines", [line(), line(service="探访")], world["bureau"])
    later = await judged(
        "contract_lines", [line(contract_number="T-2", starts_on=AT.date() + timedelta(days=3650),
                                ends_on=AT.date() + timedelta(days=3700))], world["bureau"]
    )  # fmt: skip
    assert [[fault.code for fault in found.faults] for found in (raised, added, later)] == [
        ["contract_in_force"], ["contract_in_force"], ["not_begun"],
    ]  # fmt: skip

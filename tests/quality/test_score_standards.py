"""A contract is scored by the version in force when it was signed, whatever is published later (DOMAIN.md 6)."""

import json
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from bangfu.contracts.tables import Contract
from bangfu.errors import NotAllowed, NotYours, Refused
from bangfu.quality import standards
from bangfu.quality.gathering import gather
from bangfu.quality.standard_routes import typed_of
from bangfu.quality.standard_rules import DEFAULT, StandardFaultError, read
from bangfu.quality.tables import ScoringStandard
from bangfu.shared.clock import now, today
from tests.quality.scored import AFTER, QUARTER, YEAR, contract_of
from tests.support import World

STRICTER = {**DEFAULT, "tolerance_minutes": 10}


@pytest.mark.parametrize(
    ("changes", "field", "fault"),
    [
        ({"weights": {**DEFAULT["weights"], "Q1": "21"}}, "weights", "not_100"),
        ({"weights": {**DEFAULT["weights"], "Q1": "many"}}, "Q1", "number"),
        ({"weights": {**DEFAULT["weights"], "Q1": "0", "Q2": "30"}}, "Q1", "number"),
        ({"bands": {"excellent": "80", "good": "90", "fair": "60"}}, "bands", "order"),
        ({"factors": {**DEFAULT["factors"], "good": "1.10"}}, "factors", "share"),
        ({"factors": {**DEFAULT["factors"], "poor": "0.95"}}, "factors", "order"),
        ({"completion_caps": [["0.80", "poor"], ["0.60", "fair"]]}, "completion_caps", "order"),
        ({"major_cap": "middling"}, "major_cap", "band"),
        ({"linear_span": "0"}, "linear_span", "number"),
        ({"tolerance_minutes": "30"}, "tolerance_minutes", "whole"),
        ({"duration_share": "1.5"}, "duration_share", "share"),
    ],
)
def test_rules_that_make_no_sense_are_refused(changes: dict[str, object], field: str, fault: str) -> None:
    with pytest.raises(StandardFaultError) as found:
        read("QS-1", 1, {**DEFAULT, **changes})
    assert (found.value.field, found.value.fault) == (field, fault)


async def test_a_version_published_later_touches_no_contract_that_stands(world: World) -> None:
    contract = await contract_of(world)
    key, since = uuid4(), today() + timedelta(days=3)
    await standards.draft(world["bureau"], key, "QS-1", STRICTER, since, "", now())
    await standards.publish(world["lead"], key, now())
    assert (await gather("contract", contract, YEAR, QUARTER, AFTER)).standard["version"] == 1
    await Contract.update({Contract.signed_on: since}).where(Contract.id == contract)
    later = (await gather("contract", contract, YEAR, QUARTER, AFTER)).standard
    assert (later["version"], later["tolerance_minutes"]) == (2, 10)


async def test_an_officer_drafts_and_another_person_publishes_from_tomorrow_on(world: World) -> None:
    key = uuid4()
    with pytest.raises(NotAllowed):
        await standards.draft(world["lead"], key, "QS-1", STRICTER, today(), "", now())
    await standards.draft(world["bureau"], key, "QS-1", STRICTER, today(), "", now())
    with pytest.raises(NotYours):
        await standards.draft(world["second_bureau"], key, "QS-1", STRICTER, today(), "", now())
    with pytest.raises(NotAllowed):
        await standards.publish(world["bureau"], key, now())
    with pytest.raises(Refused):
        await standards.publish(world["lead"], key, now())  # counts from today: too early
    await standards.draft(world["bureau"], key, "QS-1", STRICTER, today() + timedelta(days=1), "", now())
    await standards.publish(world["lead"], key, now())
    await standards.publish(world["lead"], key, now())
    with pytest.raises(Refused):
        await standards.draft(world["bureau"], key, "QS-1", DEFAULT, today(), "", now())
    for statement in ("UPDATE scoring_standard SET note = 'x'", "DELETE FROM scoring_standard"):
        with pytest.raises(asyncpg.RaiseError):
            await ScoringStandard.raw(statement)


async def test_the_form_keeps_a_draft_and_names_what_is_wrong(world: World, visit) -> None:
    bureau, lead = await visit("bureau"), await visit("lead")
    form = {"key": str(uuid4()), "valid_from": (today() + timedelta(days=5)).isoformat(), **typed_of(DEFAULT)}
    wrong = await bureau.post("/standards/new", {**form, "Q1": "21"})
    assert wrong.status_code == 422
    assert "sum up to 100" in wrong.text
    assert (await bureau.post("/standards/new", {**form, "tolerance_minutes": "15"})).status_code == 303
    row = await ScoringStandard.objects().get(ScoringStandard.id == form["key"])
    assert row is not None
    assert json.loads(row.rules) == {**DEFAULT, "tolerance_minutes": 15}
    assert (await (await visit("manager")).get(f"/standards/{row.id}")).status_code == 404  # a draft
    assert (await lead.post(f"/standards/{row.id}/publish")).status_code == 303
    assert (await (await visit("manager")).get(f"/standards/{row.id}")).status_code == 200

"""What the database holds about the households of a list, read in a few queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bangfu.households.tables import Consent, Household, Person
from bangfu.imports.kinds.references import Divisions, carers_by_number, divisions_for
from bangfu.imports.plan import Record
from bangfu.needs.tables import Need, Service
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import blind_index
from bangfu.shared.tabular import CheckedRow


@dataclass(slots=True)
class Records:
    """Households by number; members, grounds and needs by household; people and needs elsewhere that a row names."""

    divisions: Divisions
    carers: Mapping[str, UUID]
    services: Mapping[str, Record]
    households: Mapping[str, Record]
    members: dict[UUID, list[Record]] = field(default_factory=dict)
    grounds: dict[UUID, list[Record]] = field(default_factory=dict)
    needs: dict[UUID, list[Record]] = field(default_factory=dict)
    owner_of_id: dict[str, Record] = field(default_factory=dict)
    """Blind index of an ID number -> number and division of the household where it is recorded."""
    needs_by_number: dict[str, Record] = field(default_factory=dict)


async def read_records(actor: Actor, rows: list[CheckedRow]) -> Records:
    """Everything that the rows refer to."""
    given: list[Mapping[str, Any]] = [row.values for row in rows]
    numbers = sorted({str(values["household_number"]) for values in given})
    households = await Household.raw("SELECT * FROM household WHERE number = ANY({})", numbers)
    carers = {number for values in given for number in carer_numbers(values)}
    records = Records(
        await divisions_for(actor, {str(values["division"] or "") for values in given}),
        await carers_by_number(carers),
        {row["code"]: row for row in await Service.raw("SELECT * FROM service")},
        {row["number"]: row for row in households},
    )
    await _read_parts(records, [row["id"] for row in households])
    await _read_others(records, given)
    return records


async def _read_parts(records: Records, households: list[UUID]) -> None:
    for row in await Person.raw("SELECT * FROM person WHERE household = ANY({})", households):
        records.members.setdefault(row["household"], []).append(row)
    for row in await Consent.raw("SELECT * FROM consent WHERE household = ANY({}) ORDER BY recorded_at", households):
        records.grounds.setdefault(row["household"], []).append(row)
    for row in await Need.raw("SELECT * FROM need WHERE household = ANY({}) ORDER BY created_at", households):
        records.needs.setdefault(row["household"], []).append(row)


async def _read_others(records: Records, given: list[Mapping[str, Any]]) -> None:
    indexes = {blind_index(str(values["id_number"]), "id_number") for values in given if values["id_number"]}
    owners = await Person.raw(
        "SELECT p.id_number_index, h.id, h.number, h.division FROM person p JOIN household h ON h.id = p.household"
        " WHERE p.id_number_index = ANY({}) AND p.id_number_index <> ''",
        sorted(indexes),
    )
    records.owner_of_id = {row["id_number_index"]: row for row in owners}
    numbers = sorted({str(values["need_number"]) for values in given if values["need_number"]})
    for row in await Need.raw("SELECT * FROM need WHERE number = ANY({})", numbers):
        records.needs_by_number[row["number"]] = row


def carer_numbers(values: Mapping[str, Any]) -> list[str]:
    """Numbers of the present and the refused carers of a row."""
    present = [values["current_carer"]] if values["current_carer"] else []
    return [*present, *refused_numbers(values)]


def refused_numbers(values: Mapping[str, Any]) -> list[str]:
    """Numbers of the refused carers of a row."""
    text = str(values["excluded_carers"] or "")
    for mark in "；;、，,/|":
        text = text.replace(mark, " ")
    return list(dict.fromkeys(text.split()))

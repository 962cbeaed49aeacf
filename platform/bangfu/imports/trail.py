"""What a list writes into the histories of the records that have one; codes and numbers only, no personal values."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from bangfu.contracts.tables import Contract, ContractLine
from bangfu.households.tables import Consent, Household, Person
from bangfu.imports.plan import Plan, Record
from bangfu.needs.tables import Need
from bangfu.providers.tables import Carer, Organization
from bangfu.shared.audit import Entry, state_hash

SUBJECTS = {Household: "household", Need: "need", Organization: "organization", Carer: "carer", Contract: "contract"}


def record_events(plan: Plan, upload: UUID) -> Iterator[Entry]:
    """`household.imported`, `need.imported` and so on, for new and for changed records."""
    told: set[object] = set()
    for table, subject in SUBJECTS.items():
        for change, records in (("new", plan.inserts.get(table, ())), ("changed", plan.updates.get(table, ()))):
            for record in records:
                told.add(record["id"])
                data = {"import": str(upload), "change": change, "number": record.get("number") or record.get("uscc")}
                after = state_hash({name: record[name] for name in record if not name.endswith("_enc")})
                yield Entry(f"{subject}.imported", subject, record["id"], record["division"], data, after_hash=after)
    yield from _of_parts(plan, upload, told)
    for change, records in (
        ("new", plan.inserts.get(ContractLine, ())),
        ("changed", plan.updates.get(ContractLine, ())),
    ):
        for record in records:
            data = {"import": str(upload), "change": change, "contract": record["contract_number"]}
            yield Entry(
                "contract_line.imported", "contract_line", record["id"], "", data, after_hash=state_hash(record)
            )


def _of_parts(plan: Plan, upload: UUID, told: set[object]) -> Iterator[Entry]:
    """Households of which only members or grounds changed."""
    for table in (Person, Consent):
        for record in _written(plan, table):
            if record["household"] not in told:
                told.add(record["household"])
                division = plan.divisions.get(record["household"], "")
                data = {"import": str(upload), "change": "changed"}
                yield Entry("household.imported", "household", record["household"], division, data)


def _written(plan: Plan, table: type[Person] | type[Consent]) -> Iterator[Record]:
    yield from plan.inserts.get(table, ())
    yield from plan.updates.get(table, ())

"""Members of known households: recognised by ID number, else by name and birth date; new ones are added."""

from __future__ import annotations

import asyncio
from datetime import date, datetime

from bangfu.households.sealing import household_columns
from bangfu.households.tables import Household, Person
from bangfu.imports.kinds.base import Kind
from bangfu.imports.kinds.household_fields import MEMBER, household_fields
from bangfu.imports.kinds.household_members import Members
from bangfu.imports.kinds.household_records import Records
from bangfu.imports.kinds.known_households import by_household, read_known
from bangfu.imports.plan import Plan, Record, Sheet
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.tabular import CheckedRow, Field


async def plan_members(actor: Actor, sheet: Sheet, at: datetime) -> Plan:
    """New and changed members; an empty cell leaves what is known as it is."""
    rows = list(sheet.distinct("household_number", "member_name"))
    records = await read_known(actor, rows, civil_date(at))
    return await asyncio.to_thread(_plan, actor, sheet, records, rows, at)


def _plan(actor: Actor, sheet: Sheet, records: Records, rows: list[CheckedRow], at: datetime) -> Plan:
    plan, ids = Plan(inserts={Person: []}), dict[str, tuple[str, int]]()
    for known, group in by_household(actor, sheet, records, rows):
        household, number = known["id"], known["number"]
        members = Members(sheet, plan, household, number, records.members.get(household, []), civil_date(at))
        for row in group:
            members.add(row, records, ids)
        plan.divisions[household] = known["division"]
        fates = members.write()
        for row in group:
            plan.tell(row.number, fates.get(row.number, "unchanged"), known)
        _rename(plan, known, members.head_name, at)
    return plan


def _rename(plan: Plan, known: Record, head: str, at: datetime) -> None:
    """A household is called by its head."""
    if not head or head == known["head_name"]:
        return
    names = household_columns(known["id"], head_name=head, address="")
    changed = {name: names[name] for name in ("head_name", "head_pinyin")}
    plan.update(Household, {**known, **changed, "updated_at": at, "version": known["version"] + 1})


def member_fields(today: date) -> tuple[Field, ...]:
    """The household's number and the fields of a member."""
    wanted = ("household_number", *MEMBER)
    return tuple(field for field in household_fields(today) if field.code in wanted)


MEMBERS = Kind(
    "members",
    member_fields,
    frozenset({"household_number", "member_name"}),
    plan_members,
    (
        {
            "household_number": "HH-DEMO-1",
            "member_name": "示例四",
            "relation": "子女",
            "sex": "男",
            "birth_date": "1972-06-01",
        },
        {
            "household_number": "HH-DEMO-1",
            "member_name": "示例三",
            "relation": "父母",
            "sex": "女",
            "birth_date": "1948-02-03",
            "phone": "13812345678",
        },
    ),
)

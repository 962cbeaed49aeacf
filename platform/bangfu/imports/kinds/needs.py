"""Needs of known households: drafts and submitted ones; confirming stays with the officer (DOMAIN.md 8.3)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.households.rules import is_live
from bangfu.imports.kinds import choices
from bangfu.imports.kinds.base import Kind
from bangfu.imports.kinds.household_fields import NEED, household_fields
from bangfu.imports.kinds.household_needs import CHANGEABLE, Needs
from bangfu.imports.kinds.household_records import Records
from bangfu.imports.kinds.known_households import by_household, read_known
from bangfu.imports.plan import Plan, Record, Sheet
from bangfu.needs.tables import Need
from bangfu.needs.words import WORDS
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import blind_index
from bangfu.shared.faults import N_
from bangfu.shared.identifiers import ResidentId
from bangfu.shared.names import normal_name
from bangfu.shared.tabular import CheckedRow, Field, parsers

STATUS = {code: (*words, *choices.NEED_STATUS.get(code, ())) for code, words in WORDS["need_status"].items()}
"""Every state may stand in a list that was exported; only drafts and submitted needs come of it."""


async def plan_needs(actor: Actor, sheet: Sheet, at: datetime) -> Plan:
    """New and changed needs; an empty cell leaves what is known as it is."""
    rows = list(sheet.distinct("household_number", "service"))
    records = await read_known(actor, rows, civil_date(at))
    return await asyncio.to_thread(_plan, actor, sheet, records, rows, at)


def _plan(actor: Actor, sheet: Sheet, records: Records, rows: list[CheckedRow], at: datetime) -> Plan:
    plan = Plan(inserts={Need: []})
    for known, group in by_household(actor, sheet, records, rows):
        needs = Needs(actor, sheet, plan, records, known, _ground(records, known, civil_date(at)), at)
        for row in group:
            found, person = _person(sheet, records.members.get(known["id"], []), row)
            if found and _state_stands(sheet, needs, row, person):
                _add(plan, needs, row, person)
    return plan


def _add(plan: Plan, needs: Needs, row: CheckedRow, person: UUID | None) -> None:
    before = len(plan.inserts[Need])
    fate = needs.add(row, person)
    made = plan.inserts[Need][before:]
    known = made[0] if made else needs.recognised(row, person)
    plan.tell(row.number, fate or "unchanged", known or {"number": row.values["need_number"]})


def _ground(records: Records, known: Record, today: date) -> UUID | None:
    live = [
        ground["id"] for ground in records.grounds.get(known["id"], [])
        if is_live(ground["withdrawn_at"], ground["given_on"], today, ground["valid_until"])
    ]  # fmt: skip
    return live[-1] if live else None


def _state_stands(sheet: Sheet, needs: Needs, row: CheckedRow, person: UUID | None) -> bool:
    """A state that is recorded already is left as it is; another one than draft and submitted is not a list's."""
    said = row.values["need_status"]
    known = needs.recognised(row, person)
    if said not in CHANGEABLE and known is not None and known["status"] == said:
        row.values["need_status"] = None
        return True
    if said in (None, "draft", "submitted", "confirmed"):
        return True
    message = N_("A list does not bring a need into this state.")
    sheet.fault(row, "need_status", "status_not_allowed", message, N_("Write 草稿 or 已提交, or leave the cell empty."))
    return False


def _person(sheet: Sheet, members: list[Record], row: CheckedRow) -> tuple[bool, UUID | None]:
    """The member whose need it is; none where the row names nobody: then it is the household's."""
    given: dict[str, Any] = row.values
    if not (given["member_name"] or given["id_number"]):
        return True, None
    present = [one for one in members if one["left_on"] is None]
    number = given["id_number"]
    born = number.birth_date if isinstance(number, ResidentId) else given["birth_date"]
    index = blind_index(str(number or ""), "id_number")
    if index and (found := [one["id"] for one in present if one["id_number_index"] == index]):
        return True, found[0]
    name = normal_name(given["member_name"] or "")
    alike = [one["id"] for one in present if one["name"] == name and born in (None, one["birth_date"])]
    if len(alike) == 1:
        return True, alike[0]
    message = N_("This household has no such member.") if not alike else N_("Two members of this household fit.")
    fix = N_("Write the ID number or the birth date, or import the member first.")
    sheet.fault(row, "member_name" if given["member_name"] else "id_number", "member_unknown", message, fix)
    return False, None


def need_list_fields(today: date) -> tuple[Field, ...]:
    """The household's number, which member, and the fields of a need."""
    wanted = ("household_number", "member_name", "id_type", "id_number", "birth_date", *NEED)
    fields = [field for field in household_fields(today) if field.code in wanted]
    return tuple(
        replace(field, parser=parsers.choice(STATUS)) if field.code == "need_status" else field for field in fields
    )


NEEDS = Kind(
    "needs",
    need_list_fields,
    frozenset({"household_number", "service"}),
    plan_needs,
    (
        {
            "household_number": "HH-DEMO-1",
            "member_name": "示例一",
            "id_number": "990101194503150035",
            "service": "探访",
            "visits": 4,
            "minutes": 30,
            "windows": "周一至周五 08:00-12:00",
            "need_status": "已提交",
        },
        {"household_number": "HH-DEMO-1", "service": "电话探访", "visits": 4, "need_status": "草稿"},
    ),
)

"""Organisations by their unified social credit code (DOMAIN.md 1.4, 1.6)."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.imports.kinds import choices
from bangfu.imports.kinds.base import Kind, barring_stands, covers
from bangfu.imports.kinds.places import LOCATION, division_of, location_of, stands_there
from bangfu.imports.kinds.references import Divisions, divisions_for, organisations
from bangfu.imports.kinds.standing import unmasked
from bangfu.imports.plan import Plan, Record, Sheet, changed
from bangfu.providers.register_rules import confirm_until
from bangfu.providers.register_tables import CapacityDeclaration, OrganizationBar
from bangfu.providers.tables import Organization
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.faults import N_, Fault
from bangfu.shared.identifiers import division_prefix
from bangfu.shared.names import sort_key
from bangfu.shared.tabular import CheckedRow, Field, Parser, parsers
from bangfu.shared.tabular.parsers import cell_text


def code_list() -> Parser:
    """list[str] of division codes or names, parted by 、 , ; or spaces."""

    def parse(value: object) -> list[str]:
        text = cell_text(value)
        for mark in "、，,；;/|\n":
            text = text.replace(mark, " ")
        return list(dict.fromkeys(text.split()))

    return Parser("codes", parse, as_text=True)


_FIELDS = (
    Field(
        "uscc",
        "统一社会信用代码",
        "Social credit code",
        parsers.uscc(),
        required=True,
        example="52990101A00000011F",
        aliases=("社会信用代码", "信用代码", "机构代码", "统一代码"),
    ),
    Field(
        "name",
        "机构名称",
        "Name",
        parsers.text(120),
        required=True,
        example="春晖助老服务中心",
        aliases=("名称", "单位名称", "组织名称", "单位", "机构"),
    ),
    Field(
        "org_type",
        "机构类型",
        "Type",
        parsers.choice(choices.ORG_TYPE),
        required=True,
        example="社会服务机构",
        aliases=("类型", "组织类型", "机构类别", "单位性质", "性质"),
    ),
    Field(
        "division",
        "所在区划",
        "Division",
        parsers.code_text(60),
        required=True,
        example="990101000000",
        aliases=("区划代码", "行政区划", "所属区划", "所属地区", "区划", "登记地区划"),
        hint=N_("Code or name of the division."),
    ),
    Field("charity", "是否慈善组织", "Charity", parsers.yes_no(), aliases=("慈善组织", "慈善组织认定"), example="否"),
    Field(
        "service_area",
        "服务区域",
        "Service area",
        code_list(),
        aliases=("服务范围", "服务地区", "覆盖区划"),
        example="990101;990102",
        hint=N_("Division codes; empty means the own county."),
    ),
    Field(
        "hours_per_4_weeks",
        "每四周服务小时数",
        "Hours per 4 weeks",
        parsers.decimal(0, 200_000),
        example="1600",
        aliases=("每4周小时数", "四周服务小时", "服务能力(小时/4周)", "服务能力", "每四周小时"),
        hint=N_("What the organisation can serve in four weeks, travel excluded."),
    ),
    Field(
        "legal_representative",
        "法定代表人",
        "Legal representative",
        parsers.text(64),
        aliases=("法人", "法人代表", "负责人"),
    ),
    Field(
        "phone",
        "联系电话",
        "Phone",
        parsers.phone(),
        aliases=("电话", "手机", "手机号", "联系方式"),
        example="0519-86680000",
    ),
    Field(
        "address",
        "地址",
        "Address",
        parsers.text(200),
        aliases=("住所", "详细地址", "机构地址", "单位地址", "办公地址"),
    ),
    *LOCATION,
    Field(
        "blacklist_until",
        "禁入期至",
        "Barred until",
        parsers.day(),
        aliases=("黑名单截止", "黑名单至", "失信截止日期"),
    ),
)


async def plan_organisations(actor: Actor, sheet: Sheet, at: datetime) -> Plan:
    """New and changed organisations; an empty cell leaves what is known as it is."""
    rows = list(sheet.distinct("uscc", "name", "org_type", "division"))
    known = await organisations(str(row.values["uscc"]) for row in rows)
    texts = [str(row.values["division"]) for row in rows]
    areas: list[str] = [text for row in rows for text in _area(row)]
    divisions = await divisions_for(actor, [*texts, *areas])
    return await asyncio.to_thread(_plan, actor, sheet, rows, known, divisions, at)


def _plan(
    actor: Actor, sheet: Sheet, rows: list[CheckedRow], known: dict[str, Record], divisions: Divisions, at: datetime
) -> Plan:
    plan, seen = Plan(), dict[str, int]()
    for row in rows:
        uscc = str(row.values["uscc"])
        if uscc in seen:
            message = N_("This code stands already in row {row}, with other values.")
            sheet.fault(row, "uscc", "duplicate", message, N_("Keep one of the two rows."), row=seen[uscc])
            continue
        seen[uscc] = row.number
        values = _values(actor, sheet, row, divisions, known.get(uscc), civil_date(at))
        if values is None or not unmasked(sheet, [row]) or not _is_own(actor, sheet, row, known.get(uscc)):
            continue
        if uscc not in known:
            new = _new(values, at)
            plan.insert(Organization, new)
            _keep_history(actor, plan, {}, new, at)
            plan.tell(row.number, "inserted", values, "uscc")
        elif changed(known[uscc], values):
            plan.update(Organization, {**known[uscc], **values, "version": known[uscc]["version"] + 1})
            _keep_history(actor, plan, known[uscc], {**known[uscc], **values}, at)
            plan.tell(row.number, "updated", values, "uscc")
        else:
            plan.tell(row.number, "unchanged", values, "uscc")
    return plan


def _keep_history(actor: Actor, plan: Plan, before: Record, after: Record, at: datetime) -> None:
    """A bar that a list sets, and hours that it changes, stand in the register's history like those of a page."""
    organization: UUID = after["id"]
    until, minutes = after["blacklist_until"], after["minutes_per_4_weeks"]
    if until is not None and until != before.get("blacklist_until"):
        bar: Record = {
            "id": uuid4(), "organization": organization, "ground": "taken_over", "until": until, "reason_enc": "",
            "decided_by": actor.user, "decided_at": at,
        }  # fmt: skip
        plan.insert(OrganizationBar, bar)
    if before and minutes and minutes != before["minutes_per_4_weeks"]:
        declared: Record = {
            "id": uuid4(), "organization": organization, "service": "", "minutes_per_4_weeks": minutes, "note": "",
            "declared_by": actor.user, "declared_at": at, "confirm_until": confirm_until(civil_date(at)),
        }  # fmt: skip
        plan.insert(CapacityDeclaration, declared)


def _is_own(actor: Actor, sheet: Sheet, row: CheckedRow, known: Record | None) -> bool:
    """Whether what is known of the organisation is the actor's to change, else a fault: the row's own division says
    only where the organisation shall stand.
    """
    if known is not None and not covers(actor, known["division"]):
        message = N_("This code belongs to an organisation outside of your area.")
        sheet.fault(row, "uscc", "outside_scope", message, N_("Leave the row to the people of that area."))
        return False
    until = row.values["blacklist_until"]
    if known is not None and until not in (None, known["blacklist_until"]) and not actor.has("system"):
        message = N_("Who is barred until when is decided by the bureau's lead on the organisation's page.")
        sheet.fault(row, "blacklist_until", "outside_role", message, N_("Leave this cell empty."))
        return False
    return barring_stands(actor, sheet, row, known)


def _values(
    actor: Actor, sheet: Sheet, row: CheckedRow, divisions: Divisions, known: Record | None, today: date
) -> Record | None:
    place = division_of(actor, sheet, row, divisions, today)
    area = [_area_code(sheet, row, text, divisions, today) for text in _area(row)]
    point = location_of(sheet, row)
    if place is None or None in area:
        return None
    plain = ("uscc", "name", "org_type", "charity", "legal_representative", "phone", "address", "blacklist_until")
    hours: Any = row.values["hours_per_4_weeks"]
    values: Record = {name: row.values[name] for name in plain}
    values |= {"division": place.code, "pinyin": sort_key(str(row.values["name"]), person=False)[:300]}
    values |= {"service_area": area or None, "minutes_per_4_weeks": None if hours is None else int(hours * 60)}
    values |= {"lat": point[0], "lon": point[1]} if point and not stands_there(known, point) else {}
    return {name: value for name, value in values.items() if value is not None}


def _area(row: CheckedRow) -> list[str]:
    area: Any = row.values["service_area"]
    return list(area or ())


def _area_code(sheet: Sheet, row: CheckedRow, text: str, divisions: Divisions, today: date) -> str | None:
    try:
        return division_prefix(divisions.resolve(text, today).code)
    except Fault as fault:
        sheet.fault(row, "service_area", fault.code, fault.message, fault.fix, **fault.params)
        return None


def _new(values: Record, at: datetime) -> Record:
    empty: Record = {
        "charity": False, "service_area": [], "minutes_per_4_weeks": 0, "legal_representative": "", "phone": "",
        "address": "", "lat": None, "lon": None, "services": [], "run_by": None, "blacklist_until": None, "version": 1,
    }  # fmt: skip
    return {**empty, "id": uuid4(), "active": True, "created_at": at, **values}


def _columns(_: date) -> tuple[Field, ...]:
    return _FIELDS


ORGANISATIONS = Kind(
    "organisations",
    _columns,
    frozenset({"uscc", "name", "org_type", "division"}),
    plan_organisations,
    (
        {
            "uscc": "52990101A00000011F",
            "name": "春晖助老服务中心",
            "org_type": "社会服务机构",
            "division": "990101000000",
            "charity": "否",
            "service_area": "990101",
            "hours_per_4_weeks": 1600,
            "legal_representative": "示例",
            "phone": "0519-86680000",
            "lat": "31.7800",
            "lon": "119.9500",
            "datum": "WGS-84",
        },
    ),
)

"""Administrative divisions; missing upper levels are made from the names that the list gives (DOMAIN.md 1.3)."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

from bangfu.divisions.tables import Division
from bangfu.imports.kinds.base import Kind, covers
from bangfu.imports.kinds.places import LOCATION, location_of
from bangfu.imports.plan import Plan, Record, Sheet, changed
from bangfu.shared.actor import Actor
from bangfu.shared.faults import N_
from bangfu.shared.identifiers import DivisionCode, ancestors, division_level
from bangfu.shared.names import sort_key
from bangfu.shared.tabular import CheckedRow, Field, parsers

NAMES_ABOVE = {1: "province_name", 2: "city_name", 3: "county_name"}
_FIELDS = (
    Field(
        "code",
        "区划代码",
        "Division code",
        parsers.division(),
        required=True,
        example="990101001201",
        aliases=(
            "统计用区划代码",
            "行政区划代码",
            "区划编码",
            "代码",
            "编码",
            "code12",
            "adcode",
            "区划",
            "12位区划代码",
            "地区代码",
        ),
        hint=N_("12 digits; shorter codes are padded with zeros."),
    ),
    Field(
        "name",
        "名称",
        "Name",
        parsers.text(80),
        required=True,
        example="柳树村",
        aliases=("区划名称", "行政区划名称", "地区名称", "单位名称", "村居名称", "镇街名称"),
    ),
    *LOCATION,
    Field("rural", "是否乡村", "Rural", parsers.yes_no(), aliases=("乡村", "是否农村", "农村"), example="是"),
    Field(
        "valid_from", "启用日期", "Valid from", parsers.day(), aliases=("生效日期", "启用时间"), example="2024-01-01"
    ),
    Field("valid_to", "停用日期", "Valid to", parsers.day(), aliases=("失效日期", "撤销日期", "停用时间")),
    Field(
        "province_name",
        "省",
        "Province",
        parsers.text(80),
        aliases=("province", "省份", "省级", "省名称", "所属省"),
        example="示例省",
    ),
    Field(
        "city_name",
        "市",
        "City",
        parsers.text(80),
        aliases=("city", "地市", "设区市", "市级", "市名称", "所属市"),
        example="常州市",
    ),
    Field(
        "county_name",
        "区县",
        "County",
        parsers.text(80),
        aliases=("county", "县区", "区(县)", "县级", "县", "区", "所属区县"),
        example="天宁区",
    ),
)


async def plan_divisions(actor: Actor, sheet: Sheet, at: datetime) -> Plan:
    """New and changed divisions, upper levels first."""
    rows = list(sheet.distinct("code", "name"))
    codes = {code for row in rows for code in (_code(row), *ancestors(_code(row)))}
    known = await Division.raw("SELECT * FROM division WHERE code = ANY({})", sorted(codes))
    planner = _Planner(actor, sheet, {row["code"]: row for row in known})
    return await asyncio.to_thread(planner.plan, rows)


class _Planner:
    def __init__(self, actor: Actor, sheet: Sheet, known: dict[str, Record]) -> None:
        self.actor, self.sheet, self.known = actor, sheet, known
        self.made: dict[str, Record] = {}
        self.fates: dict[str, str] = {}
        self.given: dict[str, CheckedRow] = {}

    def plan(self, rows: list[CheckedRow]) -> Plan:
        for row in rows:
            self._accept(row)
        plan = Plan()
        for code, row in self.given.items():
            self._place(code, row, plan)
        for code in sorted(self.made, key=lambda code: (division_level(code), code)):
            plan.insert(Division, self.made[code])
        for code, fate in self.fates.items():
            plan.tell(self.given[code].number, fate, {"number": code})
        return plan

    def _accept(self, row: CheckedRow) -> None:
        code = _code(row)
        if not covers(self.actor, code):
            message = N_("{name} lies outside of your area.")
            fix = N_("Leave the row to the people of that area.")
            self.sheet.fault(row, "code", "outside_scope", message, fix, name=row.values["name"])
        elif code in self.given:
            message = N_("This code stands already in row {row}, with other values.")
            fix = N_("Keep one of the two rows.")
            self.sheet.fault(row, "code", "duplicate", message, fix, row=self.given[code].number)
        elif row.values["valid_from"] and row.values["valid_to"] and row.values["valid_from"] > row.values["valid_to"]:  # type: ignore[operator]
            message = N_("The last day is before the first one.")
            self.sheet.fault(row, "valid_to", "dates_order", message, N_("Correct the date."))
        else:
            self.given[code] = row

    def _place(self, code: str, row: CheckedRow, plan: Plan) -> None:
        values = self._values(row)
        if code in self.known:
            differs = changed(self.known[code], values)
            if differs:
                plan.update(Division, _complete(self.known[code], values))
            self.fates[code] = "updated" if differs else "unchanged"
            return
        parent = self._parent(code, row)
        if parent is None:
            message = N_("The division above ({code}) is neither known nor in this list, and the row does not name it.")
            fix = N_("Import the division above first, or give its name in the columns 省, 市, 区县.")
            self.sheet.fault(row, "code", "parent_unknown", message, fix, code=(ancestors(code) or ["-"])[0])
            return
        self.made[code] = _new(code, str(row.values["name"]), parent, values)
        self.fates[code] = "inserted"

    def _parent(self, code: str, row: CheckedRow) -> str | None:
        """The nearest level above that is known, in the list, or named by the row; "" above a province."""
        above = ancestors(code)
        if not above:
            return ""
        for candidate in above:
            if candidate in self.known or candidate in self.given or self._make(candidate, row):
                if candidate != above[0]:
                    self.sheet.note("parent_skipped")
                return candidate
        return None

    def _make(self, code: str, row: CheckedRow) -> bool:
        if code in self.made:
            return True
        name = row.values.get(NAMES_ABOVE.get(int(division_level(code)), ""))
        if not name or not covers(self.actor, code):
            return False
        self.made[code] = _new(code, str(name), self._parent(code, row) or "", {})
        self.sheet.note("division_made")
        return True

    def _values(self, row: CheckedRow) -> Record:
        point = location_of(self.sheet, row)
        values: Record = {name: row.values[name] for name in ("name", "rural", "valid_from", "valid_to")}
        values |= {"lat": point[0], "lon": point[1]} if point else {}
        return {name: value for name, value in values.items() if value is not None}


def _code(row: CheckedRow) -> str:
    code: Any = row.values["code"]
    return code.code if isinstance(code, DivisionCode) else str(code)


def _new(code: str, name: str, parent: str, values: Record) -> Record:
    empty = {"lat": None, "lon": None, "rural": False, "valid_from": None, "valid_to": None, "successor": ""}
    level = int(division_level(code))
    own = {"code": code, "name": name, "level": level, "parent": parent, "pinyin": _pinyin(name)}
    return {**empty, **own, **values}


def _complete(known: Record, values: Record) -> Record:
    merged = {**known, **values}
    return {**merged, "pinyin": _pinyin(merged["name"])}


def _pinyin(name: str) -> str:
    return sort_key(name, person=False)[:200]


def _columns(_: date) -> tuple[Field, ...]:
    return _FIELDS


DIVISIONS = Kind(
    "divisions",
    _columns,
    frozenset({"code", "name"}),
    plan_divisions,
    (
        {
            "code": "990101001000",
            "name": "河东街道",
            "province_name": "示例省",
            "city_name": "示例市",
            "county_name": "东区",
        },
        {
            "code": "990101001201",
            "name": "柳树村",
            "lat": "31.7800",
            "lon": "119.9500",
            "datum": "WGS-84",
            "rural": "是",
        },
    ),
)

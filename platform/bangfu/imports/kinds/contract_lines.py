"""Contract lines: what one organisation may deliver of one service under one contract (DOMAIN.md 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from bangfu.contracts.tables import Contract, ContractLine, ContractParty
from bangfu.contracts.taking_over import as_contract
from bangfu.imports.kinds import choices
from bangfu.imports.kinds.base import Kind, covers
from bangfu.imports.kinds.references import organisations
from bangfu.imports.plan import Plan, Record, Sheet, changed
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.faults import N_
from bangfu.shared.tabular import CheckedRow, Field, parsers

Key = tuple[str, object, str]

_FIELDS = (
    Field(
        "contract_number",
        "合同编号",
        "Contract number",
        parsers.code_text(48),
        required=True,
        example="CZ-2026-001",
        aliases=("合同号", "项目编号", "合同编码", "协议编号"),
    ),
    Field(
        "organisation",
        "统一社会信用代码",
        "Social credit code",
        parsers.uscc(),
        required=True,
        example="52990101A00000011F",
        aliases=("机构代码", "信用代码", "社会信用代码", "供应商信用代码", "承接主体信用代码", "organization"),
    ),
    Field(
        "service",
        "服务",
        "Service",
        parsers.choice(choices.SERVICE),
        required=True,
        example="生活照料",
        aliases=("服务项目", "服务内容", "服务类型", "服务名称"),
    ),
    Field(
        "fund_source",
        "资金来源",
        "Fund source",
        parsers.choice(choices.FUND),
        aliases=("经费来源", "资金渠道"),
        example="工作经费",
    ),
    Field(
        "unit_price",
        "单价",
        "Unit price",
        parsers.money(1_000_000),
        required=True,
        example="60.00",
        aliases=("服务单价", "单价(元)", "价格", "元/次"),
    ),
    Field(
        "max_units",
        "最大数量",
        "Maximum units",
        parsers.integer(0, 10_000_000),
        required=True,
        example="2000",
        aliases=("数量", "服务数量", "服务总量", "最高数量", "数量上限", "次数"),
    ),
    Field(
        "max_amount",
        "最高金额",
        "Maximum amount",
        parsers.money(),
        required=True,
        example="120000.00",
        aliases=("金额", "合同金额", "总金额", "金额上限", "最高限额", "合计金额"),
    ),
    Field(
        "starts_on",
        "开始日期",
        "Starts on",
        parsers.day(),
        required=True,
        example="2026-01-01",
        aliases=("起始日期", "生效日期", "服务开始日期", "合同开始", "起"),
    ),
    Field(
        "ends_on",
        "结束日期",
        "Ends on",
        parsers.day(),
        required=True,
        example="2026-12-31",
        aliases=("终止日期", "截止日期", "服务结束日期", "到期日期", "合同结束", "止"),
    ),
)

NEEDED = tuple(field.code for field in _FIELDS if field.required)


async def plan_contract_lines(actor: Actor, sheet: Sheet, at: datetime) -> Plan:
    """New and changed lines, recognised by contract, organisation and service."""
    rows = list(sheet.distinct(*NEEDED))
    providers = await organisations(str(row.values["organisation"]) for row in rows)
    numbers = sorted({str(row.values["contract_number"]) for row in rows})
    lines = await ContractLine.raw("SELECT * FROM contract_line WHERE contract_number = ANY({})", numbers)
    used = await _used([line["id"] for line in lines])
    known: dict[Key, Record] = {
        (line["contract_number"], line["organization"], line["service"]): line for line in lines
    }
    plan, seen, contracts = Plan(), dict[Key, int](), await _Contracts.of(numbers)
    plan.inserts[Contract] = []  # before their lines
    for row in rows:
        values = _values(actor, sheet, row, providers, civil_date(at))
        if values is None or not contracts.fits(sheet, row, values):
            continue
        key: Key = (values["contract_number"], values["organization"], values["service"])
        if key in seen:
            message = N_("This line of the contract stands already in row {row}, with other values.")
            sheet.fault(row, "service", "duplicate", message, N_("Keep one of the two rows."), row=seen[key])
            continue
        seen[key] = row.number
        division = providers[str(row.values["organisation"])]["division"]
        values["contract"] = contracts.place(actor, plan, values, division, at)
        values["status"] = "active" if contracts.in_force(values) else "draft"
        if contracts.locked(actor, values) and _differs(known.get(key), values):
            message = N_("This contract is in force; a list of an office adds and changes no lines of it.")
            sheet.fault(row, "contract_number", "contract_in_force", message, N_("Amend it on its page."))
            continue
        fate = _place(sheet, row, plan, values, known.get(key), used, at)
        plan.tell(row.number, fate, values, "contract_number")
    return plan


@dataclass(slots=True)
class _Contracts:
    """The contracts behind the numbers of a list: one for each number and supplier."""

    known: dict[tuple[str, object], Record]
    made: set[str]
    """Numbers of contracts that were made in the portal."""
    fresh: set[tuple[str, object]] = field(default_factory=set)
    """Those that this list itself brings."""

    @classmethod
    async def of(cls, numbers: list[str]) -> _Contracts:
        rows = await Contract.raw("SELECT * FROM contract WHERE number = ANY({})", numbers)
        imported = {(row["number"], row["supplier"]): row for row in rows if row["imported"]}
        return cls(imported, {row["number"] for row in rows if not row["imported"]})

    def in_force(self, values: Record) -> bool:
        """Whether services may be ordered from the contract's lines."""
        return bool(self.known[values["contract_number"], values["organization"]]["status"] in {"active", "closed"})

    def locked(self, actor: Actor, values: Record) -> bool:
        """Whether the contract counts already: then only the operator's command changes its lines."""
        return not actor.has("system") and self.in_force(values) and not self._fresh(values)

    def _fresh(self, values: Record) -> bool:
        return (values["contract_number"], values["organization"]) in self.fresh

    def fits(self, sheet: Sheet, row: CheckedRow, values: Record) -> bool:
        """False, with a fault, for a contract whose lines a list does not change."""
        known = self.known.get((values["contract_number"], values["organization"]))
        if values["contract_number"] in self.made:
            message = N_("This contract was made in the portal; a list does not change its lines.")
            sheet.fault(row, "contract_number", "contract_made", message, N_("Amend it on its page."))
            return False
        if known is not None and known["status"] not in {"active", "closed", "under_approval"}:
            message = N_("This contract is suspended or at its end; a list does not change its lines.")
            sheet.fault(row, "contract_number", "contract_ended", message, N_("Look at its page."))
            return False
        return True

    def place(self, actor: Actor, plan: Plan, values: Record, division: str, at: datetime) -> object:
        """The contract's id; a new one is planned with its supplier as a party."""
        key = (values["contract_number"], values["organization"])
        if key not in self.known:
            record = as_contract(actor, values, division, civil_date(at), at)
            self.fresh.add(key)
            plan.insert(Contract, record)
            plan.insert(
                ContractParty,
                {"id": uuid4(), "contract": record["id"], "role": "supplier", "organization": record["supplier"]},
            )
            self.known[key] = record
        return self.known[key]["id"]


def _differs(known: Record | None, values: Record) -> bool:
    return known is None or changed(known, values)


async def _used(lines: list[object]) -> dict[object, tuple[int, Any]]:
    """Units and amount that are reserved, delivered or settled, by line."""
    rows = await ContractLine.raw(
        "SELECT line, sum(units) AS units, sum(amount) AS amount FROM contract_movement WHERE line = ANY({})"
        " GROUP BY line",
        lines,
    )
    return {row["line"]: (row["units"], row["amount"]) for row in rows}


def _values(actor: Actor, sheet: Sheet, row: CheckedRow, providers: dict[str, Record], today: date) -> Record | None:
    given: dict[str, Any] = row.values
    provider = providers.get(given["organisation"])
    if provider is None:
        message = N_("No organisation with this social credit code is known.")
        sheet.fault(row, "organisation", "organisation_unknown", message, N_("Import the organisation first."))
        return None
    if not covers(actor, provider["division"]):
        message, fix = N_("{name} lies outside of your area."), N_("Leave the row to the people of that area.")
        sheet.fault(row, "organisation", "outside_scope", message, fix, name=provider["name"])
        return None
    if given["starts_on"] > given["ends_on"]:
        message = N_("The last day is before the first one.")
        sheet.fault(row, "ends_on", "dates_order", message, N_("Correct the date."))
        return None
    if given["starts_on"] > today and not actor.has("system"):
        message = N_("A list takes contracts that are in force; this one begins later.")
        sheet.fault(row, "starts_on", "not_begun", message, N_("Draft it on the page of contracts."))
        return None
    values = {name: value for name, value in given.items() if name != "organisation" and value is not None}
    return {**values, "organization": provider["id"]}


def _place(
    sheet: Sheet, row: CheckedRow, plan: Plan, values: Record, known: Record | None,
    used: dict[object, tuple[int, Any]], at: datetime,
) -> str:  # fmt: skip
    if known is None:
        extra = {"id": uuid4(), "status": "active", "created_at": at, "fund_source": "work_budget"}
        plan.insert(ContractLine, {**extra, **values})
        return "inserted"
    if not changed(known, values):
        return "unchanged"
    units, amount = used.get(known["id"], (0, 0))
    if values["max_units"] < units or values["max_amount"] < amount:
        field = "max_units" if values["max_units"] < units else "max_amount"
        message = N_("{units} units and {amount} yuan of this line are already reserved or used.")
        fix = N_("Write at least what is already reserved.")
        sheet.fault(row, field, "below_reserved", message, fix, units=units, amount=amount)
    plan.update(ContractLine, {**known, **values})
    return "updated"


def _columns(_: date) -> tuple[Field, ...]:
    return _FIELDS


CONTRACT_LINES = Kind(
    "contract_lines",
    _columns,
    frozenset(NEEDED),
    plan_contract_lines,
    (
        {
            "contract_number": "CZ-2026-001",
            "organisation": "52990101A00000011F",
            "service": "生活照料",
            "fund_source": "工作经费",
            "unit_price": "60.00",
            "max_units": 2000,
            "max_amount": "120000.00",
            "starts_on": "2026-01-01",
            "ends_on": "2026-12-31",
        },
    ),
    bureau_only=True,
)

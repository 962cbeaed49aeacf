"""The quarterly report as a workbook: the paper's figures as numbers, sums as formulas with their checked values.

A product is written as the value that was computed exactly: a spreadsheet's binary fractions would round some halves
the other way. Sums of fen are formulas; beside them stands what the statement says, and whether both agree.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from bangfu.settlement.bundle_files import revision_files
from bangfu.settlement.bundle_paper import SIGNERS, Report, held_notes, indicator_rows, period_of, plain
from bangfu.shared.civil_time import civil_datetime
from bangfu.shared.i18n import Lang, current, use, word

_WRITTEN: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - the same content gives the same bytes
_LINE_HEAD: Final = ("序号", "项目", "数量", "单价（元）", "比例", "系数", "金额（元）", "状态", "数据版本", "暂缓处理")
_VISIT_HEAD: Final = (
    "核验编号", "服务对象", "服务人员", "开始", "结束", "状态", "准时", "时长", "记录", "资质", "计付", "原因",
    "单价（元）",
)  # fmt: skip
_VISIT: Final = (
    "id", "recipient", "server", "started_at", "ended_at", "status", "q2", "q3", "q4", "q10", "pay", "pay_reason",
    "unit_price",
)  # fmt: skip


class Book:
    """A workbook with the few formats that it needs."""

    def __init__(self, buffer: io.BytesIO) -> None:
        self.file = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
        self.file.set_properties({"created": _WRITTEN})
        self.bold = self.file.add_format({"bold": True, "bg_color": "#E7ECEF", "border": 1})
        self.title = self.file.add_format({"bold": True, "font_size": 14})
        self.money = self.file.add_format({"num_format": "#,##0.00"})
        self.sum = self.file.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
        self.text = self.file.add_format({"num_format": "@"})

    def sheet(self, name: str, widths: Sequence[int], footer: str) -> Any:
        """An A4 sheet with the page number and the check code at its foot."""
        made = self.file.add_worksheet(name)
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        made.set_footer(f"&L{footer}&R第 &P 页 / 共 &N 页")
        for column, width in enumerate(widths):
            made.set_column(column, column, width)
        return made

    def head(self, sheet: Any, row: int, titles: Sequence[str]) -> None:
        for column, title in enumerate(titles):
            sheet.write_string(row, column, title, self.bold)
        sheet.repeat_rows(row)

    def put(self, sheet: Any, row: int, column: int, value: object) -> None:
        if isinstance(value, Decimal):
            sheet.write_number(row, column, value, self.money)
        elif isinstance(value, int):
            sheet.write_number(row, column, value)
        elif value not in ("", None):
            sheet.write_string(row, column, str(value), self.text)


def workbook(report: Report) -> bytes:
    """The .xlsx of a report, in Chinese in either language of the portal."""
    lang: Lang = current()
    use("zh")
    try:
        buffer = io.BytesIO()
        book = Book(buffer)
        footer = f"{report.row['number']}　核验码 {report.code}"
        _summary(book, report, footer)
        _score(book, report, footer)
        _lines(book, report, footer)
        _claims(book, report, footer)
        _visits(book, report, footer)
        book.file.close()
        return buffer.getvalue()
    finally:
        use(lang)


def _summary(book: Book, report: Report, footer: str) -> None:
    row, sheet = report.row, book.sheet("汇总", (24, 60), footer)
    score: Mapping[str, Any] = report.bundle.revisions[-1].score if report.bundle.revisions else {}
    sheet.write_string(0, 0, "服务质量与结算季度报告", book.title)
    rows: list[tuple[str, object]] = [
        ("编制单位", f"{row['county']}民政局"), ("结算期间", period_of(row)), ("结算编号", row["number"]),
        ("合同（协议）编号", row["contract_number"]), ("承接方", row["provider"] or "照料护理人"),
        ("评分标准", report.standard), ("得分", score.get("score") or "不评分"),
        ("等次", word("report_band", score["final_band"]) if score.get("final_band") else "不评分"),
        ("应付合计（元）", row["total"]), ("暂缓金额（元）", row["held"]), ("核验码", report.code),
        ("核验包 MANIFEST 的 SHA-256", report.bundle_hash), ("封存数据的 SHA-256", report.facts_hash),
        *((label, " ".join(report.signers[who]).strip() or "（签字）") for who, label in SIGNERS.items()),
        ("盖章处", ""),
    ]  # fmt: skip
    for number, (label, value) in enumerate(rows, 2):
        sheet.write_string(number, 0, label, book.bold)
        book.put(sheet, number, 1, value)


def _score(book: Book, report: Report, footer: str) -> None:
    sheet = book.sheet("评分", (8, 16, 8, 12, 12, 12), footer)
    book.head(sheet, 0, ("编号", "指标", "权重", "分子", "分母", "得分"))
    score: Mapping[str, Any] = report.bundle.revisions[-1].score if report.bundle.revisions else {}
    for number, cells in enumerate(indicator_rows(report, score), 1):
        for column, cell in enumerate(cells):
            book.put(sheet, number, column, _number(cell) if column > 1 else cell)


def _number(text: str) -> object:
    return Decimal(text) if text.replace(".", "", 1).replace("-", "", 1).isdigit() else text


def _lines(book: Book, report: Report, footer: str) -> None:
    sheet, lines = book.sheet("结算明细", (6, 18, 8, 12, 10, 10, 14, 10, 10, 60), footer), report.bundle.lines
    notes = held_notes(lines)
    book.head(sheet, 0, _LINE_HEAD)
    for number, line in enumerate(lines, 1):
        cells = (
            int(line["place"]), word("report_line", line["kind"]), int(line["units"]), Decimal(line["rate"]),
            plain(line["share"]), plain(line["factor"]), Decimal(line["amount"]),
            word("report_line_status", line["status"]), int(line["revision"]), notes.get(int(line["place"]), ""),
        )  # fmt: skip
        for column, cell in enumerate(cells):
            book.put(sheet, number, column, cell)
    last = len(lines) + 1
    agreed = word("report_line_status", "undisputed")
    added = sum((Decimal(each["amount"]) for each in lines if each["status"] == "undisputed"), Decimal(0))
    _sum(book, sheet, last, f'=SUMIF(H2:H{max(last, 2)},"{agreed}",G2:G{max(last, 2)})', added, report.row["total"])


def _sum(book: Book, sheet: Any, row: int, formula: str, added: Decimal, told: Decimal) -> None:
    """A sum as a formula with its value, below it what the statement says, and whether both agree."""
    sheet.write_string(row, 1, "无争议合计", book.bold)
    sheet.write_formula(row, 6, formula, book.sum, float(added))
    sheet.write_string(row + 1, 1, "结算单所载", book.bold)
    sheet.write_number(row + 1, 6, told, book.money)
    same = f'=IF(ROUND(G{row + 1}-G{row + 2},2)=0,"相符","不符")'
    sheet.write_formula(row + 1, 7, same, book.text, "相符" if added == told else "不符")


def _claims(book: Book, report: Report, footer: str) -> None:
    sheet, claims = book.sheet("申请与付款", (18, 8, 12, 14, 20, 14, 14), footer), report.bundle.claims
    book.head(sheet, 0, ("申请编号", "笔次", "状态", "金额（元）", "发票", "应付日期", "付款日期"))
    for number, claim in enumerate(claims, 1):
        cells = (claim["number"], int(claim["part"]), word("claim_status", claim["status"]), Decimal(claim["amount"]),
                 claim["invoice"], claim["due_on"], claim["paid_on"])  # fmt: skip
        for column, cell in enumerate(cells):
            book.put(sheet, number, column, cell)
    added = sum((Decimal(each["amount"]) for each in claims), Decimal(0))
    last = len(claims) + 1
    sheet.write_string(last, 0, "合计", book.bold)
    sheet.write_formula(last, 3, f"=SUM(D2:D{max(last, 2)})", book.sum, float(added))


def _visits(book: Book, report: Report, footer: str) -> None:
    """The visits without identities, with what they count for: the bundle's own table."""
    sheet = book.sheet("服务记录", (38, 8, 8, 20, 20, 12, 14, 14, 14, 14, 8, 14, 12), footer)
    book.head(sheet, 0, _VISIT_HEAD)
    if not report.bundle.revisions:
        return
    made = revision_files(report.bundle.revisions[-1], "", frozenset(report.bundle.elsewhere))["visits.csv"]
    for number, visit in enumerate(csv.DictReader(io.StringIO(made.decode(), newline="")), 1):
        for column, name in enumerate(_VISIT):
            book.put(sheet, number, column, _shown(name, visit[name]))
    sheet.freeze_panes(1, 0)


def _shown(name: str, text: str) -> object:
    """A cell of the bundle's table as people read it: words for codes, the clock of the place for moments."""
    if name in {"started_at", "ended_at"}:
        return f"{civil_datetime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}" if text else ""
    if name in {"q2", "q3", "q4", "q10"}:
        mark, _, reason = text.partition(" ")
        said = {"1": "计入", "0": "不达标", "-": "不计"}.get(mark, "")
        return f"{said}：{word('count_reason', reason)}" if reason else said
    groups = {"status": "visit_status", "pay": "report_mark", "pay_reason": "unpaid_reason"}
    return Decimal(text) if name == "unit_price" else word(groups[name], text) if name in groups else text

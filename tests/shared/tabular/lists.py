"""Lists as people keep them, made for the tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import xlsxwriter

from bangfu.shared.faults import N_
from bangfu.shared.tabular import Field, parsers

TODAY = date(2026, 11, 21)
CATEGORIES = {"dibao": ("低保家庭", "Dibao", "低保"), "tekun": ("特困人员", "Tekun", "特困")}

FIELDS = [
    Field("head", "户主姓名", "Head of household", parsers.text(40), required=True, aliases=("户主", "姓名")),
    Field(
        "id_number",
        "身份证号",
        "ID number",
        parsers.resident_id(TODAY),
        required=True,
        aliases=("公民身份号码", "身份证号码"),
        example="990101198001010014",
        hint=N_("18 characters, kept as text."),
    ),
    Field("phone", "联系电话", "Phone", parsers.phone(), aliases=("手机号",), example="13812345678"),
    Field("category", "类别", "Category", parsers.choice(CATEGORIES), required=True, aliases=("救助类别",)),
    Field("since", "认定日期", "Since", parsers.day(latest=TODAY)),
    Field("members", "人口", "Members", parsers.integer(1, 20)),
    Field("subsidy", "月补助金额", "Monthly subsidy", parsers.money()),
]


def workbook(
    rows: Sequence[Sequence[object]],
    merges: Sequence[tuple[int, int, int, int]] = (),
    extra: Sequence[tuple[str, Sequence[Sequence[object]]]] = (),
    hidden: str = "",
) -> bytes:
    """An .xlsx of these rows; merged ranges show the value of their first cell."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, content in [("名单", rows), *extra]:
            sheet = book.add_worksheet(name)
            if name == hidden:
                sheet.hide()
            for number, row in enumerate(content):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, book.add_format({"num_format": "yyyy-mm-dd"}))
                    elif cell is not None:
                        sheet.write(number, column, cell)
            for top, left, bottom, right in merges if name == "名单" else ():
                sheet.merge_range(top, left, bottom, right, content[top][left])
    return buffer.getvalue()

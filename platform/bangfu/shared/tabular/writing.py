"""Templates and lists as files that a spreadsheet neither destroys nor executes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter

from bangfu.shared.tabular.fields import Field

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
LONGEST_LIST = 255  # a drop-down in a cell holds that many characters
ROWS_WITH_LIST = 5000
WRITTEN = datetime(2026, 1, 1)  # noqa: DTZ001 (Excel knows no zone)
"""When files say that they were made: the same content gives the same bytes."""

Translate = Callable[[str], str]


def write_template(
    fields: Sequence[Field],
    title: str,
    examples: Sequence[Mapping[str, object]] = (),
    locale: str = "zh_CN",
    translate: Translate = str,
) -> bytes:
    """An .xlsx to fill in: titles with hints as comments, text format for long numbers, lists to choose from, and a
    second sheet that explains the columns. `translate` words the hints (message ids)."""
    chinese = locale.startswith("zh")
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": WRITTEN})
        sheet = book.add_worksheet(safe_sheet_name(title))
        plain, as_text = book.add_format(), book.add_format({"num_format": "@"})
        heads = {
            required: book.add_format({"bold": True, "bg_color": "#F3D9B1" if required else "#E7ECEF", "border": 1})
            for required in (True, False)
        }
        for column, field in enumerate(fields):
            head = field.title(locale)
            sheet.set_column(column, column, max(12, 2 * len(head) + 2), as_text if field.parser.as_text else plain)
            sheet.write_string(0, column, head + (" *" if field.required else ""), heads[field.required])
            if comment := _comment(field, chinese, translate):
                sheet.write_comment(0, column, comment, {"x_scale": 2})
            _offer_words(sheet, column, field, chinese)
        for number, example in enumerate(examples, start=1):
            for column, field in enumerate(fields):
                write_cell(sheet, number, column, example.get(field.code), as_text if field.parser.as_text else plain)
        sheet.freeze_panes(1, 0)
        _explain(book, fields, locale, translate)
    return buffer.getvalue()


def write_csv_template(
    fields: Sequence[Field], examples: Sequence[Mapping[str, object]] = (), locale: str = "zh_CN"
) -> bytes:
    """The same as CSV in UTF-8 with a mark, which Excel needs to recognise it."""
    return write_csv(
        [field.title(locale) for field in fields],
        [[example.get(field.code) for field in fields] for example in examples],
    )


def write_csv(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """CSV in UTF-8 with a mark; a text that a spreadsheet would execute gets a quote mark in front."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([harmless(title) for title in titles])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def write_xlsx(titles: Sequence[str], rows: Sequence[Sequence[object]], sheet_name: str = "Sheet1") -> bytes:
    """A plain list; texts stay texts, whatever they begin with."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": WRITTEN})
        sheet = book.add_worksheet(safe_sheet_name(sheet_name))
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                write_cell(sheet, number, column, cell, text)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def harmless(cell: object) -> object:
    """Text that begins like a formula, with a quote mark in front; everything else as it is."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: object, text: object) -> None:
    """Numbers as numbers, everything else as text."""
    if cell is None or cell == "":
        return
    if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, cell.isoformat() if isinstance(cell, date) else str(cell), text)


def safe_sheet_name(title: str) -> str:
    """A title as Excel takes it."""
    return "".join("_" if char in "[]:*?/\\" else char for char in title).strip("'")[:31] or "Sheet1"


def _words(field: Field, chinese: bool) -> list[str]:
    return [(names[0] if chinese else names[1 if len(names) > 1 else 0]) for names in field.parser.words.values()]


def _comment(field: Field, chinese: bool, translate: Translate) -> str:
    colon = "：" if chinese else ": "
    parts = [translate(field.hint)] if field.hint else []
    if words := _words(field, chinese):
        parts.append(("可填" if chinese else "One of") + colon + ("、" if chinese else ", ").join(words))
    if field.example:
        parts.append(("例" if chinese else "Example") + colon + field.example)
    return "\n".join(parts)


def _offer_words(sheet: xlsxwriter.worksheet.Worksheet, column: int, field: Field, chinese: bool) -> None:
    words = _words(field, chinese)
    if words and field.parser.kind != "choices" and len(",".join(words)) <= LONGEST_LIST:
        rule = {"validate": "list", "source": words, "error_type": "warning"}
        sheet.data_validation(1, column, ROWS_WITH_LIST, column, rule)


def _explain(book: xlsxwriter.Workbook, fields: Sequence[Field], locale: str, translate: Translate) -> None:
    chinese = locale.startswith("zh")
    sheet = book.add_worksheet("填写说明" if chinese else "Notes")
    bold = book.add_format({"bold": True})
    heads = ("列", "是否必填", "说明", "例") if chinese else ("Column", "Required", "Explanation", "Example")
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
        sheet.set_column(column, column, (24, 10, 60, 30)[column])
    for row, field in enumerate(fields, start=1):
        needed = ("是" if field.required else "否") if chinese else ("yes" if field.required else "no")
        explanation = _comment(field, chinese, translate).replace("\n", " ")
        for column, cell in enumerate((field.title(locale), needed, explanation, field.example)):
            sheet.write_string(row, column, cell)

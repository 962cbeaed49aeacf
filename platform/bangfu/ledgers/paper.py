"""A ledger on A4: its kept rows, gathered under the group's values with their sums, and the lines to sign."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from bangfu.ledgers.asking import filter_words, period_words
from bangfu.ledgers.canonical import Row, Tally, shown, shown_row
from bangfu.ledgers.definitions import Definition
from bangfu.ledgers.issuing import IssueView, kept
from bangfu.shared.civil_time import civil_date
from bangfu.shared.i18n import current, use
from bangfu.shared.printing import pdf, qr_svg

TEMPLATE: Final = "ledgers/ledger.typ"
SOLID: Final = frozenset({"number", "household", "carer_number", "period"})
"""Columns that never break over lines; with them days, times and masked names."""
_WHOLE: Final = frozenset({"date", "clock", "name"})
MOST: Final = 3_000
"""More rows than these are no paper to sign: about a hundred pages."""


async def paper(issue: IssueView, address: str) -> bytes:
    """The PDF; `address` is the page that takes the code."""
    rows = [row async for part in kept(issue.id) for row in part]
    return await pdf(TEMPLATE, paper_of(issue, rows, address))


def paper_of(issue: IssueView, rows: Sequence[Row], address: str) -> dict[str, Any]:
    """What the template shows, in Chinese in either language of the portal."""
    lang = current()
    use("zh")
    try:
        return _paper_of(issue, rows, address)
    finally:
        use(lang)


def _paper_of(issue: IssueView, rows: Sequence[Row], address: str) -> dict[str, Any]:
    definition, day = issue.definition, civil_date(issue.made_at)
    return {
        "title": definition.zh, "unit": f"单位：{issue.unit}", "number": f"核验码：{issue.code}",
        "period": period_words(issue.asked.period), "filters": filter_words(issue.asked, ""),
        "made": f"{day.year}年{day.month}月{day.day}日", "rows": str(issue.rows), "flipped": definition.flipped,
        "head": [each.zh for each in definition.columns],
        "figures": [each.figure for each in definition.columns],
        "solid": [each.code in SOLID or each.kind in _WHOLE for each in definition.columns],
        "groups": _groups(definition, rows),
        "sum": _sum_row(definition, "合计", issue.sums) if issue.sums else [],
        "signers": [[label, issue.made_by if place == 0 else ""] for place, label in enumerate(definition.signers)],
        "check": {
            "code": issue.code, "qr": qr_svg(f"{address}?code={issue.code}"),
            "note": f"核验：扫描二维码，或打开 {address} 输入核验码。数据的 SHA-256：{issue.sha256}",
        },
    }  # fmt: skip


def _groups(definition: Definition, rows: Sequence[Row]) -> list[dict[str, Any]]:
    columns = definition.columns
    place = next((at for at, each in enumerate(columns, 1) if each.code == definition.group), 0)
    found = []
    for value, own in groupby(rows, key=lambda row: row[place] if place else ""):
        gathered = list(own)
        tally = Tally(columns)
        tally.add(gathered)
        told = place and any(Decimal(each) for each in tally.sums.values())
        last = _sum_row(definition, f"{shown(columns[place - 1], value)}小计", tally.sums) if told else []
        found.append({"rows": [[_cell(cell) for cell in shown_row(columns, row)] for row in gathered], "sum": last})
    return found


def _cell(cell: Any) -> str:
    return str(cell)


def _sum_row(definition: Definition, label: str, sums: dict[str, str]) -> list[str]:
    return [
        label if place == 0 else sums.get(column.code, "") for place, column in enumerate(definition.columns)
    ]  # fmt: skip

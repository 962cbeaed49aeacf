"""The paper sheet of a carer's week (A4, landscape): boxes for times, ticks of the checklist, signature or thumbprint.

Who serves sees what DOMAIN.md 9.2 gives: name and address of the household; a volunteer the family name and a title.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.shared.civil_time import civil_datetime
from bangfu.shared.i18n import current, use, word
from bangfu.shared.names import surname
from bangfu.shared.printing import pdf
from bangfu.visits.code_records import Asked
from bangfu.visits.sheet_reading import WeekVisit

TEMPLATE: Final = "visits/codes/sheet.typ"
WEEKDAYS: Final = "一二三四五六日"


async def sheet_paper(
    carer: str, body: str, monday: date, visits: Sequence[WeekVisit], asked: Mapping[UUID, Asked]
) -> bytes:
    """The PDF of a week."""
    return await pdf(TEMPLATE, paper_of(carer, body, monday, visits, asked))


def paper_of(
    carer: str, body: str, monday: date, visits: Sequence[WeekVisit], asked: Mapping[UUID, Asked]
) -> dict[str, Any]:
    """What the template shows: texts and rows of texts, in Chinese in either language of the portal."""
    lang = current()
    use("zh")
    try:
        last = monday + timedelta(days=6)
        lists: dict[str, list[str]] = {}
        rows = [_row(visit, asked[visit.id], lists) for visit in visits]
    finally:
        use(lang)
    return {
        "title": "上门服务纸质记录单", "unit": body or "社工站", "number": f"服务人员：{carer}",
        "period": f"{_day(monday)}至{_day(last)}", "rows": rows,
        "lists": [{"title": title, "lines": lines} for title, lines in lists.items()],
    }  # fmt: skip


def _row(visit: WeekVisit, asked: Asked, lists: dict[str, list[str]]) -> dict[str, Any]:
    start = civil_datetime(visit.planned_start)
    title = asked.checklist.zh if asked.checklist else ""
    if asked.checklist and title not in lists:
        lists[title] = [f"{n}. {line['zh']}" for n, line in enumerate(asked.checklist.lines, 1)]
    volunteer = visit.carer_kind == "volunteer"
    return {
        "day": f"{start.month}月{start.day}日 周{WEEKDAYS[start.weekday()]}", "time": f"{start:%H:%M}",
        "minutes": f"{visit.minutes} 分钟", "number": visit.number, "service": word("service", visit.service),
        "who": surname(visit.full_head) + "家" if volunteer else visit.full_head,
        "where": f"{visit.village} {visit.address}".strip(),
        "ticks": len(asked.checklist.lines) if asked.checklist else 0,
    }  # fmt: skip


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

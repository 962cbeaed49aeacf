"""A purchase list and its comparison as files; the last row is the sum of the rows above."""

from collections.abc import Sequence

from bangfu.errors import NotYours
from bangfu.purchasing.queries import PlanView
from bangfu.purchasing.rules import Outcome
from bangfu.shared import i18n
from bangfu.shared.i18n import word
from bangfu.shared.tabular.writing import write_csv, write_xlsx

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def list_file(plan: PlanView, kind: str) -> tuple[bytes, str]:
    """(content, media type) of the list.

    Raises:
        NotYours: for a kind that is neither csv nor xlsx.
    """
    titles = [
        i18n._("Item"), i18n._("Service"), i18n._("Units of the year"), i18n._("Lowest unit price"),
        i18n._("Highest unit price"), i18n._("At least"), i18n._("At most"), i18n._("Source of funds"),
        i18n._("Budget item"), i18n._("Needs that found nobody"), i18n._("Needs that wait"), i18n._("Who supplies"),
        i18n._("For whom"), i18n._("Content"), i18n._("Mechanism"), i18n._("Safeguards"),
    ]  # fmt: skip
    rows: list[list[object]] = [
        [
            item.name, word("service", item.service), item.units, item.price_low, item.price_high, *item.band,
            word("fund_source", item.fund_source), item.budget_code, item.evidence.unserved_needs,
            item.evidence.waiting_needs, item.provider, item.scope, item.content, item.mechanism, item.safeguards,
        ]
        for item in plan.items
    ]  # fmt: skip
    blank = [""] * (len(titles) - 11)
    sums = [sum(item.evidence.unserved_needs for item in plan.items), sum(i.evidence.waiting_needs for i in plan.items)]
    rows.append(
        [
            i18n._("All items together"),
            "",
            sum(item.units for item in plan.items),
            "",
            "",
            *plan.band,
            "",
            "",
            *sums,
            *blank,
        ]
    )
    return _file(titles, rows, kind)


def comparison_file(plan: PlanView, kind: str) -> tuple[bytes, str]:
    """(content, media type) of the comparison. Raises as `list_file`."""
    titles = [
        i18n._("Item"), i18n._("Service"), i18n._("Planned units"), i18n._("Planned at most"),
        i18n._("Contracted units"), i18n._("Contracted"), i18n._("Used units"), i18n._("Used"),
        i18n._("Needs that wait"),
    ]  # fmt: skip
    rows = [[item.name, word("service", item.service), *_cells(item.outcome)] for item in plan.items]
    rows.append([i18n._("All items together"), "", *_cells(plan.outcome)])
    return _file(titles, rows, kind)


def _cells(outcome: Outcome) -> list[object]:
    return [getattr(outcome, name) for name in Outcome.__slots__]


def _file(titles: Sequence[str], rows: Sequence[Sequence[object]], kind: str) -> tuple[bytes, str]:
    if kind not in MEDIA_TYPES:
        raise NotYours
    content = write_csv(titles, rows) if kind == "csv" else write_xlsx(titles, rows, i18n._("Purchase list"))
    return content, MEDIA_TYPES[kind]

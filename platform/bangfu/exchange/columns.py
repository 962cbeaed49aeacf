"""The columns of exports: those that imports know, under the same names, and some that are only told."""

from collections.abc import Sequence
from datetime import date

from bangfu.imports.kinds import KINDS
from bangfu.imports.kinds.household_fields import GROUND, HOUSEHOLD, MEMBER
from bangfu.shared import i18n
from bangfu.shared.tabular import Field
from bangfu.shared.tabular.parsers import text
from bangfu.shared.weekly_windows import format_windows

TOLD = {
    "village": ("村（社区）名称", "Village name"),
    "township": ("乡镇（街道）名称", "Township name"),
    "layer": ("救助层级", "Layer of assistance"),
    "standing": ("登记状态", "Standing in the register"),
    "members": ("在册成员数", "Members present"),
    "next_review_on": ("下次复核日期", "Next review"),
}
"""Columns that no import reads; their titles are no alias of a field."""


def columns_of(subject: str, today: date) -> tuple[Field, ...]:
    """The columns of a subject, in their order."""
    fields = KINDS[subject].columns(today)
    if subject == "households":
        kept = {"household_number", *HOUSEHOLD, *MEMBER, *GROUND}
        fields = tuple(field for field in fields if field.code in kept)
    if subject == "carers":  # an address is not kept of them
        fields = tuple(field for field in fields if field.code != "address")
    if subject == "organisations":
        return fields
    told = TOLD if subject == "households" else {name: TOLD[name] for name in ("village", "township")}
    return (*fields, *(Field(code, zh, en, text()) for code, (zh, en) in told.items()))


def titles(fields: Sequence[Field]) -> list[str]:
    """The titles in the reader's language."""
    return [field.title("zh_CN" if i18n.current() == "zh" else "en") for field in fields]


def as_cell(field: Field, value: object) -> object:
    """A value as people read it in a table, and as an import understands it."""
    if value in (None, "", [], ()):
        return ""
    kind, chinese = field.parser.kind, i18n.current() == "zh"
    if kind == "windows":
        return format_windows(value, "zh_CN" if chinese else "en")  # type: ignore[arg-type]
    if kind == "yes_no":
        return field.parser.words["yes" if value else "no"][0 if chinese else 1]
    if kind == "choices":
        return "；".join(_word(field, str(code)) for code in value)  # type: ignore[attr-defined]
    if kind == "choice":
        return _word(field, str(value))
    if isinstance(value, (list, tuple)):
        return "；".join(str(one) for one in value)
    return value.isoformat() if isinstance(value, date) else value


def as_json(value: object) -> object:
    """A value for machines: codes, ISO dates, lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [as_json(one) for one in value]
    return value


def _word(field: Field, code: str) -> str:
    words = field.parser.words.get(code, (code,))
    return words[0] if i18n.current() == "zh" or len(words) < 2 else words[1]

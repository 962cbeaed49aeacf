"""What a checked list says to its sender: faults and notes as sentences in the reader's language, and as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bangfu.imports.checking import Checked
from bangfu.shared import i18n
from bangfu.shared.faults import N_
from bangfu.shared.tabular import CellFault, MissingColumn, write_csv, write_xlsx

NOTES: dict[str, str] = {
    "repeated_row": N_("Rows that repeat an earlier row cell for cell and count once: {number}."),
    "datum_assumed": N_("Places without a datum, taken as WGS-84 (GPS): {number}."),
    "approximate": N_("Places estimated from the village, township or county (pages mark them so): {number}."),
    "no_location": N_("Rows without a place on the map, not even that of their division: {number}."),
    "division_made": N_("Upper divisions made from the names in the list: {number}."),
    "parent_skipped": N_("Divisions put below a higher level because the one between is not named: {number}."),
    "id_area_unknown": N_("ID numbers that begin with an area that is not in use today: {number}."),
    "skipped_total": N_("Rows of totals, left out: {number}."),
    "skipped_note": N_("Rows of remarks below the list, left out: {number}."),
    "skipped_header_again": N_("Repeated rows of titles, left out: {number}."),
}
HEADS = (N_("Row"), N_("Column"), N_("Value"), N_("What is wrong"), N_("What to do"))


@dataclass(frozen=True, slots=True)
class Line:
    """One fault as the sender reads it; `value` is shown to the sender only."""

    row: int
    column: str
    value: str
    what: str
    fix: str
    code: str


def as_data(fault: CellFault) -> dict[str, Any]:
    """A fault for keeping: everything is text or number."""
    params = {name: str(value) for name, value in fault.params.items()}
    return {
        "row": fault.row, "column": fault.column_title, "value": fault.value, "code": fault.code,
        "message": fault.message, "params": params, "fix": fault.fix,
    }  # fmt: skip


def line_of(fault: CellFault | Mapping[str, Any]) -> Line:
    """A fault, fresh or kept, in the language of the reader."""
    kept: Mapping[str, Any] = as_data(fault) if isinstance(fault, CellFault) else fault
    what, fix = i18n.sentence(kept["message"], kept["params"]), i18n.sentence(kept["fix"], kept["params"])
    return Line(kept["row"], kept["column"], kept["value"], what, fix, kept["code"])


def lines_of(faults: Iterable[CellFault | Mapping[str, Any]]) -> list[Line]:
    return [line_of(fault) for fault in faults]


def notes_of(checked: Checked) -> dict[str, int]:
    """Code -> number of everything that the sender should know besides the faults."""
    skipped: dict[str, int] = {}
    for row in checked.skipped:
        skipped[f"skipped_{row.reason}"] = skipped.get(f"skipped_{row.reason}", 0) + 1
    return {**dict(checked.notes), **skipped}


def note_sentences(notes: Mapping[str, int]) -> list[str]:
    """The notes in the language of the reader, in the order of NOTES."""
    return [i18n.sentence(NOTES[code], {"number": notes[code]}) for code in NOTES if notes.get(code)]


def missing_sentence(missing: MissingColumn) -> str:
    """What is needed and which of the list's own titles it might be."""
    title = missing.field.title("zh_CN" if i18n.current() == "zh" else "en")
    if not missing.suggestions:
        return i18n.sentence(N_("No column was found for “{title}”."), {"title": title})
    params = {"title": title, "suggestions": "、".join(missing.suggestions)}
    return i18n.sentence(N_("No column was found for “{title}”; it may be: {suggestions}."), params)


def count_sentences(counts: Mapping[str, int]) -> list[str]:
    """`household.new: 3` as "Households: 3 new", in the order of WORDS."""
    sentences = []
    for thing, word in i18n.words_of("import_thing"):
        for fate, template in (("new", N_("{thing}: {number} new")), ("changed", N_("{thing}: {number} changed"))):
            if number := counts.get(f"{thing}.{fate}"):
                sentences.append(i18n.sentence(template, {"number": f"{number:,}", "thing": word}))
    return sentences


def report_file(lines: Sequence[Line], kind: str) -> bytes:
    """The faults as .xlsx or .csv (`kind`); nothing that a sender typed is executed as a formula."""
    titles = [i18n._(head) for head in HEADS]
    rows = [[line.row, line.column, line.value, line.what, line.fix] for line in lines]
    return write_csv(titles, rows) if kind == "csv" else write_xlsx(titles, rows, i18n._("Report"))

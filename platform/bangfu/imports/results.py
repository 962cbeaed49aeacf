"""What became of every row of an upload, kept after the list itself is deleted: outcomes and numbers, no values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from bangfu.imports.checking import Checked
from bangfu.imports.report import Line
from bangfu.imports.tables import UploadResult
from bangfu.shared import i18n
from bangfu.shared.faults import N_
from bangfu.shared.tabular import write_csv, write_xlsx

Outcome = tuple[int, str, str]
"""Row, outcome (WORDS import_outcome), number of the object."""
HEADS = (N_("Row"), N_("Outcome"), N_("Number"), N_("Faults"))


def outcomes_of(checked: Checked) -> list[Outcome]:
    """Before a list is taken: rows at fault, those that wait for them, or all that wait to be taken."""
    faulty = {fault.row for fault in checked.faults}
    others = "held" if faulty or checked.missing else "waiting"
    return [(row.number, "refused" if row.number in faulty else others, "") for row in checked.table.rows]


async def keep(upload: UUID, outcomes: Sequence[Outcome]) -> None:
    """Store the outcomes in place of earlier ones; joins the caller's transaction."""
    await UploadResult.raw(
        "INSERT INTO upload_result (upload, lines, updated_at) VALUES ({}, {}::jsonb, now())"
        " ON CONFLICT (upload) DO UPDATE SET lines = excluded.lines, updated_at = excluded.updated_at",
        upload, json.dumps([list(outcome) for outcome in outcomes], separators=(",", ":")),
    )  # fmt: skip


async def kept(upload: UUID) -> list[Outcome]:
    """The stored outcomes in the order of rows."""
    rows = await UploadResult.raw("SELECT lines FROM upload_result WHERE upload = {}", upload)
    return [(row, outcome, number) for row, outcome, number in json.loads(rows[0]["lines"])] if rows else []


def result_file(outcomes: Sequence[Outcome], faults: Sequence[Line], extension: str) -> bytes:
    """Every row with its outcome and its faults in words, as .xlsx or .csv."""
    said: dict[int, list[str]] = {}
    for line in faults:
        said.setdefault(line.row, []).append(f"{line.column}: {line.what} {line.fix}".strip())
    titles = [i18n._(head) for head in HEADS]
    rows = [_row(outcome, said) for outcome in outcomes]
    return write_csv(titles, rows) if extension == "csv" else write_xlsx(titles, rows, i18n._("Result"))


def _row(outcome: Outcome, said: Mapping[int, Sequence[str]]) -> list[object]:
    row, fate, number = outcome
    return [row, i18n.word("import_outcome", fate), number, " | ".join(said.get(row, ()))]

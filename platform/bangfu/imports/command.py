"""`bangfu import KIND FILE`: the same checks and the same report as on the page, for the operator."""

from __future__ import annotations

import argparse
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bangfu.imports.actions import Taken, take
from bangfu.imports.checking import Checked, ImportFaults
from bangfu.imports.kinds import KINDS, Kind
from bangfu.imports.memory import remember
from bangfu.imports.reading import read_list
from bangfu.imports.report import HEADS, Line, count_sentences, lines_of, missing_sentence, note_sentences, notes_of
from bangfu.imports.templates import template_file
from bangfu.imports.words import WORDS
from bangfu.shared import i18n
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now, today
from bangfu.shared.faults import N_, Fault
from bangfu.shared.tabular import normal_title

WithDatabase = Callable[[Callable[[Any], Coroutine[Any, Any, int]]], int]
SHOWN_FAULTS = 200


class Usage(Exception):
    """The command cannot be understood: one sentence and exit code 2."""


def run_import(args: argparse.Namespace, with_database: WithDatabase) -> int:
    """Exit code 0: taken, or a dry run without faults; 1: faults, nothing was written; 2: usage."""
    i18n.use(getattr(args, "lang", None) or _environment_language())
    try:
        kind, chosen = _kind(args.kind), _mapping(args)
        if args.template:
            return _write_template(kind, Path(args.file))
        content = _content(Path(args.file))
    except Usage as error:
        _say(str(error), to=sys.stderr)
        return 2

    async def run(runtime: Any) -> int:
        return await _import(args, kind, content, chosen)

    return with_database(run)


async def _import(args: argparse.Namespace, kind: Kind, content: bytes, chosen: dict[str, str]) -> int:
    at = now()
    try:
        checked = await read_list(SYSTEM, kind, content, Path(args.file).name, today(), chosen)
    except Fault as fault:
        return _report_file_fault(args, kind, fault)
    taken = None
    if not args.dry_run:
        await remember(kind.code, chosen, at)
    if checked.fine and not args.dry_run:
        try:
            taken = await take(SYSTEM, kind, checked, at)
        except ImportFaults as error:
            checked.faults = error.faults
    if args.json:
        _say(json.dumps(_as_json(args, checked, taken), ensure_ascii=False))
    else:
        _print_report(args, checked, taken)
    return 0 if checked.fine else 1


def _kind(text: str) -> Kind:
    wanted = normal_title(text)
    for code, kind in KINDS.items():
        if wanted in {normal_title(word) for word in (code, *WORDS["import_kind"][code])}:
            return kind
    known = ", ".join(f"{code} ({WORDS['import_kind'][code][0]})" for code in KINDS)
    raise Usage(i18n._(N_("There is no kind of list named {name}. Kinds: {known}."), name=text, known=known))


def _mapping(args: argparse.Namespace) -> dict[str, str]:
    fields = {field.code for field in _kind(args.kind).columns(today())}
    chosen = {}
    for entry in args.map or ():
        title, separator, code = entry.rpartition("=")
        if not separator or not title.strip() or (code.strip() and code.strip() not in fields):
            known = ", ".join(sorted(fields))
            raise Usage(i18n._(N_("--map takes TITLE=FIELD, not {entry}. Fields: {known}."), entry=entry, known=known))
        chosen[title.strip()] = code.strip()
    return chosen


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Usage(i18n._(N_("The file {name} cannot be read: {reason}."), name=str(path), reason=reason)) from None


def _write_template(kind: Kind, path: Path) -> int:
    try:
        path.write_bytes(template_file(kind, "csv" if path.suffix.lower() == ".csv" else "xlsx", today()))
    except OSError as error:
        reason = error.strerror or str(error)
        raise Usage(i18n._(N_("The file {name} cannot be written: {reason}."), name=str(path), reason=reason)) from None
    _say(i18n._(N_("The template is in {name}."), name=str(path)))
    return 0


def _report_file_fault(args: argparse.Namespace, kind: Kind, fault: Fault) -> int:
    what, fix = i18n.sentence(fault.message, fault.params), i18n.sentence(fault.fix, fault.params)
    if args.json:
        document = {"kind": kind.code, "taken": False, "fault": {"code": fault.code, "what": what, "fix": fix}}
        _say(json.dumps(document, ensure_ascii=False))
    else:
        _say(f"{what} {fix}".strip())
    return 1


def _as_json(args: argparse.Namespace, checked: Checked, taken: Taken | None) -> dict[str, object]:
    counted = taken or checked
    faults = [{"row": line.row, "column": line.column, "value": line.value, "what": line.what, "fix": line.fix,
               "code": line.code} for line in lines_of(checked.faults)]  # fmt: skip
    return {
        "kind": checked.kind.code, "file": Path(args.file).name, "sha256": checked.sha256,
        "rows": len(checked.table.rows), "taken": taken is not None, "inserted": counted.inserted,
        "updated": counted.updated, "unchanged": counted.unchanged, "counts": dict(counted.counts),
        "notes": notes_of(checked),
        "missing_columns": [missing.field.code for missing in checked.missing],
        "unused_columns": list(checked.mapping.unused), "faults": faults,
    }  # fmt: skip


def _print_report(args: argparse.Namespace, checked: Checked, taken: Taken | None) -> None:
    for missing in checked.missing:
        _say(missing_sentence(missing))
    if checked.missing:
        example = f"--map '{(checked.mapping.unused or ('...',))[0]}={checked.missing[0].field.code}'"
        _say(i18n._(N_("Name the column once, for example: {example}"), example=example))
    if checked.faults:
        _print_faults(lines_of(checked.faults[:SHOWN_FAULTS]))
        if len(checked.faults) > SHOWN_FAULTS:
            _say(i18n._(N_("... and {number} more; --json shows all."), number=len(checked.faults) - SHOWN_FAULTS))
    for sentence in note_sentences(notes_of(checked)):
        _say(sentence)
    _say(_outcome(args, checked, taken))
    if checked.fine:
        for sentence in count_sentences((taken or checked).counts):
            _say(f"  {sentence}")


def _outcome(args: argparse.Namespace, checked: Checked, taken: Taken | None) -> str:
    counted = taken or checked
    numbers = {
        "rows": len(checked.table.rows), "inserted": counted.inserted, "updated": counted.updated,
        "unchanged": counted.unchanged,
    }  # fmt: skip
    if checked.missing:
        return i18n._(N_("Nothing was checked and nothing was taken."))
    if checked.faults:
        return i18n._(N_("The list has {number} faults; nothing was taken."), number=len(checked.faults))
    if taken is None:
        text = N_(
            "Dry run, nothing was written: {rows} rows, {inserted} new, {updated} changed, {unchanged} unchanged."
        )
        return i18n._(text, **numbers)
    return i18n._(N_("Taken: {rows} rows, {inserted} new, {updated} changed, {unchanged} unchanged."), **numbers)


def _print_faults(lines: list[Line]) -> None:
    rows = [[str(line.row), line.column, line.value, line.what, line.fix] for line in lines]
    table = [[i18n._(head) for head in HEADS], *rows]
    widths = [min(28, max(_width(row[column]) for row in table)) for column in range(3)]
    for row in table:
        cells = [_fit(cell, width) for cell, width in zip(row, widths, strict=False)]
        _say("  ".join([*cells, row[3], row[4]]).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _fit(text: str, width: int) -> str:
    """Cut or padded to a width in columns of the terminal; Chinese characters take two."""
    while _width(text) > width:
        text = text[:-1]
    return text + " " * (width - _width(text))


def _environment_language() -> str:
    language = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if language.lower().startswith("zh") else "en"


def _say(line: str, to: Any = None) -> None:
    print(line, file=to or sys.stdout, flush=True)

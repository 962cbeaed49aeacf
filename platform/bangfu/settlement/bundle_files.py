"""The files of a bundle from what was read: tables, rules, score, statement, chain, draws, checker, manifest. Pure.

The same input gives the same bytes on every machine: fixed order, fixed times, nothing compressed, no clock.
docs/bundle.md says what each file holds; settlement/verify.py checks it without this module.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from bangfu.quality import snapshot as frozen
from bangfu.quality.counting import Counted, Tally, count
from bangfu.quality.snapshot import Snapshot
from bangfu.settlement.statement_rules import judge
from bangfu.shared.audit import canonical

SCHEMA: Final = "bangfu-bundle-1"
CHECKER: Final = Path(__file__).with_name("verify.py")
README: Final = Path(__file__).with_name("bundle_readme.txt")
MANIFEST: Final = "MANIFEST"
_LISTS: Final = ("lines", "windows", "visits", "checks", "ratings", "callbacks", "goals", "complaints", "vetoes")
_FACT: Final[Mapping[str, type[Any]]] = {
    "lines": frozen.LineFact, "windows": frozen.WindowFact, "visits": frozen.VisitFact, "checks": frozen.CheckFact,
    "ratings": frozen.RatingFact, "callbacks": frozen.CallbackFact, "goals": frozen.GoalFact,
    "complaints": frozen.ComplaintFact, "vetoes": frozen.VetoFact,
}  # fmt: skip
_MARKS: Final[Mapping[str, tuple[str, ...]]] = {
    "windows": ("Q1",), "visits": ("Q2", "Q3", "Q4", "Q10"), "checks": ("Q5",), "ratings": ("Q6",),
    "callbacks": ("Q7",), "goals": ("Q8",), "complaints": ("Q9",),
}  # fmt: skip
_RULES: Final = (
    "schema", "kind", "subject", "number", "organization", "division", "year", "quarter", "checks_required",
    "standard", "terms", "ratings_withheld", "draws",
)  # fmt: skip
_HIDDEN: Final = frozenset({"grade", "area", "township"})
"""Of windows and visits: what a person is like, and where a window was due. Nothing is scored or paid by it; facts.json
has it, because the hash covers it, the tables, which go from hand to hand, have it not."""


@dataclass(frozen=True, slots=True)
class RevisionIn:
    """One frozen set of facts and what it scored (quality.tables.ScoreRevision)."""

    number: int
    facts: str
    facts_hash: str
    score: Mapping[str, Any]
    """scored, points, score, band, final_band, caps, reason."""


@dataclass(frozen=True, slots=True)
class BundleIn:
    """All that a bundle is made of; everything in the order in which it is to stand."""

    statement: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]] = ()
    claims: Sequence[Mapping[str, Any]] = ()
    revisions: Sequence[RevisionIn] = ()
    """By number; the last one is the one that counts."""
    adjustments: Sequence[Mapping[str, Any]] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Visit of these facts -> number of the other statement in which it stands."""
    chain: Sequence[Mapping[str, Any]] = ()
    draws: Mapping[str, Any] = field(default_factory=dict)
    """File name -> published draw (oversight.draw_script's schema)."""


def files_of(bundle: BundleIn) -> dict[str, bytes]:
    """Name -> content, the manifest included, in the order of the zip."""
    made: dict[str, bytes] = {}
    for revision in bundle.revisions[:-1]:
        made.update(revision_files(revision, f"revision-{revision.number}/", frozenset(bundle.elsewhere)))
    for revision in bundle.revisions[-1:]:
        made.update(revision_files(revision, "", frozenset(bundle.elsewhere)))
    made["statement.json"] = pretty({"schema": SCHEMA, **bundle.statement})
    made["statement.csv"] = table(LINE_COLUMNS, bundle.lines)
    made["claims.csv"] = table(CLAIM_COLUMNS, bundle.claims)
    made["adjustments.csv"] = table(ADJUSTMENT_COLUMNS, bundle.adjustments)
    other = [{"visit": visit, "statement": number} for visit, number in sorted(bundle.elsewhere.items())]
    made["elsewhere.csv"] = table(("visit", "statement"), other)
    made["chain.json"] = pretty(list(bundle.chain))
    for name, draw in bundle.draws.items():
        made[f"draws/{name}.json"] = pretty(draw)
    made["verify.py"] = CHECKER.read_bytes()
    made["README.txt"] = README.read_bytes()
    made[MANIFEST] = manifest(made)
    return dict(sorted(made.items()))


LINE_COLUMNS: Final = (
    "id", "place", "kind", "contract_line", "units", "rate", "share", "factor", "amount", "status", "frees",
    "revision", "reason", "source", "detail", "made_at",
)  # fmt: skip
CLAIM_COLUMNS: Final = (
    "id", "number", "part", "kind", "status", "amount", "lines", "invoice", "claimed_on", "accepted_on", "due_on",
    "paid_on", "bank_reference",
)  # fmt: skip
ADJUSTMENT_COLUMNS: Final = (
    "id", "kind", "about", "code", "basis", "value", "units", "amount", "parts", "visits", "reason", "status", "line",
    "revision", "proposed_at", "decided_at",
)  # fmt: skip


def revision_files(revision: RevisionIn, folder: str, elsewhere: frozenset[str]) -> dict[str, bytes]:
    """The facts of one revision as tables with their marks, its rules and its score."""
    facts = frozen.read(revision.facts)
    raw = json.loads(revision.facts)
    marks = marks_of(facts, elsewhere)
    made = {f"{folder}facts.json": revision.facts.encode()}
    for name in _LISTS:
        columns = [each.name for each in fields(_FACT[name]) if each.name not in _HIDDEN]
        more = list(next(iter(marks[name].values()), {})) if name in marks else []
        head = [*columns, *([code.lower() for code in _MARKS.get(name, ())] or []), *_pay_columns(name)]
        rows = [{**row, **marks.get(name, {}).get(key_of(row), dict.fromkeys(more, ""))} for row in raw[name]]
        made[f"{folder}{name}.csv"] = table(head, rows)
    made[f"{folder}rules.json"] = pretty({key: raw[key] for key in _RULES})
    made[f"{folder}score.json"] = pretty(
        {"revision": revision.number, "facts_hash": revision.facts_hash, **revision.score}
    )
    return made


def _pay_columns(name: str) -> tuple[str, ...]:
    return ("pay", "pay_reason") if name == "visits" else ()


def key_of(row: Mapping[str, Any]) -> str:
    """What names a row: its id; a rating is named by its recipient."""
    return str(row.get("id") or row["recipient"])


def marks_of(facts: Snapshot, elsewhere: frozenset[str] = frozenset()) -> dict[str, dict[str, dict[str, str]]]:
    """Table -> row -> column -> mark: `1` counts, `0 reason` is in the denominator only, `- reason` is left out."""
    counted = count(facts)
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name, codes in _MARKS.items():
        rows = found[name] = {
            key_of(asdict(row)): dict.fromkeys(map(str.lower, codes), "") for row in getattr(facts, name)
        }
        for code in codes:
            for key, mark in _tally_marks(counted, code):
                rows[key][code.lower()] = mark
    for row in found["visits"].values():
        row.update(pay="", pay_reason="")
    if facts.kind == "contract":
        for each in judge(facts, elsewhere):
            found["visits"][each.visit].update(pay=each.verdict, pay_reason=each.reason)
    return found


def _tally_marks(counted: Counted, code: str) -> Iterable[tuple[str, str]]:
    tally: Tally = counted.tallies[code]
    yield from ((each.id, str(each.amount) if code == "Q6" else "1") for each in tally.hits)
    yield from ((each.id, f"0 {each.reason}") for each in tally.misses)
    yield from ((each.id, f"- {each.reason}") for each in tally.left_out)


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """CSV, UTF-8, one line feed a row: what a checker reads; `true`/`false`, lists joined by `|`, JSON for objects."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column, "")) for column in columns] for row in rows)
    return buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping) or (isinstance(value, list) and value and isinstance(value[0], Mapping)):
        return canonical(value)
    return "|".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def pretty(value: Any) -> bytes:
    """JSON that people read, always the same."""
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def manifest(files: Mapping[str, bytes]) -> bytes:
    """`SHA-256  name` of every file, by name: what `sha256sum -c MANIFEST` reads."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def hash_of(files: Mapping[str, bytes]) -> str:
    """The one figure that stands for the whole bundle: SHA-256 of its manifest."""
    return hashlib.sha256(files[MANIFEST]).hexdigest()


def packed(files: Mapping[str, bytes]) -> bytes:
    """The zip: stored, not compressed, so that no library's version changes a byte."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            made.writestr(entry, content)
    return buffer.getvalue()

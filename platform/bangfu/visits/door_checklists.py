"""Which checklist a visit is recorded by, and the ones that come with the program (DOMAIN.md 5.5)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from bangfu.catalogue.rules import in_force
from bangfu.catalogue.versions import Kind
from bangfu.shared import i18n
from bangfu.shared.civil_time import civil_date
from bangfu.visits.door_tables import VisitForm
from bangfu.visits.tables import Visit

FOLDER: Final = Path(__file__).parent / "checklists"
SINCE: Final = date(2026, 1, 1)
KIND: Final = Kind("checklists", VisitForm, "visit_form", ("zh", "en", "services", "areas", "lines"), "/checklists")
"""Versions of checklists take the same steps as those of the catalogue: drafted, submitted, published by another."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """One version. `lines` as in VisitForm; `text` words a line in the reader's language."""

    code: str
    version: int
    zh: str
    en: str
    lines: Sequence[dict[str, Any]]
    areas: Sequence[str]

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return self.en if i18n.current() == "en" else self.zh

    def codes(self) -> list[str]:
        """The codes of its lines."""
        return [line["code"] for line in self.lines]


def text_of(line: dict[str, Any], what: str = "") -> str:
    """A line, or what a photo of it may show (`what` "photo"), in the reader's language."""
    lang = "en" if i18n.current() == "en" else "zh"
    return str(line.get(f"{what}_{lang}" if what else lang) or line.get(f"{what}_zh" if what else "zh") or "")


def lines_of(row: VisitForm) -> list[dict[str, Any]]:
    """The lines of a stored version."""
    found: list[dict[str, Any]] = json.loads(row.lines) if isinstance(row.lines, str) else row.lines
    return found


async def for_service(service: str, on: date) -> Checklist | None:
    """The checklist of a service on a day: its own, else the one for every service; None where all are retired."""
    by_code: dict[str, list[VisitForm]] = {}
    for row in await VisitForm.objects().where(VisitForm.status.is_in(["published", "retired"])):
        by_code.setdefault(row.code, []).append(row)
    current = [found for versions in by_code.values() if (found := in_force(versions, on)) is not None]
    fitting = [row for row in current if service in row.services] or [row for row in current if not row.services]
    if not fitting:
        return None
    return _checklist(min(fitting, key=lambda row: str(row.code)))


async def chosen(row: Visit, form: str, version: str) -> Checklist | None:
    """The checklist that a form was shown with, if it is one of the visit's; else the one that counts: a draft that
    waited keeps its version, and nobody swaps a longer checklist for a shorter one."""
    current = await for_service(row.service, civil_date(row.planned_start))
    if current is None or form != current.code or not version.isdecimal() or len(version) > 6:
        return current
    return await of_record(form, int(version)) or current


async def of_record(form: str, version: int | None) -> Checklist | None:
    """The version that a record was made by, whatever counts now."""
    row = await VisitForm.objects().get((VisitForm.code == form) & (VisitForm.version == version))
    return _checklist(row) if row is not None else None


def _checklist(row: VisitForm) -> Checklist:
    return Checklist(row.code, row.version, row.zh, row.en, lines_of(row), list(row.areas))


async def level_of(row: Visit) -> str:
    """The self-care level that decides which lines are mandatory: the person's, else the household's."""
    rows = await Visit.raw(
        "SELECT coalesce(nullif(p.selfcare_level, ''), h.selfcare_level, '') AS level FROM need n"
        " JOIN household h ON h.id = n.household LEFT JOIN LATERAL (SELECT x.selfcare_level FROM person x"
        " WHERE x.household = h.id AND x.left_on IS NULL AND (x.id = n.person OR (n.person IS NULL AND x.is_head))"
        " LIMIT 1) p ON true WHERE n.id = {}",
        row.need,
    )
    return str(rows[0]["level"]) if rows else ""


def shipped() -> list[dict[str, Any]]:
    """The checklists that come with the program."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.json"))]


async def load_defaults() -> None:
    """Add the shipped checklists whose codes are not there, published; what the bureau made of them stays."""
    for form in shipped():
        await VisitForm.raw(
            "INSERT INTO visit_form (id, code, version, zh, en, services, areas, lines, status, valid_from, note,"
            " made_at, row_version) SELECT {}, {}, 1, {}, {}, {}::varchar[], {}::varchar[], {}, 'published', {}, '',"
            " now(), 1 WHERE NOT EXISTS (SELECT 1 FROM visit_form WHERE code = {})",
            uuid4(), form["code"], form["zh"], form["en"], form["services"], form["areas"],
            json.dumps(form["lines"], ensure_ascii=False), SINCE, form["code"],
        )  # fmt: skip

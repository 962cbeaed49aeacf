"""Reading the form of a checklist: its lines one by one, numbered fields, empty ones left out."""

import json
import re
from typing import Any, Final

from bangfu.errors import N_
from bangfu.needs.tables import Service
from bangfu.shared.web.forms import Form
from bangfu.visits import door_rules
from bangfu.visits.door_tables import VisitForm

EMPTY_LINES: Final = 3
"""Empty lines below those that are there."""
MOST_LINES: Final = 30
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")


def read_lines(form: Form) -> list[dict[str, Any]]:
    """The lines that hold anything, in the order of their place; a line with `drop` ticked is left out."""
    found: list[tuple[int, int, dict[str, Any]]] = []
    for number in range(MOST_LINES + EMPTY_LINES):
        line = _line(form, number)
        if line is not None:
            place = form.whole(f"place-{number}", least=1, most=99, required=False) or number + 1
            found.append((place, number, line))
    return [line for _, _, line in sorted(found, key=lambda each: each[:2])]


def _line(form: Form, number: int) -> dict[str, Any] | None:
    zh, en = form.text(f"zh-{number}", required=False), form.text(f"en-{number}", required=False, most=300)
    if (not zh and not en) or form.yes(f"drop-{number}"):
        return None
    code = form.text(f"code-{number}", required=False, most=20) or f"line_{number + 1}"
    if not _CODE.fullmatch(code):
        form.fault(f"code-{number}", N_("Use small letters, digits and underscores; begin with a letter."))
    for lang, text in (("zh", zh), ("en", en)):
        if not text:
            form.fault(f"{lang}-{number}", N_("Please fill this in, in both languages."))
    photo_zh = form.text(f"photo_zh-{number}", required=False, most=60)
    return {
        "code": code, "zh": zh, "en": en, "must": form.choice(f"must-{number}", door_rules.MUST), "photo":
        bool(photo_zh), "photo_zh": photo_zh, "photo_en": form.text(f"photo_en-{number}", required=False, most=100),
    }  # fmt: skip


async def read_version(form: Form, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The columns of a version.

    Raises:
        FormError: with every fault, by field.
    """
    services, areas = form.many("services"), form.many("areas")
    known = {service.code for service in await Service.objects()}
    if not set(services) <= known:
        form.fault("services", N_("Please choose one of the list."))
    if not set(areas) <= set(door_rules.AREAS):
        form.fault("areas", N_("Please choose one of the list."))
    codes = [line["code"] for line in lines]
    if not lines:
        form.fault("lines", N_("A checklist has at least one line."))
    elif len(lines) > MOST_LINES:
        form.fault("lines", N_("A checklist has at most {most} lines."), most=MOST_LINES)
    elif len(set(codes)) < len(codes):
        form.fault("lines", N_("Every line has a code of its own."))
    values = {
        "zh": form.text("zh", most=60), "en": form.text("en", most=100), "services": services,
        "areas": [area for area in door_rules.AREAS if area in areas],
        "lines": json.dumps(lines, ensure_ascii=False), "note": form.text("note", most=300),
    }  # fmt: skip
    form.check()
    return values


def present(row: VisitForm) -> dict[str, str]:
    """A stored version as its form shows it, without the lines."""
    return {
        "code": row.code, "zh": row.zh, "en": row.en, "note": row.note if row.status == "draft" else "",
        "services": json.dumps(list(row.services)), "areas": json.dumps(list(row.areas)),
    }  # fmt: skip

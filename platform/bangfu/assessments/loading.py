"""The forms that are shipped with the program, put into the table where they are missing."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from bangfu.assessments.tables import AssessmentForm

FOLDER = Path(__file__).parent / "forms"
FIRST = "six_indicators"
"""The form that a page offers first."""


def shipped_forms() -> list[dict[str, Any]]:
    """Every shipped form document, in the order of their codes."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.json"))]


async def load_forms() -> None:
    """Add the shipped versions that the table does not have yet, as published; what is there stays as it is."""
    for document in shipped_forms():
        await AssessmentForm.raw(
            "INSERT INTO assessment_form (id, code, version, status, document, valid_from, created_at, published_at)"
            " VALUES ({}, {}, {}, 'published', {}, '2026-01-01', now(), now()) ON CONFLICT (code, version) DO NOTHING",
            uuid4(), document["code"], document["version"], json.dumps(document, ensure_ascii=False),
        )  # fmt: skip

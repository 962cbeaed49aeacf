"""What is sealed in an assessment: answers, arithmetic, the informant and reasons in words."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bangfu.assessments.results import Result, thaw
from bangfu.households.sealing import seal, unseal

TABLE = "assessment"


def sealed_answers(assessment: UUID, answers: Mapping[str, str]) -> str:
    """Ciphertext of the answers; none stay empty."""
    return seal(TABLE, "answers_enc", assessment, json.dumps(dict(answers), ensure_ascii=False) if answers else "")


def sealed_result(assessment: UUID, result: Result) -> str:
    """Ciphertext of the arithmetic as it stands when it is signed."""
    return seal(TABLE, "arithmetic_enc", assessment, json.dumps(result.to_document(), ensure_ascii=False))


def sealed_text(assessment: UUID, column: str, text: str) -> str:
    """Ciphertext of one of the other `*_enc` columns."""
    return seal(TABLE, column, assessment, text)


def answers_of(row: Mapping[str, Any]) -> dict[str, str]:
    """The answers of an `assessment` row as the database gave it."""
    text = unseal(TABLE, row, "answers_enc")
    found: dict[str, str] = json.loads(text) if text else {}
    return found


def result_of(row: Mapping[str, Any]) -> Result | None:
    """The frozen arithmetic of an `assessment` row; None before the first signature."""
    text = unseal(TABLE, row, "arithmetic_enc")
    return thaw(json.loads(text)) if text else None


def text_of(row: Mapping[str, Any], column: str) -> str:
    """The words behind one of the other `*_enc` columns."""
    return unseal(TABLE, row, column)

"""What is signed: the content of an agreement as one document, frozen and sealed when the paper is handed out.

Its SHA-256 is what every signature is given to; a changed word is another document (DOMAIN.md 4.1, F:ES art. 13).
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from bangfu.households.sealing import seal, unseal
from bangfu.shared.audit import canonical

TABLE: Final = "care_agreement"
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without the characters that are mistaken for others on paper."""


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of a document, hexadecimal."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def check_code() -> str:
    """A code of twelve characters in three groups, by which a paper is checked; it says nothing of the person."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join((drawn[:4], drawn[4:8], drawn[8:]))


def sealed_json(row: UUID, column: str, value: Mapping[str, Any]) -> str:
    """A sealed JSON object; empty for one without any content."""
    return seal(TABLE, column, row, canonical(value)) if any(value.values()) else ""


def opened_json(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    """The JSON object of a sealed column; {} for none.

    Raises:
        ValueError: if the text is damaged or was moved from another row.
    """
    text = unseal(TABLE, row, column)
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def opened_text(row: Mapping[str, Any], column: str) -> str:
    """The words of a sealed column.

    Raises:
        ValueError: as `opened_json`.
    """
    return unseal(TABLE, row, column)

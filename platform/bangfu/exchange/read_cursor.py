"""Cursors: where a list or the line of changes is read on. Opaque to the other side, worthless to forge. Pure."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import Final

MOST: Final = 500
"""Objects of one answer at most [D]."""
USUAL: Final = 100
"""Objects of one answer where no limit is given [D]."""
KEEP_DAYS: Final = 400
"""How long a change keeps its place in the line [D]; longer than a year's settlement and its appeals."""
CURSOR: Final = re.compile(r"[A-Za-z0-9_-]{4,200}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CODE: Final = re.compile(r"[0-9]{12}")


def list_cursor(resource: str, key: str) -> str:
    """After which object of a list to read on."""
    return _packed(["l", resource, key])


def read_list_cursor(resource: str, text: str, *, uuid: bool = True) -> str | None:
    """The key of a list's cursor; None for anything else."""
    match _unpacked(text):
        case ["l", str(name), str(key)] if name == resource and (_UUID if uuid else _CODE).fullmatch(key):
            return key
    return None


def line_cursor(place: int, at: datetime) -> str:
    """After which place of the line to read on, and when that was told."""
    return _packed(["c", place, int(at.timestamp())])


def read_line_cursor(text: str) -> tuple[int, datetime] | None:
    """The place and the moment of a cursor of the line; None for anything else."""
    match _unpacked(text):
        case ["c", int(place), int(stamp)] if 0 <= place < 2**62 and 0 <= stamp < 2**33:
            return place, datetime.fromtimestamp(stamp, UTC)
    return None


def _packed(parts: list[object]) -> str:
    text = json.dumps(parts, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpacked(text: str) -> list[object] | None:
    if not CURSOR.fullmatch(text):
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None

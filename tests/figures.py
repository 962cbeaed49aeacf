"""Figures of the harnesses in documents: each writes its own part, between two marks, with the day and the machine."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def machine() -> str:
    """When and on what it was measured, for the reader who compares."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores, {memory:.0f} GB, {platform.machine()},"
        f" Python {platform.python_version()}."
    )


def write(document: str, part: str, text: str) -> None:
    """Put the text into `docs/DOCUMENT` between `<!-- PART -->` and `<!-- /PART -->`.

    Raises:
        ValueError: if the document has no such part.
    """
    path = ROOT / "docs" / document
    before = path.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {part} -->\n).*?(<!-- /{part} -->)", re.DOTALL)
    after, count = pattern.subn(lambda found: f"{found[1]}{text.strip()}\n{found[2]}", before)
    if count != 1:
        raise ValueError(f"{path} has no part {part}")
    path.write_text(after, encoding="utf-8")

"""Every message id in the code and the templates; run it to list what has no Chinese yet:

python -m tests.house.extraction
"""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract

from bangfu.paths import PACKAGE, TEMPLATES
from bangfu.shared.i18n import catalogue

KEYWORDS = {"_": None, "N_": None, "Say": None, "gettext": None, "ngettext": (1, 2)}


@cache
def used() -> dict[str | tuple[str, ...], str]:
    """Message id -> the file where it stands."""
    found: dict[str | tuple[str, ...], str] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        for message in _messages(file, "python", {}):
            found.setdefault(message, str(file.relative_to(PACKAGE)))
    options = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "trim_blocks": "true"}
    for file in sorted(TEMPLATES.rglob("*.html")):
        for message in _messages(file, "jinja2.ext:babel_extract", options):
            found.setdefault(message, f"templates/{file.relative_to(TEMPLATES)}")
    return found


def _messages(file: Path, method: str, options: dict[str, str]) -> Iterator[str | tuple[str, ...]]:
    options = {**options, "encoding": "utf-8"}
    for _, message, _, _ in extract(method, io.BytesIO(file.read_bytes()), KEYWORDS, (), options):
        if message:
            yield message


def missing() -> dict[str, list[str]]:
    """File -> its message ids without a Chinese text."""
    every = list(catalogue())
    known = {message.id for message in every if message.id}
    known |= {message.id[0] for message in every if isinstance(message.id, tuple)}
    out: dict[str, list[str]] = {}
    for message, file in used().items():
        single = message[0] if isinstance(message, tuple) else message
        if message not in known and single not in known:
            out.setdefault(file, []).append(single)
    return out


if __name__ == "__main__":
    for place, messages in missing().items():
        print(f"# {place}")
        for text in messages:
            print(f'msgid "{text}"\nmsgstr ""\n')

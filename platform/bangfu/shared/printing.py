"""Papers as PDF: typst templates below templates/, filled with data, set in the font kept beside this module.

The data come to the template as JSON (`#let data = json(bytes(sys.inputs.data))`), so nothing that somebody typed is
ever read as markup. The same data give the same paper on every machine.
"""

import asyncio
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import segno
import typst

from bangfu.paths import TEMPLATES

FONTS: Final = Path(__file__).with_name("fonts")
_KEPT: Final = ((0x20, 0x24F), (0x2000, 0x26FF), (0x3000, 0x303F), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))
"""The blocks of the kept font (fonts/README.md)."""


async def pdf(template: str, data: Mapping[str, object]) -> bytes:
    """The paper of a template (`agreements/agreement.typ`) with its data; about 0.2 s of another thread.

    Raises:
        RuntimeError: for a template that does not fit its data: a fault of the program.
    """
    text = json.dumps(data, ensure_ascii=False, default=str)
    return await asyncio.to_thread(_compile, template, text)


def _compile(template: str, text: str) -> bytes:
    made = typst.compile(
        TEMPLATES / template, root=TEMPLATES, font_paths=[FONTS], ignore_system_fonts=not rare(text),
        format="pdf", sys_inputs={"data": text},
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single document")
    return made


def rare(text: str) -> str:
    """The characters that the kept font lacks; papers that have some take them from the machine's own fonts."""
    return "".join(
        sorted({each for each in text if ord(each) > 0x20 and not any(a <= ord(each) <= b for a, b in _KEPT)})
    )


def qr_svg(text: str) -> str:
    """A QR code as SVG; error correction M, so that a creased paper still reads."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, svgns=True)
    return out.getvalue().decode()

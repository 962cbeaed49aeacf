"""Files from outside: judged by their content, kept without their tricks, given back so that no browser runs them."""

import io
import struct
import zipfile
import zlib

import pytest
import xlsxwriter
from PIL import Image

from bangfu.errors import FormError
from bangfu.shared.faults import Fault
from bangfu.shared.files import LARGEST, look_at
from bangfu.shared.tabular import LIMITS, read_table
from bangfu.shared.web.files import file_answer


def png(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def picture(kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"MZ\x90\x00" + b"\0" * 100), ("scan.pdf", b"<html><script>alert(1)</script></html>"),
        ("scan.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("photo.jpg", b"GIF89a" + b"\0" * 50),
        ("photo.png", png(60000, 60000)), ("photo.png", png(8000, 8000)), ("photo.jpg", picture()[:80]),
        ("scan.pdf", b""),
        ("scan.pdf", b"%PDF-1.4" + b"0" * LARGEST),
    ],
)  # fmt: skip
async def test_what_is_no_picture_or_paper_is_refused_whatever_it_calls_itself(name: str, content: bytes) -> None:
    with pytest.raises(FormError):
        await look_at(name, content)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.png", "..\\..\\boot.png", "/etc/cron.d/x.png", "a\x00b.png", "CON.png", 'x".png', "a\r\nb.png"],
)
async def test_a_name_is_no_path_and_no_header(name: str) -> None:
    kept = await look_at(name, picture("PNG"))
    assert not set(kept.name) & set('/\\\0\r\n"') and ".." not in kept.name
    answer = file_answer(kept)
    assert "\n" not in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_a_picture_keeps_nothing_that_was_hidden_in_it() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = "hidden words", {1: "N", 2: (31.0, 46.0, 48.0)}
    kept = await look_at("photo.jpg", picture("JPEG", exif=exif) + b"<script>alert(1)</script>")
    assert b"hidden words" not in kept.content and b"<script>" not in kept.content
    assert not Image.open(io.BytesIO(kept.content)).getexif()


def _workbook(sheet: bytes) -> bytes:
    """A workbook of Excel whose one sheet says something else."""
    whole, out = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        book.add_worksheet("people").write(0, 0, "name")
    with zipfile.ZipFile(whole) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in made.namelist():
            archive.writestr(entry, sheet if entry.endswith("sheet1.xml") else made.read(entry))
    return out.getvalue()


def test_a_list_that_unpacks_to_more_than_a_computer_holds_is_refused_unread() -> None:
    bomb = _workbook(b"<row/>" * (LIMITS.unpacked_bytes // 6 + 2))
    assert len(bomb) < 2 * 1024 * 1024
    with pytest.raises(Fault) as caught:
        read_table(bomb, "people.xlsx")
    assert caught.value.code == "file_bomb"

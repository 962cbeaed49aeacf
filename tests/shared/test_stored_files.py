"""Scans are looked at, kept encrypted, and read only through the row that owns them."""

import asyncio
import io
from uuid import uuid4

import pytest
from PIL import Image

from bangfu.errors import FormError, NotYours
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.shared.files import LONGEST_SIDE, Looked, files_of, keep, look_at, opened
from bangfu.shared.tables import StoredFile
from tests.support import World

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def picture(width: int, height: int, kind: str = "JPEG", device: str = "") -> bytes:
    out, shown = io.BytesIO(), Image.new("RGB", (width, height), "white")
    notes = Image.Exif()
    if device:
        notes[0x0110] = device
    shown.save(out, kind, exif=notes)
    return out.getvalue()


async def test_a_picture_is_encoded_anew_without_what_the_camera_wrote_and_small_enough() -> None:
    looked = await look_at("..\\..\\门口<1>.jpg", picture(4000, 1000, device="secret camera 7"))
    assert (looked.name, looked.media_type) == ("门口1.jpg", "image/jpeg")
    assert b"secret camera" not in looked.content
    with Image.open(io.BytesIO(looked.content)) as again:
        assert again.size == (LONGEST_SIDE, LONGEST_SIDE // 4)
        assert not dict(again.getexif())


async def test_the_content_and_not_the_name_says_what_a_file_is() -> None:
    assert (await look_at("scan.jpg", PDF)).name == "scan.pdf"
    png = await look_at("photo.pdf", picture(10, 10, "PNG"))
    assert (png.name, png.media_type) == ("photo.png", "image/png")


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>alert(1)</script>", b"GIF89a" + bytes(40), picture(20, 20)[:60], b"%PDF-" + bytes(10485760)],
    ids=["empty", "a page", "another kind of picture", "cut off", "too large"],
)
async def test_what_cannot_be_kept_is_refused_with_the_field(content: bytes) -> None:
    with pytest.raises(FormError) as refused:
        await look_at("a.pdf", content, "certificate")
    assert list(refused.value.fields) == ["certificate"]


async def test_a_file_is_encrypted_at_rest_and_opened_through_its_own_row_only(world: World) -> None:
    owner, other, at = uuid4(), uuid4(), now()
    looked = Looked("张明的证书.pdf", "application/pdf", PDF)
    async with transaction():
        file = await keep(world["officer"], "qualification", owner, "certificate", looked, at)
    row = (await StoredFile.select().where(StoredFile.id == file))[0]
    assert b"%PDF" not in row["content"]
    assert "张明" not in str({**row, "content": ""})
    assert await opened(file, "qualification", owner) == looked
    listed = (await files_of("qualification", [owner, other]))[owner]
    assert [(each.name, each.size, each.uploaded_by) for each in listed] == [
        ("张明的证书.pdf", len(PDF), world["officer"].me)
    ]
    for kind, subject in (("qualification", other), ("contract", owner)):
        with pytest.raises(NotYours):
            await opened(file, kind, subject)


async def test_the_same_scan_sent_twice_for_a_row_is_kept_once(world: World) -> None:
    owner, at, looked = uuid4(), now(), Looked("a.pdf", "application/pdf", PDF)

    async def send(kind: str = "certificate") -> object:
        async with transaction():
            return await keep(world["officer"], "qualification", owner, kind, looked, at)

    first = await send()
    assert await send() == first
    assert await send("consent") != first
    assert len((await files_of("qualification", [owner]))[owner]) == 2
    assert await asyncio.gather(send(), send()) == [first, first]

"""Scans and pictures: looked at before they are kept, encrypted at rest, read only through the row that owns them.

Each file has a key of its own; that key is sealed like any other field, so that renewing the deployment's keys does
not touch the content. A file is kept in the transaction of the row it belongs to: none is ever without an owner.
"""

import asyncio
import hashlib
import io
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from PIL import Image, ImageOps, UnidentifiedImageError

from bangfu.errors import N_, FormError, NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.tables import StoredFile

# Pillow's own log at DEBUG level spells out a picture's metadata: place, time, device.
logging.getLogger("PIL").setLevel(logging.INFO)

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of one file."""
MOST_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 3000
"""Pixels; a larger picture is made smaller: an A4 page stays readable (about 250 dots per inch)."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that may be kept: its type is what the content says, not what the name says."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FileRow:
    """A kept file without its content."""

    id: UUID
    kind: str
    name: str
    media_type: str
    size: int
    sha256: str
    uploaded_by: UUID | None
    created_at: datetime


async def look_at(name: str, content: bytes, field: str = "file") -> Looked:
    """Check a PDF, JPEG or PNG; pictures are encoded anew, so that nothing hidden (place, device) comes along.

    Raises:
        FormError: naming `field`, if the file is empty, too large, damaged or of another kind.
    """
    if not content:
        raise FormError({field: (N_("The file is empty. Please choose it again."), {})})
    if len(content) > LARGEST:
        raise FormError({field: (N_("The file is larger than 10 MB. Please scan it in a lower quality."), {})})
    if content.startswith(b"%PDF-"):
        return Looked(_name(name, "pdf"), "application/pdf", content)
    try:
        return await asyncio.to_thread(_encoded_anew, name, content)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        pass
    raise FormError({field: (N_("This is not a PDF, JPEG or PNG file, or it is damaged. Please choose another."), {})})


def _encoded_anew(name: str, content: bytes) -> Looked:
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        kind = "PNG" if opened.format == "PNG" else "JPEG"
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    picture.save(out, kind, optimize=True) if kind == "PNG" else picture.save(out, kind, quality=85)
    return Looked(_name(name, kind.lower().replace("jpeg", "jpg")), f"image/{kind.lower()}", out.getvalue())


def _name(name: str, extension: str) -> str:
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    shown = "".join(each for each in stem if each.isprintable() and each not in '<>:"|?*').strip()[:120]
    return f"{shown or 'file'}.{extension}"


async def keep(actor: Actor, subject_type: str, subject: UUID, kind: str, looked: Looked, at: datetime) -> UUID:
    """Keep a file for a row, in that row's transaction. The same content for the same row and kind is kept once.

    Returns:
        The file's id.
    """
    digest = hashlib.sha256(looked.content).hexdigest()
    known = await StoredFile.raw(
        "SELECT id FROM stored_file WHERE subject_type = {} AND subject = {} AND kind = {} AND sha256 = {}",
        subject_type, subject, kind, digest,
    )  # fmt: skip
    if known:
        found: UUID = known[0]["id"]
        return found
    key, file, nonce = AESGCM.generate_key(256), uuid4(), secrets.token_bytes(12)
    sealed = await asyncio.to_thread(AESGCM(key).encrypt, nonce, looked.content, file.bytes)
    await StoredFile(
        id=file, subject_type=subject_type, subject=subject, kind=kind, media_type=looked.media_type,
        name_enc=encrypt(looked.name, f"stored_file:name_enc:{file}"), size=len(looked.content), sha256=digest,
        key_enc=encrypt(key.hex(), f"stored_file:key_enc:{file}"), content=nonce + sealed, uploaded_by=actor.user,
        created_at=at,
    ).save()  # fmt: skip
    return file


async def files_of(subject_type: str, subjects: Sequence[UUID], kind: str | None = None) -> dict[UUID, list[FileRow]]:
    """The files of rows, the oldest first; the caller has checked that these rows are the reader's."""
    found: dict[UUID, list[FileRow]] = {subject: [] for subject in subjects}
    rows = await StoredFile.raw(
        "SELECT id, subject, kind, name_enc, media_type, size, sha256, uploaded_by, created_at FROM stored_file"
        " WHERE subject_type = {} AND subject = ANY({}) AND ({}::varchar IS NULL OR kind = {}::varchar)"
        " AND key_enc <> '' ORDER BY created_at, id",
        subject_type, list(subjects), kind, kind,
    )  # fmt: skip
    for row in rows:
        name = decrypt(row["name_enc"], f"stored_file:name_enc:{row['id']}")
        plain = {field: row[field] for field in FileRow.__slots__ if field != "name"}
        found[row["subject"]].append(FileRow(name=name, **plain))
    return found


async def opened(file: UUID, subject_type: str, subject: UUID) -> Looked:
    """A file with its content, through the row that owns it; that row was fetched with its own access check.

    Raises:
        NotYours: if there is no such file, it belongs to another row, or its time is over and its content gone.
    """
    rows = await StoredFile.raw(
        "SELECT id, name_enc, media_type, key_enc, content FROM stored_file"
        " WHERE id = {} AND subject_type = {} AND subject = {}",
        file, subject_type, subject,
    )  # fmt: skip
    if not rows or not rows[0]["key_enc"]:
        raise NotYours
    row = rows[0]
    key = bytes.fromhex(decrypt(row["key_enc"], f"stored_file:key_enc:{file}"))
    content = await asyncio.to_thread(AESGCM(key).decrypt, row["content"][:12], row["content"][12:], file.bytes)
    return Looked(decrypt(row["name_enc"], f"stored_file:name_enc:{file}"), row["media_type"], content)


async def forget(file: UUID) -> None:
    """Delete a file for good; the caller writes the audit event."""
    await StoredFile.delete().where(StoredFile.id == file)

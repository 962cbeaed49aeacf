"""Photos of a visit: encoded anew, without metadata; a hash of the original and a likeness to find repeats
(DOMAIN.md 5.1, 5.2)."""

import asyncio
import hashlib
import io
from datetime import datetime
from typing import Final

from PIL import Image, UnidentifiedImageError

from bangfu.errors import N_, FormError
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.crypto import blind_index
from bangfu.shared.files import Looked, look_at
from bangfu.visits.door_data import NewPhoto

HEIC: Final = N_(
    "This photo is in the HEIC format of some phones, which cannot be kept. Choose JPEG in the camera's settings"
    " (“most compatible”), or take a screenshot of it."
)
NO_PICTURE: Final = N_("This is no picture. Please choose a JPEG or PNG.")
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1"})
_EXIF, _TAKEN = 0x8769, 0x9003
_SIDE: Final = 8
_EARLIEST: Final = 2000


async def picture(name: str, content: bytes, field: str) -> Looked:
    """A JPEG or PNG, encoded anew.

    Raises:
        FormError: naming the field, for anything else; HEIC is named with what to do.
    """
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise FormError({field: (HEIC, {})})
    if content.startswith(b"%PDF-"):
        raise FormError({field: (NO_PICTURE, {})})
    return await look_at(name, content, field)


async def read_photo(content: bytes, item: str, field: str) -> NewPhoto:
    """A photo for a line of the checklist. Raises as `picture`; the camera's name for it is not kept."""
    looked = await picture("photo", content, field)
    likeness, taken = await asyncio.to_thread(_seen, looked.content, content)
    return NewPhoto(looked, item, original_mark(content), likeness, taken)


def original_mark(content: bytes) -> str:
    """The keyed hash of a picture's bytes as they came."""
    return blind_index(hashlib.sha256(content).hexdigest(), "photo")


def _seen(encoded: bytes, original: bytes) -> tuple[int, datetime | None]:
    with Image.open(io.BytesIO(encoded)) as picture_again:
        likeness = difference_hash(picture_again)
    return likeness, _taken_at(original)


def difference_hash(image: Image.Image) -> int:
    """64 bits, one for each pair of neighbours in 9 x 8 grey points, as a signed number: alike pictures differ in few
    bits."""
    small = image.convert("L").resize((_SIDE + 1, _SIDE), Image.Resampling.LANCZOS)
    grey = small.tobytes()
    bits = 0
    for row in range(_SIDE):
        for column in range(_SIDE):
            at = row * (_SIDE + 1) + column
            bits = bits << 1 | (grey[at] > grey[at + 1])
    return bits - (1 << 64) if bits >= 1 << 63 else bits


def likeness_distance(first: int, second: int) -> int:
    """In how many of the 64 bits two pictures differ."""
    return ((first ^ second) & ((1 << 64) - 1)).bit_count()


def _taken_at(original: bytes) -> datetime | None:
    """When the camera says it was taken, as civil time; nothing else of its metadata is read."""
    try:
        with Image.open(io.BytesIO(original), formats=("JPEG", "PNG")) as opened:
            text = str(opened.getexif().get_ifd(_EXIF).get(_TAKEN, ""))
        taken = datetime.strptime(text.strip("\x00 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except (ValueError, OSError, SyntaxError, UnidentifiedImageError):
        return None
    return taken if taken.year >= _EARLIEST else None

"""What is posted at the door, for tests: by the field names of door_forms.py."""

import io
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from bangfu.households.tables import Consent
from bangfu.visits.door_rules import AREAS
from tests.support import HOME

CHECK_LINES = ("met", "health", "food", "warmth", "fire_gas", "family", "needs", "mood")
"""The lines of VC-8."""
NEAR = {"method": "gps", "lat": f"{HOME[0]:.4f}", "lon": f"{HOME[1]:.4f}", "accuracy": "12"}
FAR = {**NEAR, "lat": f"{HOME[0] + 0.02:.4f}"}
EXPLAINED = {"method": "explained", "reason": "no_signal"}


def fresh() -> UUID:
    """The key of a form that was just shown."""
    return uuid4()


def arriving(key: UUID | None = None, **more: Any) -> dict[str, Any]:
    """The form of checking in, near the home."""
    return {"key": str(key or uuid4()), **NEAR, "other_day": "yes", **more}


def finishing(key: UUID | None = None, **more: Any) -> dict[str, Any]:
    """The whole form of a check visit where all is well; the household confirms by word of mouth."""
    return {
        "key": str(key or uuid4()), **NEAR, "form": "VC-8", "form_version": "1",
        **{f"line-{code}": "yes" for code in CHECK_LINES}, **{f"finding-{area}": "ok" for area in AREAS},
        "confirmation": "voice", "confirm_name": "欧阳秀英", **more,
    }  # fmt: skip


def photo(
    colour: tuple[int, int, int] = (200, 120, 40), size: tuple[int, int] = (320, 240), *, place: bool = True
) -> bytes:
    """A JPEG with a gradient, and with a device and a place in its metadata."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image = Image.blend(image, Image.new("RGB", size, colour), 0.4)
    exif = Image.Exif()
    exif[0x010F] = "Spionagekamera"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 09:30:00"
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 46.0, 48.0), 3: "E", 4: (119.0, 57.0, 0.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def allow(household: UUID, *purposes: str) -> None:
    """The household consents to more than the service: photo, location."""
    await Consent(id=uuid4(), household=household, ground="consent", purposes=list(purposes)).save()

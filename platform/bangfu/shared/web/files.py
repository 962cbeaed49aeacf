"""Files in forms and as answers."""

import re
from typing import Any
from urllib.parse import quote

from litestar import Response

from bangfu.shared.files import Looked, look_at


async def posted_scan(posted: Any, field: str = "file") -> Looked | None:
    """The PDF or picture that a multipart form brought; None where nobody chose one.

    Raises:
        FormError: naming the field, for a file that cannot be kept.
    """
    upload = posted.get(field)
    if upload is None or not hasattr(upload, "read") or not upload.filename:
        return None
    return await look_at(upload.filename, await upload.read(), field)


def file_answer(looked: Looked, name: str = "") -> Response[bytes]:
    """A download; the browser never shows it inside the portal. `name` replaces a name that may name somebody."""
    extension = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[looked.media_type]
    return download(looked.content, f"{name}.{extension}" if name else looked.name, looked.media_type)


def download(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """Any content as a file to save, kept by no cache."""
    extension = re.sub(r"[^A-Za-z0-9]", "", name.rsplit(".", 1)[-1])[:5] or "bin"
    headers = {
        "Content-Disposition": f"attachment; filename=\"file.{extension}\"; filename*=UTF-8''{quote(name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)

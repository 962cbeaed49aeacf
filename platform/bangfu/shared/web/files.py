"""Files in forms and as answers."""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import IO, Any
from urllib.parse import quote

from litestar import Response
from litestar.response import Stream

from bangfu.errors import NotYours
from bangfu.shared.files import Looked, look_at
from bangfu.shared.tabular.long_lists import Rows, chunks, stream_csv, write_xlsx_list

LIST_TYPES = {
    "csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


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


async def stream_list(titles: Sequence[str], parts: Rows, name: str, kind: str) -> Stream:
    """A list of any length as a file to save, never whole in memory: kind `xlsx` or `csv`.

    Raises:
        NotYours: for another kind.
        Refused: for more rows than a sheet of Excel holds.
    """
    if kind not in LIST_TYPES:
        raise NotYours
    headers = _headers(f"{name}.{kind}")
    if kind == "xlsx":
        file = await write_xlsx_list(titles, parts, name)
        return Stream(
            chunks(file), media_type=LIST_TYPES[kind], headers={**headers, "Content-Length": str(file.seek(0, 2))}
        )
    pieces = stream_csv(titles, parts)
    first = await anext(pieces)  # what fails at once is answered with a page
    return Stream(_with(first, pieces), media_type=LIST_TYPES[kind], headers=headers)


def stream_file(file: IO[bytes], name: str, media_type: str) -> Stream:
    """A file to save, sent piece by piece and then closed."""
    size = file.seek(0, 2)
    return Stream(chunks(file), media_type=media_type, headers={**_headers(name), "Content-Length": str(size)})


async def _with(first: bytes, others: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(others):
        yield first
        async for piece in others:
            yield piece


def download(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """Any content as a file to save, kept by no cache."""
    return Response(content, media_type=media_type, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    extension = re.sub(r"[^A-Za-z0-9]", "", name.rsplit(".", 1)[-1])[:5] or "bin"
    return {
        "Content-Disposition": f"attachment; filename=\"file.{extension}\"; filename*=UTF-8''{quote(name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
    }

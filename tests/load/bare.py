"""The peer: a bare Litestar page that runs the statements which a page of the portal runs, and answers as many bytes.

`python -m tests.load.bare RECORDING PORT`; DATABASE_URL names the database.
"""

import os
import pickle
import sys
from pathlib import Path
from typing import Any

import asyncpg
import uvicorn
from litestar import Litestar, MediaType, Request, Response, get

Recording = dict[str, tuple[list[tuple[str, tuple[Any, ...]]], int]]
"""Page -> its statements with their values, and how many bytes it has."""


def app(recording: Recording, dsn: str) -> Litestar:
    """The application."""
    pages = {page: (statements, "x" * size) for page, (statements, size) in recording.items()}

    async def begin(it: Litestar) -> None:
        it.state.pool = await asyncpg.create_pool(dsn, min_size=1, max_size=10)

    @get("/{page:path}", media_type=MediaType.HTML)
    async def show(request: Request[Any, Any, Any], page: str) -> Response[str]:
        statements, body = pages[request.url.path + (f"?{request.url.query}" if request.url.query else "")]
        for text, values in statements:
            async with request.app.state.pool.acquire() as connection:
                await connection.fetch(text, *values)
        return Response(body)

    return Litestar([show], on_startup=[begin])


if __name__ == "__main__":
    # Our own recording, of the same minute.
    recorded: Recording = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301
    uvicorn.run(
        app(recorded, os.environ["DATABASE_URL"]), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning",
        access_log=False,
    )  # fmt: skip

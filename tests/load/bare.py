"""The peer: a bare Litestar page that runs the statements which a page of the portal runs, puts what they found into
one plain Jinja template, and answers as many bytes: no session, no rights, no texts, no frame.

`python -m tests.load.bare RECORDING PORT`; DATABASE_URL names the database.
"""

import os
import pickle
import sys
from pathlib import Path
from typing import Any, Final

import asyncpg
import uvicorn
from jinja2 import Environment
from litestar import Litestar, MediaType, Request, Response, get

TEMPLATE: Final = """<!doctype html><html><body>{% for rows in found %}<table>{% for row in rows %}<tr>
{%- for name, value in row.items() %}<td title="{{ name }}">{{ value }}</td>{% endfor %}</tr>{% endfor %}</table>
{%- endfor %}</body></html>"""
SHOWN: Final = 25
"""Rows of each answer that stand on the page, as on a page of the portal."""
Recording = dict[str, tuple[list[tuple[str, tuple[Any, ...]]], int]]
"""Page -> its statements with their values, and how many bytes it has."""


def app(recording: Recording, dsn: str) -> Litestar:
    """The application."""
    template = Environment(autoescape=True).from_string(TEMPLATE)

    async def begin(it: Litestar) -> None:
        it.state.pool = await asyncpg.create_pool(dsn, min_size=1, max_size=10)

    @get(["/", "/{page:path}"], media_type=MediaType.HTML)
    async def show(request: Request[Any, Any, Any]) -> Response[str]:
        statements, size = recording[request.url.path]
        found = []
        for text, values in statements:
            async with request.app.state.pool.acquire() as connection:
                found.append((await connection.fetch(text, *values))[:SHOWN])
        body = template.render(found=found)
        return Response(body + " " * (size - len(body)))

    return Litestar([show], on_startup=[begin])


if __name__ == "__main__":
    # Our own recording, of the same minute.
    recorded: Recording = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301
    uvicorn.run(
        app(recorded, os.environ["DATABASE_URL"]), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning",
        access_log=False,
    )  # fmt: skip

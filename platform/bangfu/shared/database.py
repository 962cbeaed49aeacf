"""The one database engine: configured at start, used by every table."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString


class _Engine(PostgresEngine):
    async def check_version(self) -> None:
        """Nothing at import: the address is not known yet; `migrate` checks the version."""


DB = _Engine(config={}, extensions=())
_LONG_ANSWERS = asyncio.Semaphore(3)
SERVER_SETTINGS = {"timezone": "UTC", "application_name": "bangfu", "work_mem": "32MB"}
"""Lists of a whole county are sorted in memory."""


def configure(dsn: str) -> None:
    """Point the engine at a database; takes effect for connections opened afterwards."""
    DB.config.clear()
    DB.config.update({"dsn": dsn, "server_settings": SERVER_SETTINGS})


async def open_pool(max_size: int = 10) -> None:
    """Open the connection pool of this process and event loop."""
    if DB.pool is None:
        await DB.start_connection_pool(min_size=1, max_size=max_size)


async def close_pool() -> None:
    """Close the pool, if one is open."""
    if DB.pool is not None:
        await DB.close_connection_pool()


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """One transaction; inside another one it joins that one, so that actions compose."""
    async with DB.transaction():
        yield


@asynccontextmanager
async def one_moment() -> AsyncIterator[None]:
    """Reads inside see the database as of one moment; inside a transaction they are a part of that."""
    if in_transaction():
        yield
        return
    async with DB.transaction():
        await DB.run_querystring(QueryString("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield


async def in_parts(text: str, *values: object, size: int = 1000) -> AsyncIterator[list[dict[str, Any]]]:
    """The rows of a long answer as of one moment, some at a time; the database keeps the rest.

    It has a connection of its own, so that what the caller does between two parts stays outside. Only some are read at
    once: each keeps its connection while the caller may need another.

    Raises:
        RuntimeError: without a pool.
    """
    if DB.pool is None:
        raise RuntimeError("Long answers need the connection pool.")
    compiled, bound = QueryString(text, *values).compile_string()
    async with (
        _LONG_ANSWERS,
        DB.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        cursor = await connection.cursor(compiled, *bound)
        while found := await cursor.fetch(size):
            yield [dict(row) for row in found]


def in_transaction() -> bool:
    """Whether the caller runs inside a transaction."""
    return DB.transaction_exists()

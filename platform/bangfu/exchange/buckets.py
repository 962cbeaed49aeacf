"""A token bucket in a row: one statement takes a place or finds none, and all processes share it."""

from typing import Literal
from uuid import UUID

from bangfu.exchange import rules
from bangfu.exchange.problems import Refusal
from bangfu.exchange.tables import ApiClient

Table = Literal["api_client", "api_token"]
_LEVEL = (
    "least(per_minute, tokens + per_minute / 60.0 * greatest(0, extract(epoch FROM clock_timestamp() - refilled_at)))"
)


def taking(table: Table) -> str:
    """The statement that takes a place of a row's bucket and answers only where there was one."""
    return (
        f"UPDATE {table} SET tokens = {_LEVEL} - 1, refilled_at = clock_timestamp(), last_used_at = clock_timestamp()"  # noqa: S608 (constants)
        f" WHERE id = {{}} AND {_LEVEL} >= 1 RETURNING tokens"
    )


async def take_place(table: Table, row: UUID) -> None:
    """Take one place from a row's bucket.

    Raises:
        Refusal: where it is empty, with the seconds to wait.
    """
    if await ApiClient.raw(taking(table), row):
        return
    left = await ApiClient.raw(
        f"UPDATE {table} SET refused = refused + 1, last_used_at = clock_timestamp() WHERE id = {{}}"  # noqa: S608
        f" RETURNING per_minute, {_LEVEL} AS tokens",
        row,
    )  # fmt: skip
    raise Refusal("rate", retry_after=rules.wait_seconds(left[0]["tokens"], left[0]["per_minute"]))

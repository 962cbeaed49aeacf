"""Chains with their actors, for who oversees; only in the reader's area."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.separation.proving import Held
from bangfu.separation.tables import SeparationReport
from bangfu.shared.actor import Actor

ROWS: Final = 50
MOST: Final = 20_000
_SEEN = "(r.county LIKE {} OR ({} <> '' AND {} LIKE r.county || '%'))"
_GROUPED = (
    "SELECT d.kind, d.chain, d.actor, array_agg(DISTINCT d.duty ORDER BY d.duty) AS duties,"
    " min(u.display_name) AS name, count(*) OVER () AS total FROM duty d JOIN app_user u ON u.id = d.actor"
    " WHERE d.kind = {} AND d.division LIKE {} AND ({}::uuid IS NULL OR d.chain = {}::uuid)"
    " GROUP BY d.kind, d.chain, d.actor ORDER BY d.chain, name, d.actor LIMIT {} OFFSET {}"
)


@dataclass(frozen=True, slots=True)
class Night:
    """The proof of one county's day."""

    id: UUID
    day: date
    county: str
    place: str
    chains: dict[str, int]
    duties: dict[str, int]
    violations: list[dict[str, Any]]
    hash: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """What one person did on one chain, with the name."""

    held: Held
    name: str


async def nights(actor: Actor, limit: int = ROWS, offset: int = 0) -> tuple[list[Night], int]:
    """The proofs of the reader's area, the latest first, and how many there are."""
    rows = await SeparationReport.raw(
        "SELECT r.*, coalesce(d.name, r.county) AS place, count(*) OVER () AS total FROM separation_report r"  # noqa: S608
        f" LEFT JOIN division d ON d.code = rpad(r.county, 12, '0') WHERE {_SEEN}"
        " ORDER BY r.day DESC, r.county LIMIT {} OFFSET {}",
        *_area(actor), limit, offset,
    )  # fmt: skip
    return [_night(row) for row in rows], rows[0]["total"] if rows else 0


async def night(actor: Actor, key: UUID) -> Night:
    """One proof.

    Raises:
        NotYours: outside of the reader's area.
    """
    rows = await SeparationReport.raw(
        "SELECT r.*, coalesce(d.name, r.county) AS place FROM separation_report r"  # noqa: S608
        f" LEFT JOIN division d ON d.code = rpad(r.county, 12, '0') WHERE r.id = {{}} AND {_SEEN}",
        key, *_area(actor),
    )  # fmt: skip
    if not rows:
        raise NotYours
    return _night(rows[0])


async def chains(
    actor: Actor, kind: str, chain: UUID | None = None, limit: int = ROWS, offset: int = 0
) -> tuple[list[Shown], int]:
    """Who did what on the chains of a kind as it stands now, and how many rows there are."""
    if not actor.scope:
        return [], 0
    rows = await SeparationReport.raw(_GROUPED, kind, f"{actor.scope}%", chain, chain, limit, offset)
    found = [
        Shown(Held(row["kind"], row["chain"], row["actor"], tuple(row["duties"])), row["name"]) for row in rows
    ]  # fmt: skip
    return found, rows[0]["total"] if rows else 0


def _area(actor: Actor) -> tuple[str, str, str]:
    scope = actor.scope
    return (f"{scope[:6]}%" if scope else ""), scope, scope


def _night(row: dict[str, Any]) -> Night:
    def read(name: str) -> Any:
        return json.loads(row[name]) if isinstance(row[name], str) else row[name]

    return Night(
        row["id"], row["day"], row["county"], row["place"], read("chains"), read("duties"), read("violations"),
        row["hash"], row["made_at"],
    )  # fmt: skip

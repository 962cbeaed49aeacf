"""Ledgers that people keep for themselves or their unit: columns, order and filters of a source, under a name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotYours
from bangfu.ledgers.asking import kept_filters
from bangfu.ledgers.definitions import Definition, definition_of, may_read, may_see
from bangfu.ledgers.more_sources import SOURCES
from bangfu.ledgers.sources import Column, Source
from bangfu.ledgers.tables import OwnLedger
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction

MOST = 40
"""Own ledgers of one person."""


@dataclass(frozen=True, slots=True)
class OwnView:
    """An own ledger as the reader may see it."""

    id: UUID
    name: str
    definition: Definition
    filters: Mapping[str, str]
    shared: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to keep."""

    name: str
    source: Source
    columns: Sequence[str]
    sort: str
    filters: Mapping[str, str]
    shared: bool


def unit_of(actor: Actor) -> str:
    """Who shares with each other: the same area, or the same organisation."""
    return actor.scope or str(actor.organization or "")


def offered(actor: Actor, source: Source) -> list[Column]:
    """The columns of a source that the actor may choose from."""
    return [each for each in source.columns if may_see(actor, each)]


async def save(actor: Actor, wanted: Wanted, at: datetime, key: UUID | None = None, fresh: UUID | None = None) -> UUID:
    """Keep a new one (`fresh` is the form's id, so that repeating it keeps one), or change an own one (`key`).

    Raises:
        NotYours: for a source that is not the actor's, or a ledger of somebody else.
        FormError: for no column, or too many ledgers.
    """
    if not may_read(actor, wanted.source) or wanted.source.needs:
        raise NotYours
    known = {each.code for each in offered(actor, wanted.source)}
    columns = [code for code in dict.fromkeys(wanted.columns) if code in known]
    if not columns:
        raise FormError({"columns": (N_("Please choose at least one column."), {})})
    async with transaction():
        if key is None and fresh is not None and await OwnLedger.exists().where(OwnLedger.id == fresh):
            return fresh
        row = await _locked(actor, key) if key else OwnLedger(id=fresh or uuid4(), owner=actor.me, created_at=at)
        if key is None and await OwnLedger.count().where(OwnLedger.owner == actor.me) >= MOST:
            raise FormError({"": (N_("You keep {most} ledgers; please delete one first."), {"most": MOST})})
        row.name, row.source, row.columns = wanted.name, wanted.source.key, json.dumps(columns)
        row.sort = wanted.sort if wanted.sort in columns else ""
        row.filters = json.dumps(kept_filters(wanted.source, wanted.filters))
        row.shared, row.unit, row.updated_at = wanted.shared, unit_of(actor), at
        await row.save()
        await audit.record(
            actor, "ledger.kept", "own_ledger", row.id, division=_division(actor), at=at,
            data={"source": wanted.source.key, "columns": columns, "shared": wanted.shared},
        )  # fmt: skip
    return row.id


def _division(actor: Actor) -> str:
    return actor.scope.ljust(12, "0") if actor.scope else ""


async def _locked(actor: Actor, key: UUID) -> OwnLedger:
    mine = (OwnLedger.id == key) & (OwnLedger.owner == actor.me)
    row: OwnLedger | None = await OwnLedger.objects().where(mine).first().lock_rows("UPDATE")
    if row is None:
        raise NotYours
    return row


async def delete(actor: Actor, key: UUID, at: datetime) -> None:
    """Forget an own ledger; what was issued from it stays.

    Raises:
        NotYours: for somebody else's.
    """
    async with transaction():
        row = await _locked(actor, key)
        await OwnLedger.delete().where(OwnLedger.id == row.id)
        await audit.record(actor, "ledger.forgotten", "own_ledger", key, division=_division(actor), at=at)


async def own_for(actor: Actor, key: UUID, *, mine: bool = False) -> OwnView:
    """One that the actor keeps, or that the unit shares.

    Raises:
        NotYours: for any other, and where the roles show nothing of it any more.
    """
    found = [each for each in await owns(actor, key) if each.mine or not mine]
    if not found:
        raise NotYours
    return found[0]


async def owns(actor: Actor, key: UUID | None = None) -> list[OwnView]:
    """All that the actor keeps and the unit shares, by name."""
    rows = await OwnLedger.raw(
        "SELECT * FROM own_ledger WHERE (owner = {} OR (shared AND unit = {} AND unit <> ''))"
        " AND ({}::uuid IS NULL OR id = {}::uuid) ORDER BY name, id LIMIT 200",
        actor.me, unit_of(actor), key, key,
    )  # fmt: skip
    found = []
    for row in rows:
        source = SOURCES.get(row["source"])
        if source is None or not may_read(actor, source):
            continue
        definition = _definition(row).shown_to(actor)
        if definition.columns:
            mine = row["owner"] == actor.user
            found.append(OwnView(row["id"], row["name"], definition, _read(row["filters"]), row["shared"], mine))
    return found


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _definition(row: Mapping[str, Any]) -> Definition:
    return definition_of(
        {
            "key": f"own/{row['id']}", "version": 1, "source": row["source"], "zh": row["name"], "en": row["name"],
            "columns": _read(row["columns"]), "sort": [row["sort"]] if row["sort"] else [],
        }
    )  # fmt: skip

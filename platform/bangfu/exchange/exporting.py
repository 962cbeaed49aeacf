"""Making an export: counted, written, put on record, and only then handed out (DOMAIN.md 9.2, 9.5)."""

import asyncio
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotAllowed
from bangfu.exchange import gathering
from bangfu.exchange.columns import columns_of
from bangfu.exchange.export_rules import MOST_UNMASKED, PROVIDERS, Asked, Watermark
from bangfu.exchange.files import WRITERS, Writer
from bangfu.households.tables import ReadLog
from bangfu.shared import audit, i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import one_moment, transaction
from bangfu.shared.permissions import allows
from bangfu.shared.tabular import Field

Read = tuple[UUID, UUID | None, str]
"""Household, person, what was shown."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file that is on record; `size` in bytes."""

    file: IO[bytes]
    size: int
    rows: int
    sha256: str


async def export(actor: Actor, asked: Asked, at: datetime) -> Made:
    """The file. Whole data need the bureau, a reason, and are limited to 1,000 rows.

    Raises:
        NotAllowed: for a role that may not.
        FormError: for more rows than one unmasked export may have, or none.
    """
    if not allows(actor.roles, "exchange.unmasked" if asked.unmasked else "exchange.export"):
        raise NotAllowed
    if not may_export(actor, asked.subject):
        raise NotAllowed
    reads: set[Read] = set()
    async with one_moment():
        number = await gathering.count(actor, asked)
        _check_number(asked, number)
        fields = columns_of(asked.subject, civil_date(at))
        writer: Writer = WRITERS[asked.format](fields, _mark(actor, asked, number, at))
        async for batch in gathering.batches(actor, asked, civil_date(at)):
            await asyncio.to_thread(writer.add, batch.rows)
            reads |= {(household, child, "child") for household, child in batch.children}
            if asked.unmasked:
                reads |= {(household, None, "export") for household in batch.households}
    made = await asyncio.to_thread(_made, writer, number)
    await _put_on_record(actor, asked, made, sorted(reads, key=str), at)
    return made


def may_export(actor: Actor, subject: str) -> bool:
    """Whether the actor may take this subject out: of providers and carers whoever sees their register."""
    return subject not in PROVIDERS or allows(actor.roles, PROVIDERS[subject])


def file_of(file_format: str, fields: Sequence[Field], mark: Watermark, rows: Sequence[Mapping[str, Any]]) -> Made:
    """A file of rows that are all there."""
    writer: Writer = WRITERS[file_format](fields, mark)
    writer.add(rows)
    return _made(writer, len(rows))


def _made(writer: Writer, rows: int) -> Made:
    file = writer.close()
    return Made(file, _size(file), rows, _hash(file))


def _check_number(asked: Asked, number: int) -> None:
    if not number:
        raise FormError({"": (N_("Nothing fits these filters."), {})})
    if asked.unmasked and number > MOST_UNMASKED:
        message = N_("{number} rows fit; whole data are exported up to {most} rows at a time. Narrow the filters.")
        raise FormError({"": (message, {"number": f"{number:,}", "most": f"{MOST_UNMASKED:,}"})})


def _mark(actor: Actor, asked: Asked, number: int, at: datetime) -> Watermark:
    return Watermark(
        actor.display_name, actor.username, at, i18n.word("import_kind", asked.subject), asked.unmasked, number,
        described(asked.filters()), asked.reason,
    )  # fmt: skip


_GROUPS = {"category": "household_category", "layer": "layer", "status": "household_status",
           "need_status": "need_status"}  # fmt: skip


def described(filters: dict[str, str]) -> str:
    """Filters in words; an area by its code."""
    said = [i18n.word(_GROUPS[name], value) if name in _GROUPS else value for name, value in filters.items()]
    return ", ".join(i18n._("All") if one == "all" else one for one in said)


def _size(file: IO[bytes]) -> int:
    file.seek(0, os.SEEK_END)
    size = file.tell()
    file.seek(0)
    return size


def _hash(file: IO[bytes]) -> str:
    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return found


async def _put_on_record(actor: Actor, asked: Asked, made: Made, reads: Iterable[Read], at: datetime) -> None:
    action = "exchange.exported_whole" if asked.unmasked else "exchange.exported"
    data = {"subject": asked.subject, "format": asked.format, "rows": made.rows, "sha256": made.sha256,
            **asked.filters()}  # fmt: skip
    async with transaction():
        await note_reads(actor, reads, asked.reason or "export", at)
        await audit.record(
            actor, action, "export", uuid4(), division=actor.scope, reason=asked.reason, data=data, at=at
        )


async def note_reads(actor: Actor, reads: Iterable[Read], why: str, at: datetime) -> None:
    """As households.reading.note_read, for many at once; in the caller's transaction."""
    told = list(reads)
    if not told:
        return
    await ReadLog.raw(
        'INSERT INTO read_log (id, at, "user", actor_name, role, address, household, person, what, why)'
        " SELECT gen_random_uuid(), {}, {}, {}, {}, {}, h, p, w, {} FROM unnest({}::uuid[], {}::uuid[],"
        " {}::varchar[]) AS n (h, p, w)",
        at, actor.user, actor.username[:64], ",".join(sorted(actor.roles))[:120], actor.address[:64], why[:240],
        [household for household, _, _ in told], [person for _, person, _ in told], [what for _, _, what in told],
    )  # fmt: skip

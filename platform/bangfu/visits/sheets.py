"""Paper sheets for carers without a smartphone: which visits stand on one, and its entry by somebody at the station
(DOMAIN.md 5.1; evidence class attested).

A sheet is a carer's week. What stands on it is entered row by row; the rows that were filled in become records in one
transaction, each once, whoever sends the form how often.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.visits import moves
from bangfu.visits.code_tables import VisitSheet, VisitSheetLine
from bangfu.visits.door_actions import tell_station
from bangfu.visits.door_data import Record
from bangfu.visits.door_writing import save_record
from bangfu.visits.life_rules import DESK
from bangfu.visits.tables import Visit, VisitProof

SUBJECT: Final = "visit_sheet"
"""Subject type of the stored scans; kind: scan."""
ENTERABLE: Final = ("planned", "missed")
OLDEST: Final = timedelta(days=92)
"""How old a sheet may be when it is entered [D]: its quarter is not settled before."""
_NAMES: Final = UUID("0c7d0b3e-8f7f-4a55-9b0a-5d6c1f1e7a42")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One filled-in row: the times as written, the ticks, how the household signed."""

    visit: UUID
    start: datetime
    end: datetime
    record: Record


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it is entered. `key` is the form's; `witness`: who saw it being signed."""

    key: UUID
    carer: UUID
    week: date
    rows: Sequence[SheetRow]
    witness: str = ""
    scan: files.Looked | None = None


def monday(day: date) -> date:
    """The first day of a week."""
    return day - timedelta(days=day.weekday())


async def enter(actor: Actor, sheet: Sheet, at: datetime) -> int:
    """The rows of a sheet become records: planned or missed -> submitted. The same key again changes nothing.

    Returns:
        How many visits were entered now.

    Raises:
        NotYours: for a visit of elsewhere or of another carer, or a key of another sheet.
        NotAllowed: for the server's own side.
        FormError: naming `<visit>-start` and the like, or `witness`; nothing is entered then.
        Refused: where a visit has a record already.
    """
    async with transaction():
        rows = [await _locked(actor, sheet, visit) for visit in await _in_order(sheet)]
        known = await VisitSheet.objects().get(VisitSheet.id == sheet.key)
        if known is not None:
            if known.entered_by != actor.user or known.carer != sheet.carer:
                raise NotYours
            return 0
        _check_states(rows)
        _check(sheet, {row.id: row for row in rows}, at)
        await _keep(actor, sheet, rows[0], at)
        by_visit = {row.visit: row for row in sheet.rows}
        for row in rows:
            await _one(actor, sheet, row, by_visit[row.id], at)
        return len(rows)


async def _in_order(sheet: Sheet) -> list[UUID]:
    """One order of locks for everybody who enters several at once: by contract line, need and visit."""
    wanted = [row.visit for row in sheet.rows]
    rows = await Visit.raw("SELECT id FROM visit WHERE id = ANY({}) ORDER BY contract_line, need, id", wanted)
    if len(rows) != len(set(wanted)):
        raise NotYours
    return [row["id"] for row in rows]


async def _locked(actor: Actor, sheet: Sheet, visit: UUID) -> Visit:
    row = await moves.locked(visit)
    if not actor.sees(row.division) or row.carer != sheet.carer:
        raise NotYours
    if not actor.has(*DESK) or moves.side_of(actor, row):
        raise NotAllowed
    return row


def _check_states(rows: Sequence[Visit]) -> None:
    for row in rows:
        if row.status not in ENTERABLE:
            raise Refused(
                N_("Visit {number} has a record already; nothing of the sheet was entered."), number=row.number
            )


def _check(sheet: Sheet, visits: dict[UUID, Visit], at: datetime) -> None:
    faults: dict[str, tuple[str, dict[str, object]]] = {}
    if not sheet.rows:
        faults[""] = (N_("No row of the sheet is filled in."), {})
    if len(sheet.witness.strip()) < 2:
        faults["witness"] = (N_("Please say who saw the sheet being signed."), {})
    for row in sheet.rows:
        visit = visits[row.visit]
        if not visit.due_from <= row.start < visit.due_until:
            faults[f"{row.visit}-start"] = (
                N_("The start has to lie inside the time in which the visit was due."), {},
            )  # fmt: skip
        if row.end <= row.start or row.end - row.start > timedelta(hours=12):
            faults[f"{row.visit}-end"] = (N_("The end comes after the start, within 12 hours."), {})
        elif row.end > at:
            faults[f"{row.visit}-end"] = (N_("This is in the future."), {})
        elif at - row.end > OLDEST:
            faults[f"{row.visit}-start"] = (N_("Sheets of more than three months ago are not entered any more."), {})
    if faults:
        raise FormError(faults)


async def _keep(actor: Actor, sheet: Sheet, first: Visit, at: datetime) -> None:
    scan = await files.keep(actor, SUBJECT, sheet.key, "scan", sheet.scan, at) if sheet.scan is not None else None
    await VisitSheet(
        id=sheet.key, division=first.division, carer=sheet.carer, organization=first.organization, week=sheet.week,
        file=scan, entered_by=actor.user, entered_at=at,
        witness_enc=encrypt(sheet.witness.strip(), f"visit_sheet:witness_enc:{sheet.key}"),
    ).save()  # fmt: skip


async def _one(actor: Actor, sheet: Sheet, row: Visit, written: SheetRow, at: datetime) -> None:
    await VisitSheetLine(id=uuid5(sheet.key, str(row.id)), sheet=sheet.key, visit=row.id).save()
    proved = {proof.side for proof in await VisitProof.objects().where(VisitProof.visit == row.id)}
    for side, moment in (("in", written.start), ("out", written.end)):
        if side in proved:
            continue  # it was begun before it was missed: what stands stays
        await VisitProof(
            id=uuid5(_NAMES, f"{sheet.key}:{row.id}:{side}"), visit=row.id, side=side, method="sheet", at=moment,
            received_at=at, entered_by=actor.user,
        ).save()  # fmt: skip
    await save_record(actor, row, uuid5(_NAMES, f"{sheet.key}:{row.id}"), written.record, (), at)
    await moves.move(
        actor, row, "enter", at, data={"scan": sheet.scan is not None}, started_at=written.start, ended_at=written.end,
        in_method="sheet", out_method="sheet", evidence="attested", place_verdict="unknown", submitted_at=at,
        submitted_by=actor.user,
    )  # fmt: skip
    await tell_station(row, written.record)

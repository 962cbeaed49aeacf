"""Discipline inspection (12388): the auditor's list, and the file handed over to it, made by the auditor alone."""

import base64
import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.complaints.queries import Row, rows_of
from bangfu.complaints.seeing import complaint_for, opened, sealed
from bangfu.complaints.tables import Complaint, ComplaintHandover
from bangfu.errors import N_, FormError, NotAllowed, NotYours
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.database import transaction
from bangfu.shared.i18n import word

REASONS: Final = ("clue", "asked", "joint", "monthly")
MOST: Final = 200
CONCERNS: Final = (
    " AND (c.discipline OR c.target IN ('staff', 'township_office', 'bureau_office')"
    " OR c.kind IN ('fee_demand', 'fraud') OR c.channel = '12388')"
)
_KEPT: Final = " AND NOT EXISTS (SELECT 1 FROM complaint_handover h WHERE c.id = ANY(h.complaints))"
_COLUMNS: Final = (
    "number", "intake", "channel", "channel_number", "kind", "severity", "status", "result", "self_reported",
    "entered_at", "division", "target", "about", "facts", "findings", "reporter", "phone",
)  # fmt: skip


async def concerning(actor: Actor, limit: int, offset: int) -> tuple[list[Row], int]:
    """One page of what concerns discipline: from 12388, about officers, money asked or forgery."""
    return await rows_of(actor, {}, limit, offset, CONCERNS)


async def handed_over() -> set[UUID]:
    """The complaints that stand in a file handed over."""
    rows = await ComplaintHandover.raw("SELECT DISTINCT unnest(complaints) AS id FROM complaint_handover")
    return {row["id"] for row in rows}


async def not_handed_over(actor: Actor) -> int:
    """How many complaints concern discipline and stand in no file yet."""
    return (await rows_of(actor, {}, 1, 0, CONCERNS + _KEPT))[1]


async def hand_over(
    actor: Actor, key: UUID, complaints: Sequence[UUID], reason: str, with_names: bool, at: datetime
) -> UUID:
    """Make the file and keep it sealed; the same key is the same file.

    Returns:
        The hand-over's id.

    Raises:
        NotAllowed: for anybody but the auditor; NotYours: for a complaint that the auditor does not see.
        FormError: without complaints or a reason.
    """
    if not actor.has("auditor"):
        raise NotAllowed
    if not complaints or len(complaints) > MOST:
        raise FormError({"complaints": (N_("Choose at least one complaint, at most 200."), {})})
    if reason not in REASONS:
        raise FormError({"reason": (N_("Please choose a reason."), {})})
    rows = [await complaint_for(actor, one) for one in dict.fromkeys(complaints)]
    async with transaction():
        known = await ComplaintHandover.objects().get(ComplaintHandover.id == key)
        if known is not None:
            if known.made_by != actor.user:
                raise NotYours
            return key
        content = _archive([await _document(row, with_names) for row in rows])
        digest = hashlib.sha256(content).hexdigest()
        packed = sealed("content_enc", key, base64.b64encode(content).decode(), "complaint_handover")
        await ComplaintHandover(
            id=key, complaints=[row.id for row in rows], with_names=with_names, reason=reason, sha256=digest,
            content_enc=packed,
            made_by=actor.me, made_at=at,
        ).save()  # fmt: skip
        for row in rows:  # not on the complaint's own timeline: nobody who handles it is warned
            data = {"number": row.number, "with_names": with_names, "reason": reason, "sha256": digest}
            await audit.record(
                actor, "complaint.handed_over", "complaint_handover", key, division=row.division, data=data, at=at
            )
    return key


async def _document(row: Complaint, with_names: bool) -> dict[str, Any]:
    names = await Complaint.raw(
        "SELECT coalesce(o.name, '') AS organization, coalesce(u.display_name, '') AS staff, coalesce(k.number, '')"
        " AS carer FROM complaint c LEFT JOIN organization o ON o.id = c.organization LEFT JOIN app_user u"
        " ON u.id = c.staff LEFT JOIN carer k ON k.id = c.carer WHERE c.id = {}",
        row.id,
    )
    told = {name: opened(f"{name}_enc", row.id, getattr(row, f"{name}_enc")) for name in ("facts", "about", "decision")}
    reporter = [opened(f"{name}_enc", row.id, getattr(row, f"{name}_enc")) for name in ("name", "phone")]
    return {
        **{name: getattr(row, name) for name in (
            "number", "intake", "channel", "channel_number", "kind", "severity", "status", "result", "self_reported",
            "division",
        )},
        "entered_at": row.entered_at.astimezone(SHANGHAI).isoformat(timespec="minutes"),
        "target": word("complaint_target", row.target),
        "about": "；".join(part for part in (*names[0].values(), told["about"]) if part),
        "facts": told["facts"], "findings": told["decision"],
        "reporter": reporter[0] if with_names else "", "phone": reporter[1] if with_names else "",
    }  # fmt: skip


def _archive(documents: Sequence[Mapping[str, Any]]) -> bytes:
    """A zip of complaints.csv, complaints.json and their SHA-256; the same content gives the same bytes."""
    table = io.StringIO()
    writer = csv.DictWriter(table, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows([{name: _plain(one[name]) for name in _COLUMNS} for one in documents])
    files = {
        "complaints.csv": ("\ufeff" + table.getvalue()).encode(),
        "complaints.json": json.dumps(list(documents), ensure_ascii=False, indent=1, sort_keys=True).encode(),
    }
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*sorted(files.items()), ("SHA256SUMS.txt", sums.encode())]:
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def _plain(value: object) -> str:
    """No cell that a spreadsheet would take for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


async def handovers(actor: Actor) -> list[Mapping[str, Any]]:
    """The files that this auditor made, the newest first."""
    rows: list[Mapping[str, Any]] = await ComplaintHandover.raw(
        "SELECT id, cardinality(complaints) AS count, with_names, reason, sha256, made_at FROM complaint_handover"
        " WHERE made_by = {} ORDER BY made_at DESC LIMIT 50",
        actor.user,
    )
    return rows


async def handover_file(actor: Actor, handover: UUID, at: datetime) -> bytes:
    """The file again, on record.

    Raises:
        NotYours: for another auditor's.
    """
    row = await ComplaintHandover.objects().get(ComplaintHandover.id == handover)
    if row is None or row.made_by != actor.user:
        raise NotYours
    async with transaction():
        data = {"sha256": row.sha256, "count": len(row.complaints)}
        await audit.record(actor, "complaint.handover_opened", "complaint_handover", row.id, data=data, at=at)
    return base64.b64decode(opened("content_enc", row.id, row.content_enc, "complaint_handover"))

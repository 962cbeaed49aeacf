"""Reads of mandatory reports: one's own, and those of the area for the people who handle them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households.sealing import unseal
from bangfu.incidents import rules
from bangfu.incidents.tables import Incident, IncidentEntry
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import audit_hash
from bangfu.shared.masking import mask_name


@dataclass(frozen=True, slots=True)
class EntryView:
    """What was added to a report; `whole` says that the words are those that were written."""

    kind: str
    body: str
    text: str
    who: str
    at: datetime
    minutes: int
    whole: bool


@dataclass(frozen=True, slots=True)
class IncidentView:
    """A report as its page shows it; the child's name and the place are hidden unless revealed."""

    id: UUID
    number: str
    division: str
    place_name: str
    status: str
    kinds: tuple[str, ...]
    danger_now: bool
    household: UUID | None
    child: str
    child_age: int | None
    place: str
    what: str
    whole: bool
    reporter: str
    own: bool
    reported_at: datetime
    acknowledged_at: datetime | None
    concluded_at: datetime | None
    outcome: str
    entries: tuple[EntryView, ...]

    def told_at(self, body: str) -> datetime | None:
        """When an authority was told."""
        return next((entry.at for entry in self.entries if entry.kind == "notice" and entry.body == body), None)


@dataclass(frozen=True, slots=True)
class Row:
    """A report in a list: no name, no words."""

    id: UUID
    number: str
    place_name: str
    status: str
    kinds: tuple[str, ...]
    danger_now: bool
    reported_at: datetime
    acknowledged_at: datetime | None
    police_at: datetime | None
    own: bool


def may_see(actor: Actor, row: Incident) -> bool:
    """The reporter, and the handlers of the area."""
    handles = not actor.roles.isdisjoint(rules.HANDLERS)
    return row.reported_by == actor.user or (handles and actor.sees(row.division))


def _handles(actor: Actor) -> bool:
    return not actor.roles.isdisjoint(rules.HANDLERS) and bool(actor.scope)


_LIST = (
    "SELECT i.*, coalesce(d.name, '') AS place_name, count(*) OVER () AS total,"
    " (SELECT min(e.written_at) FROM incident_entry e WHERE e.incident = i.id AND e.body = 'police') AS police_at"
    " FROM incident i LEFT JOIN division d ON d.code = i.division"
    " WHERE (i.reported_by = {} OR ({} AND i.division LIKE {})) AND ({} = '' OR i.status = {})"
    " ORDER BY (i.status = 'concluded'), i.reported_at DESC LIMIT {} OFFSET {}"
)


async def incidents(actor: Actor, status: str, limit: int, offset: int) -> tuple[list[Row], int]:
    """One page of the reports that this person may see; what is open stands first."""
    rows = await Incident.raw(
        _LIST, actor.user, _handles(actor), f"{actor.scope}%", status, status, limit, offset
    )  # fmt: skip
    shown = [
        Row(
            row["id"], row["number"], row["place_name"], row["status"], tuple(row["kinds"]), row["danger_now"],
            row["reported_at"], row["acknowledged_at"], row["police_at"], row["reported_by"] == actor.user,
        )
        for row in rows
    ]  # fmt: skip
    return shown, rows[0]["total"] if rows else 0


async def waiting(actor: Actor) -> int:
    """How many reports of the area nobody has taken on."""
    if not _handles(actor):
        return 0
    rows = await Incident.raw(
        "SELECT count(*) AS n FROM incident WHERE status = 'reported' AND division LIKE {}", f"{actor.scope}%"
    )
    return int(rows[0]["n"])


async def incident_for(actor: Actor, incident: UUID, *, reveal: bool = False) -> IncidentView:
    """One report.

    Raises:
        NotYours: if there is none that this person may see.
    """
    row = await Incident.objects().get(Incident.id == incident)
    if row is None or not may_see(actor, row):
        raise NotYours
    names = await Incident.raw(
        "SELECT (SELECT name FROM division WHERE code = {}) AS place,"
        " (SELECT display_name FROM app_user WHERE id = {}) AS reporter",
        row.division, row.reported_by,
    )  # fmt: skip
    entries = await IncidentEntry.raw(
        "SELECT e.*, coalesce(u.display_name, '') AS who FROM incident_entry e"
        " LEFT JOIN app_user u ON u.id = e.written_by WHERE e.incident = {} ORDER BY e.written_at, e.id",
        incident,
    )
    return _view(actor, row, names[0], entries, reveal)


def _view(
    actor: Actor, row: Incident, names: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], reveal: bool
) -> IncidentView:
    plain = row.to_dict()
    child, place, what = (unseal("incident", plain, column) for column in ("child_name_enc", "place_enc", "what_enc"))
    return IncidentView(
        row.id, row.number, row.division, names["place"] or "", row.status, tuple(row.kinds), row.danger_now,
        row.household, child if reveal else mask_name(child), row.child_age, place if reveal or not place else "***",
        what, audit_hash(what) == row.what_hash, names["reporter"] or "", row.reported_by == actor.user,
        row.reported_at, row.acknowledged_at, row.concluded_at, row.outcome,
        tuple(_entry(row.reported_at, entry) for entry in entries if _shows(actor, row, entry)),
    )  # fmt: skip


def _shows(actor: Actor, row: Incident, entry: Mapping[str, Any]) -> bool:
    """Handlers read everything; a reporter what was told to whom, and one's own words."""
    handles = _handles(actor) and actor.sees(row.division)
    return handles or entry["kind"] == "notice" or entry["written_by"] == actor.user


def _entry(reported_at: datetime, row: Mapping[str, Any]) -> EntryView:
    text = unseal("incident_entry", row, "text_enc")
    minutes = rules.minutes_between(reported_at, row["written_at"])
    return EntryView(
        row["kind"], row["body"], text, row["who"], row["written_at"], minutes, audit_hash(text) == row["text_hash"]
    )

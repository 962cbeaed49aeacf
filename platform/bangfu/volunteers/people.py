"""Whose volunteers an organiser or overseer sees, and one volunteer's record (DOMAIN.md 7, 9.2)."""

from typing import Any
from uuid import UUID

from bangfu.errors import NotAllowed, NotYours
from bangfu.providers.tables import Carer
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.like import containing
from bangfu.volunteers.hours_tables import Certificate, HoursEntry, StarAward, VolunteerNote, VolunteerService
from bangfu.volunteers.tables import NoShow, VolunteerStep

Row = dict[str, Any]
_VISIBLE = "(({}::uuid IS NOT NULL AND c.organization = {}::uuid) OR ({} <> '' AND c.division LIKE {}))"


def _values(actor: Actor) -> list[object]:
    return [actor.organization, actor.organization, actor.scope, f"{actor.scope}%"]


async def volunteers(actor: Actor, query: str, limit: int, offset: int) -> tuple[list[Row], int]:
    """One page of the volunteers whom the actor oversees, with confirmed and waiting minutes and no-shows."""
    rows = await Carer.raw(
        "SELECT c.id, c.number, c.name, c.active, coalesce(o.name, '') AS organization_name,"  # noqa: S608 (constants)
        " coalesce(d.name, '') AS division_name, count(*) OVER () AS total,"
        " (SELECT coalesce(sum(minutes), 0)::int FROM volunteer_hours h WHERE h.carer = c.id) AS minutes,"
        " (SELECT count(*) FROM volunteer_service s WHERE s.carer = c.id AND s.status = 'recorded') AS waiting,"
        " (SELECT count(*) FROM volunteer_no_show n WHERE n.carer = c.id AND n.status IN ('recorded', 'answered'))"
        " AS no_shows, (SELECT coalesce(max(stars), 0) FROM star_award a WHERE a.carer = c.id AND a.status = 'awarded')"
        " AS stars FROM carer c LEFT JOIN organization o ON o.id = c.organization"
        " LEFT JOIN division d ON d.code = c.division WHERE c.kind = 'volunteer' AND " + _VISIBLE
        + " AND (c.number LIKE {} OR c.name LIKE {} OR c.pinyin LIKE {}) ORDER BY c.number LIMIT {} OFFSET {}",
        *_values(actor), containing(query), containing(query), containing(query.lower()), limit, offset,
    )  # fmt: skip
    return rows, rows[0]["total"] if rows else 0


async def volunteer_for(actor: Actor, carer: UUID) -> Row:
    """One of these volunteers.

    Raises:
        NotYours: for any other.
    """
    rows = await Carer.raw(
        "SELECT c.*, coalesce(o.name, '') AS organization_name, coalesce(d.name, '') AS division_name"  # noqa: S608
        " FROM carer c LEFT JOIN organization o ON o.id = c.organization LEFT JOIN division d ON d.code = c.division"
        " WHERE c.id = {} AND c.kind = 'volunteer' AND " + _VISIBLE,
        carer, *_values(actor),
    )  # fmt: skip
    if not rows:
        raise NotYours
    found: Row = rows[0]
    return found


def organises(actor: Actor, row: Row) -> bool:
    """Whether the actor keeps the volunteer's record: the station of the area, or the own organisation."""
    if actor.has("provider_manager") and actor.organization is not None and row["organization"] == actor.organization:
        return True
    return actor.has("station_dispatcher") and actor.sees(row["division"])


def check_organises(actor: Actor, row: Row) -> None:
    """Raises:
    NotAllowed: for whoever only looks on, and for the volunteer.
    """
    if not organises(actor, row) or actor.carer == row["id"]:
        raise NotAllowed


async def record_of(carer: UUID) -> dict[str, list[Row]]:
    """What is kept of a volunteer beside the register: services, entries, trainings, notes, no-shows, stars,
    certificates, steps; the newest first. Sealed texts are opened."""
    services = await VolunteerService.raw(
        "SELECT s.*, coalesce(v.number, '') AS number, coalesce(a.title, '') AS title, coalesce(a.place, d.name, '')"
        " AS place, coalesce(a.content, '') AS content, coalesce(a.target, '') AS target, coalesce(a.in_charge, '')"
        " AS in_charge, coalesce(u.display_name, '') AS recorder, coalesce(w.display_name, '') AS decider"
        " FROM volunteer_service s LEFT JOIN visit v ON v.id = s.visit LEFT JOIN volunteer_activity a"
        " ON a.id = s.activity LEFT JOIN division d ON d.code = s.division LEFT JOIN app_user u ON u.id = s.recorded_by"
        " LEFT JOIN app_user w ON w.id = s.decided_by WHERE s.carer = {} ORDER BY s.started_at DESC LIMIT 1000",
        carer,
    )  # fmt: skip
    trainings = await VolunteerService.raw(
        "SELECT name, content, hours, organiser, held_on, level FROM training_record WHERE carer = {}"
        " ORDER BY held_on DESC",
        carer,
    )  # fmt: skip
    notes = await VolunteerNote.raw(
        "SELECT n.*, coalesce(u.display_name, '') AS recorder FROM volunteer_note n LEFT JOIN app_user u"
        " ON u.id = n.recorded_by WHERE n.carer = {} ORDER BY n.day DESC, n.recorded_at DESC",
        carer,
    )  # fmt: skip
    no_shows = await NoShow.raw(
        "SELECT n.*, coalesce(u.display_name, '') AS recorder, coalesce(v.number, '') AS number"
        " FROM volunteer_no_show n LEFT JOIN app_user u ON u.id = n.recorded_by LEFT JOIN visit v ON v.id = n.visit"
        " WHERE n.carer = {} ORDER BY n.day DESC",
        carer,
    )  # fmt: skip
    return {
        "services": services, "trainings": trainings,
        "notes": [{**row, "text": decrypt(row["text_enc"], f"volunteer_note:text_enc:{row['id']}")} for row in notes],
        "no_shows": [_opened(row) for row in no_shows],
        "stars": await StarAward.raw("SELECT * FROM star_award WHERE carer = {} ORDER BY stars DESC", carer),
        "certificates": await Certificate.raw(
            "SELECT id, number, minutes, status, issued_at, revoked_at, revoke_reason FROM volunteer_certificate"
            " WHERE carer = {} ORDER BY issued_at DESC",
            carer,
        ),
        "steps": await VolunteerStep.raw(
            "SELECT kind, at, notice_minutes, short_notice FROM volunteer_step WHERE carer = {}"
            " ORDER BY at DESC LIMIT 50",
            carer,
        ),
    }  # fmt: skip


def _opened(row: Row) -> Row:
    opened = {
        name: decrypt(row[f"{name}_enc"], f"volunteer_no_show:{name}_enc:{row['id']}") for name in ("note", "answer")
    }
    return {**row, **opened}


async def entries_of(service: UUID) -> list[Row]:
    """The ledger's entries of one service, the newest first."""
    rows: list[Row] = await HoursEntry.raw(
        "SELECT h.day, h.kind, h.minutes, h.entered_at, coalesce(u.display_name, '') AS who FROM volunteer_hours h"
        " LEFT JOIN app_user u ON u.id = h.entered_by WHERE h.service = {} ORDER BY h.entered_at DESC, h.id",
        service,
    )  # fmt: skip
    return rows


async def waiting(actor: Actor, state: str, limit: int, offset: int) -> tuple[list[Row], int]:
    """One page of the services that the actor confirms, those that are due first; "" is every state."""
    rows = await VolunteerService.raw(
        "SELECT s.*, c.name, c.number AS carer_number, coalesce(v.number, '') AS number, coalesce(v.status, '')"
        " AS visit_status, coalesce(a.title, '') AS title, coalesce(d.name, '') AS village, count(*) OVER () AS total"
        " FROM volunteer_service s JOIN carer c ON c.id = s.carer LEFT JOIN visit v ON v.id = s.visit"
        " LEFT JOIN volunteer_activity a ON a.id = s.activity LEFT JOIN division d ON d.code = s.division"
        " WHERE (({}::uuid IS NOT NULL AND s.organization = {}::uuid) OR ({} <> '' AND s.division LIKE {}))"
        " AND ({} = '' OR s.status = {}) ORDER BY s.status <> 'recorded', CASE WHEN s.status = 'recorded' THEN s.due_at"
        " END, s.started_at DESC, s.id LIMIT {} OFFSET {}",
        *_values(actor), state, state, limit, offset,
    )  # fmt: skip
    return rows, rows[0]["total"] if rows else 0


async def service_for(actor: Actor, service: UUID) -> Row:
    """One of these services, with its corrections.

    Raises:
        NotYours: for any other.
    """
    rows = await VolunteerService.raw(
        "SELECT s.*, c.name, c.number AS carer_number, coalesce(v.number, '') AS number, coalesce(v.status, '')"
        " AS visit_status, coalesce(a.title, '') AS title, coalesce(d.name, '') AS village,"
        " coalesce(u.display_name, '') AS decider FROM volunteer_service s JOIN carer c ON c.id = s.carer"
        " LEFT JOIN visit v ON v.id = s.visit"
        " LEFT JOIN volunteer_activity a ON a.id = s.activity LEFT JOIN division d ON d.code = s.division"
        " LEFT JOIN app_user u ON u.id = s.decided_by WHERE s.id = {} AND (({}::uuid IS NOT NULL"
        " AND s.organization = {}::uuid) OR ({} <> '' AND s.division LIKE {}))",
        service, *_values(actor),
    )  # fmt: skip
    if not rows:
        raise NotYours
    found: Row = rows[0]
    return found


async def corrections_of(service: UUID) -> list[Row]:
    """How a service was corrected, the newest first; texts are opened."""
    rows = await VolunteerService.raw(
        "SELECT x.*, coalesce(u.display_name, '') AS who FROM volunteer_hours_change x LEFT JOIN app_user u"
        " ON u.id = x.changed_by WHERE x.service = {} ORDER BY x.changed_at DESC",
        service,
    )  # fmt: skip
    return [{**row, "text": decrypt(row["text_enc"], f"volunteer_hours_change:text_enc:{row['id']}")} for row in rows]

"""Certificates that wait for verification."""

from datetime import date

from bangfu.providers.carer_reading import Row, shown_name, visible_sql, visible_to
from bangfu.providers.tables import Qualification
from bangfu.shared.actor import Actor


async def waiting(actor: Actor, today: date, limit: int, offset: int) -> tuple[list[Row], int]:
    """One page of the certificates that the actor may verify (not those that they entered), the oldest first."""
    rows = await Qualification.raw(
        "SELECT q.id AS certificate, q.code, q.issuer, q.issued_on, q.expires_on, q.entered_at, c.id, c.number, c.name,"  # noqa: S608
        " c.kind, c.organization, coalesce(o.name, '') AS employer, coalesce(u.display_name, '') AS entered_name,"
        " (SELECT count(*) FROM stored_file f WHERE f.subject_type = 'qualification' AND f.subject = q.id) AS scans,"
        " count(*) OVER () AS total FROM qualification q JOIN carer c ON c.id = q.carer"
        " LEFT JOIN organization o ON o.id = c.organization LEFT JOIN app_user u ON u.id = q.entered_by"
        f" WHERE q.status = 'handed_in' AND c.active AND q.entered_by IS DISTINCT FROM {{}}::uuid AND {visible_sql()}"
        " ORDER BY q.entered_at, q.id LIMIT {} OFFSET {}",
        actor.user, *visible_to(actor), limit, offset,
    )  # fmt: skip
    shown = [
        {**row, "name": shown_name(actor, row), "over": row["expires_on"] < today} for row in rows
    ]  # fmt: skip
    return shown, rows[0]["total"] if rows else 0

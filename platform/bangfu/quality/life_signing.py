"""The names on every score of a quarter: scored, published, approved, paid, by different people (PRODUCT.md)."""

from datetime import datetime
from typing import Any

from bangfu.quality.life_moves import after_quarter
from bangfu.quality.life_open import Waiting, waiting
from bangfu.quality.life_reading import in_area
from bangfu.quality.life_risk_rules import too_small
from bangfu.quality.life_rules import PUBLISH_DAYS
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import Actor
from bangfu.supervision.calendar import current_calendar

_ROWS = (
    "SELECT s.id, s.kind, s.number, s.status, s.revision, s.organization, coalesce(o.name, '') AS organization_name,"
    " s.confirmed_at, s.published_at, s.appeal_until, s.final_at, r.scored, r.score_value, r.band, r.final_band,"
    " r.points, coalesce(c.display_name, '') AS confirmed_name, coalesce(p.display_name, '') AS published_name,"
    " coalesce(k.approved, '') AS approved_name, coalesce(k.paid, '') AS paid_name, k.claims, k.unpaid"
    " FROM quarter_score s JOIN score_revision r ON r.score = s.id AND r.revision = s.revision"
    " LEFT JOIN organization o ON o.id = s.organization LEFT JOIN app_user c ON c.id = s.confirmed_by"
    " LEFT JOIN app_user p ON p.id = s.published_by LEFT JOIN LATERAL ("
    "SELECT string_agg(DISTINCT a.display_name, '、') AS approved, string_agg(DISTINCT f.display_name, '、') AS paid,"
    " count(*) AS claims, count(*) FILTER (WHERE k.paid_at IS NULL) AS unpaid FROM settlement_claim k"
    " JOIN settlement_statement t ON t.id = k.statement LEFT JOIN app_user a ON a.id = k.approved_by"
    " LEFT JOIN app_user f ON f.id = k.paid_by WHERE t.score = s.id) k ON true"
)


async def quarters_of(actor: Actor, most: int = 8) -> list[tuple[int, int]]:
    """The quarters of which the actor's area has scores, the newest first."""
    where, values = in_area(actor, "s.division")
    rows = await QuarterScore.raw(
        f"SELECT DISTINCT s.year, s.quarter FROM quarter_score s WHERE {where}"  # noqa: S608 (constants)
        f" ORDER BY s.year DESC, s.quarter DESC LIMIT {most}",
        *values,
    )
    return [(row["year"], row["quarter"]) for row in rows]


async def signatures(actor: Actor, year: int, quarter: int) -> tuple[list[dict[str, Any]], datetime]:
    """The scores of a quarter in the actor's area with their names, those that wait first, and until when they are to
    be published. Settlement comes later; here its names are read by SQL."""
    where, values = in_area(actor, "s.division")
    rows = await QuarterScore.raw(
        f"{_ROWS} WHERE {where} AND s.year = {{}} AND s.quarter = {{}}"
        " ORDER BY array_position(ARRAY['frozen', 'scored', 'appealed', 'published_prelim', 'final'], s.status::text),"
        " s.number, s.id",
        *values, year, quarter,
    )  # fmt: skip
    until = after_quarter(year, quarter, PUBLISH_DAYS, await current_calendar())
    return [{**row, "small": too_small(row["points"])} for row in rows], until


async def not_frozen(actor: Actor, at: datetime) -> list[Waiting]:
    """Quarters of the actor's area that wait to be frozen, with what still stands open."""
    county = actor.scope[:6]
    return await waiting(at, await current_calendar(), county) if county else []

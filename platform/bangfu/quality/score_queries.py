"""Scores as somebody may see them: an office its area, an organisation's manager its own once they are published."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bangfu.contracts.tables import Contract
from bangfu.errors import NotYours
from bangfu.quality import life_rules
from bangfu.quality.life_moves import is_own, sees
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import quarter_of, quarter_span

_COLUMNS: Final = (
    "SELECT s.id, s.kind, s.subject, s.number, s.organization, s.carer, s.division, s.year, s.quarter, s.status,"
    " s.revision, s.frozen_at, s.confirmed_at, s.published_at, s.appeal_until, s.final_at,"
    " coalesce(o.name, '') AS organization_name,"
    " coalesce(d.name, '') AS division_name, coalesce(c.display_name, '') AS confirmed_name,"
    " coalesce(p.display_name, '') AS published_name, r.scored, r.score_value, r.band, r.final_band, r.caps,"
    " r.facts_hash, r.reason, coalesce(k.project, '') AS project, t.code AS standard_code, t.version AS"
    " standard_version, t.id AS standard, count(*) OVER () AS total FROM quarter_score s"
    " JOIN score_revision r ON r.score = s.id AND r.revision = s.revision"
    " JOIN scoring_standard t ON t.id = r.standard LEFT JOIN organization o ON o.id = s.organization"
    " LEFT JOIN division d ON d.code = s.division LEFT JOIN app_user c ON c.id = s.confirmed_by"
    " LEFT JOIN app_user p ON p.id = s.published_by LEFT JOIN contract k ON s.kind = 'contract' AND k.id = s.subject"
)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A score in a list and at the head of its page."""

    id: UUID
    kind: str
    subject: UUID
    number: str
    project: str
    organization: UUID | None
    organization_name: str
    carer: UUID | None
    division: str
    division_name: str
    year: int
    quarter: int
    status: str
    revision: int
    scored: bool
    score_value: Decimal
    band: str
    final_band: str
    caps: tuple[str, ...]
    facts_hash: str
    reason: str
    standard: UUID
    standard_code: str
    standard_version: int
    confirmed_name: str
    published_name: str
    frozen_at: datetime
    confirmed_at: datetime | None
    published_at: datetime | None
    appeal_until: datetime | None
    final_at: datetime | None

    @property
    def period(self) -> str:
        return f"{self.year}Q{self.quarter}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the list; "" leaves one out."""

    period: str = ""
    status: str = ""
    band: str = ""
    kind: str = ""


async def scores(actor: Actor, wanted: Wanted, limit: int, offset: int) -> tuple[list[ScoreRow], int]:
    """The scores of an office's area (a township sees what its county buys), the weakest first within a quarter."""
    if not actor.scope:
        return [], 0
    where, values = _where(wanted)
    area = "(s.division LIKE {} OR (s.kind = 'contract' AND {} LIKE rtrim(s.division, '0') || '%'))"
    return await _rows(f"{area}{where}", [f"{actor.scope}%", actor.scope, *values], limit, offset)


async def newest_quarter(actor: Actor, area: str) -> str:
    """The last quarter of which an area (a prefix of division codes) has scores of contracts, as 2026Q3; "" for none.
    Only where the actor's own area and this one meet."""
    if not (actor.scope and (area.startswith(actor.scope) or actor.scope.startswith(area))):
        return ""
    rows = await QuarterScore.raw(
        "SELECT year || 'Q' || quarter AS period FROM quarter_score WHERE kind = 'contract' AND division LIKE {}"
        " ORDER BY year DESC, quarter DESC LIMIT 1",
        f"{area}%",
    )
    return str(rows[0]["period"]) if rows else ""


async def own_scores(actor: Actor, limit: int, offset: int) -> tuple[list[ScoreRow], int]:
    """The published scores of the manager's organisation, or of the caregiver's agreements."""
    where = "(s.organization = {} OR s.carer = {}) AND s.status = ANY({}::varchar[])"
    return await _rows(where, [*_whose(actor), sorted(life_rules.TOLD)], limit, offset)


def _whose(actor: Actor) -> tuple[UUID | None, UUID | None]:
    """The organisation that the actor manages, the carer that the actor is."""
    managed = actor.organization if actor.has("provider_manager") else None
    return managed, actor.carer if actor.has(*life_rules.CARER) else None


def _where(wanted: Wanted) -> tuple[str, list[object]]:
    parts, values = "", []
    for value, condition in (
        (wanted.period, " AND s.year || 'Q' || s.quarter = {}"), (wanted.status, " AND s.status = {}"),
        (wanted.band, " AND r.final_band = {}"), (wanted.kind, " AND s.kind = {}"),
    ):  # fmt: skip
        if value:
            parts += condition
            values.append(value)
    return parts, list(values)


async def _rows(where: str, values: list[Any], limit: int, offset: int) -> tuple[list[ScoreRow], int]:
    order = (
        " ORDER BY s.year DESC, s.quarter DESC,"
        " array_position(ARRAY['poor', 'fair', 'good', 'excellent', '']::varchar[], r.final_band),"
        " r.score_value, s.number, s.id LIMIT {} OFFSET {}"
    )  # fmt: skip
    rows = await QuarterScore.raw(f"{_COLUMNS} WHERE {where}{order}", *values, limit, offset)
    return [_view(row) for row in rows], int(rows[0]["total"]) if rows else 0


def _view(row: Mapping[str, Any]) -> ScoreRow:
    plain = {name: row[name] for name in ScoreRow.__slots__ if name != "caps"}
    return ScoreRow(**plain, caps=tuple(json.loads(row["caps"])))


async def score_of(actor: Actor, score: UUID, *, own: bool = False) -> ScoreRow:
    """One score: of the office's area, or (`own`) of the organisation or the caregiver, and published.

    Raises:
        NotYours: if there is none.
    """
    rows = await QuarterScore.raw(_COLUMNS + " WHERE s.id = {}", score)
    if not rows:
        raise NotYours
    found = _view(rows[0])
    theirs = own and is_own(actor, found.organization, found.carer)
    if not ((theirs and found.status in life_rules.TOLD) if own else sees(actor, found.division)):
        raise NotYours
    return found


async def facts_text(score: UUID, revision: int) -> str:
    """The frozen text of a revision.

    Raises:
        NotYours: if there is none.
    """
    row = await ScoreRevision.objects().get((ScoreRevision.score == score) & (ScoreRevision.revision == revision))
    if row is None:
        raise NotYours
    return str(row.facts)


async def revisions_of(score: UUID) -> list[dict[str, Any]]:
    """Every revision with its figures, the latest first."""
    rows: list[dict[str, Any]] = await ScoreRevision.raw(
        "SELECT revision, reason, made_at, score_value, scored, final_band, facts_hash FROM score_revision"
        " WHERE score = {} ORDER BY revision DESC",
        score,
    )
    return rows


async def periods(actor: Actor) -> list[str]:
    """The quarters of which the actor's area has scores, the latest first."""
    rows = await QuarterScore.raw(
        "SELECT DISTINCT year, quarter FROM quarter_score WHERE division LIKE {} OR {} LIKE rtrim(division, '0') || '%'"
        " ORDER BY year DESC, quarter DESC LIMIT 40",
        f"{actor.scope}%" if actor.scope else "", actor.scope,
    )  # fmt: skip
    return [f"{row['year']}Q{row['quarter']}" for row in rows]


async def town_names(codes: Collection[str]) -> dict[str, str]:
    """Township (nine digits) or county (six) -> its name."""
    rows = await QuarterScore.raw(
        "SELECT code, name FROM division WHERE code = ANY({}::varchar[])", [each.ljust(12, "0") for each in codes]
    )
    known = {row["code"]: row["name"] for row in rows}
    return {each: known.get(each.ljust(12, "0"), each) for each in codes}


@dataclass(frozen=True, slots=True)
class RunningRow:
    """A contract whose quarter runs, for the list of previews."""

    id: UUID
    number: str
    project: str
    status: str
    organization_name: str
    division: str
    year: int
    quarter: int


_RUNNING: Final = (
    "SELECT c.id, c.number, c.project, c.status, c.division, o.name AS organization_name FROM contract c"
    " JOIN organization o ON o.id = c.supplier WHERE c.status IN ('active', 'suspended', 'accepting')"
    " AND c.kind = 'procurement'"
)


async def running(actor: Actor, day: date, *, own: bool = False) -> list[RunningRow]:
    """The contracts in force, for a look at the quarter so far: of the area, or (`own`) of the organisation."""
    year, quarter = quarter_of(day)
    if own:
        managed, _ = _whose(actor)
        rows = await Contract.raw(_RUNNING + " AND c.supplier = {} ORDER BY c.number LIMIT 200", managed)
    else:
        area = " AND {} <> '' AND (c.division LIKE {} OR {} LIKE rtrim(c.division, '0') || '%')"
        rows = await Contract.raw(
            _RUNNING + area + " ORDER BY c.number LIMIT 200", actor.scope, f"{actor.scope}%", actor.scope
        )
    return [RunningRow(**row, year=year, quarter=quarter) for row in rows]


async def check_contract(actor: Actor, contract: UUID, *, own: bool = False) -> None:
    """Whether the quarter of a contract is the actor's to see.

    Raises:
        NotYours: if not.
    """
    row = await Contract.objects().get(Contract.id == contract)
    if row is None or not (is_own(actor, row.supplier) if own else sees(actor, row.division)):
        raise NotYours


async def check_agreement(actor: Actor, agreement: UUID) -> None:
    """Whether the quarter of an agreement is the actor's own: its caregiver's, or its institution's manager's.

    Raises:
        NotYours: if not, and before it was in force.
    """
    rows = await Contract.raw(
        "SELECT organization, carer FROM care_agreement WHERE id = {} AND activated_at IS NOT NULL", agreement
    )
    if not rows or not is_own(actor, rows[0]["organization"], rows[0]["carer"]):
        raise NotYours


async def own_agreements(actor: Actor, day: date) -> list[dict[str, Any]]:
    """(id, number) of the agreements in force whose quarter runs, of the caregiver or the institution's manager."""
    rows: list[dict[str, Any]] = await Contract.raw(
        "SELECT id, number FROM care_agreement WHERE activated_at IS NOT NULL AND carer IS NOT NULL"
        " AND coalesce(ended_on, ends_on) >= {} AND (organization = {} OR carer = {}) ORDER BY number LIMIT 200",
        quarter_span(*quarter_of(day))[0], *_whose(actor),
    )  # fmt: skip
    return rows

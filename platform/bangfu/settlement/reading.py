"""Reads about statements, always inside what the actor may see: the bureau and finance those of their area, an
organisation its own, a township the subsidies of its caregivers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.settlement.held_rules import Outcome, outcomes
from bangfu.settlement.paying_reading import CLAIM
from bangfu.settlement.tables import Adjustment, Claim, Clause, SettledVisit, Statement, StatementLine
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.like import containing

_STATEMENT = (
    "SELECT s.*, coalesce(q.number, c.number, '') AS subject_number, coalesce(o.name, '') AS organization_name,"
    " q.status AS score_status, q.confirmed_at, q.published_at, q.final_at, q.appeal_until, r.final_band,"
    " r.score_value, r.facts_hash, coalesce(u1.display_name, '') AS confirmed_name,"
    " coalesce(u2.display_name, '') AS published_name, coalesce(u3.display_name, '') AS reviewed_name,"
    " count(*) OVER () AS n FROM settlement_statement s LEFT JOIN quarter_score q ON q.id = s.score"
    " LEFT JOIN score_revision r ON r.score = q.id AND r.revision = s.revision"
    " LEFT JOIN contract c ON c.id = s.subject LEFT JOIN organization o ON o.id = s.organization"
    " LEFT JOIN app_user u1 ON u1.id = q.confirmed_by LEFT JOIN app_user u2 ON u2.id = q.published_by"
    " LEFT JOIN app_user u3 ON u3.id = s.reviewed_by"
)
_LINES = (
    "SELECT l.*, coalesce(c.service, '') AS service, coalesce(l.detail::jsonb ->> 'of', l.kind) AS of,"
    " EXISTS (SELECT 1 FROM settlement_line f WHERE f.frees = l.id) AS freed, k.part, k.id AS claim"
    " FROM settlement_line l LEFT JOIN contract_line c ON c.id = l.contract_line"
    " LEFT JOIN settlement_claim k ON k.statement = l.statement AND k.lines::jsonb @> to_jsonb(l.id::text)"
    " WHERE l.statement = {} ORDER BY l.place"
)
VERDICTS: Final = ("paid", "held", "unpaid", "open", "clawed_back")


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement as pages show it: its row with names, lines, claims, visits counted by verdict and reason."""

    row: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]] = ()
    claims: Sequence[Mapping[str, Any]] = ()
    counts: Sequence[Mapping[str, Any]] = ()
    adjustments: Sequence[Mapping[str, Any]] = ()
    clauses: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    @property
    def id(self) -> UUID:
        found: UUID = self.row["id"]
        return found

    @property
    def undisputed(self) -> list[Mapping[str, Any]]:
        """The lines that the total is the sum of."""
        return [line for line in self.lines if line["status"] == "undisputed"]

    @property
    def added(self) -> list[Mapping[str, Any]]:
        """The undisputed lines as the sum shows them: one that only closes a held line with 0.00 stands with that."""
        return [line for line in self.undisputed if not (line["frees"] and line["reason"] == "dropped")]

    @property
    def outcomes(self) -> list[Outcome]:
        """What was ever held, with what became of it."""
        return outcomes(self.lines)

    def place_of(self, line: UUID) -> int:
        """The number of a line, by which other lines name it."""
        return next(int(each["place"]) for each in self.lines if each["id"] == line)

    def amount_in(self, *states: str) -> Decimal:
        """What its claims in these states come to."""
        return sum((c["amount"] for c in self.claims if c["status"] in states), Decimal("0.00"))


def _area(actor: Actor) -> str:
    return f"{actor.scope}%" if actor.scope else ""


async def statements(
    actor: Actor, wanted: Mapping[str, str], limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """The statements of the actor's area (or organisation), the newest first.

    Args:
        wanted: kind, stage, period ("2026Q3") and text (part of a number or name); "" is all.
    """
    own = actor.organization if actor.has("provider_manager") else None
    whose = "s.organization = {}" if own else "s.division LIKE {}"
    rows = await Statement.raw(
        f"{_STATEMENT} WHERE {whose} AND ({{}} = '' OR s.kind = {{}}) AND ({{}} = '' OR s.stage = {{}})"
        " AND ({} = '' OR s.year || 'Q' || s.quarter = {}) AND ({} = '' OR s.number ILIKE {} OR o.name ILIKE {}"
        " OR coalesce(q.number, c.number) ILIKE {}) ORDER BY s.year DESC, s.quarter DESC, s.number DESC"
        " LIMIT {} OFFSET {}",
        own or _area(actor), *_twice(wanted.get("kind", "")), *_twice(wanted.get("stage", "")),
        *_twice(wanted.get("period", "")), wanted.get("text", ""), *[containing(wanted.get("text", ""))] * 3, limit,
        offset,
    )  # fmt: skip
    return rows, rows[0]["n"] if rows else 0


def _twice(value: str) -> tuple[str, str]:
    return value, value


async def statement_for(actor: Actor, statement: UUID) -> StatementView:
    """One statement with everything that its page shows.

    Raises:
        NotYours: if it is not the actor's to see.
    """
    row = await row_for(actor, statement)
    lines = await StatementLine.raw(_LINES, statement)
    claims = await Claim.raw(f"{CLAIM} WHERE k.statement = {{}} ORDER BY k.part", statement)
    counts = await SettledVisit.raw(
        "SELECT verdict, reason, count(*)::int AS n FROM settlement_visit WHERE statement = {} GROUP BY 1, 2"
        " ORDER BY array_position(ARRAY['paid', 'held', 'unpaid', 'open', 'clawed_back'], verdict::text), 3 DESC, 2",
        statement,
    )
    return StatementView(
        row, [{**line, "detail": json.loads(line["detail"])} for line in lines], [_claim(each) for each in claims],
        counts, await _adjustments(statement, row["subject"]), await clauses_of(row["subject"]),
    )  # fmt: skip


async def row_for(actor: Actor, statement: UUID) -> dict[str, Any]:
    """The row of a statement with its names.

    Raises:
        NotYours: if it is not the actor's to see.
    """
    rows = await Statement.raw(f"{_STATEMENT} WHERE s.id = {{}}", statement)
    if not rows:
        raise NotYours
    row: dict[str, Any] = rows[0]
    if actor.has("provider_manager"):
        theirs = actor.organization is not None and actor.organization == row["organization"]
    else:
        theirs = actor.sees(row["division"])
    if not theirs:
        raise NotYours
    return row


def _claim(row: dict[str, Any]) -> dict[str, Any]:
    text = row["text_enc"]
    return {**row, "text": decrypt(text, f"settlement_claim:text_enc:{row['id']}") if text else ""}


async def _adjustments(statement: UUID, subject: UUID) -> list[dict[str, Any]]:
    """What is about this statement, and what waits to be taken off its contract's next payment."""
    rows = await Adjustment.raw(
        "SELECT a.*, k.code, k.basis, k.value, s.number AS statement_number,"
        " coalesce(u1.display_name, '') AS proposed_name, coalesce(u2.display_name, '') AS approved_name"
        " FROM settlement_adjustment a JOIN settlement_statement s ON s.id = a.statement"
        " LEFT JOIN settlement_clause k ON k.id = a.clause LEFT JOIN app_user u1 ON u1.id = a.proposed_by"
        " LEFT JOIN app_user u2 ON u2.id = a.approved_by WHERE a.statement = {} OR (a.contract = {}"
        " AND a.status = 'approved') OR a.line IN (SELECT id FROM settlement_line WHERE statement = {})"
        " ORDER BY a.proposed_at, a.id",
        statement, subject, statement,
    )  # fmt: skip
    return [
        {
            **row,
            "text": decrypt(row["text_enc"], f"settlement_adjustment:text_enc:{row['id']}") if row["text_enc"] else "",
        }
        for row in rows
    ]


async def clauses_of(contract: UUID) -> list[dict[str, Any]]:
    """The terms noted of a contract, the newest first."""
    rows: list[dict[str, Any]] = await Clause.raw(
        "SELECT k.*, coalesce(u1.display_name, '') AS noted_name, coalesce(u2.display_name, '') AS decided_name"
        " FROM settlement_clause k LEFT JOIN app_user u1 ON u1.id = k.noted_by"
        " LEFT JOIN app_user u2 ON u2.id = k.decided_by WHERE k.contract = {} ORDER BY k.noted_at DESC, k.id",
        contract,
    )
    return rows


async def visits_of(
    statement: UUID, verdict: str, reason: str, line: UUID | None, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """The visits of a statement with what each comes to; names nobody."""
    rows = await SettledVisit.raw(
        "SELECT s.visit, s.verdict, s.reason, s.rate, s.contract_line, v.number, v.service, v.planned_start, v.minutes,"
        " v.status, count(*) OVER () AS n FROM settlement_visit s JOIN visit v ON v.id = s.visit WHERE s.statement = {}"
        " AND ({} = '' OR s.verdict = {}) AND ({} = '' OR s.reason = {}) AND ({}::uuid IS NULL"
        " OR s.contract_line = {}::uuid) ORDER BY v.planned_start, v.number LIMIT {} OFFSET {}",
        statement, verdict, verdict, reason, reason, line, line, limit, offset,
    )  # fmt: skip
    return rows, rows[0]["n"] if rows else 0


async def statements_of(contract: UUID) -> list[dict[str, Any]]:
    """The statements of a contract, the newest first; its access was checked."""
    rows: list[dict[str, Any]] = await Statement.raw(
        f"{_STATEMENT} WHERE s.subject = {{}} ORDER BY s.year DESC, s.quarter DESC", contract
    )
    return rows


async def subsidies(actor: Actor, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """The caregivers' statements of a township whose quarter was judged poor, those that wait first."""
    rows = await Statement.raw(
        f"{_STATEMENT} WHERE s.division LIKE {{}} AND s.kind = 'agreement' AND s.review <> ''"
        " ORDER BY s.review <> 'waiting', s.year DESC, s.quarter DESC, s.number LIMIT {} OFFSET {}",
        _area(actor), limit, offset,
    )  # fmt: skip
    return rows, rows[0]["n"] if rows else 0


def next_step(view: StatementView, at: datetime) -> tuple[str, date | None]:
    """(a code of what happens next, until when): the most urgent of its claims, or what the score waits for."""
    order = ("returned", "open", "claimed", "bureau_reviewed", "lead_approved", "paid")
    waiting = [claim for claim in view.claims if claim["status"] in order]
    if view.row["review"] == "waiting":
        return "township", None
    if waiting:
        first = min(waiting, key=lambda claim: order.index(claim["status"]))
        unpayable = first["status"] == "lead_approved" and not first["account_tail"]
        return "account" if unpayable else first["status"], first["due_on"]
    if view.row["stage"] != "final":
        until = view.row["appeal_until"]
        return view.row["stage"], until.date() if until else None
    return "done", None


async def numbered(statement: UUID, numbers: Sequence[str]) -> list[UUID]:
    """The visits of a statement with these numbers."""
    rows = await SettledVisit.raw(
        "SELECT s.visit FROM settlement_visit s JOIN visit v ON v.id = s.visit WHERE s.statement = {}"
        " AND v.number = ANY({}::varchar[])",
        statement, list(numbers),
    )  # fmt: skip
    return [row["visit"] for row in rows]

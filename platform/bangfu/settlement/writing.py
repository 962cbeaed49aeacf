"""Writing lines into a locked statement and reading what stands there. Lines are append-only."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

from bangfu.settlement.adjust_rules import Part, parts_of
from bangfu.settlement.follow_rules import FIGURES, Step, Written
from bangfu.settlement.statement_rules import LineDraft
from bangfu.settlement.tables import Adjustment, Statement, StatementLine


@dataclass(frozen=True, slots=True)
class Put:
    """A line that was just written: its id, what it is, and the held line that it frees."""

    id: UUID
    draft: LineDraft
    frees: UUID | None = None


async def locked(statement: UUID) -> Statement | None:
    """The statement with its row lock."""
    row: Statement | None = (
        await Statement.objects().where(Statement.id == statement).first().lock_rows("NO KEY UPDATE")
    )
    return row


async def put(
    statement: UUID, steps: Iterable[Step], revision: int, at: datetime, source: UUID | None = None
) -> list[Put]:
    """Write further lines in their order; the statement is locked."""
    rows = await StatementLine.raw(
        "SELECT coalesce(max(place), 0) AS n FROM settlement_line WHERE statement = {}", statement
    )
    found: list[Put] = []
    for place, step in enumerate(steps, rows[0]["n"] + 1):
        draft, key = step.draft, uuid4()
        frees = UUID(step.frees) if step.frees else None
        await StatementLine(
            id=key, statement=statement, place=place, kind=draft.kind, units=draft.units, rate=draft.rate,
            contract_line=UUID(draft.line) if draft.line else None, share=decimal(draft.share, 4),
            factor=decimal(draft.factor, 6), amount=draft.amount, status=draft.status, frees=frees, revision=revision,
            reason=draft.reason, source=source, detail=json.dumps(dict(draft.detail), sort_keys=True), made_at=at,
        ).save()  # fmt: skip
        found.append(Put(key, draft, frees))
    return found


def decimal(value: Fraction, digits: int) -> Decimal:
    """A share or factor as a column keeps it; the amount was computed from the exact fraction."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-digits))


async def written(statement: UUID) -> list[Written]:
    """Every line of a figure, and what adjustments take off these figures elsewhere."""
    rows = await StatementLine.raw(
        "SELECT l.*, EXISTS (SELECT 1 FROM settlement_line f WHERE f.frees = l.id) AS freed FROM settlement_line l"
        " WHERE l.statement = {} ORDER BY l.place",
        statement,
    )
    found = [_written(row) for row in rows]
    return [each for each in found if each.of in FIGURES] + [
        Written("", part.of, part.line, part.rate, part.units, part.amount, "undisputed")
        for part in await taken_elsewhere(statement)
    ]


def _written(row: dict[str, Any]) -> Written:
    detail = json.loads(row["detail"])
    of = detail.get("of", row["kind"]) if row["kind"] == "correction" else row["kind"]
    line = str(row["contract_line"]) if row["contract_line"] else ""
    return Written(
        str(row["id"]), of, line, row["rate"], row["units"], row["amount"], row["status"], row["reason"], row["freed"]
    )


async def taken_elsewhere(statement: UUID) -> list[Part]:
    """What adjustments that are about this statement take off its figures."""
    rows = await Adjustment.raw(
        "SELECT parts FROM settlement_adjustment WHERE statement = {} AND kind IN ('clawback', 'revision')"
        " AND status IN ('approved', 'taken', 'repaid') ORDER BY proposed_at, id",
        statement,
    )
    return [part for row in rows for part in parts_of(json.loads(row["parts"]))]


async def lines_in_claims(statement: UUID) -> set[str]:
    """The ids of the lines that some claim of the statement covers."""
    rows = await StatementLine.raw(
        "SELECT jsonb_array_elements_text(lines::jsonb) AS line FROM settlement_claim WHERE statement = {}", statement
    )
    return {row["line"] for row in rows}


def earned_of(lines: Sequence[Written]) -> Decimal:
    """Base and performance part as they stand undisputed."""
    return sum((line.amount for line in lines if line.status == "undisputed"), Decimal("0.00"))

"""A statement with all that its bundle is made of, from the frozen rows of the database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.oversight import draw_publishing
from bangfu.settlement.bundle_files import ADJUSTMENT_COLUMNS, CLAIM_COLUMNS, LINE_COLUMNS, BundleIn, RevisionIn
from bangfu.settlement.tables import Statement
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.audit import as_recorded, canonical
from bangfu.shared.civil_time import civil_date
from bangfu.shared.tables import AuditEvent

_SUBJECT = (
    "SELECT s.*, coalesce(c.number, a.number, '') AS contract_number, coalesce(o.name, '') AS provider,"
    " coalesce(b.name, '') AS buyer, coalesce(d.name, '') AS county FROM settlement_statement s"
    " LEFT JOIN contract c ON c.id = s.subject LEFT JOIN care_agreement a ON a.id = s.subject"
    " LEFT JOIN organization o ON o.id = s.organization LEFT JOIN organization b ON b.id = c.buyer"
    " LEFT JOIN division d ON d.code = left(s.division, 6) || '000000' WHERE s.id = {}"
)


async def statement_for(actor: Actor, statement: UUID) -> dict[str, Any]:
    """The statement, for who oversees its area; for a provider its own.

    Raises:
        NotYours: for any other.
    """
    rows: list[dict[str, Any]] = await Statement.raw(_SUBJECT, statement)
    if rows and actor.sees(rows[0]["division"]):
        return rows[0]
    raise NotYours


async def own_statement_for(actor: Actor, statement: UUID) -> dict[str, Any]:
    """A statement of the actor's own organisation.

    Raises:
        NotYours: for any other.
    """
    rows: list[dict[str, Any]] = await Statement.raw(_SUBJECT, statement)
    if rows and actor.organization is not None and rows[0]["organization"] == actor.organization:
        return rows[0]
    raise NotYours


async def bundle_in(row: Mapping[str, Any]) -> BundleIn:
    """All that the bundle of a statement is made of, in fixed order."""
    lines = await Statement.raw("SELECT * FROM settlement_line WHERE statement = {} ORDER BY place, id", row["id"])
    claims = await Statement.raw("SELECT * FROM settlement_claim WHERE statement = {} ORDER BY part, number", row["id"])
    revisions = await Statement.raw("SELECT * FROM score_revision WHERE score = {} ORDER BY revision", row["score"])
    subjects = [str(each) for each in (row["score"], row["id"]) if each] + [str(each["id"]) for each in claims]
    return BundleIn(
        _statement(row),
        [_texts(each, LINE_COLUMNS) for each in lines],
        [_texts(_with_day(each), CLAIM_COLUMNS) for each in claims],
        [_revision(each) for each in revisions],
        await _adjustments(row["id"]),
        await _elsewhere(row["id"], revisions),
        await _chain(row["division"], subjects),
        await draws_of(row, _newest(revisions)),
    )


def _with_day(claim: Mapping[str, Any]) -> dict[str, Any]:
    return {**claim, "claimed_on": civil_date(claim["claimed_at"]) if claim["claimed_at"] else None}


def _newest(revisions: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The facts that count; nothing where there is no score."""
    found: Mapping[str, Any] = json.loads(revisions[-1]["facts"]) if revisions else {}
    return found


async def _adjustments(statement: UUID) -> list[dict[str, Any]]:
    """What is taken off because of this statement, and what its own lines take off because of others."""
    rows = await Statement.raw(
        "SELECT a.*, s.number AS about, coalesce(c.code, '') AS code, coalesce(c.basis, '') AS basis,"
        " coalesce(c.value::text, '') AS value, a.approved_at AS decided_at,"
        " (SELECT max(r.revision) FROM score_revision r WHERE r.score = s.score AND r.made_at <= a.proposed_at)"
        " AS revision FROM settlement_adjustment a"
        " JOIN settlement_statement s ON s.id = a.statement LEFT JOIN settlement_clause c ON c.id = a.clause"
        " WHERE a.statement = {} OR a.line IN (SELECT id FROM settlement_line WHERE statement = {})"
        " ORDER BY a.proposed_at, a.id",
        statement, statement,
    )  # fmt: skip
    return [_texts(each, ADJUSTMENT_COLUMNS) for each in rows]


async def _elsewhere(statement: UUID, revisions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The visits of the facts that stand in another statement, with its number."""
    visits = {visit["id"] for row in revisions for visit in json.loads(row["facts"])["visits"]}
    rows = await Statement.raw(
        "SELECT v.visit, s.number FROM settlement_visit v JOIN settlement_statement s ON s.id = v.statement"
        " WHERE v.statement <> {} AND v.visit = ANY({}::uuid[])",
        statement, sorted(visits),
    )  # fmt: skip
    return {str(row["visit"]): row["number"] for row in rows}


def _statement(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in ("number", "kind", "year", "quarter", "stage", "revision", "review")}
    names = {"contract": row["contract_number"], "provider": row["provider"], "buyer": row["buyer"]}
    return {**told, **names, "id": str(row["id"]), "subject": str(row["subject"]), "total": f"{row['total']:.2f}",
            "held": f"{row['held']:.2f}"}  # fmt: skip


_PLACES = {"rate": 2, "share": 4, "factor": 6, "amount": 2}


def _texts(row: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    """The columns of a row as texts; JSON opened."""
    found: dict[str, Any] = {}
    for name in columns:
        value = row[name]
        if name in _PLACES:
            value = f"{value:.{_PLACES[name]}f}"
        elif isinstance(value, datetime):
            value = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        elif name in {"detail", "lines", "parts", "visits"} and isinstance(value, str):
            value = json.loads(value)
        found[name] = value if isinstance(value, dict | list) or value is None else str(value)
    return found


def _revision(row: Mapping[str, Any]) -> RevisionIn:
    opened = {name: json.loads(row[name]) if isinstance(row[name], str) else row[name] for name in ("points", "caps")}
    said = {
        **opened, "scored": row["scored"], "score": f"{row['score_value']:.1f}" if row["scored"] else None,
        "band": row["band"], "final_band": row["final_band"], "reason": row["reason"],
    }  # fmt: skip
    return RevisionIn(row["revision"], row["facts"], row["facts_hash"], said)


async def _chain(division: str, subjects: Sequence[str]) -> list[dict[str, Any]]:
    """The events about the score, the statement and its claims: the system's whole, people's as hashes."""
    rows = await AuditEvent.raw(
        "SELECT * FROM audit_event WHERE stream = {} AND subject = ANY({}) AND action NOT LIKE 'bundle.%' ORDER BY seq",
        audit.stream_of(division), list(subjects),
    )  # fmt: skip
    return [_link(row) for row in rows]


def _link(row: Mapping[str, Any]) -> dict[str, Any]:
    event = as_recorded(row)
    told = {name: event[name] for name in ("stream", "seq", "at", "action", "subject")}
    whole = row["actor"] is None and not row["address"]
    return {**told, "previous": bytes(row["previous"]).hex(), "hash": bytes(row["hash"]).hex(),
            "text": canonical(event) if whole else ""}  # fmt: skip


_ROUNDS = (
    "SELECT DISTINCT r.id, l.month = 0 AS second, l.month, r.number FROM draw_list l"
    " JOIN draw_round r ON r.id = l.round"
    " WHERE l.contract = {} AND r.id = ANY({}::uuid[]) AND r.status = 'drawn' ORDER BY 2, 3, 4"
)


async def draws_of(row: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The published draws that the facts know of, cut down to the contract's own lists and to what the facts have
    checks of: what was drawn since says nothing of them. Who inspects is not among them."""
    if not facts.get("draws"):
        return {}
    checked = {(check["visit"], check["origin"]) for check in facts["checks"]}
    found = {}
    for each in await Statement.raw(_ROUNDS, row["subject"], [UUID(key) for key in facts["draws"]]):
        whole = await draw_publishing.result_document(each["id"])
        own = [
            {
                **{name: value for name, value in draw.items() if name != "inspectors"},
                "later": [one for one in draw["later"] if (one["id"], one["origin"]) in checked],
            }
            for draw in whole["draws"]
            if draw["contract"] == str(row["subject"])
        ]
        found[f"{whole['draw']}-{each['number']}"] = {**whole, "draws": own}
    return found

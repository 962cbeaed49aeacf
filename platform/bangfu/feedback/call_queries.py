"""Reads of the pages of call-backs: rounds with their quota, townships, the list of calls, one call."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.feedback import calling, questions
from bangfu.feedback.questions import Question
from bangfu.feedback.serving import visits_of
from bangfu.feedback.tables import Callback, CallbackRound
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_name, mask_phone
from bangfu.shared.phones import national_phone

STATES: Final = ("open", "done", "unreachable", "dropped")
_ROUND: Final = (
    "SELECT r.*, coalesce(o.name, '') AS organization_name, count(c.id) AS listed,"
    " count(c.id) FILTER (WHERE c.status = 'done') AS done, count(c.id) FILTER (WHERE c.status = 'open') AS waiting,"
    " count(c.id) FILTER (WHERE c.status = 'unreachable') AS unreachable,"
    " count(c.id) FILTER (WHERE c.confirmed) AS confirmed,"
    " count(c.id) FILTER (WHERE c.division LIKE {} AND c.status = 'open') AS here, count(*) OVER () AS total"
    " FROM callback_round r LEFT JOIN callback c ON c.round = r.id LEFT JOIN organization o ON o.id = r.organization"
    " WHERE (r.division LIKE {} OR EXISTS (SELECT 1 FROM callback x WHERE x.round = r.id AND x.division LIKE {}))"
    " AND NOT feedback_side({}, r.kind, r.subject, NULL, r.year, r.quarter)"
)


def _scope(actor: Actor) -> str:
    return f"{actor.scope}%" if actor.scope else ""


async def rounds(actor: Actor, year: int, quarter: int, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """The rounds that touch the actor's area, those furthest from their quota first; never to who serves."""
    scope = _scope(actor)
    rows = await CallbackRound.raw(
        _ROUND + " AND r.year = {} AND r.quarter = {} GROUP BY r.id, o.name"
        " ORDER BY count(c.id) FILTER (WHERE c.status = 'done') - r.quota, r.number, r.id LIMIT {} OFFSET {}",
        scope, scope, scope, actor.user, year, quarter, limit, offset,
    )  # fmt: skip
    return rows, rows[0]["total"] if rows else 0


async def round_for(actor: Actor, round_id: UUID) -> dict[str, Any]:
    """One round.

    Raises:
        NotYours: if it does not touch the actor's area, or the actor stands on its serving side.
    """
    scope = _scope(actor)
    rows: list[dict[str, Any]] = await CallbackRound.raw(
        _ROUND + " AND r.id = {} GROUP BY r.id, o.name", scope, scope, scope, actor.user, round_id
    )
    if not rows:
        raise NotYours
    return rows[0]


async def townships(actor: Actor, year: int, quarter: int) -> list[dict[str, Any]]:
    """Calls of a quarter by township of the actor's area: on the list, made, not reached, waiting."""
    rows: list[dict[str, Any]] = await Callback.raw(
        "SELECT left(c.division, 9) AS code, coalesce(d.name, left(c.division, 9)) AS name, count(*) AS listed,"
        " count(*) FILTER (WHERE c.status = 'done') AS done, count(*) FILTER (WHERE c.status = 'open') AS waiting,"
        " count(*) FILTER (WHERE c.status = 'unreachable') AS unreachable FROM callback c"
        " JOIN callback_round r ON r.id = c.round LEFT JOIN division d ON d.code = rpad(left(c.division, 9), 12, '0')"
        " WHERE c.division LIKE {} AND r.year = {} AND r.quarter = {}"
        " AND NOT feedback_side({}, r.kind, r.subject, NULL, r.year, r.quarter) GROUP BY 1, 2 ORDER BY 1",
        _scope(actor), year, quarter, actor.user,
    )  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class Entry:
    """A home on a list; its head's name is masked."""

    id: UUID
    place: int
    status: str
    origin: str
    number: str
    kind: str
    organization_name: str
    household_number: str
    head_name: str
    township: str
    village: str
    called_before: date | None
    attempts: int
    days: int
    last_try: datetime | None
    mark: str
    confirmed: bool | None
    due_at: datetime


_ENTRY: Final = (
    "SELECT c.id, c.place, c.status, c.origin, r.number, r.kind, coalesce(o.name, '') AS organization_name,"
    " h.number AS household_number, h.head_name, coalesce(t.name, '') AS township, coalesce(v.name, '') AS village,"
    " c.called_before, coalesce(a.attempts, 0) AS attempts, coalesce(a.days, 0) AS days, a.last_try, c.mark,"
    " c.confirmed, r.due_at, count(*) OVER () AS total FROM callback c JOIN callback_round r ON r.id = c.round"
    " JOIN household h ON h.id = c.household LEFT JOIN organization o ON o.id = r.organization"
    " LEFT JOIN division v ON v.code = c.division LEFT JOIN division t ON t.code = rpad(left(c.division, 9), 12, '0')"
    " LEFT JOIN LATERAL (SELECT count(*) AS attempts, count(DISTINCT day) AS days, max(at) AS last_try"
    " FROM callback_attempt x WHERE x.callback = c.id) a ON true"
    " WHERE c.division LIKE {} AND NOT feedback_side({}, r.kind, r.subject, c.household, r.year, r.quarter)"
)


async def entries_of(actor: Actor, round_id: UUID) -> list[Entry]:
    """The homes of a round in the actor's area, in the order in which they were chosen."""
    rows = await Callback.raw(
        _ENTRY + " AND c.round = {} ORDER BY c.place, c.id LIMIT 500", _scope(actor), actor.user, round_id
    )
    return [_entry(row) for row in rows]


async def calls(
    actor: Actor, year: int, quarter: int, area: str, state: str, limit: int, offset: int
) -> tuple[list[Entry], int]:
    """The calls of the actor's area by township and village; `area` a division prefix or "", `state` one of STATES."""
    rows = await Callback.raw(
        _ENTRY + " AND r.year = {} AND r.quarter = {} AND c.division LIKE {} AND c.status = {}"
        " ORDER BY c.division, c.household, c.place LIMIT {} OFFSET {}",
        _scope(actor), actor.user, year, quarter, f"{area}%", state, limit, offset,
    )  # fmt: skip
    return [_entry(row) for row in rows], rows[0]["total"] if rows else 0


async def waiting_count(actor: Actor) -> int:
    """How many calls wait for this person; counted up to 100, so that a start page stays quick."""
    if not actor.scope:
        return 0
    rows = await Callback.raw(
        "SELECT count(*) AS n FROM (SELECT 1 FROM callback c JOIN callback_round r ON r.id = c.round"
        " WHERE c.status = 'open' AND c.division LIKE {}"
        " AND NOT feedback_side({}, r.kind, r.subject, c.household, r.year, r.quarter) LIMIT 100) s",
        _scope(actor), actor.user,
    )  # fmt: skip
    return int(rows[0]["n"])


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(**{**{name: row[name] for name in Entry.__slots__}, "head_name": mask_name(row["head_name"])})


@dataclass(frozen=True, slots=True)
class Phone:
    """A number of the home, masked; `key` is what asks for the whole one."""

    key: str
    name: str
    relation: str
    kind: str
    phone: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call as its page shows it."""

    row: Mapping[str, Any]
    entry: Entry
    phones: list[Phone]
    visits: list[dict[str, Any]]
    attempts: list[dict[str, Any]]
    asked: tuple[Question, ...]
    answers: Mapping[str, str]
    words: str
    stars: int | None
    caller_name: str


async def call_for(actor: Actor, callback: UUID, at: datetime, today: date) -> Call:
    """One call: whom, about which visits, what was tried, what was said. The auditor reads no words of people.

    Raises:
        NotYours: as calling.entry_for.
    """
    row = await calling.entry_for(actor, callback)
    entry = (await Callback.raw(_ENTRY + " AND c.id = {}", _scope(actor), actor.user, callback))[0]
    numbers = await calling.numbers_of(row["household"], at) if row["status"] == "open" else {}
    attempts = await Callback.raw(
        "SELECT a.day, a.at, a.result, coalesce(u.display_name, '') AS who FROM callback_attempt a"
        " LEFT JOIN app_user u ON u.id = a.made_by WHERE a.callback = {} ORDER BY a.at",
        callback,
    )
    more = await Callback.raw(
        "SELECT (SELECT stars FROM rating WHERE callback = {}) AS stars,"
        " (SELECT display_name FROM app_user WHERE id = {}::uuid) AS name",
        callback, row["caller"],
    )  # fmt: skip
    version = questions.VERSIONS.get(row["questions"]) or questions.in_force(today)
    return Call(
        row, _entry(entry),
        [
            Phone(key, mask_name(one["name"]), one["relation"], one["kind"], mask_phone(national_phone(one["phone"])))
            for key, one in numbers.items()
        ],
        [_visit(each) for each in await visits_of(
            row["kind"], row["subject"], row["household"], row["year"], row["quarter"])],
        attempts, tuple(version.questions), json.loads(row["answers"]),
        "" if actor.has("auditor") else unseal("callback", row, "words_enc"), more[0]["stars"], more[0]["name"] or "",
    )  # fmt: skip


def _visit(row: dict[str, Any]) -> dict[str, Any]:
    lines = json.loads(row["checklist"])
    minutes = None
    if row["started_at"] and row["ended_at"]:
        minutes = round((row["ended_at"] - row["started_at"]).total_seconds() / 60)
    return {**row, "minutes": minutes, "done": sum(line.get("answer") == "done" for line in lines), "lines": len(lines)}

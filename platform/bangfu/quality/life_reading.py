"""Appeals, vetoes and follow-ups as pages show them: rows with names, opened texts and files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.quality.life_appeal_rules import COUNTY_DIGITS
from bangfu.quality.life_moves import check_own, opened, sees
from bangfu.quality.life_rules import TOLD
from bangfu.quality.life_tables import ScoreNote
from bangfu.quality.tables import QuarterScore
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.files import Looked

Which = Literal["score_appeal", "score_veto", "score_follow"]
Row = dict[str, Any]

_PEOPLE: Final[dict[str, tuple[str, ...]]] = {
    "score_appeal": ("opened_by", "answered_by", "decided_by", "reviewed_by"),
    "score_veto": ("proposed_by", "summoned_by", "said_by", "heard_by", "decided_by"),
    "score_follow": ("handed_in_by", "decided_by"),
}
_SEALED: Final[dict[str, tuple[str, ...]]] = {
    "score_appeal": ("text", "answer", "decision", "asked", "review"),
    "score_veto": ("text", "place", "said", "heard", "decision"),
    "score_follow": ("plan", "outcome"),
}
_MORE: Final[dict[str, str]] = {
    "score_appeal": ", s.number AS subject_number, s.year, s.quarter, s.kind, s.subject, s.carer, s.confirmed_by,"
    " s.status AS score_status",
    "score_veto": "",
    "score_follow": ", s.confirmed_by",
}
_JOINS: Final[dict[str, str]] = {
    "score_appeal": " JOIN quarter_score s ON s.id = t.score",
    "score_veto": "",
    "score_follow": " LEFT JOIN quarter_score s ON s.id = t.score",
}
_CLOSED: Final[dict[str, str]] = {
    "score_appeal": "'reviewed', 'withdrawn'", "score_veto": "'confirmed', 'dismissed'",
    "score_follow": "'done', 'dropped'",
}  # fmt: skip
_STANDS: Final[dict[str, str]] = {"score_appeal": " AND NOT (t.status = 'decided' AND s.status = 'final')"}
"""What is closed though a further step would be possible: nobody asked for the review in time."""


async def listed(which: Which, condition: str, *values: object, most: int = 300) -> list[Row]:
    """Rows with the names of people, provider and division; `condition` is SQL about `t`."""
    people = _PEOPLE[which]
    names = "".join(f", coalesce({each}_.display_name, '') AS {each}_name" for each in people)
    joins = "".join(f" LEFT JOIN app_user {each}_ ON {each}_.id = t.{each}" for each in people)
    rows: list[Row] = await QuarterScore.raw(
        f"SELECT t.*, coalesce(o.name, '') AS organization_name{names}{_MORE[which]} FROM {which} t"  # noqa: S608 (constants)
        f" LEFT JOIN organization o ON o.id = t.organization{_JOINS[which]}{joins} WHERE {condition} LIMIT {most}",
        *values,
    )
    return rows


async def one(which: Which, row: UUID) -> Row:
    """One row with its texts opened (`<name>_text`) and its files by kind.

    Raises:
        NotYours: if there is none.
    """
    rows = await listed(which, "t.id = {}", row)
    if not rows:
        raise NotYours
    return await full(which, rows[0])


async def full(which: Which, row: Row) -> Row:
    """A row of `listed` with its texts and files."""
    kept = (await files.files_of(which, [row["id"]]))[row["id"]]
    texts = {f"{each}_text": opened(which, f"{each}_enc", row["id"], row[f"{each}_enc"]) for each in _SEALED[which]}
    return {**row, **texts, "files": kept, "notes": await notes_of([row["id"]])}


async def seen(actor: Actor, which: Which, row: UUID) -> Row:
    """One row that an office may see: an appeal also by the township that states the facts.

    Raises:
        NotYours: for everybody else.
    """
    found = await one(which, row)
    if which == "score_appeal" and is_township(actor):
        fine = found["township"].startswith(actor.scope)
    else:
        fine = sees(actor, found["division"])
    if not fine:
        raise NotYours
    return found


async def own(actor: Actor, which: Which, row: UUID) -> Row:
    """One row of the manager's own organisation (an appeal also of the caregiver); of a veto only what was told.

    Raises:
        NotYours: for every other one.
    """
    found = await one(which, row)
    check_own(actor, found["organization"], found.get("carer"))
    if which == "score_veto" and found["status"] == "proposed":
        raise NotYours
    return found


async def own_score(actor: Actor, score: UUID) -> QuarterScore:
    """A published score of the manager's own organisation, or of the caregiver's own agreement.

    Raises:
        NotYours: for every other one.
    """
    row: QuarterScore | None = await QuarterScore.objects().get(QuarterScore.id == score)
    if row is None or row.status not in TOLD:
        raise NotYours
    check_own(actor, row.organization, row.carer)
    return row


async def score_seen(actor: Actor, score: UUID) -> QuarterScore:
    """A score that an office may see.

    Raises:
        NotYours: outside of its area.
    """
    row: QuarterScore | None = await QuarterScore.objects().get(QuarterScore.id == score)
    if row is None or not sees(actor, row.division):
        raise NotYours
    return row


def is_township(actor: Actor) -> bool:
    """Whether a person works for one township, not for the county."""
    return len(actor.scope) > COUNTY_DIGITS


def in_area(actor: Actor, column: str = "t.division") -> tuple[str, list[object]]:
    """The condition on a division for what an office sees, with its values."""
    if not actor.scope:
        return "false", []
    if not is_township(actor):
        return f"{column} LIKE {{}}", [f"{actor.scope}%"]
    county = actor.scope[:COUNTY_DIGITS].ljust(12, "0")
    return f"({column} LIKE {{}} OR {column} = {{}})", [f"{actor.scope}%", county]


async def appeals_for(actor: Actor, status: str) -> list[Row]:
    """The appeals of an area, those whose deadline is nearest first; `status`: a state, "open", or "" for all."""
    where, values = in_area(actor)
    if is_township(actor):
        where, values = "t.township LIKE {}", [f"{actor.scope}%"]
    return await _of("score_appeal", where, values, status, "coalesce(t.review_until, t.decide_until), t.number")


async def vetoes_for(actor: Actor, status: str) -> list[Row]:
    """The vetoes of an area, the newest first."""
    where, values = in_area(actor)
    return await _of("score_veto", where, values, status, "t.proposed_at DESC, t.number")


async def follows_for(actor: Actor, status: str, kind: str = "") -> list[Row]:
    """What follows from scores in an area, the nearest deadline first."""
    where, values = in_area(actor)
    if kind:
        where, values = f"{where} AND t.kind = {{}}", [*values, kind]
    return await _of("score_follow", where, values, status, "t.due_at, t.number")


async def of_organization(which: Which, actor: Actor) -> list[Row]:
    """An organisation's own rows, the open ones first."""
    told = " AND t.status <> 'proposed'" if which == "score_veto" else ""
    return await listed(
        which, f"t.organization = {{}}{told} ORDER BY t.status IN ({_CLOSED[which]}), t.number DESC",
        actor.organization,
    )  # fmt: skip


async def of_score(which: Which, score: UUID) -> list[Row]:
    """The rows of one score, fetched with its own access check."""
    return [await full(which, row) for row in await listed(which, "t.score = {} ORDER BY t.number", score)]


async def notes_of(subjects: Sequence[UUID]) -> list[Row]:
    """What people wrote with steps, the newest first, with their names."""
    rows = await ScoreNote.raw(
        "SELECT n.id, n.subject, n.event, n.text_enc, n.at, coalesce(u.display_name, '') AS who FROM score_note n"
        " LEFT JOIN app_user u ON u.id = n.written_by WHERE n.subject = ANY({}::uuid[]) ORDER BY n.at DESC, n.id",
        list(subjects),
    )
    return [{**row, "text": opened("score_note", "text_enc", row["id"], row["text_enc"])} for row in rows]


async def file_of(which: Which, row: UUID, file: UUID) -> Looked:
    """A file of a row that was fetched with its access check.

    Raises:
        NotYours: if it belongs to another row.
    """
    return await files.opened(file, which, row)


def clock_of(row: Row) -> datetime | None:
    """Until when the next one has to act on an appeal; None when nobody has: a decision stands once the score is
    final."""
    if row["status"] == "decided" and row["score_status"] == "final":
        return None
    return {
        "opened": row["facts_until"], "answered": row["decide_until"], "decided": row["ask_until"],
        "review_asked": row["review_until"],
    }.get(row["status"])  # fmt: skip


async def _of(which: Which, where: str, values: list[object], status: str, order: str) -> list[Row]:
    if status == "open":
        where += f" AND t.status NOT IN ({_CLOSED[which]}){_STANDS.get(which, '')}"
    elif status:
        where, values = f"{where} AND t.status = {{}}", [*values, status]
    return await listed(which, f"{where} ORDER BY t.status IN ({_CLOSED[which]}), {order}", *values)

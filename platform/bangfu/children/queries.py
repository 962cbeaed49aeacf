"""Reads of child files, inside the actor's scope; a child's whole data only for the roles of households.rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.catalogue.window_rules import Window
from bangfu.children import rules
from bangfu.children.tables import ChildColor, ChildContact, ChildFile, ChildGuardian, ChildMeasure
from bangfu.errors import NotYours
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import add_months, age_on
from bangfu.shared.masking import mask_name, mask_phone


@dataclass(frozen=True, slots=True)
class Row:
    """A child in a list, with or without a file."""

    person: UUID
    household: UUID
    file: UUID | None
    name: str
    age: int
    village: str
    color: str
    review_on: date | None
    review: str
    status: str
    last_visit: datetime | None


@dataclass(frozen=True, slots=True)
class FileView:
    """A file's head."""

    id: UUID
    household: UUID
    household_number: str
    person: UUID
    division: str
    place: str
    name: str
    age: int
    sex: str
    child: bool
    """Under 14: the reading is noted."""
    adult: bool
    status: str
    color: str
    color_since: date
    review_on: date
    review: str
    school: str
    grade: str
    boarding: bool
    teacher: str
    closed_reason: str


_MINORS = (
    "SELECT p.id AS person, p.household, p.name, p.birth_date, c.id AS file, coalesce(c.color, '') AS color,"
    " c.review_on, coalesce(c.status, '') AS status, coalesce(d.name, '') AS village, count(*) OVER () AS total,"
    " (SELECT max(met_at) FROM child_contact k WHERE k.file = c.id AND k.kind = 'visit') AS last_visit"
    " FROM person p JOIN household h ON h.id = p.household LEFT JOIN child_file c ON c.person = p.id"
    " LEFT JOIN division d ON d.code = h.division"
    " WHERE h.division LIKE {} AND h.status IN ('active', 'grace') AND p.left_on IS NULL AND p.birth_date > {}"
)
_FILTERS = {
    "color": "AND c.color = {} AND c.status = 'active'",
    "division": "AND h.division LIKE {} || '%'",
}
_SHOWN = {
    "late": "AND c.status = 'active' AND c.review_on < {}",
    "none": "AND c.id IS NULL AND {}::date IS NOT NULL",
    "closed": "AND c.status = 'closed' AND {}::date IS NOT NULL",
}
_ORDER = (
    "ORDER BY (c.id IS NULL), array_position(ARRAY['red','yellow','blue','green']::varchar[], c.color), c.review_on,"
    " p.id LIMIT {} OFFSET {}"
)


async def children(
    actor: Actor, filters: Mapping[str, str], today: date, limit: int, offset: int
) -> tuple[list[Row], int]:
    """One page of the minors of the actor's area, the highest risk first; `show`: late, none (no file) or closed."""
    if not actor.scope:
        return [], 0
    sql, values = [_MINORS], [f"{actor.scope}%", add_months(today, -12 * rules.ADULT_AT)]
    for name, condition in _FILTERS.items():
        if filters.get(name):
            sql.append(condition)
            values.append(filters[name])
    if filters.get("show") in _SHOWN:
        sql.append(_SHOWN[filters["show"]])
        values.append(today)
    rows = await ChildFile.raw(" ".join((*sql, _ORDER)), *values, limit, offset)
    return [_row(row, today) for row in rows], rows[0]["total"] if rows else 0


def _row(row: Mapping[str, Any], today: date) -> Row:
    review = rules.review_state(row["review_on"], today) if row["status"] == "active" else ""
    return Row(
        row["person"], row["household"], row["file"], mask_name(row["name"]), age_on(today, row["birth_date"]),
        row["village"], row["color"], row["review_on"], review, row["status"], row["last_visit"],
    )  # fmt: skip


async def counts(actor: Actor, today: date) -> dict[str, int]:
    """Overdue reviews, red children, and minors of dibao or tekun households without a file."""
    rows = await ChildFile.raw(
        "SELECT count(*) FILTER (WHERE review_on < {}) AS late, count(*) FILTER (WHERE color = 'red') AS red"
        " FROM child_file WHERE status = 'active' AND division LIKE {}",
        today, f"{actor.scope}%",
    )  # fmt: skip
    return {"late": int(rows[0]["late"]), "red": int(rows[0]["red"])}


async def of_household(actor: Actor, household: UUID, today: date) -> list[Row]:
    """The minors of one household; the access check is the caller's."""
    rows = await ChildFile.raw(
        _MINORS + " AND p.household = {} " + _ORDER,
        f"{actor.scope}%", add_months(today, -12 * rules.ADULT_AT), household, 50, 0,
    )  # fmt: skip
    return [_row(row, today) for row in rows]


_FILE = (
    "SELECT c.*, p.name, p.birth_date, p.sex, h.number AS household_number,"
    " coalesce(t.name, '') || coalesce(d.name, '') AS place"
    " FROM child_file c JOIN person p ON p.id = c.person JOIN household h ON h.id = c.household"
    " LEFT JOIN division d ON d.code = h.division LEFT JOIN division t ON t.code = left(h.division, 9) || '000'"
    " WHERE c.id = {}"
)


async def file_for(actor: Actor, file: UUID, today: date) -> FileView:
    """One file's head.

    Raises:
        NotYours: if there is none in the actor's scope.
    """
    rows = await ChildFile.raw(_FILE, file)
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    row = rows[0]
    age = age_on(today, row["birth_date"]) if row["birth_date"] else 0
    return FileView(
        id=row["id"], household=row["household"], household_number=row["household_number"], person=row["person"],
        division=row["division"], place=row["place"], name=mask_name(row["name"]), age=age, sex=row["sex"],
        child=age < 14, adult=rules.is_adult(row["birth_date"], today), status=row["status"], color=row["color"],
        color_since=row["color_since"], review_on=row["review_on"],
        review=rules.review_state(row["review_on"], today) if row["status"] == "active" else "",
        school=unseal("child_file", row, "school_enc"), grade=row["grade"], boarding=row["boarding"],
        teacher=unseal("child_file", row, "teacher_enc"), closed_reason=row["closed_reason"],
    )  # fmt: skip


async def person_for(actor: Actor, household: UUID, person: UUID) -> Mapping[str, Any]:
    """A member for whom a file may be opened: id, household, masked name.

    Raises:
        NotYours: if there is none in the actor's scope.
    """
    rows = await ChildFile.raw(
        "SELECT p.id, p.household, p.name, h.division, h.number FROM person p JOIN household h ON h.id = p.household"
        " WHERE p.id = {} AND h.id = {}",
        person, household,
    )  # fmt: skip
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    return {**rows[0], "name": mask_name(rows[0]["name"])}


async def colors(file: UUID) -> list[dict[str, Any]]:
    """Every colour with its basis, the newest first."""
    rows = await ChildColor.raw(
        "SELECT c.*, coalesce(u.display_name, '') AS who FROM child_color c LEFT JOIN app_user u ON u.id = c.given_by"
        " WHERE c.file = {} ORDER BY c.given_at DESC, c.id",
        file,
    )
    return [{**row, "basis": unseal("child_color", row, "basis_enc")} for row in rows]


async def plan(file: UUID) -> dict[str, Any] | None:
    """The newest plan with its lines; None where there is none."""
    rows = await ChildMeasure.raw(
        "SELECT p.*, coalesce(u.display_name, '') AS who FROM child_plan p"
        " LEFT JOIN app_user u ON u.id = p.written_by WHERE p.file = {} ORDER BY p.version DESC LIMIT 1",
        file,
    )
    if not rows:
        return None
    lines = await ChildMeasure.raw("SELECT * FROM child_measure WHERE plan = {} ORDER BY position", rows[0]["id"])
    shown = [{**line, "what": unseal("child_measure", line, "what_enc")} for line in lines]
    return {**rows[0], "goal": unseal("child_plan", rows[0], "goal_enc"), "measures": shown}


async def guardians(file: UUID) -> list[dict[str, Any]]:
    """The present guardians, masked."""
    rows = await ChildGuardian.raw(
        "SELECT * FROM child_guardian WHERE file = {} AND ended_on IS NULL ORDER BY lives_with DESC, recorded_at", file
    )
    return [
        {
            **row, "name": mask_name(unseal("child_guardian", row, "name_enc")),
            "phone": mask_phone(unseal("child_guardian", row, "phone_enc")),
        }
        for row in rows
    ]  # fmt: skip


async def contacts(file: UUID, limit: int = 20) -> list[dict[str, Any]]:
    """The newest visits, calls and talks."""
    rows = await ChildContact.raw(
        "SELECT c.*, coalesce(u.display_name, '') AS who FROM child_contact c"
        " LEFT JOIN app_user u ON u.id = c.recorded_by WHERE c.file = {} ORDER BY c.met_at DESC, c.id LIMIT {}",
        file, limit,
    )  # fmt: skip
    return [{**row, "what": unseal("child_contact", row, "what_enc")} for row in rows]


async def windows(file: FileView, today: date) -> Sequence[Window]:
    """The visits that the colour makes due in the running period."""
    rows = await ChildContact.raw(
        "SELECT met_at FROM child_contact WHERE file = {} AND kind = ANY({}::varchar[])"
        " AND met_at > now() - interval '120 days'",
        file.id, sorted(rules.COUNTED),
    )  # fmt: skip
    return rules.visit_windows(file.color, today, [row["met_at"] for row in rows])

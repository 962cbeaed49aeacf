"""What the flags of one visit look at, read through indexes: the visit itself, its neighbours, pictures, words."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.providers.standing import barred_carers, fit_on
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.coordinates import Point
from bangfu.verification.rules import Done, Picture, Thresholds
from bangfu.visits.door_checklists import level_of
from bangfu.visits.door_rules import undone_lines
from bangfu.visits.life_rules import DELIVERED
from bangfu.visits.tables import Visit

ROUGH: Final = frozenset({"division"})
"""Sources of a home's place that are no place: a village's middle says nothing about distance."""
NEAR: Final = timedelta(days=1)
"""How far around a visit its neighbours are looked for."""
_HOSPITAL: Final = ("hospital", "recipient_absent_hospital")
_GONE: Final = {"death": "died", "moved": "moved_out"}
_GONE_DAYS: Final = 60
"""How long a visit that was called off for death or moving speaks for the register that nobody has changed yet."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around a visit. `items`: mandatory lines of its checklist that were not done."""

    rural: bool
    point: Point | None
    person: UUID | None
    qualifications: list[list[str]]
    has_record: bool
    confirmation: str
    words: str
    items: list[str]


async def around(row: Visit) -> Around:
    """The home, the need and the record of a visit."""
    rows = await Visit.raw(
        "SELECT h.lat, h.lon, h.location_source, coalesce(d.rural, false) AS rural, n.person, n.qualifications,"
        " r.id AS record, coalesce(r.confirmation, '') AS confirmation, coalesce(r.text_hash, '') AS words,"
        " coalesce(r.checklist, '[]') AS checklist, r.incident, f.lines"
        " FROM household h JOIN need n ON n.id = {} LEFT JOIN division d ON d.code = h.division"
        " LEFT JOIN visit_record r ON r.visit = {}"
        " LEFT JOIN visit_form f ON f.code = r.form AND f.version = r.form_version WHERE h.id = {}",
        row.need, row.id, row.household,
    )  # fmt: skip
    found = rows[0]
    # A visit that was stopped for danger owes no checklist: what it came to stands in the incident.
    lines = json.loads(found["lines"]) if found["lines"] and found["incident"] is None else []
    level = await level_of(row) if lines else ""
    return Around(
        rural=found["rural"], point=point_of(found), person=found["person"],
        qualifications=groups_of(found["qualifications"]), has_record=found["record"] is not None,
        confirmation=found["confirmation"], words=found["words"],
        items=undone_lines(lines, json.loads(found["checklist"]), level),
    )  # fmt: skip


def groups_of(qualifications: str) -> list[list[str]]:
    """A need's groups of certificates, as the database gives them."""
    found: list[list[str]] = json.loads(qualifications)
    return found


def point_of(row: Any) -> Point | None:
    """The home's place where it is really known."""
    if row["lat"] is None or row["lon"] is None or row["location_source"] in ROUGH:
        return None
    return row["lat"], row["lon"]


_BESIDE = (
    "SELECT v.id, v.number, v.household, v.status, v.started_at, v.ended_at, h.lat, h.lon, h.location_source"
    " FROM visit v JOIN household h ON h.id = v.household WHERE v.{column} = {{}} AND v.id <> {{}}"
    " AND v.started_at IS NOT NULL AND v.started_at > {{}} AND v.started_at < {{}} AND v.ended_at IS NOT NULL"
    " AND v.status = ANY({{}}::varchar[])"
)


async def beside(row: Visit, server: UUID) -> list[Done]:
    """Visits of one server from a day before to a day after, by their start; a rejected one did not happen."""
    first, last = row.started_at - NEAR, row.ended_at + NEAR
    values = [server, row.id, first, last, sorted(DELIVERED)]
    rows = await Visit.raw(
        f"{_BESIDE.format(column='carer')} UNION ALL {_BESIDE.format(column='partner')} ORDER BY started_at, id",
        *values, *values,
    )  # fmt: skip
    return [
        Done(
            str(each["id"]), each["number"], str(each["household"]), each["started_at"], each["ended_at"],
            point_of(each),
        )
        for each in rows
    ]  # fmt: skip


async def pictures(row: Visit) -> list[Picture]:
    """The visit's own pictures."""
    rows = await Visit.raw("SELECT original, likeness FROM visit_photo WHERE visit = {} ORDER BY added_at, id", row.id)
    return [Picture(str(row.id), row.number, each["original"], each["likeness"]) for each in rows]


_SAME = (
    "SELECT q.visit, v.number, q.original, q.likeness, v.started_at FROM visit_photo p"
    " JOIN visit_photo q ON q.original = p.original AND q.visit <> p.visit JOIN visit v ON v.id = q.visit"
    " WHERE p.visit = {} AND p.original <> ''"
)
_ALIKE = (
    "SELECT q.visit, v.number, q.original, q.likeness, v.started_at FROM visit v"
    " JOIN visit_photo q ON q.visit = v.id JOIN visit_photo p ON p.visit = {{}}"
    " WHERE v.{column} = {{}} AND v.id <> {{}} AND v.started_at IS NOT NULL AND v.started_at > {{}}"
    " AND p.likeness NOT IN (0, -1) AND bit_count((p.likeness # q.likeness)::bit(64)) <= {{}}"
)


async def pictures_alike(row: Visit, limits: Thresholds) -> list[Picture]:
    """Pictures of other visits that are the very same, whoever made them, or nearly the same of this server or home.

    The earliest visit comes first: it is the likely source.
    """
    since = row.started_at - timedelta(days=limits.photo_days)
    alike = [
        value for column in (row.carer, row.household) for value in (row.id, column, row.id, since, limits.photo_bits)
    ]
    rows = await Visit.raw(
        f"{_SAME} UNION {_ALIKE.format(column='carer')} UNION {_ALIKE.format(column='household')}"
        " ORDER BY started_at, visit LIMIT 40",
        row.id, *alike,
    )  # fmt: skip
    return [Picture(str(each["visit"]), each["number"], each["original"], each["likeness"]) for each in rows]


async def former_words(row: Visit, number: int) -> list[list[str]]:
    """Hashes of the words of the records before, the latest first: of the same server, and of the same home."""
    found: list[list[str]] = []
    for column, value in (("carer", row.carer), ("household", row.household)):
        rows = await Visit.raw(
            f"SELECT r.text_hash FROM visit v JOIN visit_record r ON r.visit = v.id WHERE v.{column} = {{}}"  # noqa: S608 (a constant)
            " AND v.started_at IS NOT NULL AND v.started_at < {} AND r.text_hash <> ''"
            " ORDER BY v.started_at DESC LIMIT {}",
            value, row.started_at, number,
        )  # fmt: skip
        found.append([each["text_hash"] for each in rows])
    return found


async def gaps(carer: UUID, qualifications: list[list[str]], day: date) -> tuple[list[str], str]:
    """Certificates that a server lacked on a day, and why they were barred, or ""."""
    return await fit_on(carer, qualifications, day), (await barred_carers(day, [carer])).get(carer, "")


async def events(row: Visit, person: UUID | None) -> list[tuple[str, date]]:
    """What had happened to the recipient by the day of the visit: (kind, since).

    The register counts; a visit that was called off for hospital on the same day, or for death or moving before, says
    what the register does not know (yet).
    """
    day = civil_date(row.started_at)
    left = await Visit.raw(
        "SELECT l.reason, l.left_on FROM person_leaving l JOIN household h ON h.id = l.household"
        " WHERE l.household = {} AND l.undone_at IS NULL AND l.left_on <= {}"
        " AND (l.person = {}::uuid OR ({}::uuid IS NULL AND h.status IN ('closed', 'left')))",
        row.household, day, person, person,
    )  # fmt: skip
    first, last = day_span(day)
    off = await Visit.raw(
        "SELECT v.status_reason, v.planned_start FROM visit v JOIN need n ON n.id = v.need WHERE v.household = {}"
        " AND v.planned_start > {} AND v.planned_start < {} AND v.id <> {} AND n.person IS NOT DISTINCT FROM {}::uuid"
        " AND v.status IN ('cancelled', 'missed', 'excused') AND v.status_reason = ANY({}::varchar[])",
        row.household, first - timedelta(days=_GONE_DAYS), last, row.id, person, [*_HOSPITAL, *_GONE],
    )  # fmt: skip
    found = [(each["reason"], each["left_on"]) for each in left]
    for each in off:
        since = civil_date(each["planned_start"])
        if each["status_reason"] in _GONE:
            found.append((_GONE[each["status_reason"]], since))
        elif since == day:
            found.append(("hospital", since))
    return found

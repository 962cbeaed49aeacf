"""Lists of visits to be checked, and of the visits behind a figure: what waits first, by its deadline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import WorkingCalendar, civil_date, day_span, month_span
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.kept import Answer, kept
from bangfu.shared.masking import mask_name
from bangfu.supervision.rules import end_of_day
from bangfu.verification.flagging import WORKING_DAYS
from bangfu.verification.rules import FLAGS
from bangfu.visits.life_rules import EVIDENCE
from bangfu.visits.tables import Visit

VIEWS: Final = ("waiting", "flagged", "today", "late_flag", "disputed", "verified", "rejected", "all")
_STATES: Final = {
    "waiting": ("submitted", "flagged"), "flagged": ("flagged",), "disputed": ("disputed",),
    "verified": ("verified", "settled"), "rejected": ("rejected",),
    "late_flag": ("verified", "disputed", "settled"), "today": ("flagged",),
    "all": ("submitted", "flagged", "verified", "disputed", "settled", "rejected"),
}  # fmt: skip
NAMES: Final = (
    "state", "flag", "carer", "organization", "division", "evidence", "month", "device", "clock", "lasts",
)  # fmt: skip
"""Filters of the list, as they stand in the address."""


@dataclass(frozen=True, slots=True)
class Row:
    """A visit in a list; `flags` are the open ones (of a decided visit all)."""

    id: UUID
    number: str
    status: str
    service: str
    household_number: str
    head_name: str
    village: str
    carer_name: str
    organization_name: str
    evidence: str
    started_at: datetime | None
    ended_at: datetime | None
    minutes: int
    submitted_at: datetime | None
    approval: str
    payable: bool
    flags: tuple[str, ...]
    due: datetime | None


_TASK = (
    " LEFT JOIN LATERAL (SELECT s.due_at FROM supervision_task s WHERE s.subject = v.id AND s.kind = 'visit.check'"
    " AND s.status NOT IN ('cancelled', 'dropped') LIMIT 1) t ON v.status = 'flagged'"
)
_PAGE = (  # the page is found first, then the names of its rows
    "WITH page AS (SELECT v.id, {due} AS due_at, row_number() OVER (ORDER BY {order}) AS place FROM visit v{task}"
    " WHERE {where} ORDER BY {order} LIMIT {{}} OFFSET {{}})"
    " SELECT v.id, v.number, v.status, v.service, h.number AS household_number, h.head_name,"
    " coalesce(d.name, '') AS village, c.name AS carer_name, coalesce(o.name, '') AS organization_name, v.evidence,"
    " v.started_at, v.ended_at, v.minutes, v.submitted_at, v.approved_at, v.approval, v.payable, page.due_at,"
    " coalesce(f.flags, ARRAY[]::varchar[]) AS flags"
    " FROM page JOIN visit v ON v.id = page.id JOIN household h ON h.id = v.household"
    " LEFT JOIN division d ON d.code = v.division JOIN carer c ON c.id = v.carer"
    " LEFT JOIN organization o ON o.id = v.organization"
    " LEFT JOIN LATERAL (SELECT array_agg(x.flag ORDER BY x.flag) AS flags FROM visit_flag x WHERE x.visit = v.id"
    " AND (x.status = 'open' OR v.status NOT IN ('submitted', 'flagged'))) f ON true ORDER BY page.place"
)


async def visits(
    actor: Actor, filters: Mapping[str, str], calendar: WorkingCalendar, today: date, limit: int, offset: int,
    *, own: bool = False,
) -> tuple[list[Row], Answer[int]]:  # fmt: skip
    """One page of visits with a record, in the actor's area or (`own`) of the actor's organisation, and how many there
    are in all.

    Args:
        filters: NAMES; state one of VIEWS, month "2026-11", clock "0830" (start in China), lasts whole minutes,
            evidence one of life_rules.EVIDENCE or "manual" (attested or afterwards).
    """
    state = str(filters.get("state") if filters.get("state") in VIEWS else "waiting")
    parts, values = _conditions(actor, filters, state, own)
    if state == "today":
        parts.append("t.due_at < {}")
        values.append(day_span(today)[1])
    waiting = state in {"waiting", "flagged", "today"}
    order = "coalesce(t.due_at, v.submitted_at + interval '7 days'), v.id" if waiting else "v.started_at DESC, v.id"
    task, where = _TASK if waiting else "", " AND ".join(parts)
    page = _PAGE.format(due="t.due_at" if waiting else "NULL::timestamptz", order=order, task=task, where=where)
    rows = await Visit.raw(page, *values, limit, offset)

    async def count() -> int:
        found = await Visit.raw(f"SELECT count(*) AS n FROM visit v{task} WHERE {where}", *values)  # noqa: S608 (constants)
        return int(found[0]["n"])

    whose = str(actor.organization) if own else actor.scope
    given = tuple(filters.get(name, "") for name in NAMES)
    if not offset and len(rows) < limit:
        return [_row(row, calendar) for row in rows], Answer(len(rows))
    total = await kept(("visits to check", own, whose, state, given, today), int, count)
    return [_row(row, calendar) for row in rows], total


def _conditions(actor: Actor, filters: Mapping[str, str], state: str, own: bool) -> tuple[list[str], list[Any]]:
    # Written out, so that the index of visits with a record (visit_latest) is found.
    parts: list[str] = ["v.status IN (" + ", ".join(f"'{code}'" for code in _STATES[state]) + ")"]
    values: list[Any] = []
    if own:
        parts.append("v.organization = {}")
        values.append(actor.organization)
    else:
        parts.append("v.division LIKE {}")
        values.append(f"{actor.scope}%" if actor.scope else "")
    if state == "late_flag":
        parts.append("EXISTS (SELECT 1 FROM visit_flag y WHERE y.visit = v.id AND y.status = 'open')")
    for condition, value in _chosen(filters):
        parts.append(condition)
        values += value
    return parts, values


def _chosen(filters: Mapping[str, str]) -> list[tuple[str, list[Any]]]:
    found: list[tuple[str, list[Any]]] = []
    given = {name: filters.get(name, "").strip() for name in NAMES}
    if given["flag"] in FLAGS:
        found.append(("EXISTS (SELECT 1 FROM visit_flag y WHERE y.visit = v.id AND y.flag = {})", [given["flag"]]))
    for name in ("carer", "organization"):
        if (key := as_uuid(given[name])) is not None:
            found.append((f"v.{name} = {{}}", [key]))
    if given["division"].isascii() and given["division"].isdigit() and len(given["division"]) <= 12:
        found.append(("v.division LIKE {}", [f"{division_prefix(given['division'].ljust(12, '0'))}%"]))
    if given["evidence"] in EVIDENCE:
        found.append(("v.evidence = {}", [given["evidence"]]))
    elif given["evidence"] == "manual":
        found.append(("v.evidence IN ('attested', 'afterwards')", []))
    if (span := month_of(given["month"])) is not None:
        found.append(("v.started_at >= {} AND v.started_at < {}", [day_span(span[0])[0], day_span(span[1])[1]]))
    return found + _traces(given)


def _traces(given: Mapping[str, str]) -> list[tuple[str, list[Any]]]:
    found: list[tuple[str, list[Any]]] = []
    if given["device"].isascii() and given["device"].isalnum() and len(given["device"]) <= 64:
        found.append((
            "v.id IN (SELECT r.visit FROM visit_record r WHERE r.device = {} UNION"
            " SELECT q.visit FROM visit_proof q WHERE q.device = {})",
            [given["device"]] * 2,
        ))  # fmt: skip
    if given["clock"].isascii() and given["clock"].isdigit() and len(given["clock"]) == 4:
        found.append(("to_char(v.started_at AT TIME ZONE 'Asia/Shanghai', 'HH24MI') = {}", [given["clock"]]))
    if given["lasts"].isascii() and given["lasts"].isdigit() and len(given["lasts"]) <= 4:
        found.append((
            "floor(extract(epoch FROM v.ended_at - v.started_at) / 60)::int = {}::int", [int(given["lasts"])],
        ))  # fmt: skip
    return found


def as_uuid(text: str) -> UUID | None:
    """An identifier of an address; anything odd is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def month_of(text: str) -> tuple[date, date] | None:
    """First and last day of "2026-11"; None for anything else."""
    year, dash, month = text.partition("-")
    if not (dash and len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdigit()):
        return None
    if not (2000 <= int(year) <= 2999 and 1 <= int(month) <= 12):
        return None
    return month_span(int(year), int(month))


def _row(row: Mapping[str, Any], calendar: WorkingCalendar) -> Row:
    since = max((each for each in (row["submitted_at"], row["approved_at"]) if each is not None), default=None)
    due = row["due_at"]
    if due is None and row["status"] in {"submitted", "flagged"} and since is not None:
        due = end_of_day(calendar.add_working_days(civil_date(since), WORKING_DAYS))
    plain = {name: row[name] for name in Row.__slots__ if name not in {"head_name", "flags", "due"}}
    return Row(**plain, head_name=mask_name(row["head_name"]), flags=tuple(row["flags"]), due=due)


async def choices(actor: Actor, *, own: bool = False) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(servers, organisations) of the visits that wait, to filter by."""
    condition = "v.organization = {}" if own else "v.division LIKE {}"
    value = actor.organization if own else (f"{actor.scope}%" if actor.scope else "")
    rows = await Visit.raw(
        "SELECT DISTINCT v.carer, c.name, v.organization, coalesce(o.name, '') AS organization_name FROM visit v"  # noqa: S608 (a constant)
        f" JOIN carer c ON c.id = v.carer LEFT JOIN organization o ON o.id = v.organization WHERE {condition}"
        " AND v.status IN ('submitted', 'flagged', 'disputed') LIMIT 1000",
        value,
    )  # fmt: skip
    carers = sorted({(row["name"], str(row["carer"])) for row in rows})
    organizations = sorted(
        {(row["organization_name"], str(row["organization"])) for row in rows if row["organization"]}
    )
    return [(key, name) for name, key in carers], [(key, name) for name, key in organizations]


async def all_seen(actor: Actor, visits: list[UUID]) -> bool:
    """Whether every one of the visits is there and lies in the actor's area."""
    rows = await Visit.raw("SELECT id, division FROM visit WHERE id = ANY({}::uuid[])", visits)
    return len(rows) == len(set(visits)) and all(actor.sees(row["division"]) for row in rows)


async def preview(actor: Actor, visits: list[UUID], flag: str) -> list[dict[str, Any]]:
    """The chosen visits with what keeps each from being verified by clearing this flag ("" for nothing): another open
    flag, another state, an approval that is missing."""
    rows = await Visit.raw(
        "SELECT v.id, v.number, v.status, v.service, v.started_at, v.approval, h.head_name,"
        " coalesce(d.name, '') AS village, c.name AS carer_name,"
        " ARRAY(SELECT x.flag FROM visit_flag x WHERE x.visit = v.id AND x.status = 'open' ORDER BY x.flag) AS flags"
        " FROM visit v JOIN household h ON h.id = v.household JOIN carer c ON c.id = v.carer"
        " LEFT JOIN division d ON d.code = v.division WHERE v.id = ANY({}::uuid[]) AND v.division LIKE {}"
        " ORDER BY v.number",
        visits, f"{actor.scope}%" if actor.scope else "",
    )  # fmt: skip
    found = []
    for row in rows:
        others = [each for each in row["flags"] if each != flag]
        hindrance = "flags" if others else "state" if row["status"] not in {"submitted", "flagged"} else ""
        hindrance = hindrance or ("approval" if row["approval"] in {"waiting", "refused"} else "")
        found.append({**row, "head_name": mask_name(row["head_name"]), "others": others, "hindrance": hindrance})
    return found

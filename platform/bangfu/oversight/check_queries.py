"""Reads of spot checks: the office's list and page, contracts' figures, the inspector's and the provider's own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.masking import mask_name
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.visits import door_checklists

NAMES: Final = ("state", "contract", "period", "due", "result")
VIEWS: Final = ("open", "gaps", "to_do", "told", "appealed", "closed", "redrawn", "all")
_STATES: Final = {
    "open": ("drawn", "assigned", "done", "notified", "appealed"), "gaps": ("drawn", "assigned"),
    "to_do": ("drawn", "assigned"), "told": ("notified",), "appealed": ("appealed",), "closed": ("closed",),
    "redrawn": ("redrawn",), "all": rules.STATES,
}  # fmt: skip
_SELECT: Final = (
    "SELECT s.*, coalesce(v.number, a.number, '') AS subject_number, v.service, v.planned_start, v.started_at,"
    " v.ended_at, v.minutes, v.evidence, v.carer, v.assignment, coalesce(w.name, '') AS carer_name,"
    " h.number AS household_number, h.head_name, coalesce(d.name, '') AS village, o.name AS organization_name,"
    " c.number AS contract_number, c.project"
)
_FROM: Final = (
    " FROM spot_check s LEFT JOIN visit v ON v.id = s.visit LEFT JOIN carer w ON w.id = v.carer"
    " LEFT JOIN assessment a ON a.id = s.assessment JOIN household h ON h.id = s.household"
    " LEFT JOIN division d ON d.code = s.division JOIN organization o ON o.id = s.organization"
    " JOIN contract c ON c.id = s.contract WHERE "
)


def visible(actor: Actor) -> tuple[str, list[Any]]:
    """The checks that an office reads: its area's; a station sees none that is still open."""
    parts, values = ["s.division LIKE {}"], [f"{actor.scope}%" if actor.scope else ""]
    if not actor.has(*rules.SUPERVISING):
        parts.append("s.status = ANY({}::varchar[])")
        values.append(sorted(rules.TOLD))  # type: ignore[arg-type]
    return " AND ".join(parts), values


async def listed(
    actor: Actor, filters: Mapping[str, str], at: datetime, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """One page of checks, what is due first; `filters`: NAMES."""
    where, values = visible(actor)
    view = filters.get("state") if filters.get("state") in VIEWS else "open"
    parts = [where, "s.status = ANY({}::varchar[])"]
    values.append(list(_STATES[str(view)]))
    if view == "gaps":
        parts.append("s.missing > 0")
    for name, column in (("contract", "s.contract::text"), ("period", "s.period"), ("result", "s.result")):
        if filters.get(name):
            parts.append(f"{column} = {{}}")
            values.append(filters[name])
    if filters.get("due") == "late":
        parts.append("s.status = 'assigned' AND s.due_at < {}")
        values.append(at)
    rows = await SpotCheck.raw(
        f"{_SELECT}, count(*) OVER () AS total{_FROM}{' AND '.join(parts)}"
        " ORDER BY s.status NOT IN ('drawn', 'assigned'), coalesce(s.due_at, s.created_at), s.number"
        " LIMIT {} OFFSET {}",
        *values, limit, offset,
    )  # fmt: skip
    return [_masked(row) for row in await _timed(rows)], rows[0]["total"] if rows else 0


async def _timed(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """With `decide_until`: until when the bureau has to decide on an objection, None where nobody objected."""
    calendar = await current_calendar()
    return [
        {**row, "decide_until": end_of_working_day(row["appealed_at"], rules.DECISION_DAYS, calendar)
         if row["appealed_at"] is not None else None}
        for row in rows
    ]  # fmt: skip


async def contracts_of(actor: Actor) -> list[tuple[str, str]]:
    """(id, number and project) of the contracts with checks that the office sees."""
    where, values = visible(actor)
    rows = await SpotCheck.raw(
        "SELECT DISTINCT c.id, c.number, c.project FROM spot_check s JOIN contract c ON c.id = s.contract"  # noqa: S608 (constants)
        f" WHERE {where} ORDER BY c.number LIMIT 500",
        *values,
    )
    return [(str(row["id"]), " ".join(filter(None, (row["number"], row["project"])))) for row in rows]


async def periods_of(actor: Actor) -> list[str]:
    """The quarters with checks, the latest first."""
    where, values = visible(actor)
    rows = await SpotCheck.raw(
        f"SELECT DISTINCT s.period FROM spot_check s WHERE {where} ORDER BY s.period DESC LIMIT 40", *values  # noqa: S608 (constants)
    )  # fmt: skip
    return [row["period"] for row in rows]


def _masked(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "head_name": mask_name(row["head_name"])}


async def _one(check: UUID) -> dict[str, Any]:
    rows = await SpotCheck.raw(f"{_SELECT}{_FROM}s.id = {{}}", check)
    if not rows:
        raise NotYours
    return _masked((await _timed(rows))[0])


async def for_office(actor: Actor, check: UUID) -> dict[str, Any]:
    """One check with its names. Raises NotYours where the office does not see it."""
    row = await _one(check)
    if not actor.sees(row["division"]):
        raise NotYours
    if not actor.has(*rules.SUPERVISING) and row["status"] not in rules.TOLD:
        raise NotYours
    return row


async def for_inspector(actor: Actor, check: UUID) -> dict[str, Any]:
    """One check on which the actor has a place. Raises NotYours for everybody else."""
    rows = await SpotCheck.raw(
        'SELECT 1 FROM check_inspector WHERE "check" = {} AND inspector = {} AND NOT replaced', check, actor.user
    )
    row = await _one(check) if rows else None
    if row is None or row["status"] == "drawn":
        raise NotYours
    return row


async def for_provider(actor: Actor, check: UUID) -> dict[str, Any]:
    """One check of the actor's organisation that it was told of. Raises NotYours for every other."""
    row = await _one(check)
    if actor.organization is None or row["organization"] != actor.organization or row["status"] not in rules.TOLD:
        raise NotYours
    return row


async def people_of(check: UUID) -> list[dict[str, Any]]:
    """Everybody who has or had a place, with names."""
    found: list[dict[str, Any]] = await SpotCheck.raw(
        "SELECT i.*, u.display_name AS name FROM check_inspector i JOIN app_user u ON u.id = i.inspector"
        ' WHERE i."check" = {} ORDER BY i.replaced, i.place, u.display_name',
        check,
    )
    return found


async def names_of(people: Sequence[str]) -> dict[str, str]:
    """Account -> name, for the order of the draw and who was left out."""
    rows = await SpotCheck.raw("SELECT id, display_name FROM app_user WHERE id::text = ANY({}::text[])", list(people))
    return {str(row["id"]): row["display_name"] for row in rows}


async def attempts_of(check: UUID) -> list[dict[str, Any]]:
    """Every attempt with who made it, the oldest first."""
    found: list[dict[str, Any]] = await SpotCheck.raw(
        "SELECT t.*, u.display_name AS name FROM check_attempt t JOIN app_user u ON u.id = t.made_by"
        ' WHERE t."check" = {} ORDER BY t.at',
        check,
    )
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """What was written with a result, opened."""

    said: str = ""
    remarks: str = ""
    lines: Mapping[str, str] | None = None


def words_of(row: Mapping[str, Any]) -> Words:
    """The sealed words of a check; the caller knows who may read them."""
    if not row["findings_enc"]:
        return Words("", "", {})
    return Words(**json.loads(decrypt(row["findings_enc"], f"spot_check:findings_enc:{row['id']}")))


def opened(row: Mapping[str, Any], column: str) -> str:
    """One other sealed text of a check."""
    return decrypt(row[column], f"spot_check:{column}:{row['id']}") if row[column] else ""


def listed_json(value: Any) -> list[Any]:
    """A JSON column of a raw query as a list."""
    found: list[Any] = json.loads(value) if isinstance(value, str) else value
    return found


async def own_checks(actor: Actor) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(what waits for the inspector, what is done lately); the earliest due first, no names of households."""
    rows = await SpotCheck.raw(
        f'{_SELECT}, i.confirmed_at{_FROM.replace(" WHERE ", "")} JOIN check_inspector i ON i."check" = s.id'
        " WHERE i.inspector = {} AND NOT i.replaced AND s.status <> 'drawn'"
        " ORDER BY s.due_at, s.number LIMIT 200",
        actor.user,
    )
    waiting = [_masked(row) for row in rows if row["status"] == "assigned"]
    done = [_masked(row) for row in rows if row["status"] != "assigned"]
    return waiting, sorted(done, key=lambda row: row["done_at"], reverse=True)[:20]


async def own_results(actor: Actor, period: str, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """The provider's checks that it was told of, the latest first."""
    rows = await SpotCheck.raw(
        f"{_SELECT}, count(*) OVER () AS total{_FROM}s.organization = {{}} AND s.status = ANY({{}}::varchar[])"
        " AND ({} = '' OR s.period = {}) ORDER BY s.notified_at DESC, s.number LIMIT {} OFFSET {}",
        actor.organization, sorted(rules.TOLD), period, period, limit, offset,
    )  # fmt: skip
    return [_masked(row) for row in rows], rows[0]["total"] if rows else 0


async def own_periods(actor: Actor) -> list[str]:
    """The quarters in which the provider was told of checks, the latest first."""
    rows = await SpotCheck.raw(
        "SELECT DISTINCT period FROM spot_check WHERE organization = {} AND status = ANY({}::varchar[])"
        " ORDER BY period DESC",
        actor.organization, sorted(rules.TOLD),
    )  # fmt: skip
    return [row["period"] for row in rows]


async def voices(organization: UUID, contract: UUID, period: str) -> list[str]:
    """What people said in the checks of a contract's quarter, in the order of their own hash, so that none can be laid
    beside a visit; nothing where fewer than rules.FEW checks are finished (DOMAIN.md 8.8)."""
    rows = await SpotCheck.raw(
        "SELECT id, findings_enc FROM spot_check WHERE organization = {} AND contract = {} AND period = {}"
        " AND status = ANY({}::varchar[]) ORDER BY md5(id::text)",
        organization, contract, period, sorted(rules.TOLD),
    )  # fmt: skip
    if len(rows) < rules.FEW:
        return []
    return [said for row in rows if (said := words_of(row).said)]


@dataclass(frozen=True, slots=True)
class Figures:
    """One contract's quarter: how many checks must be, were drawn, are finished, passed, failed."""

    contract: UUID
    number: str
    project: str
    organization_name: str
    period: str
    drawn: int
    done: int
    passed: int
    failed: int
    redrawn: int
    required: int = 0

    @property
    def short(self) -> int:
        """Checks that are still missing to the required number."""
        return max(0, self.required - self.done)


async def figures(actor: Actor, period: str) -> list[Figures]:
    """The contracts of the office's area with checks in a quarter; `required` is filled by the page."""
    where, values = visible(actor)
    rows = await SpotCheck.raw(
        "SELECT s.contract, c.number, c.project, o.name AS organization_name, s.period, count(*) AS drawn,"  # noqa: S608 (constants)
        " count(*) FILTER (WHERE s.status IN ('notified', 'appealed', 'closed')) AS done,"
        " count(*) FILTER (WHERE s.result = 'pass' AND s.status IN ('notified', 'appealed', 'closed')) AS passed,"
        " count(*) FILTER (WHERE s.result = 'fail' AND s.status IN ('notified', 'appealed', 'closed')) AS failed,"
        " count(*) FILTER (WHERE s.status = 'redrawn') AS redrawn FROM spot_check s"
        " JOIN contract c ON c.id = s.contract JOIN organization o ON o.id = s.organization"
        f" WHERE {where} AND s.period = {{}} GROUP BY s.contract, c.number, c.project, o.name, s.period"
        " ORDER BY failed DESC, c.number LIMIT 300",
        *values, period,
    )  # fmt: skip
    return [Figures(**row) for row in rows]


async def lines_of(form: str, version: int | None) -> dict[str, str]:
    """Code -> words of a checklist's standards, in the reader's language."""
    known = await door_checklists.of_record(form, version) if form else None
    return {line["code"]: door_checklists.text_of(line) for line in known.lines} if known else {}


async def beside(check: UUID, replaces: UUID | None) -> dict[str, Any] | None:
    """The check that stands for this unreachable one, or the one that this one stands for."""
    rows = await SpotCheck.raw(
        "SELECT id, number, status FROM spot_check WHERE replaces = {} OR id = {} ORDER BY created_at LIMIT 1",
        check, replaces,
    )  # fmt: skip
    return rows[0] if rows else None


async def own_contracts(actor: Actor, period: str) -> list[tuple[UUID, str]]:
    """(id, number) of the organisation's contracts with checks in a quarter."""
    rows = await SpotCheck.raw(
        "SELECT DISTINCT c.id, c.number FROM spot_check s JOIN contract c ON c.id = s.contract"
        " WHERE s.organization = {} AND s.period = {} ORDER BY c.number",
        actor.organization, period,
    )  # fmt: skip
    return [(row["id"], row["number"]) for row in rows]

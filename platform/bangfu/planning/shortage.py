"""Where a run's plan is short, as its page shows it: by service and town, and what one unit more would be worth.

Towns and numbers only; no household and no place of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from bangfu.planning import drawing, queries
from bangfu.planning.studies import StudyView
from bangfu.planning.tables import PlanStudy
from bangfu.shared.actor import Actor
from bangfu.shared.division_codes import ancestors, division_prefix
from bangfu.shared.i18n import word

KINDS: Final = ("carers", "households", "organisations", "lines", "money", "limits")
"""The lists of an answer, in the order of the page."""
BETWEEN: Final = "|"
MOST: Final = 10
"""Rows of a list of limits that the page shows."""


async def shown(study: StudyView, run: UUID, service: str) -> dict[str, Any]:
    """Everything that the page shows of an answer; with a service only its towns."""
    answer = study.answer
    services = [{**row, "name": word("service", row["id"])} for row in answer["services"]]
    chosen = service if any(row["id"] == service for row in services) else ""
    towns = await _named_towns(_towns(answer, chosen))
    names = await _names(answer, run)
    return {
        "services": services,
        "service": chosen,
        "service_options": [(row["id"], row["name"]) for row in services],
        "towns": towns,
        "places": _places(towns),
        "lists": [(kind, _rows(kind, answer[kind], names)) for kind in KINDS if answer[kind]],
        "weights": answer["weights"],
        "sums": {
            "needs": sum(row["needs"] for row in towns),
            "unserved": sum(row["unserved"] for row in towns),
            "unreachable": sum(row["unreachable"] for row in towns),
            "cost": sum(row["unserved_cost"] for row in towns),
        },
    }


def _towns(answer: Mapping[str, Any], service: str) -> list[dict[str, Any]]:
    if not service:
        return [dict(row) for row in answer["towns"]]
    split = [(*row["id"].split(BETWEEN), row) for row in answer["both"]]
    return [{**row, "id": town} for town, code, row in split if code == service]


async def _named_towns(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {
        row["code"]: row
        for row in await PlanStudy.raw(
            "SELECT code, name, lat, lon FROM division WHERE code = ANY({})", [row["id"] for row in rows]
        )
    }
    nowhere: dict[str, Any] = {"name": "", "lat": None, "lon": None}
    found = [{**row, **{key: known.get(row["id"], nowhere)[key] for key in nowhere}} for row in rows]
    return [{**row, "name": row["name"] or row["id"] or "—"} for row in found]


def _places(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The drawing's circles; a town without a place on the map stands in the table only."""
    placed = [row for row in rows if row["lat"] is not None]
    marks = drawing.towns([(row["lat"], row["lon"]) for row in placed], [row["unserved"] for row in placed])
    named = drawing.named(marks, [row["name"] for row in placed])
    return [
        {"name": row["name"], "unserved": row["unserved"], "mark": mark, "named": room}
        for row, mark, room in zip(placed, marks, named, strict=True)
    ]


async def _names(answer: Mapping[str, Any], run: UUID) -> dict[str, str]:
    rows = [row for kind in KINDS for row in answer[kind]]
    ids = {str(row[key]) for row in rows for key in ("carer", "organisation") if row[key]}
    return {**await queries.carer_names(ids), **await queries.contract_numbers(run), **await _limit_names(rows)}


async def _limit_names(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Names for shared limits: a township's quota by its township, a fund's cap by its source."""
    codes = {row["shared"]: row["shared"].split(":") for row in rows if row["shared"]}
    divisions = {parts[1]: parts[1].ljust(12, "0") for parts in codes.values() if parts[0] == "quota"}
    found = await PlanStudy.raw("SELECT code, name FROM division WHERE code = ANY({})", list(divisions.values()))
    name_of = {row["code"]: row["name"] for row in found}
    return {
        limit: name_of.get(divisions[parts[1]], parts[1]) if parts[0] == "quota" else word("fund_source", parts[2])
        for limit, parts in codes.items()
    }


def _rows(kind: str, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{**row, "name": _name(row, names), "use": _use(row)} for row in rows[:MOST]]


def _name(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if row["carer"]:
        return names.get(row["carer"], "—")
    if row["shared"]:
        return names.get(row["shared"], "—")
    name = names.get(str(row["organisation"]), "—")
    if row["service"]:
        return f"{name} · {word('service', row['service'])}"
    return name


def _use(row: Mapping[str, Any]) -> tuple[float, float]:
    """Used and limit in the unit that people read: hours, households, visits, yuan."""
    by = {"carer_hour": 60, "organisation_hour": 60, "limit_money": 100}.get(row["code"], 1)
    return row["used"] / by, row["limit"] / by


async def latest_of_area(actor: Actor, division: str) -> tuple[UUID, StudyView | None] | None:
    """The latest finished match run that speaks for an area (its own, else one above, else one below it), and its
    answer where somebody asked; None where the reader may see no run. Re-plans and what-ifs are not looked at."""
    from bangfu.planning import studies

    prefix, above = division_prefix(division), ancestors(division)
    rows = await PlanStudy.raw(
        "SELECT r.id FROM match_run r WHERE r.status = 'done' AND r.kind = 'match' AND r.problem <> ''"
        " AND (r.division LIKE {} OR r.division = ANY({})) AND r.division LIKE {}"
        " AND NOT EXISTS (SELECT 1 FROM plan_study s WHERE s.result_run = r.id)"
        " ORDER BY (r.division = {}) DESC, (r.division = ANY({})) DESC, r.finished_at DESC LIMIT 1",
        f"{prefix}%", above, queries.scope_of(actor), division, above,
    )  # fmt: skip
    if not rows:
        return None
    return rows[0]["id"], await studies.shortage_of(rows[0]["id"])


def of_service(answer: Mapping[str, Any], service: str) -> dict[str, Any] | None:
    """What an answer says about one service: its group's numbers and the best of its lines by 10,000 yuan."""
    group = next((row for row in answer["services"] if row["id"] == service), None)
    if group is None:
        return None
    lines = [row for row in answer["money"] if row["service"] == service]
    best = max(lines, key=lambda row: row["worth"], default=None)
    return {**group, "best": best}

"""What the templates of planning need, put together from the queries: rows in words, map points, sums."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from bangfu.planning import consenting, proposals, queries, rules
from bangfu.planning.proposals import Filters, ProposalView
from bangfu.planning.publishing import kept_sentence
from bangfu.planning.queries import RunView
from bangfu.planning.wording import binding_text, check_text, difference, easing, nearest_easing
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _, word
from bangfu.shared.masking import mask_name
from bangfu.shared.permissions import allows
from bangfu.shared.web.pages import Request
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

PAIR_RULES = ("kind", "qualification", "exclusion", "distance", "time")
TABS = ("", "open", "approved", "dispatched", "rejected", "unserved")


def area_options(areas: Sequence[dict[str, Any]], chosen: str) -> list[tuple[str, str]]:
    """The areas where needs wait, indented by level, with their numbers; the chosen one stays whatever it has."""
    top = min((area["level"] for area in areas), default=0)
    options = []
    for area in areas:
        if area["needs"] or area["code"] == chosen:
            urgent = _("{n} needs, {urgent} urgent", n=area["needs"], urgent=area["urgent"])
            numbers = urgent if area["urgent"] else _("{n} needs", n=area["needs"])
            options.append((area["code"], f"{'　' * (area['level'] - top)}{area['name']} · {numbers}"))
    return options


def may_run(actor: Actor, run: RunView) -> bool:
    """Whether the actor may decide on the run's proposals."""
    return allows(actor.roles, "planning.run") and actor.sees(run.division)


async def review(request: Request, run: RunView) -> dict[str, Any]:
    """Everything that the review page shows."""
    filters, order = Filters.of(dict(request.query_params)), request.query_params.get("sort", "")
    total = await proposals.count(run, filters)
    number = min(page_number(request.query_params.get("page")), max(1, -(-total // PAGE_SIZE)))
    keep = {**filters.query, **({"sort": order} if order.lstrip("-") in proposals.ORDERS else {})}
    listing = ListPage(number, total, f"/match/{run.id}", keep)
    rows = await proposals.listed(run, filters, order or "priority", PAGE_SIZE, listing.offset)
    names = await names_of(run, rows)
    consent = await consenting.states_of(request.actor, rows) if may_run(request.actor, run) else {}
    counted, choices = await queries.counts(run.id), await queries.used_choices(run.id)
    unsorted = ListPage(1, 0, listing.path, filters.query)
    return {
        "run": run,
        "rows": [row_words(row, names, consent.get(row.row["id"], "")) for row in rows],
        "filters": filters,
        "listing": listing,
        "sort": order or "priority",
        "sort_base": unsorted.href(),
        "unserved_shown": filters.show == "unserved" or bool(filters.reason),
        "counts": counted,
        "tabs": _tabs(listing.path, filters, counted),
        "tray": await queries.tray(run.id),
        "choices": {**choices, "services": [(code, word("service", code)) for code in choices["services"]]},
        "active": _active(listing.path, filters, choices),
        "points": await _points(run, filters, rows),
        "lines": [{"from": str(row.row["id"]), "to": f"c{row.row['carer']}"} for row in rows if row.row["carer"]],
        "compared": await queries.compared(run),
        "what_ifs": await queries.what_ifs_of(run.id),
        "settings": await queries.settings_of(run.id),
        "replan": await queries.replan_of(run.id),
        "may_run": may_run(request.actor, run),
        "approvable": len(await proposals.approvable(run, filters)),
        "to_ask": len(await consenting.to_ask(request.actor, run)) if may_run(request.actor, run) else 0,
        "tiles_of_map": _tiles(request),
    }


def named_in(rows: Iterable[ProposalView]) -> set[str]:
    """The ids of carers and organisations that the rows' explanations speak of."""
    ids: set[str] = set()
    for row in rows:
        ids |= {other["carer"] for other in row.alternatives}
        ids |= {str(row.detail.get(key, {}).get("carer")) for key in ("binds", "replaces")}
        for entry in row.detail.get("relaxations", []):
            ids |= {entry["carer"], str(entry["organisation"]), str(entry["detail"].get("organisation"))}
    return {one for one in ids if one != "None"}


async def names_of(run: RunView, rows: Iterable[ProposalView]) -> dict[str, str]:
    """The names that the rows' explanations need: carers, organisations, contracts."""
    return {**await queries.carer_names(named_in(rows)), **await queries.contract_numbers(run.id)}


def row_words(view: ProposalView, names: dict[str, str], consent: str = "") -> dict[str, Any]:
    """A row as the templates read it: the proposal's columns and its explanations in words; `consent` as
    consenting.states_of says it."""
    return {
        **view.row,
        "consent": consent,
        "view": view,
        "head": mask_name(view.row["head_name"]),
        "wishes": view.wishes,
        "problems": [kept_sentence(problem) for problem in view.problems],
        "ended": view.detail.get("ended", ""),
        "replaces": names.get(str(view.detail.get("replaces", {}).get("carer")), ""),
        "easing": nearest_easing(view.detail, names),
        "may": {
            action: rules.may(view.row["status"], action, rules.DISPATCHER) for action in ("approve", "edit", "reject")
        },
    }


def detail_words(view: ProposalView, names: dict[str, str]) -> dict[str, Any]:
    """The opened row: why this carer, the checks, the two next-best, the limit that binds; or why nobody."""
    parts = view.parts
    return {
        "p": row_words(view, names),
        "parts": [(word("cost_part", name), value) for name, value in parts.items()],
        "checks": [(word("rule", row["rule"]), row["ok"], check_text(row)) for row in view.checks],
        "others": [_other(other, view, names) for other in view.next_best],
        "binding": binding_text(view.detail.get("binds", {}), names),
        "easings": [easing(entry, names) for entry in view.detail.get("relaxations", [])],
        "left": [(rule, view.detail["left"][rule]) for rule in PAIR_RULES if rule in view.detail.get("left", {})],
    }


def _other(other: dict[str, Any], view: ProposalView, names: dict[str, str]) -> dict[str, Any]:
    return {
        **other,
        "name": names.get(other["carer"], "—"),
        "phrases": difference(other, view.row["km"], view.parts),
        "blocked": word("blocked_by", other["blocked_by"]) if other["blocked_by"] else "",
    }


def _tabs(path: str, filters: Filters, counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = {
        "": _("All"), "open": _("To review"), "approved": _("Approved"), "dispatched": _("Dispatched"),
        "rejected": _("Rejected"), "unserved": _("Not served"),
    }  # fmt: skip
    shown = [(show, _count(show, counts)) for show in TABS]
    here = filters.show or ("unserved" if filters.reason else "")
    return [
        {"href": ListPage(1, 0, path, {"show": show}).href(), "label": labels[show], "count": n, "active": show == here}
        for show, n in shown
    ]


def _count(show: str, counts: dict[str, int]) -> int:
    if not show:
        return sum(n for status, n in counts.items() if status not in {"unserved", "superseded"})
    return sum(counts.get(status, 0) for status in proposals.GROUPS[show])


def _active(path: str, filters: Filters, choices: dict[str, list[Any]]) -> list[dict[str, str]]:
    """The filters in force as chips that remove them."""
    values = {
        "service": (_("Service"), word("service", filters.service)),
        "priority": (_("Priority"), word("priority", filters.priority)),
        "organization": (_("Organisation"), dict(choices["organizations"]).get(filters.organization, "—")),
        "reason": (_("Reason"), word("match_reason", filters.reason)),
        "wish": (_("Wishes"), _("a wish is not met")),
        "problem": (_("Publication"), _("no longer holds")),
    }
    query = filters.query
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, path, {**query, name: ""}).href()}
        for name, (label, value) in values.items()
        if name in query
    ]


async def _points(run: RunView, filters: Filters, rows: Sequence[ProposalView]) -> list[dict[str, Any]]:
    """The page's homes with their carers, the other filtered homes by cell, and the names of townships. All places are
    rounded to two decimals, about a kilometre (DOMAIN.md 9.3)."""
    points: dict[str, dict[str, Any]] = {}
    here = {(row.row["lat"], row.row["lon"]) for row in rows}
    for cell in await proposals.cells(run, filters):
        if (cell["lat"], cell["lon"]) not in here:
            key = f"h{cell['lat']},{cell['lon']}"
            label = _("{n} needs here", n=cell["n"])
            status = "unserved" if cell["unserved"] == cell["n"] else ""
            points[key] = _point(key, cell["lat"], cell["lon"], "household", label, status)
    for row in rows:
        label = f"{mask_name(row.row['head_name'])} · {word('service', row.row['service'])}"
        if row.row["lat"] is not None:
            status = "unserved" if row.row["status"] == "unserved" else "served"
            point = _point(str(row.row["id"]), row.row["lat"], row.row["lon"], "need", label, status)
            points[point["id"]] = {**point, "href": f"/match/{run.id}/proposals/{row.row['id']}"}
        if row.row["carer"] and row.row["carer_lat"] is not None:
            key = f"c{row.row['carer']}"
            points[key] = _point(key, row.row["carer_lat"], row.row["carer_lon"], "carer", row.row["carer_name"], "")
    names = await queries.places(run.prefix)
    return [*points.values(), *(_point(p["code"], p["lat"], p["lon"], "place", p["name"], "") for p in names)]


def _point(id_: str, lat: float, lon: float, kind: str, label: str, status: str) -> dict[str, Any]:
    return {"id": id_, "lat": lat, "lon": lon, "kind": kind, "label": label, "status": status}


def _tiles(request: Request) -> dict[str, str]:
    settings = request.app.state.settings
    if not settings.tiles:
        return {}
    return {"url": settings.tiles, "attribution": settings.tiles_attribution, "datum": settings.tiles_datum}


async def detail(run: RunView, proposal: UUID) -> dict[str, Any]:
    """One proposal with its explanations."""
    view = await proposals.one(run, proposal)
    return detail_words(view, await names_of(run, [view]))

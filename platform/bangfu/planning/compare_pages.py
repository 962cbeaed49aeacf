"""What the templates of a comparison need: rows of figures, the needs that change hands with names, links."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from bangfu.planning import comparing, queries
from bangfu.planning.answer_wording import easing_text, names_in
from bangfu.planning.comparing import Change, Result
from bangfu.planning.queries import RunView
from bangfu.planning.why_pages import called
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _, word
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.web.paging import PAGE_SIZE
from bangfu.shared.web.paging import Page as ListPage
from matching.why import Easing

LISTED = 200


async def choices(actor: Actor, *chosen: RunView | None) -> list[tuple[str, str]]:
    """The finished runs that one may compare, newest first; those chosen are among them, however old."""
    listed = [run for run in await queries.runs(actor, LISTED, 0) if run.status == "done"]
    known = {run.id for run in listed}
    listed += [run for run in chosen if run is not None and run.id not in known]
    return [(str(run.id), label(run)) for run in listed]


def label(run: RunView) -> str:
    """A run in a list: number, kind where it is a what-if, area, when."""
    kind = f"{word('run_kind', run.kind)} · " if run.what_if else ""
    return f"{run.number} · {kind}{run.division_name} · {shown_time(run.created_at)}"


async def comparison(before: RunView, after: RunView, kind: str, number: int, path: str) -> dict[str, Any]:
    """Everything that the comparison shows; `kind` narrows the list of changes."""
    left, right = await comparing.result_of(before.id), await comparing.result_of(after.id)
    found = await asyncio.to_thread(comparing.changes, left, right)
    chosen = [change for change in found if change.kind == kind] if kind in comparing.KINDS else found
    keep = {"kind": kind if kind in comparing.KINDS else ""}
    if path == "/match/compare":
        keep = {"a": str(before.id), "b": str(after.id), **keep}
    pages = max(1, -(-len(chosen) // PAGE_SIZE))
    listing = ListPage(min(number, pages), len(chosen), path, keep)
    shown = chosen[listing.offset : listing.offset + PAGE_SIZE]
    return {
        "before": before,
        "after": after,
        "figures": _figures(before, left, after, right),
        "bands": [(word("use_band", band), left.use.bands[band], right.use.bands[band]) for band in left.use.bands],
        "tabs": _tabs(listing, found, keep),
        "changes": await _rows(shown, before, after),
        "listing": listing,
    }


def _figures(before: RunView, left: Result, after: RunView, right: Result) -> list[dict[str, Any]]:
    """Label, both values and the difference; `better` says which direction is good (1 up, -1 down, 0 neither)."""
    rows = [
        _row(_("Needs in the run"), left.needs + left.unplaced, right.needs + right.unplaced, 0),
        _row(_("Served"), left.served, right.served, 1),
        _row(_("Not served"), left.needs - left.served, right.needs - right.served, -1),
    ]
    rows += [
        _row(
            _("Not served, {priority}", priority=word("priority", each)),
            left.unserved.get(each, 0), right.unserved.get(each, 0), -1,
        )
        for each in comparing.PRIORITIES
        if left.unserved.get(each) or right.unserved.get(each)
    ]  # fmt: skip
    if left.unplaced or right.unplaced:
        rows.append(_row(_("Without a place on the map"), left.unplaced, right.unplaced, -1))
    rows += [
        _row(_("Straight distance, km"), left.km, right.km, -1, "{:,.1f}"),
        _row(_("Contract visits in 4 weeks"), left.visits, right.visits, 0),
        _row(_("Contract money in 4 weeks, yuan"), left.fen / 100, right.fen / 100, -1, "{:,.2f}"),
        _row(_("Carers' hours used, mean"), 100 * left.use.mean, 100 * right.use.mean, 0, "{:.1f} %"),
        _row(_("Carers' hours used, median"), 100 * left.use.median, 100 * right.use.median, 0, "{:.1f} %"),
        _row(_("Carers' hours used, fullest"), 100 * left.use.most, 100 * right.use.most, 0, "{:.1f} %"),
        _row(_("Spread of the load, standard deviation"), 100 * left.use.deviation, 100 * right.use.deviation, -1,
             "{:.1f} %"),
        _row(_("Cost of the whole plan, points"), before.objective, after.objective, -1),
    ]  # fmt: skip
    return rows


def _row(text: str, left: float | None, right: float | None, better: int, form: str = "{:,.0f}") -> dict[str, Any]:
    """One line of figures; a difference that rounds to nothing is none."""
    shown = [form.format(value) if value is not None else "—" for value in (left, right)]
    step = right - left if left is not None and right is not None and shown[0] != shown[1] else 0
    signed = form.replace("{:", "{:+").format(step) if step else ""
    level = "" if not step or not better else "ok" if (step > 0) == (better > 0) else "bad"
    return {"label": text, "left": shown[0], "right": shown[1], "difference": signed, "level": level}


def _tabs(listing: ListPage, found: Sequence[Change], keep: dict[str, str]) -> list[dict[str, Any]]:
    def tab(kind: str, text: str, count: int) -> dict[str, Any]:
        href = ListPage(1, 0, listing.path, {**keep, "kind": kind}).href()
        return {"href": href, "label": text, "count": count, "active": keep["kind"] == kind}

    counts = {kind: sum(change.kind == kind for change in found) for kind in comparing.KINDS}
    listed = [tab(kind, word("change_kind", kind), n) for kind, n in counts.items() if n or keep["kind"] == kind]
    return [tab("", _("All"), len(found)), *listed]


async def _rows(shown: Sequence[Change], before: RunView, after: RunView) -> list[dict[str, Any]]:
    by = await called((one.need for one in shown), (carer for one in shown for carer in (*one.before, *one.after)))
    links = [await queries.proposals_of_needs(run.id, {one.need for one in shown}) for run in (before, after)]
    joined = _(", ")
    return [
        {
            **by.need(one.need),
            "kind": one.kind,
            "before": joined.join(by.carer(carer) for carer in one.before),
            "after": joined.join(by.carer(carer) for carer in one.after),
            "links": [
                f"/match/{run.id}/proposals/{link[one.need]}" if one.need in link else ""
                for run, link in zip((before, after), links, strict=True)
            ],
        }
        for one in shown
    ]


async def what_if(run: RunView) -> dict[str, Any]:
    """The change of a what-if run in words, the need that it was made for and who would serve it, and by how much a
    fresh search of the whole plan is `better` (0 or less: not; None where its plan is the one shown)."""
    easing = Easing.from_document(json.loads(run.easing))
    by = await called({easing.need}, names_in(easing.steps))
    shown = {"text": easing_text(easing, by.names), "need": by.need(easing.need), "served_by": ""}
    if run.status != "done":
        return shown
    found = await comparing.result_of(run.id)
    served = found.carers_of.get(easing.need, ())
    names = await queries.carer_names(served)
    better = (run.objective or 0) - found.searched if found.searched is not None else None
    return {**shown, "served_by": _(", ").join(names.get(carer, "—") for carer in served), "better": better}

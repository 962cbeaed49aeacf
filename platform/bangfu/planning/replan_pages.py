"""What the pages of a re-plan show: the curve as a drawing and a table, and for a point whom it concerns."""

from collections.abc import Mapping
from typing import Any, Final

from bangfu.planning import drawing, queries, replan_events
from bangfu.planning.studies import StudyView
from bangfu.planning.tables import PlanStudy
from bangfu.shared.masking import mask_name

PLAIN: Final = "chosen", "recommended"


async def shown(study: StudyView, asked: str) -> dict[str, Any]:
    """Everything that the page shows of an answered re-plan; `asked` is the point that the address names, else the
    chosen or the recommended one."""
    answer = study.answer
    points = [{**point, "index": at} for at, point in enumerate(answer["points"])]
    at = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else -1
    usual = answer["recommended"] if study.chosen is None else study.chosen
    chosen = points[at if 0 <= at < len(points) else usual]
    return {
        "points": points,
        "point": chosen,
        "drawn": drawing.curve(
            [point["k"] for point in points],
            [point["unserved_weight"] for point in points],
            [point["km"] for point in points],
        ),
        "recommended": answer["recommended"],
        "sums": {
            "orphans": len(answer["orphans"]),
            "released": sum(orphan["locked"] for orphan in answer["orphans"]),
            **{name: answer[name] for name in ("forced", "locked", "served_before", "whole", "seconds")},
            "appeared": len(answer["appeared"]),
            "closed": len(answer["closed"]),
        },
        **await _concerned(chosen, answer),
    }


async def events_of(study: StudyView) -> list[str]:
    """The events of a re-plan in words."""
    return await replan_events.said(study.asked["events"])


async def _concerned(point: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Whom to tell: every changed need with its household, masked, and every carer with what it gains and loses."""
    needs = [change["need"] for change in point["changes"]] + [need for need, _carer in answer["closed"]]
    named = await _needs(needs)
    carers = [each["carer"] for each in point["carers"]]
    names = await queries.carer_names(
        {str(change[side]) for change in point["changes"] for side in ("before", "after") if change[side]}
        | {*carers, *(carer for _need, carer in answer["closed"])}
    )
    return {
        "changes": [
            {**change, **named.get(change["need"], _unknown(change["need"])),
             "from": names.get(str(change["before"]), ""), "to": names.get(str(change["after"]), "")}
            for change in point["changes"]
        ],
        "told": [
            {"name": names.get(each["carer"], "—"),
             "gains": [named.get(need, _unknown(need))["number"] for need in each["gains"]],
             "loses": [named.get(need, _unknown(need))["number"] for need in each["loses"]]}
            for each in point["carers"]
        ],
        "closed": [
            {**named.get(need, _unknown(need)), "from": names.get(carer, "—")} for need, carer in answer["closed"]
        ],
    }  # fmt: skip


def _unknown(need: str) -> dict[str, Any]:
    return {"id": need, "number": "—", "service": "", "head": "—"}


async def _needs(ids: list[str]) -> dict[str, dict[str, Any]]:
    rows = await PlanStudy.raw(
        "SELECT n.id, n.number, n.service, h.head_name FROM need n JOIN household h ON h.id = n.household"
        " WHERE n.id = ANY({}::uuid[])",
        ids,
    )
    return {
        str(row["id"]): {"id": str(row["id"]), "number": row["number"], "service": row["service"],
                         "head": mask_name(row["head_name"])}
        for row in rows
    }  # fmt: skip

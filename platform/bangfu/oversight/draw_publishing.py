"""What anybody may download of a draw once both secrets are in: the closed lists, and the result with its inspectors.

The ids of visits and accounts are random and lead nowhere without an account; no household, no name, no address.
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.oversight import draw_script as script
from bangfu.oversight.draw_holding import rows_of
from bangfu.oversight.draw_revealing import FIRST
from bangfu.oversight.draw_rounds import lists_of, name_of, standing_of
from bangfu.oversight.draw_tables import DrawList, DrawPick, DrawRound
from bangfu.shared.database import one_moment

LISTS_SCHEMA: Final = "bangfu-draw-lists-1"
LATER: Final = ("redraw", "full")


async def drawn_round(draw_round: UUID) -> DrawRound:
    """A round whose secrets are public.

    Raises:
        NotYours: if there is none, or its secrets are not in yet.
    """
    row = await DrawRound.objects().get(DrawRound.id == draw_round)
    if row is None or row.status != "drawn":
        raise NotYours
    return row


async def lists_document(draw_round: UUID) -> dict[str, Any]:
    """The closed lists of a drawn round: what `draw.py seed` reads.

    Raises:
        NotYours: as `drawn_round`.
    """
    async with one_moment():
        row = await drawn_round(draw_round)
        return {**_head(row), "schema": LISTS_SCHEMA, "draws": [_closed(one) for one in await lists_of(row)]}


async def result_document(draw_round: UUID) -> dict[str, Any]:
    """Everything that `draw.py check` repeats.

    Raises:
        NotYours: as `drawn_round`.
    """
    async with one_moment():
        row = await drawn_round(draw_round)
        secrets = await standing_of(row.id)
        return {
            **_head(row), "schema": script.SCHEMA,
            "commitments": {one.side: one.hash for one in secrets},
            "secrets": {one.side: one.secret for one in secrets}, "closing": await _closing(row.id),
            "times": {
                "committed": {one.side: _time(one.committed_at) for one in secrets}, "closed": _time(row.closed_at),
                "revealed": {one.side: _time(one.revealed_at) for one in secrets}, "drawn": _time(row.drawn_at),
            },
            "draws": [{**_closed(one), **await _drawn(one)} for one in await lists_of(row)],
        }  # fmt: skip


async def _closing(draw_round: UUID) -> dict[str, Any]:
    """What the audit chain says of the moment in which the lists were closed: the hashes that stood then, of secrets
    and lists, with the event's place on the county's chain and its own hash, to be compared with any earlier export."""
    rows = await DrawRound.raw(
        "SELECT stream, seq, at, encode(hash, 'hex') AS hash, data FROM audit_event WHERE subject_type = 'draw_round'"
        " AND subject = {} AND action = 'draw.closed' ORDER BY id LIMIT 1",
        str(draw_round),
    )  # fmt: skip
    if not rows:
        return {}
    data = json.loads(rows[0]["data"]) if isinstance(rows[0]["data"], str) else rows[0]["data"]
    return {
        "chain": rows[0]["stream"], "number": rows[0]["seq"], "hash": rows[0]["hash"], "at": _time(rows[0]["at"]),
        "commitments": {side: data.get(side, "") for side in script.SIDES},
        "lists": data.get("lists", {}), "frames": data.get("frames", {}),
    }  # fmt: skip


def text_of(document: Mapping[str, Any]) -> bytes:
    """The file: sorted keys, so that the same draw gives the same bytes."""
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def _head(row: DrawRound) -> dict[str, Any]:
    return {
        "round": str(row.id), "kind": row.kind, "county": row.division[:6], "draw": name_of(row), "number": row.number,
    }  # fmt: skip


def _closed(one: DrawList) -> dict[str, Any]:
    return {
        "contract": str(one.contract), "population": one.population, "closed": _time(one.closed_at), "share": one.share,
        "n": one.n, "pool": json.loads(one.pool) if isinstance(one.pool, str) else one.pool, "rows": rows_of(one),
        "list_hash": one.list_hash, "frame_hash": one.frame_hash,
    }  # fmt: skip


async def _drawn(one: DrawList) -> dict[str, Any]:
    picks = await DrawPick.objects().where(DrawPick.list == one.id).order_by(DrawPick.place)
    return {
        "seed": one.seed, "first": FIRST.get((one.kind, one.population), "second"),
        "chosen": [[str(each.subject), each.origin] for each in picks if each.origin not in LATER],
        "later": [
            {"id": str(each.subject), "origin": each.origin, "replaces": str(each.replaces) if each.replaces else ""}
            for each in picks if each.origin in LATER
        ],
        "inspectors": await _inspectors(one),
    }  # fmt: skip


async def _inspectors(one: DrawList) -> list[dict[str, Any]]:
    """Per check, by the id of what is checked: who was taken, who was passed over (a link to it, gone, or the place
    given away; why is not public), who joined the pool after the list had closed, and whom two officers took off."""
    rows = await DrawPick.raw(
        "SELECT coalesce(s.visit, s.assessment)::text AS id, s.pool, s.left_out,"
        " (SELECT coalesce(jsonb_agg(i.inspector::text), '[]') FROM check_inspector i WHERE i.\"check\" = s.id"
        "  AND NOT i.replaced) AS chosen,"
        " (SELECT coalesce(jsonb_agg(i.inspector::text), '[]') FROM check_inspector i WHERE i.\"check\" = s.id"
        "  AND i.replaced) AS replaced,"
        " (SELECT coalesce(jsonb_agg(i.inspector::text ORDER BY i.inspector), '[]') FROM check_inspector i"
        '  WHERE i."check" = s.id AND i.replaced AND i.replaced_by <> i.inspector) AS taken_off'
        " FROM spot_check s WHERE s.draw = {} ORDER BY 1",
        one.id,
    )
    closed = set(json.loads(one.pool) if isinstance(one.pool, str) else one.pool)
    seed, found = bytes.fromhex(one.seed), []
    for row in rows:
        known = {name: set(json.loads(row[name])) for name in ("pool", "chosen", "replaced")}
        apart = {each["user"] for each in json.loads(row["left_out"])}
        gone = (closed - known["pool"]) | apart | known["replaced"]
        joined = (known["pool"] | known["chosen"]) - closed
        order = [
            *script.inspector_order(seed, row["id"], known["chosen"] & closed),
            *script.inspector_order(seed, row["id"], known["chosen"] - closed),
        ]
        found.append(
            {"id": row["id"], "chosen": order, "passed_over": sorted(gone - known["chosen"]), "joined": sorted(joined),
             "taken_off": json.loads(row["taken_off"])}
        )  # fmt: skip
    return found


def _time(moment: Any) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""

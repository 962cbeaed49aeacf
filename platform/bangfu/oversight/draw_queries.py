"""Reads about draws for pages: rounds with whose turn it is, one contract's draw with strata, inspectors, conflicts."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.oversight.draw_tables import DrawRound
from bangfu.oversight.draw_views import Found, ListView, PickView, RoundView, SecretView
from bangfu.shared.actor import Actor

_ROUND: Final = (
    "SELECT r.*, coalesce(d.name, '') AS area, coalesce(c.number, '') AS contract_number, count(*) OVER () AS total"
    " FROM draw_round r LEFT JOIN division d ON d.code = r.division LEFT JOIN contract c ON c.id = r.contract"
)
_LIST: Final = (
    "SELECT l.*, c.number, c.project, o.name AS provider, r.number AS round_number,"
    " (SELECT count(*) FROM draw_pick p WHERE p.list = l.id) AS drawn,"
    " (SELECT count(*) FROM spot_check s WHERE s.draw = l.id AND s.status IN ('notified', 'appealed', 'closed')"
    "  AND s.result = 'pass') AS passed,"
    " (SELECT count(*) FROM spot_check s WHERE s.draw = l.id AND s.status IN ('notified', 'appealed', 'closed')"
    "  AND s.result = 'fail') AS failed"
    " FROM draw_list l JOIN contract c ON c.id = l.contract JOIN organization o ON o.id = l.organization"
    " LEFT JOIN draw_round r ON r.id = l.round"
)


def _seen(actor: Actor) -> list[object]:
    """Values of _AREA: the actor's counties, or the county that the actor's area lies in."""
    return [f"{actor.scope}%" if actor.scope else "", actor.scope]


_AREA: Final = " (r.division LIKE {} OR (length({}::text) > 6 AND left({}::text, 6) = left(r.division, 6)))"


STATES: Final = {"going": ("open", "closed"), "drawn": ("drawn",), "void": ("void",)}
"""What a list of rounds can be narrowed to -> their states."""
_ORDER: Final = (
    " ORDER BY r.status NOT IN ('open', 'closed'), CASE r.status WHEN 'open' THEN r.commit_until WHEN 'closed' THEN"
    " r.reveal_due END, r.year DESC, r.quarter DESC, r.month DESC, r.division, r.number DESC LIMIT {} OFFSET {}"
)
"""What somebody has to do comes first, by its day; then what has ended, the newest draw first."""


async def rounds(actor: Actor, limit: int, offset: int, state: str = "", county: str = "") -> Found:
    """The rounds of the actor's area, narrowed to a state (STATES) and a county (its code) where one is given."""
    like, scope = _seen(actor)
    where, values = _narrowed(state, county)
    return await _rounds(" WHERE" + _AREA + where + _ORDER, like, scope, scope, *values, limit, offset)


def _narrowed(state: str, county: str) -> tuple[str, list[object]]:
    """More conditions with their values; what is not known narrows nothing."""
    parts, values = "", list[object]()
    if state in STATES:
        parts, values = parts + " AND r.status = ANY({}::varchar[])", [*values, list(STATES[state])]
    if county:
        parts, values = parts + " AND r.division = {}", [*values, county]
    return parts, values


async def counties(actor: Actor | None) -> list[tuple[str, str]]:
    """(code, name) of the counties with draws; of the actor's area, or all for anybody."""
    where, values = "", list[object]()
    if actor is not None:
        like, scope = _seen(actor)
        where, values = " WHERE" + _AREA, [like, scope, scope]
    rows = await DrawRound.raw(
        "SELECT DISTINCT r.division AS code, coalesce(d.name, '') AS name FROM draw_round r"  # noqa: S608 (constants)
        f" LEFT JOIN division d ON d.code = r.division{where} ORDER BY 1",
        *values,
    )
    return [(row["code"], row["name"]) for row in rows]


async def round_for(actor: Actor, draw_round: UUID) -> RoundView:
    """One round of the actor's area.

    Raises:
        NotYours: for any other.
    """
    like, scope = _seen(actor)
    found = await _rounds(" WHERE r.id = {} AND" + _AREA, draw_round, like, scope, scope)
    if not found.rows:
        raise NotYours
    return found.rows[0]


async def public_round(draw_round: UUID) -> RoundView:
    """One round for anybody.

    Raises:
        NotYours: if there is none.
    """
    found = await _rounds(" WHERE r.id = {}", draw_round)
    if not found.rows:
        raise NotYours
    return found.rows[0]


async def public_rounds(limit: int, offset: int, state: str = "", county: str = "") -> Found:
    """The rounds of all counties for anybody, narrowed as `rounds`."""
    where, values = _narrowed(state, county)
    return await _rounds(" WHERE true" + where + _ORDER, *values, limit, offset)


async def _rounds(where: str, *values: object) -> Found:
    rows = await DrawRound.raw(_ROUND + where, *values)
    secrets = await DrawRound.raw(
        "SELECT s.*, coalesce(u.display_name, '') AS name FROM draw_secret s LEFT JOIN app_user u ON u.id = s.holder"
        " WHERE s.round = ANY({}::uuid[]) ORDER BY s.committed_at",
        [row["id"] for row in rows],
    )
    given: dict[UUID, list[SecretView]] = {}
    for one in secrets:
        given.setdefault(one["round"], []).append(SecretView(**{name: one[name] for name in SecretView.__slots__}))
    views = [_round(row, tuple(given.get(row["id"], ()))) for row in rows]
    return Found(views, rows[0]["total"] if rows else 0)


def _round(row: Mapping[str, Any], secrets: tuple[SecretView, ...]) -> RoundView:
    return RoundView(**{name: row[name] for name in RoundView.__slots__ if name != "secrets"}, secrets=secrets)


async def lists_of_round(row: RoundView) -> list[ListView]:
    """The closed lists that a round draws (or drew) from, by provider."""
    rows = await DrawRound.raw(
        _LIST + " WHERE l.kind = {} AND l.division = {} AND l.year = {} AND l.month = {} AND l.quarter = {}"
        " AND ({} = '' OR c.number = {}) ORDER BY o.name, c.number, l.population",
        row.kind, row.division, row.year, row.month, row.quarter, row.contract_number, row.contract_number,
    )  # fmt: skip
    return [_list(one) for one in rows]


async def list_for(actor: Actor, draw_list: UUID) -> ListView:
    """One contract's closed list in the actor's area.

    Raises:
        NotYours: for any other.
    """
    like, scope = _seen(actor)
    where = " WHERE l.id = {} AND" + _AREA.replace("r.division", "l.division")
    rows = await DrawRound.raw(_LIST + where, draw_list, like, scope, scope)
    if not rows:
        raise NotYours
    return _list(rows[0], await _drawn_subjects(draw_list))


async def _drawn_subjects(draw_list: UUID) -> set[str]:
    rows = await DrawRound.raw("SELECT subject::text AS id FROM draw_pick WHERE list = {}", draw_list)
    return {row["id"] for row in rows}


def _list(row: Mapping[str, Any], drawn: set[str] | None = None) -> ListView:
    rows = json.loads(row["rows"])
    sizes = Counter(one[1] for one in rows)
    taken = Counter(one[1] for one in rows if one[0] in (drawn or ()))
    strata = tuple((name, size, taken[name]) for name, size in sorted(sizes.items()))
    own = {"ids", "strata"}
    return ListView(
        **{name: row[name] for name in ListView.__slots__ if name not in own}, ids=tuple(one[0] for one in rows),
        strata=strata,
    )  # fmt: skip


async def picks_of(one: ListView) -> list[PickView]:
    """What was drawn from a list, in the order of the draw, with inspectors in the order of their places."""
    rows = await DrawRound.raw(
        "SELECT p.place, p.subject, p.origin, p.replaces, p.\"check\", coalesce(s.number, '') AS check_number,"
        " coalesce(s.status, '') AS status, CASE WHEN s.status IN ('drawn', 'assigned') THEN '' ELSE"
        " coalesce(s.result, '') END AS result, coalesce(v.number, a.number, '') AS number,"
        " coalesce((SELECT jsonb_agg(u.display_name ORDER BY i.place) FROM check_inspector i JOIN app_user u ON"
        "  u.id = i.inspector WHERE i.\"check\" = s.id AND NOT i.replaced), '[]') AS inspectors,"
        " coalesce((SELECT jsonb_agg(jsonb_build_array(u.display_name, x ->> 'reason') ORDER BY u.display_name)"
        "  FROM jsonb_array_elements(s.left_out) x JOIN app_user u ON u.id = (x ->> 'user')::uuid), '[]') AS left_out,"
        " coalesce((SELECT jsonb_agg(jsonb_build_array(u.display_name, i.replaced_reason, i.replaced_by <> i.inspector)"
        "  ORDER BY i.replaced_at) FROM check_inspector i JOIN app_user u ON u.id = i.inspector"
        "  WHERE i.\"check\" = s.id AND i.replaced), '[]') AS replaced"
        ' FROM draw_pick p LEFT JOIN spot_check s ON s.id = p."check" LEFT JOIN visit v ON v.id = p.subject'
        " LEFT JOIN assessment a ON a.id = p.subject WHERE p.list = {} ORDER BY p.place",
        one.id,
    )
    closed = await DrawRound.raw("SELECT rows FROM draw_list WHERE id = {}", one.id)
    stratum = {row[0]: row[1] for row in json.loads(closed[0]["rows"])}
    own = {"inspectors", "left_out", "replaced", "stratum"}
    return [
        PickView(
            **{name: row[name] for name in PickView.__slots__ if name not in own},
            stratum=stratum.get(str(row["subject"]), ""),
            inspectors=tuple(json.loads(row["inspectors"])),
            left_out=tuple((name, reason) for name, reason in json.loads(row["left_out"])),
            replaced=tuple((name, reason, office) for name, reason, office in json.loads(row["replaced"])),
        )
        for row in rows
    ]


async def townships(lists: list[ListView]) -> dict[str, str]:
    """Nine digits -> the township's name, of all strata."""
    codes = {stratum[0].partition("/")[0] for one in lists for stratum in one.strata}
    rows = await DrawRound.raw(
        "SELECT code, name FROM division WHERE code = ANY({}::varchar[])", [code.ljust(12, "0") for code in codes]
    )
    return {row["code"][:9]: row["name"] for row in rows}

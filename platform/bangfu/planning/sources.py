"""The rows from which a matching problem is made; every list in an order that does not change between readings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.households.kinship import related_carers_of
from bangfu.needs.tables import Need

Row = dict[str, Any]

_NEED = (
    "SELECT n.id, n.number, n.household, n.division, n.service, n.status, n.visits, n.minutes, n.priority,"
    " n.qualifications, n.kinds, n.gender_required, coalesce(nullif(n.gender_wish, ''), h.gender_wish) AS gender_wish,"
    " coalesce(nullif(n.language_wish, ''), h.language) AS language_wish, n.windows, n.excluded, n.current_carer,"
    " coalesce(h.lat, v.lat, t.lat) AS lat,"
    " CASE WHEN h.lat IS NOT NULL THEN h.lon WHEN v.lat IS NOT NULL THEN v.lon ELSE t.lon END AS lon,"
    " has_ground(n.household, 'share_provider', (now() AT TIME ZONE 'Asia/Shanghai')::date, n.person) AS may_share,"
    " h.trained_only, s.with_minors, s.qualifications AS service_qualifications, s.kinds AS service_kinds"
    " FROM need n JOIN household h ON h.id = n.household JOIN service s ON s.code = n.service"
    " LEFT JOIN division v ON v.code = n.division LEFT JOIN division t ON t.code = left(n.division, 9) || '000'"
)
_GROUNDED = (
    " (has_ground(n.household, 'service', (now() AT TIME ZONE 'Asia/Shanghai')::date, n.person)"
    " AND (has_ground(n.household, 'share_provider', (now() AT TIME ZONE 'Asia/Shanghai')::date, n.person)"
    " OR coalesce(nullif(n.kinds, '{{}}'), s.kinds) && ARRAY['social_worker', 'volunteer']::varchar[]))"
)
"""A ground for arranging services is in force, and one for sharing where only an organisation's workers may serve."""
_WAITS = (
    " h.status IN ('active', 'grace')"
    " AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.need = n.id"
    " AND a.status IN ('offered', 'accepted', 'scheduled', 'active'))"
)


TO_MATCH = f"{_WAITS} AND {_GROUNDED}"
_UNGROUNDED = f"{_WAITS} AND NOT {_GROUNDED}"


async def without_ground(prefix: str, states: Collection[str]) -> list[Row]:
    """The waiting needs of a division that may not be matched for lack of a ground: id, number."""
    rows: list[Row] = await Need.raw(
        "SELECT n.id, n.number FROM need n JOIN household h ON h.id = n.household"  # noqa: S608 (own constants)
        " JOIN service s ON s.code = n.service WHERE n.division LIKE {} AND n.status = ANY({}) AND"
        + _UNGROUNDED
        + " ORDER BY n.number",
        f"{prefix}%", list(states),
    )  # fmt: skip
    return rows


async def needs_of_division(prefix: str, states: Collection[str]) -> list[Row]:
    """The needs of a division that wait for somebody, in one of the states."""
    rows: list[Row] = await Need.raw(
        _NEED + " WHERE n.division LIKE {} AND n.status = ANY({}) AND" + TO_MATCH + " ORDER BY n.number",
        f"{prefix}%", list(states),
    )  # fmt: skip
    return rows


async def needs_by_id(needs: Collection[UUID]) -> list[Row]:
    """Needs in whatever state."""
    rows: list[Row] = await Need.raw(_NEED + " WHERE n.id = ANY({}) ORDER BY n.number", list(needs))
    return rows


async def carers(only: Collection[UUID] | None) -> list[Row]:
    """Active carers of active organisations that stand somewhere on the map, with what their organisation may do."""
    rows: list[Row] = await Need.raw(
        "SELECT c.id, c.number, c.kind, c.organization, c.division, c.sex, c.birth_date, c.languages, c.speed_kmh,"
        " coalesce(c.lat, d.lat) AS lat, CASE WHEN c.lat IS NOT NULL THEN c.lon ELSE d.lon END AS lon, c.max_km,"
        " c.minutes_per_week, c.max_households, c.blacklist_until, coalesce(o.uscc, '') AS uscc, o.service_area,"
        " o.division AS organization_division,"
        # an organisation that declared no hours has those of its people
        " coalesce(nullif(o.minutes_per_4_weeks, 0), (SELECT 4 * sum(p.minutes_per_week)::int FROM carer p"
        " WHERE p.organization = o.id AND p.active), 0) AS organization_minutes,"
        " o.blacklist_until AS organization_blacklist"
        " FROM carer c LEFT JOIN organization o ON o.id = c.organization LEFT JOIN division d ON d.code = c.division"
        " WHERE c.active AND coalesce(o.active, true) AND coalesce(c.lat, d.lat) IS NOT NULL"
        " AND ({}::uuid[] IS NULL OR c.id = ANY({}::uuid[])) ORDER BY c.number",
        *[None if only is None else list(only)] * 2,
    )
    return rows


async def qualifications(carers: Collection[UUID]) -> dict[UUID, list[Row]]:
    """What each carer holds: code, issued_on, expires_on."""
    found: dict[UUID, list[Row]] = {}
    for row in await Need.raw(
        "SELECT carer, code, issued_on, expires_on FROM qualification WHERE carer = ANY({})"
        " AND status = 'verified' ORDER BY code, expires_on",
        list(carers),
    ):
        found.setdefault(row["carer"], []).append(row)
    return found


async def open_assignments(besides: Collection[UUID], only: Collection[UUID] | None) -> list[Row]:
    """What carers already do, except for the needs that are being judged; with `only` just what bears on these carers:
    their own, their organisations', and what is done in the households of the judged needs."""
    chosen = None if only is None else list(only)
    rows: list[Row] = await Need.raw(
        "SELECT a.carer, a.organization, a.carer_kind, a.household, a.service, a.visits, a.minutes,"
        " coalesce(a.km, 0) AS km, c.speed_kmh FROM assignment a JOIN carer c ON c.id = a.carer"
        " WHERE a.status IN ('offered', 'accepted', 'scheduled', 'active') AND a.need <> ALL({}::uuid[])"
        " AND ({}::uuid[] IS NULL OR a.carer = ANY({}::uuid[]) OR a.household IN (SELECT household FROM need WHERE"
        " id = ANY({}::uuid[])) OR a.organization IN (SELECT organization FROM carer WHERE id = ANY({}::uuid[])))"
        " ORDER BY a.number",
        list(besides), chosen, chosen, list(besides), chosen,
    )  # fmt: skip
    return rows


async def refusals(needs: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Need -> carers and organisations that declined it or gave it back in the last four weeks."""
    found: dict[UUID, set[UUID]] = {}
    for row in await Need.raw(
        "SELECT need, carer, organization FROM assignment WHERE status IN ('declined', 'withdrawn')"
        " AND need = ANY({}) AND ended_at > now() - interval '28 days'",
        list(needs),
    ):
        found.setdefault(row["need"], set()).update({row["carer"], row["organization"]} - {None})
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """What the judged needs' own open assignments hold of a line: visits and CNY until its end, visits a period."""

    units: int
    amount: Decimal
    visits: int
    by_need: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Need id -> visits until the line's end, visits a period."""

    def among(self, needs: Collection[str]) -> tuple[int, int]:
        """What some of the needs hold of it: visits until the line's end, visits a period."""
        held = [self.by_need[need] for need in needs if need in self.by_need]
        return sum(units for units, _ in held), sum(visits for _, visits in held)


async def reservations_of(needs: Collection[UUID]) -> dict[UUID, Held]:
    """By contract line; all of it is free again for the need itself."""
    rows = await Need.raw(
        "SELECT a.contract_line AS line, a.need, coalesce(sum(m.units), 0)::int AS units,"
        " coalesce(sum(m.amount), 0)::numeric AS amount, a.visits"
        " FROM assignment a LEFT JOIN contract_movement m ON (m.subject = a.id OR m.reservation = a.id)"
        " AND m.line = a.contract_line AND m.kind IN ('reserved', 'released')"
        " WHERE a.contract_line IS NOT NULL AND a.status IN ('offered', 'accepted', 'scheduled', 'active')"
        " AND a.need = ANY({}::uuid[])"
        " GROUP BY a.id, a.contract_line, a.need, a.visits ORDER BY a.number",
        list(needs),
    )
    by_line: dict[UUID, list[Row]] = {}
    for row in rows:
        by_line.setdefault(row["line"], []).append(row)
    return {line: _held(mine) for line, mine in by_line.items()}


def _held(rows: Collection[Row]) -> Held:
    """At most one open task of a need, so that each row is another need's."""
    return Held(
        units=sum(row["units"] for row in rows),
        amount=sum((row["amount"] for row in rows), Decimal(0)),
        visits=sum(row["visits"] for row in rows),
        by_need={str(row["need"]): (row["units"], row["visits"]) for row in rows},
    )


async def tasks_of_division(prefix: str) -> list[Row]:
    """The open tasks of a division: id, number, need, carer."""
    rows: list[Row] = await Need.raw(
        "SELECT id, number, need, carer FROM assignment WHERE division LIKE {}"
        " AND status IN ('offered', 'accepted', 'scheduled', 'active') ORDER BY number",
        f"{prefix}%",
    )
    return rows


CHECKING = frozenset({"visit_check", "phone_check", "survey", "ability_assess"})
"""Services that look at how a household is cared for: no near relative does them (DOMAIN.md 2.3)."""


async def relatives(needs: Collection[Row]) -> list[tuple[Row, set[UUID]]]:
    """Each need with the carers who are near relatives of its household: all of them for checking services, for others
    those whom no agreement names as caregivers."""
    homes = {row["household"] for row in needs}
    everybody = await related_carers_of(homes)
    barred_from_care = await related_carers_of(homes, for_care=True)
    return [
        (row, (everybody if row["service"] in CHECKING else barred_from_care).get(row["household"], set()))
        for row in needs
    ]

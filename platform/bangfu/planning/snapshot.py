"""From the database to a matching problem (MATCHING.md, "How planning fills it").

One reader serves the match run (all needs of a division), the check at the moment of an offer (one need, one carer)
and the ranking of alternatives (one need, everybody). The same data give the same document: everything is read in the
order of numbers, which never change. Ids in the document are the UUIDs.

Needs are never split into parts: a need of more than 5 visits a week goes to a carer who is free on enough days.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from bangfu.contracts.queries import Account, accounts_of
from bangfu.contracts.rules import PERIOD_DAYS, Posted, left_for_period
from bangfu.needs.rules import ANY_TIME
from bangfu.planning import keeping_off, sources
from bangfu.planning.areas import Reach, reach_of
from bangfu.planning.shared_limits import limits_of
from bangfu.planning.sources import Held, Row
from bangfu.planning.weights import DETOUR, weights_with
from bangfu.providers.register import kept_off
from bangfu.providers.roster import Presence, windows_for
from bangfu.providers.standing import barred_carers
from matching import Carer, ContractLine, Need, Organisation, Problem, Weights

WEEKS = 4
CLEARANCE_DAYS = {"M": 365, "H": 365}
"""Clearances that count for a year from their issue, whatever is printed on them (DOMAIN.md 2.3)."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A problem, and what the pages need beside it: minutes and households that open assignments already take
    (carer id -> number), the numbers of needs that have no place on the map and so cannot be matched, and of those
    that no consent or statutory ground covers (reason no_ground); who may not serve at all today and why (carer id ->
    code of barred_carers, or "organization:" and a code of kept_off); and the numbers of the contracts
    that pay ("organisation/service" -> number)."""

    problem: Problem
    minutes: dict[str, int] = field(default_factory=dict)
    households: dict[str, int] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)
    ungrounded: list[str] = field(default_factory=list)
    barred: dict[str, str] = field(default_factory=dict)
    contracts: dict[str, str] = field(default_factory=dict)


async def of_division(prefix: str, as_of: date, weights: Weights | None = None) -> Snapshot:
    """The needs of a division that are in matching without an open assignment; everybody who may serve one of them.
    Who declined a need in the last four weeks, or gave it back, is not proposed for it again [D]."""
    needs = await sources.needs_of_division(prefix, ["matching"])
    refused = await sources.refusals([row["id"] for row in needs])
    found = await _build(needs, None, as_of, weights, refused)
    waiting = await sources.without_ground(prefix, ["confirmed", "matching"])
    return replace(found, ungrounded=[row["number"] for row in waiting])


async def of_plan(prefix: str, as_of: date) -> tuple[Snapshot, list[Row]]:
    """The plan in force: the needs of a division that have an open task or wait, whatever those tasks hold being free;
    and the tasks (id, need, carer). A task whose home has no place on the map keeps what it holds and is left out."""
    tasks = await sources.tasks_of_division(prefix)
    served = await sources.needs_by_id([row["need"] for row in tasks])
    waiting = await sources.needs_of_division(prefix, ["confirmed", "matching"])
    placed = [row for row in served if row["lat"] is not None]
    needs = sorted([*placed, *waiting], key=lambda row: str(row["number"]))
    refused = await sources.refusals([row["id"] for row in needs])
    return await _build(needs, None, as_of, None, refused), tasks


async def of_need(need: UUID, as_of: date, carers: Collection[UUID] | None = None) -> Snapshot:
    """One need, whatever its state, with the given carers (default: everybody) as things are now. What the need's own
    open assignment takes counts as free, so that naming another carer for it can be judged."""
    return await _build(await sources.needs_by_id([need]), carers, as_of, None, {})


async def _build(
    needs: Sequence[Row], only: Collection[UUID] | None, as_of: date, weights: Weights | None,
    refused: Mapping[UUID, set[UUID]],
) -> Snapshot:  # fmt: skip
    placed = [row for row in needs if row["lat"] is not None]
    reaches = [
        reach
        for reach in map(reach_of, await sources.carers(only))
        if only is not None or any(reach.covers(row["division"]) for row in placed)
    ]
    homes = {row["household"] for row in needs} if len(needs) == 1 else set()
    taken = _Taken(await sources.open_assignments([row["id"] for row in needs], only), homes)
    accounts = await accounts_of(sorted({reach.organization for reach in reaches if reach.organization}), as_of)
    own = await sources.reservations_of([row["id"] for row in needs])
    chosen = _chosen(accounts, own)
    lines = [_line(account, own.get(account.line.id), as_of) for account in chosen]
    standing = await _standing(reaches, as_of)
    by_name = await keeping_off.kept_off(needs, refused)
    problem = Problem(
        as_of=as_of,
        detour=DETOUR,
        weights=weights or weights_with(),
        organisations=tuple(_organisations(reaches, taken)),
        contract_lines=tuple(lines),
        carers=tuple(await _carers(reaches, taken, as_of)),
        needs=tuple(
            _need(row, reaches, _Barred(row, taken, by_name[row["id"]] | standing.keys(), as_of)) for row in placed
        ),
        limits=tuple(await limits_of(chosen, lines, placed, own, as_of)),
    )
    ids = {str(reach.id) for reach in reaches}
    return Snapshot(
        problem,
        {carer: minutes for carer, minutes in taken.minutes.items() if carer in ids},
        {carer: len(homes) for carer, homes in taken.homes.items() if carer in ids},
        [row["number"] for row in needs if row["lat"] is None],
        barred={str(carer): reason for carer, reason in standing.items()},
        contracts={
            f"{account.line.organization}/{account.line.service}": account.line.contract_number for account in chosen
        },
    )


async def _standing(reaches: Sequence[Reach], as_of: date) -> dict[UUID, str]:
    """Who of the carers may not serve on the day: for reasons of their own, or of their organisation's."""
    own = await barred_carers(as_of, [reach.id for reach in reaches])
    organizations = await kept_off(as_of, {reach.organization for reach in reaches if reach.organization})
    theirs = {
        reach.id: f"organization:{organizations[reach.organization]}"
        for reach in reaches
        if reach.organization in organizations
    }
    return {**theirs, **own}


class _Taken:
    """What open assignments (offered, accepted, scheduled, active) use already.

    `same`: where one need is judged alone, its household; who serves there already visits no further home. In a problem
    of many needs it counts as a further one, since the problem cannot say otherwise: never too many, at times one less.
    """

    def __init__(self, rows: Sequence[Row], same: set[UUID]) -> None:
        self.minutes: dict[str, int] = defaultdict(int)
        self.homes: dict[str, set[UUID]] = defaultdict(set)
        self.organisations: dict[UUID, int] = defaultdict(int)
        self.server: dict[tuple[UUID, str], tuple[UUID, UUID | None]] = {}
        for row in rows:
            travel = ceil(60 * DETOUR * row["km"] / row["speed_kmh"] - 1e-9)
            self.minutes[str(row["carer"])] += row["visits"] * (row["minutes"] + travel)
            self.homes[str(row["carer"])] |= {row["household"]} - same
            self.server[row["household"], row["service"]] = (row["carer"], row["organization"])
            if row["carer_kind"] == "worker" and row["organization"]:
                self.organisations[row["organization"]] += row["visits"] * row["minutes"]


def _organisations(reaches: Sequence[Reach], taken: _Taken) -> list[Organisation]:
    found: dict[UUID, Organisation] = {}
    for reach in reaches:
        if reach.organization and reach.organization not in found:
            left = max(0, reach.row["organization_minutes"] - taken.organisations[reach.organization])
            found[reach.organization] = Organisation(id=str(reach.organization), minutes_per_4_weeks=left)
    return list(found.values())


def _chosen(accounts: Sequence[Account], own: dict[UUID, Held]) -> list[Account]:
    """One line per organisation and service: the one that already pays for the judged need, else the first to end
    that has something left, as dispatch chooses it (contracts.queries.account_for)."""
    chosen: dict[tuple[UUID, str], Account] = {}
    for account in accounts:
        key = (account.line.organization, account.line.service)
        known = chosen.get(key)
        if known is None or account.line.id in own or (known.burn.used_up and not account.burn.used_up):
            chosen[key] = account
    return list(chosen.values())


def _line(account: Account, own: Held | None, as_of: date) -> ContractLine:
    line, price = account.line, int(account.line.unit_price * 100)
    visits, fen = account.for_period(as_of)
    if own is not None:
        back = Posted("released", -own.units, -own.amount)
        visits, fen = left_for_period(line, (*account.movements, back), as_of)
        visits, fen = max(visits, own.visits), max(fen, own.visits * price)
    return ContractLine(
        organisation=str(line.organization),
        service=line.service,
        unit_price_fen=price,
        max_visits=visits,
        max_fen=fen,
    )


async def _carers(reaches: Sequence[Reach], taken: _Taken, as_of: date) -> list[Carer]:
    """With the times that hold in the four weeks, and hours for the part of them in which they are there."""
    ids = [reach.id for reach in reaches]
    held, there = await sources.qualifications(ids), await windows_for(ids, as_of, PERIOD_DAYS)
    return [_carer(reach.row, held.get(reach.id, []), there[reach.id], taken) for reach in reaches]


def _carer(row: Mapping[str, Any], held: Sequence[Row], there: Presence, taken: _Taken) -> Carer:
    mine = str(row["id"])
    minutes = int(WEEKS * row["minutes_per_week"] * there.minutes_share)
    return Carer(
        id=mine,
        organisation=str(row["organization"]) if row["organization"] else None,
        kind=row["kind"],
        lat=row["lat"],
        lon=row["lon"],
        speed_kmh=row["speed_kmh"],
        max_km=row["max_km"],
        minutes_per_4_weeks=max(0, minutes - taken.minutes.get(mine, 0)),
        max_households=max(0, row["max_households"] - len(taken.homes.get(mine, ()))),
        gender=row["sex"],
        languages=tuple(row["languages"]),
        qualifications=_valid_until(held),
        windows=tuple(there.windows),
    )


def _valid_until(held: Sequence[Row]) -> dict[str, date]:
    """Code -> last valid date; of several of one kind the longest counts."""
    until: dict[str, date] = {}
    for row in held:
        last, year = row["expires_on"], CLEARANCE_DAYS.get(row["code"])
        if year and row["issued_on"]:
            last = min(last, row["issued_on"] + timedelta(days=year))
        until[row["code"]] = max(last, until.get(row["code"], last))
    return dict(sorted(until.items()))


def _need(row: Row, reaches: Sequence[Reach], barred: "_Barred") -> Need:
    return Need(
        id=str(row["id"]),
        household=str(row["household"]),
        lat=row["lat"],
        lon=row["lon"],
        service=row["service"],
        visits=row["visits"],
        minutes=row["minutes"],
        priority=row["priority"],
        qualifications=tuple(tuple(group) for group in _required(row)),
        kinds=_kinds(row),
        gender_required=row["gender_required"] or None,
        gender_wish=row["gender_wish"] or None,
        language_wish=row["language_wish"] or None,
        windows=tuple((day, start, end) for day, start, end in json.loads(row["windows"]) or ANY_TIME),
        excluded=tuple(str(reach.id) for reach in reaches if barred.holds(reach)),
        current=str(row["current_carer"]) if row["current_carer"] else None,
    )


def _kinds(row: Row) -> tuple[str, ...]:
    """Who may serve; no organisation's worker where the consent does not cover sharing with an organisation."""
    kinds = tuple(row["kinds"] or row["service_kinds"])
    return kinds if row["may_share"] else tuple(kind for kind in kinds if kind != "worker")


def _required(row: Row) -> list[list[str]]:
    """The need's own requirements (else the service's), the clearance for minors, the training some homes ask for."""
    groups: list[list[str]] = json.loads(row["qualifications"]) or json.loads(row["service_qualifications"])
    if row["with_minors"] == "y" and ["M"] not in groups:
        groups = [*groups, ["M"]]
    if row["trained_only"] and ["T"] not in groups:
        groups = [*groups, ["T"]]
    return groups


class _Barred:
    """Hard exclusions that name a person (DOMAIN.md 2.3, 8.4): refused by the household, outside the service area,
    blacklisted, under age, kept off by name (keeping_off), or another provider already gives this service in the
    household."""

    def __init__(self, row: Row, taken: _Taken, refused: set[UUID], as_of: date) -> None:
        self._row, self._refused, self._as_of = row, refused | set(row["excluded"]), as_of
        self._server = taken.server.get((row["household"], row["service"]))

    def holds(self, reach: Reach) -> bool:
        """Whether the carer may not serve this need."""
        if reach.id in self._refused or reach.organization in self._refused:
            return True
        if not reach.covers(self._row["division"]) or reach.barred_on(self._as_of):
            return True
        if self._server is None or self._server[0] == reach.id:
            return False
        return self._server[1] is None or self._server[1] != reach.organization

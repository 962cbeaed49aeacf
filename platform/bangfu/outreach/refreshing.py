"""Finding out who is due a service and has none: computed by township in the worker, kept as rows for the pages.

The facts are sealed, so that no query alone can find them; the rules of the catalogue look at every household.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from time import perf_counter
from typing import Any
from uuid import UUID

from bangfu.catalogue.facts import house_facts, present_needs
from bangfu.catalogue.norm_rules import Due, HouseFacts, Norm, Present, covered_visits, due_services, standing
from bangfu.catalogue.norms import fingerprint, norms_in_force, plain_code
from bangfu.catalogue.proposing import on_decision
from bangfu.catalogue.tables import NormProposal
from bangfu.households.actions import on_relocation
from bangfu.households.tables import Household
from bangfu.needs.actions import on_move
from bangfu.needs.tables import Need
from bangfu.outreach import rules
from bangfu.outreach.tables import OutreachRow, OutreachState
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction

_STORE = (
    "INSERT INTO outreach_row (id, household, person, division, service, norm, kind, child, times, period, visits,"
    " has_visits, fingerprint, since, as_of) SELECT gen_random_uuid(), h, p, d, s, n, k, c, t, pe, v, hv, f, {}, {}"
    " FROM unnest({}::uuid[], {}::uuid[], {}::varchar[], {}::varchar[], {}::varchar[], {}::varchar[], {}::boolean[],"
    " {}::integer[], {}::varchar[], {}::integer[], {}::integer[], {}::varchar[])"
    " AS found(h, p, d, s, n, k, c, t, pe, v, hv, f)"
    " ON CONFLICT (household, coalesce(person, '00000000-0000-0000-0000-000000000000'::uuid), service) DO UPDATE"
    " SET division = excluded.division, norm = excluded.norm, kind = excluded.kind, child = excluded.child,"
    " times = excluded.times, period = excluded.period, visits = excluded.visits, has_visits = excluded.has_visits,"
    " fingerprint = excluded.fingerprint, as_of = excluded.as_of"
)
_DECIDED = (
    "SELECT DISTINCT ON (p.household, p.service, p.person) p.household, p.service, p.person, p.fingerprint, p.decision,"
    " p.revisit_on, n.status FROM norm_proposal p LEFT JOIN need n ON n.id = p.need WHERE "
)
_LATEST = " ORDER BY p.household, p.service, p.person, p.decided_at DESC"

Settled = Mapping[tuple[UUID, str, UUID | None], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Lack:
    """A service that is due to somebody and that no open need answers fully."""

    household: UUID
    division: str
    due: Due
    standing: str
    has_visits: int


async def refresh_all(at: datetime) -> int:
    """Every township, one transaction each; how many rows there are afterwards."""
    norms = await norms_in_force(civil_date(at))
    rows = await Household.raw("SELECT DISTINCT left(division, 9) AS township FROM household ORDER BY township")
    known = [row["township"] for row in rows]
    await OutreachState.delete().where(OutreachState.township.not_in(known or [""]))
    await OutreachRow.raw("DELETE FROM outreach_row WHERE NOT (left(division, 9) = ANY({}::varchar[]))", known)
    total = 0
    for township in known:
        total += await refresh_township(township, norms, at)
        await asyncio.sleep(0)
    return total


async def refresh_township(township: str, norms: list[Norm], at: datetime) -> int:
    """The rows of one township made anew; those that stay keep their id and since when."""
    started, pattern = perf_counter(), f"{township}%"
    async with transaction():
        houses = await house_facts("h.division LIKE {}", pattern)
        present = await present_needs("n.division LIKE {}", pattern)
        settled = await _settled("p.division LIKE {}", pattern)
        lacks = find(houses, present, settled, norms, civil_date(at))
        await _store(lacks, at)
        await OutreachRow.raw("DELETE FROM outreach_row WHERE division LIKE {} AND as_of < {}", pattern, at)
        await OutreachState.raw(
            "INSERT INTO outreach_state (township, as_of, seconds, households, rows) VALUES ({}, {}, {}, {}, {})"
            " ON CONFLICT (township) DO UPDATE SET as_of = excluded.as_of, seconds = excluded.seconds,"
            " households = excluded.households, rows = excluded.rows",
            township, at, perf_counter() - started, len(houses), len(lacks),
        )  # fmt: skip
    return len(lacks)


async def refresh_household(household: UUID, at: datetime) -> None:
    """The rows of one household, after something was decided for it."""
    norms = await norms_in_force(civil_date(at))
    async with transaction():
        houses = await house_facts("h.id = {}", household)
        present = await present_needs("n.household = {}", household)
        lacks = find(houses, present, await _settled("p.household = {}", household), norms, civil_date(at))
        kept = [f"{lack.due.service}:{lack.due.person or ''}" for lack in lacks]
        await OutreachRow.raw(
            "DELETE FROM outreach_row WHERE household = {}"
            " AND NOT (service || ':' || coalesce(person::text, '') = ANY({}::varchar[]))",
            household, kept,
        )  # fmt: skip
        await _store(lacks, at)


def find(
    houses: Mapping[UUID, tuple[str, HouseFacts]], present: Mapping[UUID, list[Present]], settled: Settled,
    norms: list[Norm], today: date,
) -> list[Lack]:  # fmt: skip
    """What is due and neither answered by open needs nor decided otherwise on the same facts."""
    found: list[Lack] = []
    for household, (division, house) in houses.items():
        needs = present.get(household, ())
        for due in due_services(house, norms, today):
            stands = standing(due, needs)
            was = settled.get((household, due.service, due.person))
            if stands != "covered" and not (was is not None and _holds(was, due, today)):
                found.append(Lack(household, division, due, stands, covered_visits(due, needs)))
    return found


def _holds(was: Mapping[str, Any], due: Due, today: date) -> bool:
    """Whether what was decided on these facts still counts: a refusal until its day, a need until it ends."""
    if was["fingerprint"] != fingerprint(due):
        return False
    if was["decision"] == "declined":
        return was["revisit_on"] is None or was["revisit_on"] > today
    return was["status"] is not None and was["status"] not in {"closed", "cancelled", "rejected"}


async def _settled(condition: str, *values: Any) -> Settled:
    rows = await NormProposal.raw("".join((_DECIDED, condition, _LATEST)), *values)
    return {(row["household"], row["service"], row["person"]): row for row in rows}


async def _store(lacks: list[Lack], at: datetime) -> None:
    if not lacks:
        return
    columns = zip(*(_values(lack) for lack in lacks), strict=True)
    await OutreachRow.raw(_STORE, civil_date(at), at, *(list(column) for column in columns))


def _values(lack: Lack) -> tuple[Any, ...]:
    due = lack.due
    return (
        lack.household, due.person, lack.division, due.service, plain_code(due), rules.kind_of(due, lack.standing),
        due.for_child, due.strictest.times, due.strictest.period, due.strictest.visits, lack.has_visits,
        fingerprint(due),
    )  # fmt: skip


async def _after_move(_: Actor, need: UUID, __: str, at: datetime) -> None:
    row = await Need.objects().get(Need.id == need)
    if row is not None:
        await refresh_household(row.household, at)


async def _follow_household(household: UUID, division: str) -> None:
    await OutreachRow.update({OutreachRow.division: division}).where(OutreachRow.household == household)


def register() -> None:
    """Keep the rows of a household fresh when its needs or its proposals are decided."""
    on_decision(refresh_household)
    on_move(_after_move)
    on_relocation(_follow_household)

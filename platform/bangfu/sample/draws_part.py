"""Draws in the sample city: a pool, last month's visits and their draw with both secrets in public, this month's round
with one hash given.

The secrets of the sample are made of a known word: nobody must take them for real ones.
"""

import hashlib
from datetime import date, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.oversight import draw_clock, draw_pool, draw_rounds, draw_script
from bangfu.oversight.draw_committing import commit
from bangfu.oversight.draw_revealing import reveal
from bangfu.oversight.draw_tables import DrawPool, DrawRound
from bangfu.sample import verification_part
from bangfu.sample.accounts import actor_of
from bangfu.sample.contracts_part import COUNTY
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import add_months, civil_date, day_span
from bangfu.shared.database import transaction
from bangfu.visits import door_actions
from bangfu.visits.door_data import Proof
from bangfu.visits.making import NewVisit, make
from bangfu.visits.tables import Visit

INSPECTORS: Final = ("officer", "officer2", "bureau", "bureau2", "assessor1", "assessor2")
MARK: Final = "sample-draws"
VISITS: Final = 21
FAR: Final = (5, 16)
"""Visits whose phone was far from the home: they are flagged, and more of such are drawn."""


async def load(at: datetime) -> None:
    """Once: the pool, the draw of last month, and the round of this month."""
    bureau, auditor = await actor_of("bureau"), await actor_of("auditor")
    county = COUNTY
    if await DrawPool.exists().where(DrawPool.division == county):
        return
    this = civil_date(at).replace(day=1)
    last = add_months(this, -1)
    early = day_span(last)[0] + timedelta(days=2)
    for name in INSPECTORS:
        await draw_pool.add(bureau, county, (await actor_of(name)).me, early)
    async with transaction():
        await draw_rounds.open_month(county, last, early)
        await draw_rounds.open_month(county, this, early)
    await _hashes(county, last.month, (bureau, auditor), early + timedelta(hours=3))
    await _visits(last, at)
    closing = day_span(this)[0] + timedelta(hours=1)
    await draw_clock.look_after(min(closing, at))
    row = await _round(county, last.month)
    if row is not None and row.status == "closed":
        for n, holder in enumerate((auditor, bureau)):
            await reveal(holder, row.id, _secret(holder, last.month).hex(), closing + timedelta(hours=8 + n))
    await _hashes(county, this.month, (auditor,), day_span(this)[0] + timedelta(hours=30))


async def _visits(month: date, at: datetime) -> None:
    """Two visits a day, every second day of the month, by one caregiver to two homes."""
    manager, carer = await actor_of("manager1"), await actor_of("caregiver1")
    homes = await verification_part.homes_of(manager, at)
    for n in range(VISITS if homes else 0):
        home, day = homes[n % 2], day_span(month + timedelta(days=n // 2 * 2))
        start, visit = day[0] + timedelta(hours=9 + 3 * (n % 2)), uuid5(NAMESPACE_URL, f"{MARK}:visit{n}")
        wanted = NewVisit(
            id=visit, assignment=home["id"], start=start, due_from=day[0], due_until=day[1], carer=carer.carer,
            source="hand",
        )  # fmt: skip
        await make(manager, wanted, start - timedelta(days=1))
        row = await Visit.objects().get(Visit.id == visit)
        if row is None:
            raise LookupError("the visit was not made")
        place = {"lat": home["lat"] + (620 if n in FAR else 25) * verification_part.METRE, "lon": home["lon"]}
        arriving = Proof(uuid5(visit, "in"), "gps", accuracy_m=12, **place)
        await door_actions.arrive(carer, visit, arriving, start)
        leaving = Proof(uuid5(visit, "out"), "gps", accuracy_m=15, **place)
        record = await verification_part.record_of(row, verification_part.Story(0, 9), n)
        end = start + timedelta(minutes=row.minutes)
        await door_actions.leave_and_submit(carer, visit, uuid5(visit, "record"), leaving, record, [], end)


async def _round(county: str, month: int) -> DrawRound | None:
    known = (DrawRound.division == county) & (DrawRound.kind == "month") & (DrawRound.month == month)
    found: DrawRound | None = await DrawRound.objects().where(known).order_by(DrawRound.number, ascending=False).first()
    return found


async def _hashes(county: str, month: int, holders: tuple[Actor, ...], at: datetime) -> None:
    row = await _round(county, month)
    if row is None or row.status != "open":
        return
    for holder in holders:
        await commit(holder, _key(holder, month), row.id, draw_script.commitment(_secret(holder, month)), at)


def _secret(holder: Actor, month: int) -> bytes:
    return hashlib.sha256(f"{MARK}:{holder.username}:{month}".encode()).digest()


def _key(holder: Actor, month: int) -> UUID:
    """The same hash at every load."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{holder.username}:{month}")

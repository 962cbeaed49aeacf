"""Background work after a list: addresses whose place is only estimated are resolved, and marked as geocoded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from geopy.exc import GeopyError

from bangfu.divisions.tables import Division
from bangfu.households.sealing import unseal
from bangfu.households.tables import Household
from bangfu.imports import sealed
from bangfu.imports.geocoding import Geocoder
from bangfu.providers.tables import Carer
from bangfu.settings import Settings
from bangfu.shared import audit, jobs
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.audit import Entry
from bangfu.shared.clock import now
from bangfu.shared.coordinates import Point, haversine_m
from bangfu.shared.crypto import decrypt
from bangfu.shared.database import transaction
from bangfu.shared.identifiers import ancestors

log = logging.getLogger("bangfu.imports")

JOB = "locate"
BATCH = 20
FARTHEST_M = 60_000
"""A point farther than this from the household's own division is some other place of the same name [D]."""
ACCURACY_M = 100
APART_M = 300
"""Answers for one address farther apart than this are different places [D]."""


sealed.register()


@dataclass(frozen=True, slots=True)
class Asked:
    """One address for the geocoder; `estimate` is where the household is drawn until then."""

    subject: UUID
    division: str
    address: str
    estimate: Point | None


async def enqueue(actor: Actor, carers: Sequence[tuple[UUID, str]] = ()) -> None:
    """Ask for the work; where a job for households waits already, that one does it. `carers`: sealed addresses."""
    waiting = await Household.raw("SELECT 1 FROM job WHERE kind = {} AND status = 'queued'", JOB)
    if carers or not waiting:
        await jobs.enqueue(JOB, {"carers": [[str(carer), sealed] for carer, sealed in carers]}, actor)


async def locate(claim: jobs.Claim, stop: asyncio.Event) -> None:
    """The worker's handler: resolve what is only estimated; without a configured geocoder there is nothing to do."""
    geocoder = Geocoder.configured(Settings.from_environment())
    if geocoder is not None:
        await locate_carers(geocoder, claim.payload.get("carers", ()))
        await locate_all(geocoder, claim, stop)
    if not stop.is_set():
        await Household.raw("UPDATE job SET payload = {} WHERE id = {}", "{}", claim.id)
        await jobs.finish(claim, "done")


async def locate_carers(geocoder: Geocoder, carers: Sequence[Sequence[str]]) -> int:
    """Resolve the sealed addresses of carers that stand at an estimated place; the number resolved."""
    ids = [UUID(carer) for carer, _ in carers]
    rows = await Carer.raw("SELECT id, division, lat, lon, location_source FROM carer WHERE id = ANY({})", ids)
    known = {row["id"]: row for row in rows if row["location_source"] == "division"}
    names = await _names({code for row in rows for code in (row["division"], *ancestors(row["division"]))})
    batch = [
        Asked(
            UUID(carer), known[UUID(carer)]["division"],
            _whole_address(known[UUID(carer)]["division"], decrypt(sealed, f"carer:address:{carer}"), names),
            (known[UUID(carer)]["lat"], known[UUID(carer)]["lon"]),
        )
        for carer, sealed in carers if UUID(carer) in known
    ]  # fmt: skip
    try:
        points = await asyncio.to_thread(_ask, geocoder, batch)
    except GeopyError as error:
        log.warning("the geocoder failed (%s); carers keep their estimated places", type(error).__name__)
        return 0
    found = [(asked, point) for asked, point in zip(batch, points, strict=True) if point]
    async with transaction():
        for asked, (lat, lon) in found:
            await Carer.raw(
                "UPDATE carer SET lat = {}, lon = {}, location_source = 'geocoder' WHERE id = {}",
                lat, lon, asked.subject,
            )  # fmt: skip
        entries = [Entry("carer.located", "carer", asked.subject, asked.division) for asked, _ in found]
        await audit.record_all(SYSTEM, entries, at=now())
    return len(found)


async def locate_all(geocoder: Geocoder, claim: jobs.Claim | None = None, stop: asyncio.Event | None = None) -> int:
    """Resolve every estimated household with an address, in batches of one transaction each; the number resolved."""
    found, after = 0, UUID(int=0)
    while not (stop and stop.is_set()):
        batch = await next_batch(after)
        if not batch:
            break
        try:
            points = await asyncio.to_thread(_ask, geocoder, batch)
        except GeopyError as error:
            log.warning("the geocoder failed (%s); the rest is tried with the next list", type(error).__name__)
            break
        found += await write_places([(asked, point) for asked, point in zip(batch, points, strict=True) if point])
        after = batch[-1].subject
        if claim is not None and not await jobs.beat(claim, 50, JOB):
            break
    return found


async def next_batch(after: UUID, scope: str = "", most: int = BATCH) -> list[Asked]:
    """The next households without an exact place, of one area or everywhere."""
    rows = await Household.raw(
        "SELECT id, division, address_enc, lat, lon FROM household WHERE location_source IN ('division', 'none')"
        " AND address_enc <> '' AND status IN ('active', 'grace') AND division LIKE {} AND id > {}"
        " ORDER BY id LIMIT {}",
        f"{scope}%", after, most,
    )  # fmt: skip
    names = await _names({code for row in rows for code in (row["division"], *ancestors(row["division"]))})
    return [
        Asked(
            row["id"], row["division"], _whole_address(row["division"], unseal("household", row, "address_enc"), names),
            (row["lat"], row["lon"]) if row["lat"] is not None else None,
        )
        for row in rows
    ]  # fmt: skip


async def _names(codes: set[str]) -> dict[str, str]:
    rows = await Division.raw("SELECT code, name FROM division WHERE code = ANY({})", sorted(codes))
    return {row["code"]: row["name"] for row in rows}


def _whole_address(division: str, address: str, names: dict[str, str]) -> str:
    """The address with the names of the divisions above in front, as far as it does not give them itself."""
    above = [names.get(code, "") for code in reversed((division, *ancestors(division)))]
    return "".join(name for name in dict.fromkeys(above) if name not in address) + address


def _ask(geocoder: Geocoder, batch: Sequence[Asked]) -> list[Point | None]:
    return [judged(geocoder.candidates(asked.address), asked.estimate)[1] for asked in batch]


def judged(points: Sequence[Point], estimate: Point | None) -> tuple[str, Point | None]:
    """What the answers for one address are worth, and the point where they are exact.

    `not_found`: none; `far`: none near the household's division; `ambiguous`: places well apart from each other.
    """
    if not points:
        return "not_found", None
    near = [point for point in points if estimate is None or haversine_m(point, estimate) <= FARTHEST_M]
    if not near:
        return "far", None
    if any(haversine_m(near[0], other) > APART_M for other in near[1:]):
        return "ambiguous", None
    return "exact", near[0]


async def write_places(resolved: Sequence[tuple[Asked, Point]]) -> int:
    """One transaction a batch; a household that somebody placed in the meantime stays as it is."""
    at, written = now(), 0
    async with transaction():
        for asked, (lat, lon) in resolved:
            rows = await Household.raw(
                "UPDATE household SET lat = {}, lon = {}, location_source = 'geocoder', location_accuracy_m = {},"
                " updated_at = {}, version = version + 1"
                " WHERE id = {} AND location_source IN ('division', 'none') RETURNING id",
                lat, lon, ACCURACY_M, at, asked.subject,
            )  # fmt: skip
            written += len(rows)
            if rows:
                await audit.record(
                    SYSTEM, "household.located", "household", asked.subject, division=asked.division, at=at,
                    data={"source": "geocoder"},
                )  # fmt: skip
    return written

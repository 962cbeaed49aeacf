"""Verbs on the record of a carer: record, change, leave, come back, show hidden values. One transaction each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.divisions.queries import nearest_point
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.providers.carer_facts import CarerFacts
from bangfu.providers.carer_places import check_division, check_employer
from bangfu.providers.carer_reading import kept_carer, locked, may_keep
from bangfu.providers.tables import Carer
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import blind_index, encrypt
from bangfu.shared.database import transaction
from bangfu.shared.names import sort_key
from bangfu.shared.numbering import fresh_number

STALE = N_("Somebody changed this person after you opened the form. Compare with the page and save again.")


async def record_carer(actor: Actor, key: UUID, facts: CarerFacts, at: datetime) -> UUID:
    """A new worker of the own organisation, or a social worker or volunteer of the area. The same key again is the
    same person.

    Raises:
        NotAllowed: for a kind whose records somebody else keeps.
        FormError: for a division or employer that is not the actor's, or a person who is recorded already.
    """
    employer = actor.organization if facts.kind == "worker" else facts.employer
    try:
        async with transaction():
            if await _is_repeat(actor, key):
                return key
            if facts.kind == "worker" and not actor.has("provider_manager"):
                raise NotAllowed
            if facts.kind != "worker" and not actor.has("station_dispatcher", "bureau_officer"):
                raise NotAllowed
            await check_division(actor, facts.division)
            await check_employer(actor, facts)
            values = {"kind": facts.kind, "organization": employer, **await _columns(key, facts)}
            number = await fresh_number(Carer)
            await Carer(id=key, number=number, **values).save()
            await audit.record(
                actor, "carer.recorded", "carer", key, division=facts.division, at=at, after=values,
                data={"number": number, "kind": facts.kind, "organization": employer},
            )  # fmt: skip
    except UniqueViolationError:
        if not await _is_repeat(actor, key):
            raise FormError(await _taken(facts, employer)) from None
    return key


async def change_carer(actor: Actor, carer: UUID, version: int, facts: CarerFacts, at: datetime) -> None:
    """Change a record; the kind and the employer stay, an empty ID number or phone keeps what is recorded.

    Raises:
        NotYours, NotAllowed: as `kept_carer`.
        Refused: if somebody changed it after the form was opened.
        FormError: for a division that is not the actor's, or an ID number of another person.
    """
    await kept_carer(actor, carer)
    try:
        async with transaction():
            row = await locked(carer)
            if row.version != version:
                raise Refused(STALE)
            if facts.division != row.division:
                await check_division(actor, facts.division)
            values = await _columns(carer, facts, row)
            before = {name: getattr(row, name) for name in values}
            new: dict[Any, Any] = {**values, "version": version + 1}
            await Carer.update(new).where(Carer.id == carer)
            changed = sorted(name for name in values if before[name] != values[name] and not name.endswith("_enc"))
            await audit.record(
                actor, "carer.changed", "carer", carer, division=facts.division, at=at, before=before, after=values,
                data={"number": row.number, "fields": changed},
            )  # fmt: skip
    except UniqueViolationError:
        raise FormError(await _taken(facts, row.organization)) from None


async def end_service(actor: Actor, carer: UUID, reason: str, at: datetime) -> None:
    """The person serves no longer: nothing new is matched or sent from now on; what was done stays readable.

    Raises:
        NotYours, NotAllowed: as `kept_carer`.
    """
    await _set_active(actor, carer, False, reason, at)


async def take_back(actor: Actor, carer: UUID, reason: str, at: datetime) -> None:
    """A person who had left serves again, with the certificates that are still valid.

    Raises: as `end_service`.
    """
    await _set_active(actor, carer, True, reason, at)


async def _set_active(actor: Actor, carer: UUID, active: bool, reason: str, at: datetime) -> None:
    await kept_carer(actor, carer)
    async with transaction():
        row = await locked(carer)
        if row.active == active:
            return
        left = None if active else civil_date(at)
        await Carer.update(
            {Carer.active: active, Carer.left_on: left, Carer.version: row.version + 1}
        ).where(Carer.id == carer)  # fmt: skip
        event = "carer.returned" if active else "carer.left"
        await audit.record(
            actor, event, "carer", carer, division=row.division, reason=reason, at=at, data={"number": row.number},
            before={"active": row.active}, after={"active": active},
        )  # fmt: skip


async def note_unmasking(actor: Actor, carer: UUID, reason: str, text: str, at: datetime) -> None:
    """Log that the keeper had name, phone and ID number shown.

    Raises:
        NotYours, NotAllowed: as `kept_carer`.
    """
    row = await kept_carer(actor, carer)
    async with transaction():
        await audit.record(
            actor, "carer.unmasked", "carer", carer, division=row["division"], at=at, reason=text,
            data={"number": row["number"], "reason": reason},
        )  # fmt: skip


async def _columns(carer: UUID, facts: CarerFacts, known: Carer | None = None) -> dict[str, Any]:
    """Column -> value; sealed values and the place only where the form brought new ones."""
    values: dict[str, Any] = {
        "name": facts.name, "pinyin": sort_key(facts.name)[:200], "sex": facts.sex, "languages": list(facts.languages),
        "division": facts.division, "travel_mode": facts.travel_mode, "speed_kmh": facts.speed_kmh,
        "max_km": facts.max_km, "minutes_per_week": facts.minutes_per_week, "max_households": facts.max_households,
    }  # fmt: skip
    if known is None or facts.birth_date is not None:
        values["birth_date"] = facts.birth_date
    for name, text in (("id_number", facts.id_number), ("phone", facts.phone)):
        if text or known is None:
            values[f"{name}_enc"] = encrypt(text, f"carer:{name}_enc:{carer}")
            values[f"{name}_index"] = blind_index(text, name)
    if facts.point is not None:
        values |= {"lat": facts.point[0], "lon": facts.point[1], "location_source": "map"}
    elif known is None or known.location_source in ("division", "none") or known.division != facts.division:
        point = await nearest_point(facts.division)
        source = "division" if point else "none"
        values |= {"lat": point and point[0], "lon": point and point[1], "location_source": source}
    return values


async def _is_repeat(actor: Actor, key: UUID) -> bool:
    known = await Carer.objects().get(Carer.id == key)
    if known is None:
        return False
    if not may_keep(actor, {"kind": known.kind, "organization": known.organization, "division": known.division}):
        raise NotYours
    return True


async def _taken(facts: CarerFacts, employer: UUID | None) -> dict[str, Any]:
    rows = await Carer.raw(
        "SELECT number FROM carer WHERE id_number_index = {} AND coalesce(organization::text, kind) = {}",
        blind_index(facts.id_number, "id_number"), str(employer or facts.kind),
    )  # fmt: skip
    number = rows[0]["number"] if rows else ""
    return {"id_number": (N_("This person is recorded already: {number}."), {"number": number})}

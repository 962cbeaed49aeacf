"""Danger at the door: one form of two fields. The report stands at once, the visit is stopped and secured, the people
in charge hear of it; the record may follow later (DOMAIN.md 8.2)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from bangfu.accounts.queries import managers_of, users_with
from bangfu.errors import NotYours
from bangfu.incidents.actions import Harm, report
from bangfu.messages.actions import send
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.visits import door_rules, moves
from bangfu.visits.door_access import check_server
from bangfu.visits.door_actions import STATION
from bangfu.visits.door_data import Proof
from bangfu.visits.door_tables import VisitDanger
from bangfu.visits.door_writing import save_proof
from bangfu.visits.tables import Visit, VisitProof

_NAMES: Final = UUID("2f6c6f0e-1f0d-4f3f-8a77-6f2f0e6f5b21")
INCIDENT_KINDS: Final = {"violence": ("violence",), "minor_harm": ("danger",)}


@dataclass(frozen=True, slots=True)
class Danger:
    """What is told: a kind of door_rules.DANGERS, words, whether somebody is in danger now, whether 110 was called."""

    kind: str
    text: str
    danger_now: bool = False
    police_told: bool = False


async def stop_for_danger(actor: Actor, visit: UUID, key: UUID, danger: Danger, at: datetime) -> UUID:
    """Report it and stop the visit: a planned or running one gets its departure now. The same key changes nothing; a
    second report of the same visit is added to nothing but stands as a report of its own.

    Returns:
        The incident's id.

    Raises:
        NotYours: if the visit is not one of the actor's (who comes along may report too).
    """
    async with transaction():
        row = await moves.locked(visit, line=False)
        if not moves.serves(actor, row):
            raise NotYours
        harm = Harm(
            what=danger.text, kinds=INCIDENT_KINDS.get(danger.kind, ("danger",)), danger_now=danger.danger_now,
            household=row.household, told=("police",) if danger.police_told else (),
        )  # fmt: skip
        incident = await report(actor, key, harm, at, at_home=True)
        known = await VisitDanger.objects().get(VisitDanger.visit == visit)
        if known is None:
            await VisitDanger(
                id=key, visit=visit, incident=incident, kind=danger.kind, at=at, reported_by=actor.user
            ).save()
            if actor.carer == row.carer:
                await _secure(actor, row, key, at)
            await _call(row)
        return incident


async def _secure(actor: Actor, row: Visit, key: UUID, at: datetime) -> None:
    """Arrival, if there was none, and departure stand from now on; what was done is recorded later, in safety."""
    check_server(actor, row)
    if row.status == "planned":
        arrival = Proof(key=uuid5(_NAMES, f"{key}:in"), method="explained", reason="left_early")
        place = await save_proof(actor, row, "in", arrival, at, at)
        await moves.move(
            actor, row, "start", at, data={"method": "explained", "proof_reason": "left_early"}, started_at=at,
            in_method="explained", distance_m=place.distance_m, place_verdict=place.verdict,
        )  # fmt: skip
    if row.status == "in_progress" and not await VisitProof.exists().where(
        (VisitProof.visit == row.id) & (VisitProof.side == "out")
    ):
        leaving = Proof(key=uuid5(_NAMES, f"{key}:out"), method="explained", reason="left_early")
        happened = door_rules.happened_at(at, None, False, row.planned_start, after=row.started_at)
        await save_proof(actor, row, "out", leaving, at, happened)


async def _call(row: Visit) -> None:
    users = [user for role in STATION for user in await users_with(role, row.division)]
    if row.organization is not None:
        users += await managers_of(row.organization)
    await send(users, "visit_stopped", f"/visits/{row.id}", {"number": row.number}, urgent=True)

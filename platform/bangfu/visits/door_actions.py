"""At the door: arrive, leave with the record. One transaction each, idempotent by the form's key (DOMAIN.md 5.1, 8.8).

A wrong pin, a wrong hour or a missing line never blocks: they are written down. What is refused is a record with gaps
that the server can fill, or a second record of the same visit.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from bangfu.accounts.queries import users_with
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.visits import door_checklists, door_rules, moves
from bangfu.visits.codes import read_to_server
from bangfu.visits.door_access import check_server
from bangfu.visits.door_data import NewPhoto, Proof, Record
from bangfu.visits.door_rules import Place
from bangfu.visits.door_tables import VisitDanger
from bangfu.visits.door_writing import save_proof, save_record
from bangfu.visits.life_rules import CLASS_OF, weaker
from bangfu.visits.tables import Visit, VisitProof, VisitRecord

STATION: Final = ("station_dispatcher", "assist_coordinator")
"""Who hears of new needs and urgent findings."""
OTHER_DAY: Final = N_("This visit is planned for another day. Confirm that you are making it now.")
BEGUN: Final = N_("You are checked in already on this visit; go on with the record.")
SENT: Final = N_(
    "The record of this visit has been sent already and stays as it is. What you typed stands on this page: tell the"
    " station if something is missing."
)
NOT_BEGUN: Final = N_("Check in first; what you typed stays on this page.")
MISSED: Final = N_(
    "This visit counts as missed by now. What you did is entered afterwards: your organisation or the township"
    " approves it."
)
OVER: Final = N_("This visit is called off or over. What you typed stands on this page: tell the station.")
_NAMES: Final = UUID("8f0c3a52-77f1-4f0b-9d53-3a1c6c2f9e10")
"""Names the proof of departure after the record's key."""


async def arrive(actor: Actor, visit: UUID, proof: Proof, at: datetime) -> None:
    """planned -> in_progress. The same key again changes nothing.

    Raises:
        NotYours, NotAllowed: if the visit is not the actor's to begin.
        FormError: for a code that does not hold, or another day without confirmation.
        Refused: if it has begun on another device, or is over.
    """
    async with transaction():
        row = await moves.locked(visit, line=False)
        check_server(actor, row)
        if await _is_own_proof(actor, visit, proof.key):
            return
        if row.status != "planned":
            raise Refused(_why_not(row.status, "planned"))
        happened = door_rules.happened_at(at, proof.device_at, waited(proof), row.planned_start)
        if door_rules.is_other_day(happened, row.planned_start) and not proof.other_day:
            raise FormError({"other_day": (OTHER_DAY, {})})
        place = await save_proof(actor, row, "in", proof, at, happened)
        await moves.move(
            actor, row, "start", at, data=_told(row, proof, place, happened), started_at=happened,
            in_method=proof.method, distance_m=place.distance_m, place_verdict=place.verdict,
        )  # fmt: skip


async def leave_and_submit(
    actor: Actor, visit: UUID, key: UUID, proof: Proof, record: Record, photos: Sequence[NewPhoto], at: datetime
) -> None:
    """in_progress -> submitted: departure, record, photos and confirmation in one step. The same key changes nothing.

    After a visit that was stopped for danger the departure stands already and `proof` is not used.

    Raises:
        NotYours, NotAllowed: if the visit is not the actor's.
        FormError: for gaps in the record, a code that does not hold, photos without consent.
        Refused: if it has not begun, or its record was sent before.
    """
    async with transaction():
        row = await moves.locked(visit)
        check_server(actor, row)
        if await _is_own_record(actor, visit, key):
            return
        if row.status != "in_progress":
            raise Refused(_why_not(row.status, "in_progress"))
        stopped = await VisitDanger.objects().get(VisitDanger.visit == visit)
        await check_record(row, record, stopped is not None)
        arrival = await _proof_of(visit, "in")
        left = await _proof_of(visit, "out") or await _depart(actor, row, key, proof, at)
        place = door_rules.both(_place(arrival), _place(left))
        incident = stopped.incident if stopped is not None else None
        await save_record(actor, row, key, record, photos, at, incident=incident)
        evidence = await _evidence(row, arrival, left)
        await moves.move(
            actor, row, "submit", at, ended_at=max(left.at, row.started_at), out_method=left.method, evidence=evidence,
            distance_m=place.distance_m, place_verdict=place.verdict, submitted_at=at, submitted_by=actor.user,
            data={"method": left.method, "verdict": place.verdict, "distance_m": place.distance_m,
                  "evidence": evidence, "confirmation": record.confirmation.method, "photos": len(photos),
                  "offline": record.offline},
        )  # fmt: skip
        await tell_station(row, record)


async def _evidence(row: Visit, arrival: VisitProof | None, left: VisitProof) -> str:
    """The weaker of both classes; a code that was read out to the carer's own phone could be had anywhere."""
    found = weaker(CLASS_OF[row.in_method or "explained"], CLASS_OF[left.method])
    told = await read_to_server([arrival.code if arrival is not None else None, left.code])
    return weaker(found, "attested") if told else found


async def check_record(row: Visit, record: Record, stopped: bool = False) -> None:
    """Whether the record is complete.

    Raises:
        FormError: naming `line-<code>` and `finding-<area>`.
    """
    if faults := await gaps(row, record, stopped):
        raise FormError(faults)


async def gaps(
    row: Visit, record: Record, stopped: bool = False, known: Collection[str] = ()
) -> dict[str, tuple[str, Mapping[str, object]]]:
    """What is missing in checklist and findings, for the visit's checklist and the person's level, beside the fields
    that are `known` to be wrong; a visit that was stopped for danger needs neither."""
    found = await door_checklists.chosen(row, record.form, str(record.form_version or ""))
    if stopped or found is None:
        return {}
    level = await door_checklists.level_of(row)
    lines = [f"line-{code}" for code in door_rules.missing_lines(found.lines, record.checklist, level)]
    areas = [f"finding-{area}" for area in found.areas if area not in record.findings]
    return {
        **{name: (N_("Tick it, or say why not."), {}) for name in lines if name not in known},
        **{name: (N_("Please choose one."), {}) for name in areas if name not in known},
    }


def unused_proof(key: UUID) -> Proof:
    """The departure that a stopped visit does not need: it stands already."""
    return Proof(key=departure_key(key), method="explained", reason="left_early")


async def tell_station(row: Visit, record: Record) -> None:
    """The station hears of new needs and of urgent findings; the words stay on the visit's page."""
    kinds = [kind for kind, true in (("visit_new_need", bool(record.new_needs.strip())),
                                     ("visit_urgent", "urgent" in record.findings.values())) if true]  # fmt: skip
    for kind in kinds:
        users = [user for role in STATION for user in await users_with(role, row.division)]
        if kind == "visit_urgent":
            users += await users_with("township_officer", row.division)
        await send(users, kind, f"/visits/{row.id}", {"number": row.number}, urgent=kind == "visit_urgent")


def waited(proof: Proof) -> bool:
    """Whether the phone's own clock may count: a one-time code holds for ten minutes of the server's, so that who types
    one is there now, whatever the phone says."""
    return proof.offline and proof.method != "call_code"


async def _depart(actor: Actor, row: Visit, key: UUID, proof: Proof, at: datetime) -> VisitProof:
    happened = door_rules.happened_at(at, proof.device_at, waited(proof), row.planned_start, after=row.started_at)
    await save_proof(actor, row, "out", proof, at, happened)
    left = await _proof_of(row.id, "out")
    if left is None:
        raise NotYours
    return left


def departure_key(record_key: UUID) -> UUID:
    """The id of the departure that belongs to a record's key."""
    return uuid5(_NAMES, str(record_key))


async def _proof_of(visit: UUID, side: str) -> VisitProof | None:
    found: VisitProof | None = await VisitProof.objects().get((VisitProof.visit == visit) & (VisitProof.side == side))
    return found


def _place(proof: VisitProof | None) -> Place:
    return Place(proof.distance_m, proof.verdict) if proof is not None else Place(None, "unknown")


def _told(row: Visit, proof: Proof, place: Place, happened: datetime) -> dict[str, object]:
    """What the event says: codes and numbers, no point."""
    hour = door_rules.hint_of_time(happened, row.window_start, row.window_end)
    return {
        "method": proof.method, "verdict": place.verdict, "distance_m": place.distance_m, "offline": proof.offline,
        **({"time": hour} if hour else {}), **({"proof_reason": proof.reason} if proof.reason else {}),
    }  # fmt: skip


def _why_not(status: str, wanted: str) -> str:
    if status == "missed":
        return MISSED
    if status == "planned":
        return NOT_BEGUN
    if status in {"cancelled", "excused"}:
        return OVER
    return BEGUN if wanted == "planned" and status == "in_progress" else SENT


async def _is_own_proof(actor: Actor, visit: UUID, key: UUID) -> bool:
    row = await VisitProof.objects().get(VisitProof.id == key)
    if row is not None and (row.visit != visit or row.entered_by != actor.user):
        raise NotYours
    return row is not None


async def _is_own_record(actor: Actor, visit: UUID, key: UUID) -> bool:
    row = await VisitRecord.objects().get(VisitRecord.id == key)
    if row is not None and (row.visit != visit or row.entered_by != actor.user):
        raise NotYours
    return row is not None

"""Writing what came from the door: proofs, the record, its photos and pictures. Inside the transaction of the move; the
caller holds the visit's lock and has checked who acts."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError
from bangfu.households.consents import ground_for
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import audit_hash, blind_index, encrypt
from bangfu.visits import door_places, door_sms
from bangfu.visits.door_data import NewPhoto, Proof, Record
from bangfu.visits.door_rules import MOST_PHOTOS, Place, bare_words
from bangfu.visits.tables import Visit, VisitPhoto, VisitProof, VisitRecord

SUBJECT: Final = "visit"
"""Subject type of the stored files of a visit; kinds: photo, signature, thumbprint."""
IMAGE_KINDS: Final = {"signature": "signature", "thumbprint_photo": "thumbprint"}
NO_CONSENT: Final = N_("The household has not consented to photos: send the record without them.")
TOO_MANY: Final = N_("At most {most} photos; these are {n}.")


async def save_proof(actor: Actor, row: Visit, side: str, proof: Proof, at: datetime, happened: datetime) -> Place:
    """One arrival or departure.

    Returns:
        The verdict on the place.

    Raises:
        FormError: naming `code`, for a code that does not hold.
    """
    code = await door_places.checked_code(row, side, proof, at)
    place = await door_places.judged(row, proof)
    await VisitProof(
        id=proof.key, visit=row.id, side=side, method=proof.method, at=happened, device_at=proof.device_at,
        received_at=at, offline=proof.offline, point_enc=await door_places.sealed_point(row, proof, at),
        crs=proof.crs if door_places.point_of(proof) else "", accuracy_m=proof.accuracy_m, distance_m=place.distance_m,
        verdict=place.verdict, code=code, reason=proof.reason,
        text_enc=encrypt(proof.text, f"visit_proof:text_enc:{proof.key}"), device=device_mark(proof.device),
        entered_by=actor.user,
    ).save()  # fmt: skip
    return place


def device_mark(device: str) -> str:
    """What is kept of a browser: the keyed hash of its random id."""
    return blind_index(device, "device")


async def save_record(
    actor: Actor, row: Visit, key: UUID, record: Record, photos: Sequence[NewPhoto], at: datetime, *,
    incident: UUID | None = None,
) -> None:  # fmt: skip
    """The record with its photos and the household's confirmation.

    Raises:
        FormError: for a code that does not hold, photos without consent, or too many of them.
    """
    given = record.confirmation
    if given.method == "sms_code":
        await door_sms.spend(row.id, given.code, at)
    await save_photos(actor, row, photos, at)
    if given.image is not None and given.method in IMAGE_KINDS:
        await files.keep(actor, SUBJECT, row.id, IMAGE_KINDS[given.method], given.image, at)

    def sealed(column: str, text: str) -> str:
        return encrypt(text, f"visit_record:{column}:{key}")

    words = bare_words(record.findings_text)
    await VisitRecord(
        id=key, visit=row.id, form=record.form, form_version=record.form_version,
        checklist=json.dumps([{"code": a.code, "answer": a.answer, "reason": a.reason} for a in record.checklist]),
        findings=json.dumps(dict(record.findings)), findings_enc=sealed("findings_enc", record.findings_text),
        text_hash=audit_hash(words) if words else "", new_needs_enc=sealed("new_needs_enc", record.new_needs),
        measures_enc=sealed("measures_enc", record.measures), remarks_enc=sealed("remarks_enc", record.remarks),
        confirmation=given.method, confirmation_reason=given.reason,
        confirmed_by_enc=sealed("confirmed_by_enc", given.by), incident=incident, device=device_mark(record.device),
        device_at=record.device_at, offline=record.offline, entered_by=actor.user, entered_at=at,
    ).save()  # fmt: skip


async def save_photos(actor: Actor, row: Visit, photos: Sequence[NewPhoto], at: datetime) -> None:
    """The photos, the same picture once.

    Raises:
        FormError: naming `photos`, without the household's consent or for too many.
    """
    if not photos:
        return
    if len(photos) > MOST_PHOTOS:
        raise FormError({"photos": (TOO_MANY, {"most": MOST_PHOTOS, "n": len(photos)})})
    if not await may_take_photos(row, at):
        raise FormError({"photos": (NO_CONSENT, {})})
    known: set[UUID] = set()
    for photo in photos:
        file = await files.keep(actor, SUBJECT, row.id, "photo", photo.looked, at)
        if file in known:
            continue
        known.add(file)
        await VisitPhoto(
            id=uuid4(), visit=row.id, file=file, item=photo.item, original=photo.original, likeness=photo.likeness,
            taken_at=photo.taken_at, added_by=actor.user, added_at=at,
        ).save()  # fmt: skip


async def may_take_photos(row: Visit, at: datetime) -> bool:
    """Whether the household consents to photos of the service (DOMAIN.md 9.1: photos always need consent)."""
    about = await Visit.raw("SELECT person FROM need WHERE id = {}", row.need)
    person = about[0]["person"] if about else None
    return await ground_for(row.household, "photo", civil_date(at), person) is not None

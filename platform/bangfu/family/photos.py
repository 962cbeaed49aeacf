"""Pictures of carers: kept by the organisation with the carer's consent, shown to the homes served and to staff."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotAllowed, NotYours
from bangfu.family.tables import CarerPhoto
from bangfu.providers.carer_reading import carer_for
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked, forget, keep, opened

SUBJECT = "carer_photo"


async def photo_of(carer: UUID) -> CarerPhoto | None:
    """A carer's picture, where there is one."""
    found: CarerPhoto | None = await CarerPhoto.objects().get(CarerPhoto.carer == carer)
    return found


async def own_carer(actor: Actor, carer: UUID) -> dict[str, Any]:
    """A carer of the actor's own organisation.

    Raises:
        NotYours: for everybody else's.
    """
    row = await carer_for(actor, carer)
    if actor.organization is None or row["organization"] != actor.organization:
        raise NotYours
    return dict(row)


async def keep_photo(actor: Actor, carer: UUID, looked: Looked, at: datetime, *, consent: bool) -> None:
    """Keep a picture in place of the one before. The same picture again changes nothing but the day of consent.

    Raises:
        NotYours: as `own_carer`.
        NotAllowed: for who does not manage an organisation.
        FormError: without the carer's consent.
    """
    if not actor.has("provider_manager"):
        raise NotAllowed
    if not consent:
        raise FormError({"consent": (N_("Without the carer's consent no picture is kept."), {})})
    row = await own_carer(actor, carer)
    async with transaction():
        await audit.hold(row["division"])
        known = await CarerPhoto.objects().where(CarerPhoto.carer == carer).first().lock_rows("UPDATE")
        file = await keep(actor, SUBJECT, carer, "portrait", looked, at)
        columns: dict[str, Any] = {
            "file": file, "consent_on": civil_date(at), "added_by": actor.me, "added_at": at
        }  # fmt: skip
        if known is None:
            await CarerPhoto(id=uuid4(), carer=carer, **columns).save()
        else:
            before = known.file
            await CarerPhoto.update({getattr(CarerPhoto, name): value for name, value in columns.items()}).where(
                CarerPhoto.id == known.id
            )
            if before != file:
                await forget(before)
        await _tell(actor, row, "kept", at)


async def remove_photo(actor: Actor, carer: UUID, at: datetime) -> None:
    """Delete the picture for good: the consent was taken back, or it is out of date. None: nothing.

    Raises:
        NotYours: as `own_carer`.
    """
    row = await own_carer(actor, carer)
    async with transaction():
        await audit.hold(row["division"])
        known = await CarerPhoto.objects().where(CarerPhoto.carer == carer).first().lock_rows("UPDATE")
        if known is None:
            return
        await CarerPhoto.delete().where(CarerPhoto.id == known.id)
        await forget(known.file)
        await _tell(actor, row, "removed", at)


async def content_of(carer: UUID) -> Looked:
    """The picture itself; the caller has checked who asks.

    Raises:
        NotYours: where there is none.
    """
    known = await photo_of(carer)
    if known is None:
        raise NotYours
    return await opened(known.file, SUBJECT, carer)


async def _tell(actor: Actor, row: dict[str, Any], event: str, at: datetime) -> None:
    await audit.record(actor, f"carer_photo.{event}", "carer", row["id"], division=row["division"], at=at)

"""Verbs on the texts that people consent to: draft, change, publish; a published version is never changed."""

from datetime import date, datetime
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.households.tables import ConsentText
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction


async def draft_text(
    actor: Actor, key: UUID, version: str, zh: str, en: str, purposes: tuple[str, ...], valid_from: date | None,
    at: datetime,
) -> UUID:  # fmt: skip
    """A new draft. The same key again is the same draft.

    Raises:
        FormError: for a version that exists already.
        NotYours: if the key stands for somebody else's draft.
    """
    try:
        async with transaction():
            if await _is_own_repeat(actor, key):
                return key
            await ConsentText(
                id=key, version=version, zh=zh, en=en, purposes=list(purposes), valid_from=valid_from,
                created_by=actor.user, created_at=at, updated_at=at,
            ).save()  # fmt: skip
            await audit.record(
                actor, "consent_text.drafted", "consent_text", key, at=at, data={"version": version},
                after={"zh": zh, "en": en},
            )  # fmt: skip
    except UniqueViolationError:
        if not await _is_own_repeat(actor, key):
            raise FormError({"version": (N_("This version exists already."), {})}) from None
    return key


async def change_text(
    actor: Actor, text: UUID, revision: int, version: str, zh: str, en: str, purposes: tuple[str, ...],
    valid_from: date | None, at: datetime,
) -> None:  # fmt: skip
    """Change a draft.

    Raises:
        NotYours: if there is none.
        Refused: if it is published, or somebody changed it meanwhile.
        FormError: for a version that exists already.
    """
    try:
        async with transaction():
            row = await _locked(text)
            if row.status == "published":
                raise Refused(N_("A published text is never changed. Draft a new version instead."))
            if row.revision != revision:
                raise Refused(N_("Somebody changed this draft meanwhile. Look at it again, then save."))
            await ConsentText.update(
                version=version, zh=zh, en=en, purposes=list(purposes), valid_from=valid_from, updated_at=at,
                revision=revision + 1,
            ).where(ConsentText.id == text)  # fmt: skip
            await audit.record(
                actor, "consent_text.changed", "consent_text", text, at=at, data={"version": version},
                before={"zh": row.zh, "en": row.en}, after={"zh": zh, "en": en},
            )  # fmt: skip
    except UniqueViolationError:
        raise FormError({"version": (N_("This version exists already."), {})}) from None


async def publish_text(actor: Actor, text: UUID, today: date, at: datetime) -> None:
    """draft -> published: from its day on the forms show it. A repeat changes nothing.

    Raises:
        NotYours: if there is none.
        Refused: while something is missing, or for a day that has passed.
    """
    async with transaction():
        row = await _locked(text)
        if row.status == "published":
            return
        if not (row.zh and row.en and row.purposes and row.valid_from):
            raise Refused(
                N_("Before it is published the text needs both languages, its purposes and the day it begins.")
            )
        if row.valid_from < today:
            raise Refused(N_("The text cannot begin on a day that has passed. Change the day first."))
        await ConsentText.update(
            {
                ConsentText.status: "published", ConsentText.published_by: actor.user, ConsentText.published_at: at,
                ConsentText.updated_at: at,
            }
        ).where(ConsentText.id == text)  # fmt: skip
        await audit.record(
            actor, "consent_text.published", "consent_text", text, at=at,
            data={"version": row.version, "valid_from": row.valid_from.isoformat(), "purposes": list(row.purposes)},
            after={"zh": row.zh, "en": row.en},
        )  # fmt: skip


async def _locked(text: UUID) -> ConsentText:
    row: ConsentText | None = await ConsentText.objects().where(ConsentText.id == text).first().lock_rows("UPDATE")
    if row is None:
        raise NotYours
    return row


async def _is_own_repeat(actor: Actor, key: UUID) -> bool:
    row = await ConsentText.objects().get(ConsentText.id == key)
    if row is not None and row.created_by != actor.user:
        raise NotYours
    return row is not None

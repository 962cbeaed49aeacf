"""What the serving organisation says to a flag: kept sealed, shown to who decides (DOMAIN.md 5.2, 6.6)."""

from datetime import datetime
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows
from bangfu.verification.tables import VisitExplanation
from bangfu.visits import moves
from bangfu.visits.tables import VisitFlag

MOST = 5
"""Explanations to one flag."""


async def explain(actor: Actor, key: UUID, visit: UUID, flag: UUID, text: str, at: datetime) -> None:
    """Add an explanation to an open flag of one's own visit; the same key again is the same explanation.

    Raises:
        NotYours: for a visit of another organisation, or a flag of another visit.
        NotAllowed: without the permission.
        FormError: without words.
        Refused: once the flag is decided, or after five explanations.
    """
    async with transaction():
        row = await moves.locked(visit, line=False)
        if actor.organization is None or row.organization != actor.organization:
            raise NotYours
        if not allows(actor.roles, "verification.organization"):
            raise NotAllowed
        found = await VisitFlag.objects().get((VisitFlag.id == flag) & (VisitFlag.visit == visit))
        if found is None:
            raise NotYours
        known = await VisitExplanation.objects().get(VisitExplanation.id == key)
        if known is not None:
            if known.flag != flag or known.written_by != actor.user:
                raise NotYours
            return
        if not text.strip():
            raise FormError({"text": (N_("Please say why in a few words."), {})})
        if found.status != "open":
            raise Refused(N_("This flag was decided already. Look at the page again."))
        if await VisitExplanation.count().where(VisitExplanation.flag == flag) >= MOST:
            raise Refused(N_("Five explanations to one flag are enough; the township reads them all."))
        await VisitExplanation(
            id=key, flag=flag, visit=visit, text_enc=encrypt(text.strip(), f"visit_explanation:text_enc:{key}"),
            written_by=actor.user, at=at,
        ).save()  # fmt: skip
        await moves.tell(actor, row, "explained", at, data={"flag": found.flag})


async def explanations(visit: UUID) -> dict[UUID, list[tuple[str, str, datetime]]]:
    """Flag -> (who, words, when) of a visit, the oldest first; the caller has checked whose it is."""
    rows = await VisitExplanation.raw(
        "SELECT e.id, e.flag, e.text_enc, e.at, coalesce(u.display_name, '') AS who FROM visit_explanation e"
        " LEFT JOIN app_user u ON u.id = e.written_by WHERE e.visit = {} ORDER BY e.at, e.id",
        visit,
    )
    found: dict[UUID, list[tuple[str, str, datetime]]] = {}
    for row in rows:
        text = decrypt(row["text_enc"], f"visit_explanation:text_enc:{row['id']}")
        found.setdefault(row["flag"], []).append((row["who"], text, row["at"]))
    return found

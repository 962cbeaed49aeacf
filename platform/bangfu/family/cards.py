"""Cards of households: printed by the station, replaced when lost, revoked (docs/decisions/0059).

Code and PIN stand on the paper and nowhere else. Printing again is another code, and the paper before is void. Who
serves the home never prints its card: with it, stars and complaints could be written in the household's name.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.family import policy, rules
from bangfu.family.tables import FamilyCard
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.visits.code_cards import serves

OWN_HOME: Final = N_("You serve this home yourself: a colleague prints and hands over its card.")


@dataclass(frozen=True, slots=True)
class Printed:
    """What goes on the paper, this once."""

    card: FamilyCard
    code: str
    pin: str


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as the station sees it."""

    id: UUID
    serial: int
    status: str
    live: bool
    printed_at: datetime
    printed_name: str
    expires_at: datetime
    entered_at: datetime | None
    ended_at: datetime | None
    reason: str


async def cards_of(household: UUID, at: datetime) -> list[CardView]:
    """The cards of a household, the newest first; the caller has checked that it is the reader's."""
    rows = await FamilyCard.raw(
        "SELECT c.id, c.serial, c.status, c.status = 'printed' AND c.expires_at > {} AS live, c.printed_at,"
        " coalesce(u.display_name, '') AS printed_name, c.expires_at, c.entered_at, c.ended_at, c.reason"
        " FROM family_card c LEFT JOIN app_user u ON u.id = c.printed_by WHERE c.household = {} ORDER BY c.serial DESC",
        at, household,
    )  # fmt: skip
    return [CardView(**row) for row in rows]


async def print_card(
    actor: Actor, household: UUID, key: UUID, at: datetime, reason: str = "", *, code: str = "", pin: str = ""
) -> Printed:
    """A card with a fresh code and PIN; an older one dies at once. The same key again, as long as nobody entered with
    it, is the same card with another code: only the paper that came last is right.

    Args:
        reason: of REPLACE_REASONS, where the household has a card already.
        code: with `pin`, for the sample only.

    Raises:
        NotYours: for a household of elsewhere, or a key of another one.
        FormError: without a reason where a card is replaced.
        Refused: for who serves the home, and for a household that is not served.
    """
    code, pin = code or rules.fresh_code(), pin or rules.fresh_pin()
    async with transaction():
        home = await _home(actor, household)
        if home["status"] not in {"active", "grace"}:
            raise Refused(N_("The household is not served any more."))
        await audit.hold(home["division"])
        known: FamilyCard | None = await FamilyCard.objects().where(FamilyCard.id == key).first().lock_rows("UPDATE")
        if known is not None:
            if known.household != household or known.printed_by != actor.user:
                raise NotYours
            if known.status != "printed" or known.entered_at is not None:
                raise Refused(N_("This card is in use already. Load the page again to print another one."))
            known.code_hash, known.pin_hash = rules.code_mark(code), rules.pin_mark(key, pin)
            await known.save([FamilyCard.code_hash, FamilyCard.pin_hash])
            await _tell(actor, known, "printed_again", at)
            return Printed(known, code, pin)
        await _replace(actor, household, reason, at)
        rows = await FamilyCard.raw(
            "SELECT coalesce(max(serial), 0) AS n FROM family_card WHERE household = {}", household
        )
        card = FamilyCard(
            id=key, household=household, division=home["division"], serial=rows[0]["n"] + 1, printed_by=actor.me,
            printed_at=at, expires_at=at + timedelta(days=policy.CARD_DAYS), code_hash=rules.code_mark(code),
            pin_hash=rules.pin_mark(key, pin),
        )  # fmt: skip
        await card.save()
        await _tell(actor, card, "printed", at)
        return Printed(card, code, pin)


async def revoke(actor: Actor, household: UUID, card: UUID, reason: str, at: datetime) -> None:
    """The card opens nothing any more, also where its page is open. A repeat changes nothing.

    Raises:
        NotYours, Refused: as `print_card`.
        FormError: without a reason of REVOKE_REASONS.
    """
    async with transaction():
        home = await _home(actor, household)
        await audit.hold(home["division"])
        row = await FamilyCard.objects().where(FamilyCard.id == card).first().lock_rows("UPDATE")
        if row is None or row.household != household:
            raise NotYours
        if row.status in {"replaced", "revoked"}:
            return
        if reason not in rules.REVOKE_REASONS:
            raise FormError({"reason": (N_("Please choose a reason."), {})})
        await _end(actor, row, "revoked", reason, at)


async def _replace(actor: Actor, household: UUID, reason: str, at: datetime) -> None:
    open_cards = (
        await FamilyCard.objects()
        .where((FamilyCard.household == household) & FamilyCard.status.is_in(["printed", "blocked"]))
        .order_by(FamilyCard.serial)
        .lock_rows("UPDATE")
    )
    if open_cards and reason not in rules.REPLACE_REASONS:
        raise FormError({"reason": (N_("The household has a card already: please say why it is replaced."), {})})
    for row in open_cards:
        await _end(actor, row, "replaced", reason, at)


async def _end(actor: Actor, row: FamilyCard, status: str, reason: str, at: datetime) -> None:
    row.status, row.ended_by, row.ended_at, row.reason, row.version = status, actor.user, at, reason, row.version + 1
    await row.save()
    await _tell(actor, row, status, at, reason)


async def _home(actor: Actor, household: UUID) -> dict[str, Any]:
    rows = await FamilyCard.raw(
        "SELECT id, division, status, merged_into FROM household WHERE id = {} FOR NO KEY UPDATE", household
    )
    if not rows or not actor.sees(rows[0]["division"]) or rows[0]["merged_into"] is not None:
        raise NotYours
    if not actor.has(*rules.PRINTERS):
        raise NotAllowed
    if await serves(actor, household):
        raise Refused(OWN_HOME)
    found: dict[str, Any] = rows[0]
    return found


async def _tell(actor: Actor, row: FamilyCard, event: str, at: datetime, reason: str = "") -> None:
    await audit.record(
        actor, f"family_card.{event}", "family_card", row.id, division=row.division, reason=reason, at=at,
        data={"household": str(row.household), "serial": row.serial, "status": row.status},
    )  # fmt: skip

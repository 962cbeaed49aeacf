"""Cards with a home's code: printed by the station, handed over, replaced, revoked (DOMAIN.md 5.1).

The code stands on the paper and nowhere else: the portal keeps its keyed hash. A card counts only from the day on which
somebody handed it over, and dies with another address. Who serves the home never prints or hands over its card.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households.tables import Household
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.visits import code_rules
from bangfu.visits.code_rules import HOME_CODE_MACHINE
from bangfu.visits.code_tables import HomeCode
from bangfu.visits.codes import place_mark, secret_mark

OWN_HOME: Final = N_("You serve this home yourself: a colleague prints and hands over its card.")
LONGEST_AGO: Final = timedelta(days=30)
"""How long ago a card may have been handed over when that is noted."""


async def print_card(
    actor: Actor, household: UUID, key: UUID, at: datetime, reason: str = "", *, secret: str = ""
) -> tuple[str, HomeCode]:
    """A card with a fresh code; an older card dies at once. The same key again, before the card was handed over, is
    the same card with another fresh code: only the paper that came last is right.

    Args:
        reason: of REPLACE_REASONS, where the home has a card already.
        secret: for the sample only.

    Returns:
        The code, to be printed, and the card.

    Raises:
        NotYours: for a household of elsewhere, or a key of another home.
        FormError: without a reason where a card is replaced.
        Refused: for who serves the home, a household that is not served, or a card that is in use already.
    """
    secret = secret or code_rules.fresh_secret()
    async with transaction():
        home = await _home(actor, household)
        known: HomeCode | None = await HomeCode.objects().get(HomeCode.id == key)
        if known is not None:
            if known.household != household or known.printed_by != actor.user:
                raise NotYours
            await _step(
                actor, known, "print_again", at, {"secret_index": secret_mark(secret), "place_mark": _mark(home)}
            )
            return secret, known
        if home["status"] not in {"active", "grace"}:
            raise Refused(N_("The household is not served any more."))
        await _replace(actor, household, reason, at)
        rows = await HomeCode.raw("SELECT coalesce(max(serial), 0) AS n FROM home_code WHERE household = {}", household)
        card = HomeCode(
            id=key, household=household, division=home["division"], serial=rows[0]["n"] + 1, printed_by=actor.user,
            printed_at=at, secret_index=secret_mark(secret), place_mark=_mark(home),
        )  # fmt: skip
        await card.save()
        await _tell(actor, card, "printed", at)
        return secret, card


async def hand_over(actor: Actor, household: UUID, card: UUID, on: date, at: datetime) -> None:
    """The card was given to the household on a day: from now on it counts. A repeat changes nothing.

    Raises:
        NotYours, Refused: as `print_card`, and by state.
        FormError: for a day before the printing, in the future, or longer than 30 days ago.
    """
    async with transaction():
        await _home(actor, household)
        row = await _locked(household, card)
        if row.status == "handed_over" and row.handed_by == actor.user:
            return
        HOME_CODE_MACHINE.step(row.status, "hand_over")
        if not max(civil_date(row.printed_at), civil_date(at - LONGEST_AGO)) <= on <= civil_date(at):
            raise FormError({"handed_on": (N_("Between the day of printing and today."), {})})
        await _step(actor, row, "hand_over", at, {"handed_by": actor.user, "handed_on": on})


async def confirm_place(actor: Actor, household: UUID, card: UUID, at: datetime) -> None:
    """The address in the file was only worded anew: the card still hangs in the same home.

    Raises:
        NotYours, Refused: as `hand_over`.
    """
    async with transaction():
        home = await _home(actor, household)
        row = await _locked(household, card)
        if row.status == "handed_over" and row.place_mark == _mark(home):
            return
        await _step(actor, row, "confirm_place", at, {"place_mark": _mark(home), "division": home["division"]})


async def revoke(actor: Actor, household: UUID, card: UUID, reason: str, at: datetime) -> None:
    """The card does not count any more. A repeat changes nothing.

    Raises:
        NotYours, Refused: as `hand_over`.
        FormError: without a reason of REVOKE_REASONS.
    """
    async with transaction():
        await _home(actor, household)
        row = await _locked(household, card)
        if row.status == "revoked" and row.ended_by == actor.user:
            return
        HOME_CODE_MACHINE.step(row.status, "revoke")
        if reason not in code_rules.REVOKE_REASONS:
            raise FormError({"reason": (N_("Please choose a reason."), {})})
        await _step(actor, row, "revoke", at, _ended(actor, reason, at), reason)


async def _replace(actor: Actor, household: UUID, reason: str, at: datetime) -> None:
    live: HomeCode | None = (
        await HomeCode.objects()
        .where((HomeCode.household == household) & HomeCode.status.is_in(sorted(code_rules.LIVE)))
        .first()
        .lock_rows("UPDATE")
    )
    if live is None:
        return
    if reason not in code_rules.REPLACE_REASONS:
        raise FormError({"reason": (N_("The home has a card already: please say why it is replaced."), {})})
    await _step(actor, live, "replace", at, _ended(actor, reason, at), reason)


def _ended(actor: Actor, reason: str, at: datetime) -> dict[str, Any]:
    return {"ended_by": actor.user, "ended_at": at, "reason": reason}


async def _home(actor: Actor, household: UUID) -> dict[str, Any]:
    """The household, locked; whose it is, and that the actor does not serve it."""
    rows = await Household.raw(
        "SELECT id, division, status, address_enc, merged_into FROM household WHERE id = {} FOR NO KEY UPDATE",
        household,
    )
    if not rows or not actor.sees(rows[0]["division"]) or rows[0]["merged_into"] is not None:
        raise NotYours
    if not actor.has(*code_rules.PRINTERS):
        raise NotAllowed
    if await serves(actor, household):
        raise Refused(OWN_HOME)
    found: dict[str, Any] = rows[0]
    return found


async def serves(actor: Actor, household: UUID) -> bool:
    """Whether the actor is a named server of this home (also one who stands in or comes along on a visit that is still
    to be made), or works for an organisation that serves it."""
    rows = await Household.raw(
        "SELECT EXISTS (SELECT 1 FROM assignment WHERE household = {} AND status IN ('accepted', 'scheduled', 'active')"
        " AND (carer = {}::uuid OR organization = {}::uuid)) OR EXISTS (SELECT 1 FROM visit WHERE household = {}"
        " AND status IN ('planned', 'in_progress') AND {}::uuid IN (carer, partner)) AS it",
        household, actor.carer, actor.organization, household, actor.carer,
    )  # fmt: skip
    found: bool = rows[0]["it"]
    return found


async def _locked(household: UUID, card: UUID) -> HomeCode:
    row: HomeCode | None = (
        await HomeCode.objects()
        .where((HomeCode.id == card) & (HomeCode.household == household))
        .first()
        .lock_rows("UPDATE")
    )
    if row is None:
        raise NotYours
    return row


def _mark(home: dict[str, Any]) -> str:
    return place_mark(home["id"], home["address_enc"], home["division"])


async def _step(
    actor: Actor, row: HomeCode, action: str, at: datetime, columns: dict[str, Any], reason: str = ""
) -> None:
    """One line of the table with its columns and its event."""
    step = HOME_CODE_MACHINE.step(row.status, action)
    changes: dict[Any, Any] = {**columns, "status": step.target, "version": row.version + 1}
    await HomeCode.update(changes).where(HomeCode.id == row.id)
    for name, value in changes.items():
        setattr(row, name, value)
    await _tell(actor, row, step.event, at, reason)


async def _tell(actor: Actor, row: HomeCode, event: str, at: datetime, reason: str = "") -> None:
    await audit.record(
        actor, f"home_code.{event}", "home_code", row.id, division=row.division, reason=reason, at=at,
        data={"household": str(row.household), "serial": row.serial, "status": row.status},
    )  # fmt: skip

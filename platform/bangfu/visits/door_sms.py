"""The household's word by text message: a code goes to its phone, the server types what is read out (DOMAIN.md 5.1).

Offered only where this deployment has a text message gateway; the message names no person and no service.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, Refused
from bangfu.households.sealing import unseal
from bangfu.messages.channels.base import DeliveryError, Rendered
from bangfu.messages.channels.offered import channels, portal
from bangfu.messages.rendering import speaking
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import blind_index
from bangfu.shared.database import transaction
from bangfu.shared.phones import is_mobile
from bangfu.visits import code_rules, door_rules, moves
from bangfu.visits.door_access import check_server
from bangfu.visits.door_tables import VisitSmsCode
from bangfu.visits.tables import Visit

WRONG: Final = N_("This code is wrong, was used or has run out. Send a new one, or choose another way to confirm.")
TOO_MANY: Final = N_("Too many wrong codes. Wait 15 minutes, or choose another way to confirm.")
TEXT: Final = N_("Your code for confirming today's visit: {code}. It counts for {minutes} minutes.")
tries: Final = code_rules.Tries(code_rules.WRONG_CALL)


def is_offered() -> bool:
    """Whether this deployment can send text messages."""
    return "sms" in channels()


async def phone_of(row: Visit) -> str:
    """The mobile of the person concerned, else of the head, as stored; "" where there is none."""
    rows = await Visit.raw(
        "SELECT p.id, p.phone_enc FROM need n JOIN person p ON p.household = n.household AND p.left_on IS NULL"
        " AND (p.id = n.person OR p.is_head) WHERE n.id = {} ORDER BY (p.id = n.person) DESC NULLS LAST",
        row.need,
    )
    phones = [unseal("person", found, "phone_enc") for found in rows]
    return next((phone for phone in phones if is_mobile(phone)), "")


async def send_code(actor: Actor, visit: UUID, at: datetime) -> None:
    """Send a code to the household's mobile; an earlier one of the same visit ends.

    Raises:
        NotYours: if the visit is not the actor's.
        Refused: without a gateway, a mobile or a visit in progress, after too many codes, or if it cannot be sent.
    """
    if not is_offered():
        raise Refused(N_("This portal sends no text messages; choose another way to confirm."))
    code = "".join(secrets.choice("0123456789") for _ in range(door_rules.SMS_DIGITS))
    key = uuid4()
    async with transaction():
        row = await moves.locked(visit, line=False)
        check_server(actor, row)
        if row.status != "in_progress":
            raise Refused(N_("A code is sent while the visit is in progress."))
        if not (phone := await phone_of(row)):
            raise Refused(N_("No mobile phone of this household is known; choose another way to confirm."))
        if await VisitSmsCode.count().where(VisitSmsCode.visit == visit) >= door_rules.MOST_SMS:
            raise Refused(N_("Enough codes were sent for this visit; choose another way to confirm."))
        until = at + timedelta(minutes=door_rules.SMS_MINUTES)
        await VisitSmsCode.raw(
            "UPDATE visit_sms_code SET expires_at = greatest({}, sent_at + interval '1 microsecond')"
            " WHERE visit = {} AND used_at IS NULL AND expires_at > {}",
            at, visit, at,
        )  # fmt: skip
        await VisitSmsCode(
            id=key, visit=visit, code_hash=_mark(visit, code), asked_by=actor.user, sent_at=at, expires_at=until
        ).save()
        await moves.tell(actor, row, "confirm_code_sent", at)
    await _deliver(key, phone, code, at)


async def _deliver(key: UUID, phone: str, code: str, at: datetime) -> None:
    with speaking("zh"):
        text = i18n.sentence(TEXT, {"code": code, "minutes": door_rules.SMS_MINUTES})
    rendered = Rendered(
        id=key, kind="visit_confirm_code", subject="", text=text, link=portal(), href="/", occurred_at=at, code=code
    )
    try:
        await channels()["sms"].deliver(phone, rendered)
    except DeliveryError as error:
        raise Refused(N_("The text message could not be sent; choose another way to confirm.")) from error


async def spend(visit: UUID, typed: str, at: datetime) -> None:
    """Use up the code that the household read out.

    Raises:
        FormError: naming `sms_code`, if it does not hold; after five wrong ones for 15 minutes.
    """
    if tries.full(visit, at):
        raise FormError({"sms_code": (TOO_MANY, {})})
    digits = code_rules.typed_digits(typed)
    found = digits and await VisitSmsCode.raw(
        "UPDATE visit_sms_code SET used_at = {} WHERE visit = {} AND code_hash = {} AND used_at IS NULL"
        " AND expires_at > {} RETURNING id",
        at, visit, _mark(visit, digits), at,
    )  # fmt: skip
    if not found:
        tries.wrong(visit, at)
        raise FormError({"sms_code": (WRONG, {})})
    tries.right(visit)


def _mark(visit: UUID, digits: str) -> str:
    return blind_index(f"{visit}:{digits}", "visit_sms_code")

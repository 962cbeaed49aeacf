"""What a visit asks of codes: whether a card's code is the home's, and whether a one-time code holds (DOMAIN.md 5.1).

Wrong tries are counted in memory, by home and by visit, so that they count although the refused form's transaction is
given back.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bangfu.errors import N_, FormError
from bangfu.shared.clock import now
from bangfu.shared.crypto import blind_index, decrypt
from bangfu.visits import code_rules
from bangfu.visits.code_tables import CallCode, HomeCode

FIELD: Final = "code"
"""The field of the form that the faults name."""
TOO_MANY: Final = N_("Too many wrong codes. Wait 15 minutes, or choose another way to check in.")
home_tries: Final = code_rules.Tries(code_rules.WRONG_HOME)
call_tries: Final = code_rules.Tries(code_rules.WRONG_CALL)


async def home_code_of(household: UUID, typed: str, at: datetime | None = None) -> UUID | None:
    """The card of this home that holds and shows the typed (or scanned) code, else None.

    Raises:
        FormError: naming `code`, after ten wrong codes for this home within 15 minutes.
    """
    at = at or now()
    if home_tries.full(household, at):
        raise FormError({FIELD: (TOO_MANY, {})})
    secret = code_rules.typed_secret(typed)
    if secret:
        rows = await HomeCode.raw(
            "SELECT c.id, c.place_mark, h.id AS home, h.address_enc, h.division FROM home_code c"
            " JOIN household h ON h.id = c.household WHERE c.secret_index = {} AND c.household = {}"
            " AND c.status = 'handed_over'",
            secret_mark(secret), household,
        )  # fmt: skip
        if rows and rows[0]["place_mark"] == place_mark(rows[0]["home"], rows[0]["address_enc"], rows[0]["division"]):
            home_tries.right(household)
            found: UUID = rows[0]["id"]
            return found
    home_tries.wrong(household, at)
    return None


async def spend_call_code(visit: UUID, typed: str, at: datetime, side: str = "") -> UUID | None:
    """The one-time code that holds for the visit and matches, now used up, else None.

    Args:
        side: in or out; "" takes either, as the form's own side decides.

    Raises:
        FormError: naming `code`, after five wrong codes for this visit within 15 minutes.
    """
    if call_tries.full(visit, at):
        raise FormError({FIELD: (TOO_MANY, {})})
    digits = code_rules.typed_digits(typed)
    if digits:
        rows = await CallCode.raw(
            "UPDATE call_code SET used_at = {} WHERE visit = {} AND code_hash = {} AND ({} = '' OR side = {})"
            " AND used_at IS NULL AND NOT replaced AND issued_at <= {} AND expires_at > {} RETURNING id",
            at, visit, call_mark(visit, digits), side, side, at + timedelta(minutes=1), at,
        )  # fmt: skip
        if rows:
            call_tries.right(visit)
            found: UUID = rows[0]["id"]
            return found
    call_tries.wrong(visit, at)
    return None


async def read_to_server(found: Collection[UUID | None]) -> bool:
    """Whether one of these one-time codes was read out to the carer's own phone: it proves no place (DOMAIN.md 5.1)."""
    known = [each for each in found if each is not None]
    return bool(known) and bool(await CallCode.exists().where(CallCode.id.is_in(known) & (CallCode.caller == "server")))


def secret_mark(secret: str) -> str:
    """What is kept of a card's code."""
    return blind_index(secret, "home_code")


def call_mark(visit: UUID, digits: str) -> str:
    """What is kept of a one-time code."""
    return blind_index(f"{visit}:{digits}", "call_code")


def place_mark(household: UUID, address_enc: str, division: str) -> str:
    """What is kept of the place where a card hangs: it changes with the address or the village."""
    address = decrypt(address_enc, f"household:address_enc:{household}")
    return blind_index(f"{division}:{''.join(address.split())}", "home_place")

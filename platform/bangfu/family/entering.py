"""Entering with code and PIN, and the short signed cookie that stands for it (docs/decisions/0059).

Wrong tries are counted in the database, in a transaction of their own, before anything is compared: tries at the same
moment, from several phones or at several processes, do not pass each other. A code that nobody has is counted and
closed like one that exists, so that neither answer nor time tells which is which.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.family import policy, rules
from bangfu.family.tables import FamilyCard
from bangfu.feedback.rating import PUBLIC
from bangfu.shared import audit, tries
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import keys
from bangfu.shared.database import transaction
from bangfu.shared.tries import Limit

COOKIE: Final = "bangfu_home"
PATH: Final = "/home"
CODE: Final = Limit("home code", policy.WRONG_CODE, policy.WITHIN)
NETWORK: Final = Limit("home network", policy.WRONG_NETWORK, policy.WITHIN)
IDLE_SECONDS: Final = int(policy.IDLE.total_seconds())
_LIVE: Final = (
    "SELECT c.id, c.household, c.division, h.division AS village, c.out_before FROM family_card c"
    " JOIN household h ON h.id = c.household WHERE c.id = {} AND c.status = 'printed' AND c.expires_at > {}"
    " AND h.status IN ('active', 'grace') AND h.merged_into IS NULL"
    " AND EXISTS (SELECT 1 FROM person p WHERE p.household = h.id AND p.left_on IS NULL"
    " AND has_ground(h.id, 'service', {}::date, p.id))"
)
"""A card whose household is served, has a living member, and has a ground for services (DOMAIN.md 9.1)."""


@dataclass(frozen=True, slots=True)
class Home:
    """Who has entered."""

    card: UUID
    household: UUID
    division: str
    begun: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """The outcome of a try: whose page, or until when no more tries are taken."""

    home: Home | None
    waits_until: datetime | None = None


async def enter(typed_code: str, typed_pin: str, network: str, at: datetime) -> Entry:
    """Check a code and a PIN. Every try costs one of the code's and one of the network's until it turns out right."""
    code, pin = rules.typed_code(typed_code), rules.typed_pin(typed_pin)
    mark = code or typed_code[:80].strip().upper()
    waits = [await tries.take(CODE, mark, at), await tries.take(NETWORK, network, at)]
    until = max((each for each in waits if each is not None), default=None)
    if until is not None:
        return Entry(None, until)
    async with transaction():
        rows = await FamilyCard.raw(
            "SELECT id, pin_hash FROM family_card WHERE code_hash = {} AND status = 'printed' FOR NO KEY UPDATE",
            rules.code_mark(code or "-"),
        )
        row: dict[str, Any] = rows[0] if rows else {"id": UUID(int=0), "pin_hash": "-"}
        right = hmac.compare_digest(row["pin_hash"].encode(), rules.pin_mark(row["id"], pin or "-").encode())
        home = await _live(row["id"], at, at) if rows and right else None
        if home is None:
            await _wrong(row["id"], at)
            return Entry(None)
        await tries.forget(CODE, mark)
        await tries.give_back(NETWORK, network)
        await FamilyCard.update({FamilyCard.wrong: 0, FamilyCard.entered_at: at}).where(FamilyCard.id == home.card)
        return Entry(home)


async def _wrong(card: UUID, at: datetime) -> None:
    """Count a wrong PIN; too many in a row close the card until the station prints another."""
    rows = await FamilyCard.raw(
        "UPDATE family_card SET wrong = wrong + 1, status = CASE WHEN wrong + 1 >= {} THEN 'blocked' ELSE status END"
        " WHERE id = {} RETURNING status, division, household, serial",
        policy.WRONG_AT_ALL, card,
    )  # fmt: skip
    if rows and rows[0]["status"] == "blocked":
        row = rows[0]
        await audit.record(
            PUBLIC, "family_card.blocked", "family_card", card, division=row["division"], at=at,
            data={"household": str(row["household"]), "serial": row["serial"], "status": "blocked"},
        )  # fmt: skip


async def _live(card: UUID, begun: datetime, at: datetime) -> Home | None:
    rows = await FamilyCard.raw(_LIVE, card, at, civil_date(at))
    if not rows or (rows[0]["out_before"] is not None and begun <= rows[0]["out_before"]):
        return None
    return Home(rows[0]["id"], rows[0]["household"], rows[0]["village"], begun)


def token_of(home: Home, at: datetime) -> str:
    """The cookie: card, when it was entered, when last used, signed."""
    text = f"{home.card.hex}.{_micros(home.begun)}.{_micros(at)}"
    return f"{text}.{_signature(text)}"


async def home_of(token: str, at: datetime) -> Home | None:
    """Whose page a cookie opens; None for one that is forged, too old, signed out, or whose card ended."""
    text, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(text).encode()):
        return None
    card, begun, used = text.split(".")
    began, last = _moment(begun), _moment(used)
    if not began <= last <= at + timedelta(minutes=1) or at - last > policy.IDLE or at - began > policy.LONGEST:
        return None
    return await _live(UUID(card), began, at)


async def leave(home: Home, at: datetime) -> None:
    """Sign out, on every phone on which this card was entered."""
    await FamilyCard.update({FamilyCard.out_before: at}).where(FamilyCard.id == home.card)


def _signature(text: str) -> str:
    return hmac.new(keys().web, f"family:{text}".encode(), hashlib.sha256).hexdigest()


def _micros(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(int(text) / 1_000_000, UTC)

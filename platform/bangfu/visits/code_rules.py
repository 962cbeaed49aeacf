"""Codes of homes and one-time codes: how they look, how long they hold, which steps a card takes. Pure.

A card's code has ten signs of an alphabet without look-alikes (50 bits); a one-time code has six digits, ten minutes
and five tries. Both are kept as keyed hashes only.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs: no 0, 1, I or O."""
LENGTH: Final = 10
CALL_DIGITS: Final = 6
CALL_MINUTES: Final = 10
WRONG_HOME: Final = 10
"""Wrong codes for one home within WRONG_WITHIN before it is closed for that time."""
WRONG_CALL: Final = 5
"""Wrong one-time codes for one visit while a code holds."""
WRONG_WITHIN: Final = timedelta(minutes=15)

PRINTERS: Final = frozenset(
    {"assist_coordinator", "child_director", "social_worker", "township_officer", "station_dispatcher"}
)
LIVE: Final = frozenset({"printed", "handed_over"})
REVOKE_REASONS: Final = ("lost", "copied", "moved", "left", "wish", "other")
REPLACE_REASONS: Final = ("lost", "copied", "moved", "damaged", "other")

HOME_CODE_STATES: Final = ("printed", "handed_over", "replaced", "revoked")


@dataclass(frozen=True, slots=True)
class CardStep:
    """One line of the table of a card."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str


HOME_CODE_MACHINE: Final = Machine(
    [
        CardStep("printed", "print_again", "printed", PRINTERS, "printed_again"),
        CardStep("printed", "hand_over", "handed_over", PRINTERS, "handed_over"),
        CardStep("handed_over", "confirm_place", "handed_over", PRINTERS, "place_confirmed"),
        *(CardStep(state, "replace", "replaced", PRINTERS, "replaced") for state in ("printed", "handed_over")),
        *(CardStep(state, "revoke", "revoked", PRINTERS, "revoked") for state in ("printed", "handed_over")),
    ],
    N_("This card is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "home_code_status",
    "home_code_action",
)


def fresh_secret() -> str:
    """A card's code: ten random signs."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(secret: str) -> str:
    """A card's code as people read it: ABCDE-FGHJK."""
    return f"{secret[:5]}-{secret[5:]}"


def typed_secret(text: str) -> str:
    """A card's code as it was typed, or as its link was scanned (…/h/ABCDEFGHJK); "" where it cannot be one."""
    tail = text.strip().split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]
    found = "".join(each for each in tail.upper() if each not in " -–—·.\t")
    found = found.translate(str.maketrans("", "", "\u3000\u00a0"))
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else ""


def fresh_digits() -> str:
    """A one-time code: six random digits."""
    return "".join(secrets.choice("0123456789") for _ in range(CALL_DIGITS))


def typed_digits(text: str) -> str:
    """A one-time code as it was typed, full-width digits and spaces included; "" where it cannot be one."""
    found = "".join(str(int(each)) for each in text if each.isdecimal())
    rest = [each for each in text if not each.isdecimal() and each not in " -\u3000\t"]
    return found if len(found) == CALL_DIGITS and not rest else ""


def expiry(at: datetime) -> datetime:
    """When a one-time code of this moment ends."""
    return at + timedelta(minutes=CALL_MINUTES)


class Tries:
    """Wrong tries of the last WRONG_WITHIN by what they were tried at; kept in the memory of the one web process, so
    that a refused form, whose transaction is given back, still counts."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._wrong: dict[object, list[datetime]] = {}

    def full(self, key: object, at: datetime) -> bool:
        """Whether no more tries are taken for now."""
        kept = [each for each in self._wrong.get(key, []) if each > at - WRONG_WITHIN]
        if kept:
            self._wrong[key] = kept
        else:
            self._wrong.pop(key, None)
        return len(kept) >= self.most

    def wrong(self, key: object, at: datetime) -> None:
        """Note a wrong try; the keys that failed longest ago make room."""
        found = self._wrong.pop(key, [])
        self._wrong[key] = [*found[-self.most :], at]
        if len(self._wrong) > 10_000:
            del self._wrong[next(iter(self._wrong))]

    def right(self, key: object) -> None:
        """Forget the wrong tries after a right one."""
        self._wrong.pop(key, None)

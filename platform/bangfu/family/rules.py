"""Codes and PINs of the household's card, and what a household may say. Pure but for the keyed hashes.

The code has ten signs without look-alikes (50 bits); the PIN has four digits and stands on another slip of the paper.
"""

import secrets
from typing import Final
from uuid import UUID

from bangfu.shared.crypto import blind_index
from bangfu.visits.code_rules import ALPHABET

LENGTH: Final = 10
PIN_DIGITS: Final = 4
ANSWERS: Final = ("home", "away")
WISHES: Final = ("time", "person", "stop")
PARTS: Final = ("morning", "afternoon")
OUTCOMES: Final = ("moved", "other_person", "stopped", "called", "kept")
REVOKE_REASONS: Final = ("lost", "copied", "left", "wish", "other")
REPLACE_REASONS: Final = ("lost", "copied", "damaged", "expired", "other")
COMPLAINT_KINDS: Final = ("no_show", "attitude", "quality", "fee_demand", "privacy", "harm")
PRINTERS: Final = frozenset(
    {"assist_coordinator", "child_director", "social_worker", "township_officer", "station_dispatcher"}
)
SAID_PLAINLY: Final = frozenset({"visit_check", "phone_check", "daily_care", "meal", "home_adapt", "wish"})
"""Services whose name says nothing about health, children or law; every other one is a home service."""


def fresh_code() -> str:
    """A new code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def fresh_pin() -> str:
    """A new PIN."""
    return "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))


def shown(code: str) -> str:
    """A code as people read it: ABCDE-FGHJK."""
    return f"{code[:5]}-{code[5:]}"


def typed_code(text: str) -> str:
    """A code as it was typed, or as its link was scanned (…/home#ABCDEFGHJK); "" where it cannot be one."""
    tail = text.strip().rsplit("#", 1)[-1].rsplit("/", 1)[-1]
    found = "".join(each for each in tail.upper() if each not in " -–—·.\t\u3000\u00a0")
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else ""


def typed_pin(text: str) -> str:
    """A PIN as it was typed, full-width digits and spaces included; "" where it cannot be one."""
    found = "".join(str(int(each)) for each in text if each.isdecimal())
    return found if len(found) == PIN_DIGITS and len(text.strip()) <= 2 * PIN_DIGITS else ""


def code_mark(code: str) -> str:
    """What is kept of a code."""
    return blind_index(code, "family_code")


def pin_mark(card: UUID, pin: str) -> str:
    """What is kept of a card's PIN."""
    return blind_index(f"{card}:{pin}", "family_pin")

"""Second factors: who needs one, which codes count (RFC 6238; DOMAIN.md 9.5)."""

import hmac
import re
import secrets
from datetime import datetime
from typing import Final, Literal

import pyotp

from bangfu.shared.permissions import BUREAU

Policy = Literal["privileged", "all", "off"]
PRIVILEGED: Final = BUREAU | {"township_officer", "finance_officer", "auditor", "sysadmin"}
"""Roles that decide on aid, money or accounts, or see whole areas: none of them signs in by a password alone [D]."""
STEP_SECONDS: Final = 30
DRIFT: Final = 1
"""Steps before and after the present one that still count: clocks differ."""
RECOVERY_CODES: Final = 10
ISSUER: Final = "Bangfu"
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOTP: Final = re.compile(r"\d{6}")


def needs_factor(policy: Policy, roles: frozenset[str]) -> bool:
    """Whether these roles may work only with a second factor."""
    return policy == "all" or (policy == "privileged" and not roles.isdisjoint(PRIVILEGED))


def fresh_secret() -> str:
    """160 random bits in base32, as authenticators take them."""
    return pyotp.random_base32(32)


def enrolment_address(secret: str, username: str) -> str:
    """What the QR code of an authenticator says."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def taken_step(secret: str, typed: str, at: datetime, last_step: int) -> int | None:
    """The time step whose code was typed; None for a wrong code and for one of a step that was taken before."""
    if not _TOTP.fullmatch(typed):
        return None
    present, totp = int(at.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    right = [
        step for step in range(present - DRIFT, present + DRIFT + 1)
        if hmac.compare_digest(totp.at(step * STEP_SECONDS), typed)
    ]  # fmt: skip
    return next((step for step in right if step > last_step), None)


def fresh_code(groups: int = 2) -> str:
    """A code of groups of five letters and digits without look-alikes: 49 random bits in two groups."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(groups))


def plain(typed: str) -> str:
    """A typed code without what people put between its parts."""
    return re.sub(r"[\s-]", "", typed).upper()[:40]

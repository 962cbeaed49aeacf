"""Password rules and hashing: argon2id, twelve characters and more, common ones refused (DOMAIN.md 9.5)."""

import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bangfu.errors import N_

LEAST = 12
MOST = 128
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_COMMON_WORDS = (
    "password", "passw0rd", "qwerty", "qwertyuiop", "asdfgh", "zxcvbn", "1qaz2wsx", "letmein", "welcome", "admin",
    "administrator", "iloveyou", "woaini", "abc", "abcd", "test", "bangfu", "minzheng", "changeme", "secret", "monkey",
    "dragon", "sunshine", "princess", "football", "baseball", "master", "shadow", "user", "guest", "root", "hello",
    "china", "beijing", "shanghai", "changzhou",
)  # fmt: skip
_SEQUENCES = ("0123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def password_fault(password: str, username: str) -> str | None:
    """A message id that says what is wrong with a new password, or None."""
    if len(password) < LEAST:
        return N_("The password needs at least 12 characters.")
    if len(password) > MOST:
        return N_("The password may have at most 128 characters.")
    if _is_common(password.casefold(), username.casefold()):
        return N_("This password is too easy to guess; choose other words.")
    return None


def _is_common(password: str, username: str) -> bool:
    """Only common words, the user's name, digits, repetitions or keyboard runs."""
    rest = password
    for known in sorted({*_COMMON_WORDS, *([username] if len(username) > 2 else [])}, key=len, reverse=True):
        rest = rest.replace(known, "")
    rest = re.sub(r"[\d\W_]+", "", rest)
    if len(rest) < 4 or len(set(password)) < 5:
        return True
    return any(_run_inside(password, line) for line in _SEQUENCES)


def _run_inside(password: str, line: str) -> bool:
    both = (line, line[::-1])
    return any(password in side * 2 or password[: len(password) * 3 // 4] in side * 2 for side in both)


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


_NOBODY = _hasher.hash(secrets.token_hex(8))


def password_matches(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes as long where there is no such user."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def random_password() -> str:
    """A password for a new account: 20 characters without look-alikes."""
    alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))

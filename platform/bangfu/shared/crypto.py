"""Field encryption and blind indexes (DOMAIN.md 9.1, 9.5; keys: DESIGN.md).

A value is stored as `<algorithm>.<key id>.<base64 of nonce + ciphertext>`; the associated data is
`table:column:row`, so that a ciphertext moved to another row does not decrypt. A running process follows a key file
that was changed (`bangfu keys rotate`): before it encrypts, and when it meets a key that it does not know.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bangfu.errors import SetupError

KEY_BYTES = 32
_ALGORITHM = "a1"  # AES-256-GCM; another id, another algorithm (SM4 later)


@dataclass(frozen=True, slots=True)
class Keys:
    """The deployment's keys: `current` encrypts, every key in `encryption` still decrypts."""

    current: str
    encryption: dict[str, bytes]
    index: bytes
    audit: bytes
    web: bytes
    path: Path | None = None
    stamp: tuple[int, int] = (0, 0)
    """The file's inode and time of change when it was read."""


_keys: Keys | None = None


def load_keys(path: Path, *, make: bool = True) -> Keys:
    """Read the key file, or make it (0600) where none exists; the keys become those of this process."""
    global _keys
    if not path.exists():
        if not make:
            raise SetupError(f"The key file {path} is missing; restore it, the encrypted fields need it.")
        _make(path)
    if path.stat().st_mode & 0o077:
        raise SetupError(f"The key file {path} may be read by others; run: chmod 600 {path}")
    try:
        stamp = _stamp(path)
        document = json.loads(path.read_text())
        _keys = Keys(
            current=document["current"],
            encryption={name: base64.b64decode(value) for name, value in document["encryption"].items()},
            index=base64.b64decode(document["index"]),
            audit=base64.b64decode(document["audit"]),
            web=base64.b64decode(document["web"]),
            path=path,
            stamp=stamp,
        )
        _check_strength(_keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"The key file {path} is damaged: {error}. Restore it from a copy.") from error
    return _keys


def _check_strength(found: Keys) -> None:
    """Raises ValueError for a key that nobody drew at random, or of another length than 32 bytes."""
    for key in (*found.encryption.values(), found.index, found.audit, found.web):
        if len(key) != KEY_BYTES or len(set(key)) < KEY_BYTES // 4:
            raise ValueError("a key is too short or too plain")
    if len({*found.encryption.values(), found.index, found.audit, found.web}) != len(found.encryption) + 3:
        raise ValueError("two of its keys are the same")


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(3)
    document = {"current": name, "encryption": {name: _fresh()}, "index": _fresh(), "audit": _fresh(), "web": _fresh()}
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(document, out, indent=1)
    try:
        os.link(part, path)  # fails where another process was first: its keys count
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def keys() -> Keys:
    """The keys of this process.

    Raises:
        SetupError: if none were loaded.
    """
    if _keys is None:
        raise SetupError("The key file has not been read.")
    return _keys


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def current_keys() -> Keys:
    """The keys as the key file holds them now; those of memory where it cannot be read at this moment."""
    own = keys()
    try:
        if own.path is None or _stamp(own.path) == own.stamp:
            return own
        return load_keys(own.path, make=False)
    except (OSError, SetupError):
        return own


def encrypt(value: str, place: str) -> str:
    """Ciphertext of `value` for `place` (`table:column:row id`); an empty value stays empty."""
    if not value:
        return ""
    own = current_keys()
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(own.encryption[own.current]).encrypt(nonce, value.encode(), place.encode())
    return f"{_ALGORITHM}.{own.current}.{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, place: str) -> str:
    """The value behind `stored`.

    Raises:
        ValueError: if the text is damaged, belongs to another place, or its key is not here.
    """
    if not stored:
        return ""
    algorithm, _, rest = stored.partition(".")
    key_id, _, body = rest.partition(".")
    key = keys().encryption.get(key_id) or current_keys().encryption.get(key_id)
    if algorithm != _ALGORITHM or key is None:
        raise ValueError(f"No key {key_id!r} for an encrypted field.")
    raw = base64.b64decode(body)
    try:
        return AESGCM(key).decrypt(raw[:12], raw[12:], place.encode()).decode()
    except InvalidTag as error:
        raise ValueError(f"An encrypted field does not belong to {place}.") from error


def key_of(stored: str) -> str:
    """The id of the key that `stored` was encrypted with; empty for an empty value."""
    return stored.split(".", 2)[1] if stored.count(".") >= 2 else ""


def blind_index(value: str, kind: str) -> str:
    """Keyed hash of a normalised value, for exact search; empty for an empty value."""
    if not value:
        return ""
    return hmac.new(keys().index, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def audit_hash(value: str) -> str:
    """Keyed hash of a state for the audit chain, so that the chain holds no personal values."""
    return hmac.new(keys().audit, value.encode(), hashlib.sha256).hexdigest()

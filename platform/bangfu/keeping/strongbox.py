"""Files of a backup: packed, hashed, and sealed where a key is given.

A sealed file is a row of frames: four bytes of length, then AES-256-GCM over a piece. Name of the file, number of the
piece and whether it is the last one are bound to it, so that nothing can be swapped, left out, put in another order or
cut off without being noticed. The key of each backup is made (HKDF) from the operator's secret and the backup's salt.
"""

import hashlib
import hmac
import os
import secrets
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PIECE: Final = 1024 * 1024
_LENGTH: Final = struct.Struct(">I")
_NONCE: Final = 12


class Spoiled(Exception):
    """A file of a backup is not what was written."""


@dataclass(frozen=True, slots=True)
class BackupKey:
    """The key of one backup."""

    sealing: bytes
    signing: bytes

    @classmethod
    def of(cls, secret: str, salt: bytes) -> Self:
        made = HKDF(algorithm=hashes.SHA256(), length=64, salt=salt, info=b"bangfu backup 1").derive(secret.encode())
        return cls(made[:32], made[32:])

    def sign(self, text: bytes) -> str:
        """What proves that a manifest was written by who has the key."""
        return hmac.new(self.signing, text, hashlib.sha256).hexdigest()


def fresh_salt() -> bytes:
    """A salt for one backup."""
    return secrets.token_bytes(16)


class Writer:
    """Packs and seals what is written into one file; `done()` gives its size and hash."""

    def __init__(self, path: Path, key: BackupKey | None) -> None:
        self._name, self._cipher = path.name, AESGCM(key.sealing) if key else None
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._pack, self._waiting, self._pieces = zlib.compressobj(1), bytearray(), 0
        self._hash, self._size = hashlib.sha256(), 0

    async def write(self, content: bytes) -> None:
        """Add content (also as the sink of a database's COPY)."""
        self._waiting += self._pack.compress(content)
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def done(self) -> tuple[int, str]:
        """Write the rest, see that it is on the disk; (bytes, SHA-256 in hex)."""
        self._waiting += self._pack.flush()
        self._put(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._size, self._hash.hexdigest()

    def abandon(self) -> None:
        """Close the file as it is."""
        self._file.close()

    def _put(self, piece: bytes, *, last: bool) -> None:
        if self._cipher is not None:
            nonce = secrets.token_bytes(_NONCE)
            piece = nonce + self._cipher.encrypt(nonce, piece, _bound(self._name, self._pieces, last=last))
            piece = _LENGTH.pack(len(piece)) + piece
        self._pieces += 1
        self._file.write(piece)
        self._hash.update(piece)
        self._size += len(piece)


def read(path: Path, key: BackupKey | None) -> Iterator[bytes]:
    """The content of a file, piece by piece.

    Raises:
        Spoiled: for anything that was not written so.
    """
    unpack = zlib.decompressobj()
    try:
        for piece in _pieces(path, key):
            while piece:
                yield unpack.decompress(piece, PIECE)
                piece = unpack.unconsumed_tail
        yield unpack.flush()
    except zlib.error:
        raise Spoiled(path.name) from None
    if not unpack.eof:
        raise Spoiled(path.name)


def digest(path: Path) -> tuple[int, str]:
    """(bytes, SHA-256 in hex) of a file as it lies there."""
    found, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while part := file.read(PIECE):
            found.update(part)
            size += len(part)
    return size, found.hexdigest()


def _pieces(path: Path, key: BackupKey | None) -> Iterator[bytes]:
    with path.open("rb") as file:
        if key is None:
            while part := file.read(PIECE):
                yield part
            return
        cipher, number, head = AESGCM(key.sealing), 0, file.read(_LENGTH.size)
        while head:
            if len(head) < _LENGTH.size or (length := _LENGTH.unpack(head)[0]) > 2 * PIECE + 64:
                raise Spoiled(path.name)
            sealed, head = file.read(length), file.read(_LENGTH.size)
            if len(sealed) < max(length, _NONCE):
                raise Spoiled(path.name)
            try:
                bound = _bound(path.name, number, last=not head)
                yield cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
            except InvalidTag:
                raise Spoiled(path.name) from None
            number += 1
        if number == 0:
            raise Spoiled(path.name)


def _bound(name: str, number: int, *, last: bool) -> bytes:
    return f"{name}:{number}:{'last' if last else 'more'}".encode()

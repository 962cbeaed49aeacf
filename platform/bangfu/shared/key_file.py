"""Changing the key file: one process at a time, whole or not at all, readable by its owner only."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bangfu.errors import SetupError
from bangfu.shared.crypto import load_keys


@contextlib.contextmanager
def changing(path: Path) -> Iterator[dict[str, Any]]:
    """The file's document to change; written when the block ends well, and taken over by this process.

    Raises:
        SetupError: if the file is missing, damaged, open to others, or being changed by another process.
    """
    with path.with_name(f"{path.name}.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SetupError(f"Another process is changing the key file {path}; try again.") from None
        load_keys(path, make=False)
        document: dict[str, Any] = json.loads(path.read_text())
        before = json.dumps(document)
        yield document
        if json.dumps(document) != before:
            _replace(path, document)
        load_keys(path, make=False)


def add_key(document: dict[str, Any], at: datetime) -> str:
    """A new key becomes the current one; the ones before still decrypt. Its id."""
    name = secrets.token_hex(3)
    while name in document["encryption"]:
        name = secrets.token_hex(3)
    document["encryption"][name] = base64.b64encode(secrets.token_bytes(32)).decode()
    document["current"] = name
    document.setdefault("made", {})[name] = at.isoformat()
    return name


def remove_key(document: dict[str, Any], name: str) -> None:
    """Forget a key for good."""
    del document["encryption"][name]
    document.get("made", {}).pop(name, None)


def _replace(path: Path, document: dict[str, Any]) -> None:
    owner, part = path.stat(), path.with_name(f"{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(document, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    if os.geteuid() == 0:
        os.chown(part, owner.st_uid, owner.st_gid)
    os.replace(part, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

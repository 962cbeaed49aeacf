"""What a backup says of itself: written last, so that one that was cut off is told from a whole one."""

import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from bangfu.errors import N_, SetupError
from bangfu.keeping.strongbox import BackupKey, Spoiled, digest
from bangfu.shared.i18n import _

FORMAT: Final = 1
NAME: Final = "manifest.json"
KEYS: Final = "keys"
_FILE: Final = re.compile(r"[a-z][a-z0-9_]{0,62}\.(copy|json)")
_TABLE: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Kept:
    """One table in a backup: where its rows lie, in which columns, how many."""

    table: str
    file: str
    columns: list[str]
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole backup. `key_ids` are needed to read the encrypted fields; `keys` names the file that brings them along,
    which only a sealed backup has. `heads` are the ends of the audit chains (stream, number, hash)."""

    made_at: str
    version: str
    server: str
    migrations: list[str]
    tables: list[Kept]
    sequences: dict[str, int]
    heads: list[tuple[str, int, str]]
    key_ids: list[str]
    salt: str = ""
    keys: Kept | None = None
    format: int = FORMAT
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def sealed(self) -> bool:
        return bool(self.salt)


def write(folder: Path, manifest: Manifest, key: BackupKey | None) -> None:
    """Write the manifest as the last file, at once."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, sort_keys=True, indent=1)
    document = {"manifest": json.loads(text), "signature": key.sign(_canonical(json.loads(text))) if key else ""}
    part = folder / f"{NAME}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(document, out, ensure_ascii=False, sort_keys=True, indent=1)
        out.flush()
        os.fsync(out.fileno())
    part.replace(folder / NAME)
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def load(folder: Path, secret: str) -> tuple[Manifest, BackupKey | None]:
    """The manifest of a folder, and the key that opens its files.

    Raises:
        SetupError: one sentence: no backup, cut off, of another form, the key is missing or wrong, edited.
    """
    try:
        document = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SetupError(_(N_("{folder} holds no whole backup: there is no manifest.json."), folder=folder)) from None
    except (OSError, ValueError):
        raise SetupError(_(N_("The manifest of the backup cannot be read."))) from None
    try:
        told = document["manifest"]
        if told["format"] != FORMAT:
            raise SetupError(
                _(N_("This backup has another form ({form}); use the program that made it."), form=told["format"])
            )
        made = _manifest(told)
        key = BackupKey.of(secret, bytes.fromhex(made.salt)) if made.sealed and secret else None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SetupError(_(N_("The manifest of the backup was changed or damaged."))) from None
    if made.sealed and key is None:
        raise SetupError(_(N_("This backup is encrypted: give its key with --key-file or BANGFU_BACKUP_KEY.")))
    if key is not None and document.get("signature") != key.sign(_canonical(told)):
        raise SetupError(_(N_("The key of the backup is wrong, or its manifest was changed.")))
    return made, key


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with what was written.

    Raises:
        SetupError: naming the first file that is missing or was changed.
    """
    for kept in [*manifest.tables, *([manifest.keys] if manifest.keys else [])]:
        try:
            if digest(folder / kept.file) == (kept.size, kept.sha256):
                continue
        except FileNotFoundError:
            raise SetupError(_(N_("The backup lacks the file {file}."), file=kept.file)) from None
        raise SetupError(_(N_("The file {file} of the backup was changed or damaged."), file=kept.file))


def spoiled(error: Spoiled) -> SetupError:
    """The sentence for a file that does not open."""
    return SetupError(_(N_("The file {file} of the backup was changed or damaged."), file=str(error)))


def _manifest(told: dict[str, Any]) -> Manifest:
    tables = [Kept(**one) for one in told["tables"]]
    keys = Kept(**told["keys"]) if told["keys"] else None
    for one in [*tables, *([keys] if keys else [])]:
        if not _FILE.fullmatch(one.file) or not _TABLE.fullmatch(one.table):
            raise ValueError(one.file)
        if not all(_TABLE.fullmatch(column) for column in one.columns):
            raise ValueError(one.table)
    heads = [(str(stream), int(seq), str(end)) for stream, seq, end in told["heads"]]
    return Manifest(**{**told, "tables": tables, "keys": keys, "heads": heads})


def _canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

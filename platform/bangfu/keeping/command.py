"""The commands `bangfu backup` and `bangfu restore`."""

import asyncio
import os
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from bangfu.errors import SetupError
from bangfu.keeping import backing_up, restoring
from bangfu.settings import Settings
from bangfu.shared.clock import now
from bangfu.shared.database import configure
from bangfu.shared.embedded import EmbeddedServer

Say = Callable[[str], None]


def secret_of(chosen: Namespace) -> str:
    """The key of a backup: from the file that --key-file names, or the settings."""
    if chosen.key_file:
        try:
            return Path(chosen.key_file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SetupError(f"The key file {chosen.key_file} cannot be read.") from error
    return Settings.from_environment().backup_key


def run_restore(chosen: Namespace, say: Say) -> int:
    """Check a backup; unless that is all, restore it into the empty database of the settings.

    Raises:
        SetupError: one sentence for what stands in the way.
    """
    settings, folder = Settings.from_environment(), Path(chosen.folder).expanduser()
    checked = restoring.check(folder, secret_of(chosen))
    rows = sum(kept.rows for kept in checked.manifest.tables)
    say(f"The backup of {checked.manifest.made_at} is whole: {len(checked.manifest.tables)} tables, {rows} rows.")
    if chosen.check:
        return 0
    settings.data.mkdir(parents=True, exist_ok=True)
    restoring.ready_keys(folder, checked, settings.keys)
    server = None if settings.database_url else EmbeddedServer(settings.data, fast=False, say=say)
    try:
        configure(settings.database_url or (server.open() if server else ""))
        held = asyncio.run(restoring.restore(folder, checked, say))
    finally:
        if server is not None:
            server.close()
    say(f"Restored and proven: every table has its rows, {held} audit events hold. Start the portal with: bangfu serve")
    return 0


async def run_backup(chosen: Namespace, settings: Settings, say: Say) -> int:
    """Back the running database up.

    Raises:
        SetupError: one sentence for what stands in the way.
    """
    folder, secret = Path(os.path.expanduser(chosen.folder)), secret_of(chosen)  # noqa: ASYNC240
    made = await backing_up.backup(folder, secret, settings.keys, now(), say)
    rows = sum(kept.rows for kept in made.tables)
    needs = f"The keys it needs ({', '.join(made.key_ids)}) are " + (
        "inside, sealed." if made.keys else f"NOT inside: keep {settings.keys} apart."
    )
    say(f"Backed up {len(made.tables)} tables, {rows} rows to {os.fspath(folder)}. {needs}")
    return 0

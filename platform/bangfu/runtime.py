"""What every command needs before it works: the database, its schema, the keys."""

import sys
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from bangfu.app import prepare_features
from bangfu.defaults import load_defaults
from bangfu.errors import SetupError
from bangfu.messages.channels.offered import configure as configure_channels
from bangfu.settings import Settings
from bangfu.shared import rotation
from bangfu.shared.crypto import load_keys
from bangfu.shared.database import close_pool, configure, open_pool
from bangfu.shared.embedded import EmbeddedServer
from bangfu.shared.migrate import migrate


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


class Runtime:
    """Holds the embedded server (if no DATABASE_URL is set) while a command runs."""

    def __init__(self, settings: Settings, *, fast: bool = False) -> None:
        self.settings = settings
        self.migrated: list[str] = []
        self.server = None if settings.database_url else EmbeddedServer(settings.data, fast=fast, say=_to_stderr)
        self.dsn = ""
        self._made_keys = False

    def __enter__(self) -> Self:
        try:
            self.settings.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(f"The data folder {self.settings.data} cannot be made: {error.strerror}.") from error
        self.dsn = self.settings.database_url or (self.server.open() if self.server else "")
        configure(self.dsn)
        self._made_keys = not self.settings.keys.exists()
        load_keys(self.settings.keys)
        prepare_features()
        configure_channels(self.settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.server is not None:
            self.server.close()

    async def run(self, work: Callable[["Runtime"], Coroutine[Any, Any, int]], *, migrate: bool = True) -> int:
        """Migrate, open the pool, do the work, close the pool."""
        if migrate:
            await self.bring_up_to_date()
        await open_pool()
        try:
            return await work(self)
        finally:
            await close_pool()

    async def bring_up_to_date(self) -> None:
        """Run the migrations and load the defaults.

        Raises:
            SetupError: as `migrate`; and if values need keys that were lost.
        """
        self.migrated = await migrate()
        if self._made_keys:
            await self._refuse_new_keys()
        await load_defaults()

    async def _refuse_new_keys(self) -> None:
        """Keys that were made just now open nothing of what is there: the file was lost, and a new one beside old
        values would hide it until somebody needs them."""
        used = {key for key, _ in await rotation.uses()}
        if used and not used & set(rotation.known_keys(self.settings.keys)[1]):
            self.settings.keys.unlink()
            raise SetupError(
                f"The key file {self.settings.keys} is missing, and the database needs it; restore its copy."
            )

"""A lost key file is told at the start; it is not replaced by a new one that opens nothing."""

from pathlib import Path
from uuid import uuid4

import pytest

from bangfu.errors import SetupError
from bangfu.runtime import Runtime
from bangfu.settings import Settings
from bangfu.shared.crypto import encrypt, load_keys
from bangfu.supervision.tables import SupervisionTask
from tests.support import World


async def test_values_without_their_keys_refuse_the_start(
    world: World, database: str, tmp_path: Path, keys: Path
) -> None:
    settings = Settings(data=tmp_path, database_url=database)
    try:
        with Runtime(settings) as runtime:
            await runtime.bring_up_to_date()  # nothing is encrypted yet: the first start makes the keys
        settings.keys.unlink()
        load_keys(keys)
        await SupervisionTask(
            number="T-1", kind="review", subject_type="need", subject=uuid4(), title_enc=encrypt("text", "place"),
            division=world["officer"].scope.ljust(12, "0"),
        ).save()  # fmt: skip
        with Runtime(settings) as runtime, pytest.raises(SetupError, match=r"keys\.json is missing"):
            await runtime.bring_up_to_date()
        assert not settings.keys.exists()
    finally:
        load_keys(keys)

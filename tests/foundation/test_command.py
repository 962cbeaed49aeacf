"""The command speaks in sentences, never in tracebacks."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def bangfu(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would."""
    clean = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "PORT", "HOST"}}
    return subprocess.run(
        [sys.executable, "-m", "bangfu.cli", *arguments], capture_output=True, text=True, timeout=120,
        env={**clean, **environment}, check=False,
    )  # fmt: skip


def _one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode == 2, done.stderr
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("bangfu: ")
    return lines[0]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/x", "cannot be reached"),
        ("mysql://somewhere/x", "cannot be reached"),
        ("nonsense", "cannot be reached"),
    ],
)
def test_a_missing_or_wrong_database_is_one_sentence(open_folder: Path, url: str, said: str) -> None:
    assert said in _one_sentence(bangfu("migrate", DATABASE_URL=url, BANGFU_DATA=str(open_folder)))


def test_a_port_that_is_no_number_is_one_sentence(open_folder: Path) -> None:
    assert "PORT" in _one_sentence(bangfu("serve", PORT="eighty", BANGFU_DATA=str(open_folder)))


def test_an_address_in_use_is_one_sentence(open_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert "PORT=" in _one_sentence(bangfu("serve", PORT=port, BANGFU_DATA=str(open_folder / "data")))


def test_a_data_folder_that_cannot_be_made_is_one_sentence(open_folder: Path) -> None:
    (open_folder / "file").write_text("in the way")
    assert "data folder" in _one_sentence(bangfu("migrate", BANGFU_DATA=str(open_folder / "file" / "data")))


def test_a_damaged_key_file_is_one_sentence(open_folder: Path) -> None:
    keys = open_folder / "keys.json"
    keys.write_text("{}")
    keys.chmod(0o600)
    assert "damaged" in _one_sentence(bangfu("migrate", BANGFU_DATA=str(open_folder / "data"), BANGFU_KEYS=str(keys)))


def test_migrate_twice_and_verify_the_audit_chain(open_folder: Path) -> None:
    data = str(open_folder / "data")
    first = bangfu("migrate", BANGFU_DATA=data)
    assert first.returncode == 0, first.stderr
    assert "migrated" in first.stdout
    again = bangfu("migrate", BANGFU_DATA=data)
    assert "migrated" not in again.stdout
    made = bangfu("user", "create", "anna", "--name", "测试安娜", "--role", "sysadmin", BANGFU_DATA=data)
    assert made.returncode == 0, made.stderr
    verified = bangfu("audit", "verify", BANGFU_DATA=data)
    assert (verified.returncode, verified.stdout.strip()) == (0, "The audit chain holds: 1 events.")


def test_barred_roles_are_refused_for_one_person(open_folder: Path) -> None:
    done = bangfu(
        "user", "create", "eve", "--name", "E", "--role", "township_officer", "--role", "social_worker",
        BANGFU_DATA=str(open_folder / "data"),
    )  # fmt: skip
    assert "together" in _one_sentence(done)

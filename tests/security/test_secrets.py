"""What the operator sets: secrets from the environment or a file, weak ones refused, nothing served too widely."""

import base64
import json
import re
from pathlib import Path

import pytest

from bangfu.errors import SetupError
from bangfu.exposure import check_exposure, own_names
from bangfu.messages.channels.offered import made_of
from bangfu.settings import Outgoing, Settings
from bangfu.shared import i18n
from bangfu.shared.crypto import load_keys
from bangfu.shared.strength import is_weak
from bangfu.shared.web.headers import host_of

STRONG = "k3J9vQ-x7Lm2Zp8Rw4TyB6nHd5FsGc1a"
OUTSIDE = {"host": "0.0.0.0", "public_url": "https://bangfu.example.org"}  # noqa: S104 (only compared)


@pytest.mark.parametrize(
    "secret", ["", "short", "a" * 40, "ab" * 20, "password" * 5, "0123456789" * 4, STRONG[:31], STRONG[:16] * 3]
)
def test_a_secret_that_nobody_drew_at_random_is_weak(secret: str) -> None:
    assert is_weak(secret)
    assert not is_weak(STRONG)


def test_the_webhooks_secret_is_refused_when_weak() -> None:
    url = "https://hook.example.org/in"
    assert "webhook" in made_of(Outgoing(webhook_url=url, webhook_secret=STRONG))
    with pytest.raises(SetupError, match="BANGFU_WEBHOOK_SECRET"):
        made_of(Outgoing(webhook_url=url, webhook_secret="ab" * 20))


def test_a_secret_may_stand_in_a_file_and_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "dsn"
    place.write_text("postgresql://bangfu:k3J9vQx7@db.lan/bangfu\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(place))
    settings = Settings.from_environment()
    assert settings.database_url == "postgresql://bangfu:k3J9vQx7@db.lan/bangfu"
    assert "k3J9vQx7" not in repr(settings)
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "missing"))
    with pytest.raises(SetupError, match="DATABASE_URL_FILE"):
        Settings.from_environment()


@pytest.mark.parametrize("spoil", ["short", "plain", "same"])
def test_keys_that_are_too_plain_are_refused(spoil: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    load_keys(path)
    document = json.loads(path.read_text())
    document["audit"] = {
        "short": base64.b64encode(b"0123456789").decode(), "plain": base64.b64encode(b"\0" * 32).decode(),
        "same": document["index"],
    }[spoil]  # fmt: skip
    path.write_text(json.dumps(document))
    with pytest.raises(SetupError, match="damaged"):
        load_keys(path)


def test_keys_that_others_may_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    load_keys(path)
    path.chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        load_keys(path)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"demo": True}, "HOST"), ({"second_factor": "off"}, "BANGFU_SECOND_FACTOR"),
        ({"public_url": ""}, "BANGFU_PUBLIC_URL"),
        ({"database_url": "postgresql://bangfu:bangfu@db.lan/bangfu"}, "DATABASE_URL"),
        ({"database_url": "postgresql://bangfu@db.lan/bangfu"}, "DATABASE_URL"),
    ],
)  # fmt: skip
def test_what_must_not_be_reached_from_outside_is_not_served_there(
    changes: dict[str, object], why: str, tmp_path: Path
) -> None:

    i18n.use("en")
    check_exposure(Settings(tmp_path, **OUTSIDE))  # type: ignore[arg-type]
    with pytest.raises(SetupError, match=re.escape(why)):
        check_exposure(Settings(tmp_path, **{**OUTSIDE, **changes}))  # type: ignore[arg-type]


def test_on_this_machine_the_demo_may_do_without(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "localhost", "::1"):
        check_exposure(Settings(tmp_path, host=host, demo=True, second_factor="off"))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Portal.Example:8000", "portal.example"),
        ("[::1]:80", "[::1]"),
        ("localhost.", "localhost"),
        ("a.b", "a.b"),
        ("", ""),
    ],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_of(header) == name


def test_the_names_are_those_of_the_settings(tmp_path: Path) -> None:
    names = own_names(
        Settings(tmp_path, host="::1", public_url="https://Bangfu.Example.org:8443", hosts=frozenset({"x.lan"}))
    )
    assert names == {"127.0.0.1", "localhost", "[::1]", "bangfu.example.org", "x.lan"}

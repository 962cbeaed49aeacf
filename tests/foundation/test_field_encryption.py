"""Encrypted fields: readable only in their place, searchable only whole, keys never world-readable."""

import base64
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.errors import SetupError
from bangfu.shared import crypto

pytestmark = pytest.mark.usefixtures("keys")


@given(st.text(min_size=1, max_size=200))
def test_what_is_encrypted_comes_back(value: str) -> None:
    stored = crypto.encrypt(value, "person:phone:1")
    assert crypto.decrypt(stored, "person:phone:1") == value
    assert stored != crypto.encrypt(value, "person:phone:1"), "the same value never looks the same twice"


def test_a_ciphertext_moved_to_another_row_does_not_open() -> None:
    stored = crypto.encrypt("13800138000", "person:phone:1")
    with pytest.raises(ValueError, match="person:phone:2"):
        crypto.decrypt(stored, "person:phone:2")


def test_a_changed_ciphertext_does_not_open() -> None:
    algorithm, key, body = crypto.encrypt("13800138000", "p").split(".")
    raw = bytearray(base64.b64decode(body))
    raw[-1] ^= 1
    with pytest.raises(ValueError, match="does not belong"):
        crypto.decrypt(f"{algorithm}.{key}.{base64.b64encode(bytes(raw)).decode()}", "p")


def test_a_blind_index_finds_the_same_value_of_the_same_kind_only() -> None:
    assert crypto.blind_index("990101198001010014", "id") == crypto.blind_index("990101198001010014", "id")
    assert crypto.blind_index("0014", "phone_tail") != crypto.blind_index("0014", "id")
    assert crypto.blind_index("", "id") == ""


def test_the_key_file_is_private_and_a_damaged_or_open_one_is_refused(tmp_path: Path) -> None:
    before = crypto.keys()
    path = tmp_path / "keys.json"
    try:
        made = crypto.load_keys(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert crypto.load_keys(path) == made
        path.chmod(0o644)
        with pytest.raises(SetupError, match="chmod 600"):
            crypto.load_keys(path)
        path.chmod(0o600)
        path.write_text(json.dumps({"current": "x"}))
        with pytest.raises(SetupError, match="damaged"):
            crypto.load_keys(path)
        with pytest.raises(SetupError, match="missing"):
            crypto.load_keys(tmp_path / "other.json", make=False)
    finally:
        crypto._keys = before

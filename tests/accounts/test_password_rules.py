"""Which passwords are taken (DOMAIN.md 9.5: twelve characters and more, common ones refused)."""

import pytest

from bangfu.accounts.passwords import hash_password, password_fault, password_matches, random_password


@pytest.mark.parametrize(
    "password",
    [
        "short", "elevenchars", "123456789012", "passwordpassword", "Password123456", "qwertyuiop123", "aaaaaaaaaaaa",
        "abcdefghijklm", "admin1234567890", "zhaoliu-2026-11", "1qaz2wsx1qaz2wsx", "changzhou2026!", "987654321098",
    ],
)  # fmt: skip
def test_short_and_common_passwords_are_refused(password: str) -> None:
    assert password_fault(password, "zhaoliu") is not None


@pytest.mark.parametrize(
    "password", ["wren-kettle-orchard-41", "春风又绿江南岸明月何时照我还", "xK7#vQ2!mR9$tL4", "four plain words here"]
)
def test_long_and_uncommon_passwords_are_taken(password: str) -> None:
    assert password_fault(password, "zhaoliu") is None


def test_a_password_of_a_thousand_characters_is_refused_before_it_is_hashed() -> None:
    assert password_fault("x7Q!" * 250, "zhaoliu") is not None


def test_a_made_password_always_passes_its_own_rule() -> None:
    assert [password_fault(random_password(), "zhaoliu") for _ in range(50)] == [None] * 50


def test_only_the_right_password_matches_its_argon2id_hash() -> None:
    stored = hash_password("wren-kettle-orchard-41")
    assert stored.startswith("$argon2id$")
    assert password_matches(stored, "wren-kettle-orchard-41")
    assert not password_matches(stored, "wren-kettle-orchard-42")
    assert not password_matches(None, "wren-kettle-orchard-41")
    assert not password_matches("damaged", "wren-kettle-orchard-41")

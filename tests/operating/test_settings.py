"""What the operator sets for watching and stopping."""

import pytest

from bangfu.errors import SetupError
from bangfu.settings import Operating

NAMES = ("BANGFU_METRICS", "BANGFU_METRICS_OPEN", "BANGFU_LOG", "BANGFU_ACCESS_LOG", "BANGFU_LOG_ADDRESSES",
         "BANGFU_DRAIN", "BANGFU_BACKUP_FOLDER", "BANGFU_DEMO")  # fmt: skip


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_without_settings_nothing_is_served_and_lines_are_text() -> None:
    assert Operating.from_environment() == Operating()
    assert Operating().drain == 5.0
    assert Operating().access_log


def test_the_demo_stops_at_once_and_speaks_of_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGFU_DEMO", "1")
    found = Operating.from_environment()
    assert (found.drain, found.access_log) == (0.0, False)
    monkeypatch.setenv("BANGFU_ACCESS_LOG", "1")
    assert Operating.from_environment().access_log


@pytest.mark.parametrize(("text", "place"), [("127.0.0.1:9464", ("127.0.0.1", 9464)), ("[::1]:9464", ("::1", 9464))])
def test_an_address_of_metrics(text: str, place: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGFU_METRICS", text)
    assert Operating.from_environment().metrics == place


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("BANGFU_METRICS", "9464"), ("BANGFU_METRICS", "127.0.0.1:"), ("BANGFU_METRICS", "127.0.0.1:70000"),
        ("BANGFU_LOG", "xml"), ("BANGFU_DRAIN", "-1"), ("BANGFU_DRAIN", "forever"), ("BANGFU_DRAIN", "3600"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_one_sentence(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(SetupError, match=name):
        Operating.from_environment()

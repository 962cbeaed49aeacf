"""Every text of the portal exists in both languages, with the same gaps to fill."""

import re

import pytest

from bangfu.app import WORDS
from bangfu.shared.i18n import catalogue
from tests.house.extraction import missing, used

_GAP = re.compile(r"%\((\w+)\)s|\{(\w+)[^}]*\}")


def _gaps(text: str) -> set[str]:
    return {first or second for first, second in _GAP.findall(text)}


def test_every_message_has_a_chinese_text() -> None:
    assert missing() == {}


def test_a_translation_fills_the_same_gaps_as_its_message() -> None:
    wrong = {}
    for message in catalogue():
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = set().union(*(_gaps(original) for original in originals))
        for text in texts:
            if message.id and not _gaps(text) <= allowed:
                wrong[message.id] = text
            if message.id and not isinstance(message.id, tuple) and _gaps(text) != allowed:
                wrong[message.id] = text
    assert wrong == {}


def test_no_translation_is_left_over() -> None:
    known = {single for message in used() for single in (message if isinstance(message, tuple) else (message,))}
    unused = [m.id for m in catalogue() if m.id and (m.id[0] if isinstance(m.id, tuple) else m.id) not in known]
    assert unused == []


@pytest.mark.parametrize("module", WORDS, ids=lambda module: module.__name__)
def test_every_code_has_a_word_in_both_languages(module) -> None:
    for group, words in module.WORDS.items():
        for code, (zh, en) in words.items():
            assert zh, (group, code)
            assert en, (group, code)
            assert re.search(r"[一-鿿]", zh) or not re.search(r"[A-Za-z]{3}", zh), (group, code)

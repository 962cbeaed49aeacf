"""Every fault and every fix can be said in Chinese, with the same gaps."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

import bangfu.shared
from bangfu.shared.faults import Fault
from bangfu.shared.i18n import catalogue, told, use
from bangfu.shared.identifiers import parse_uscc

FOLDER = Path(next(iter(bangfu.shared.__path__)))


def marked_messages() -> set[str]:
    """Message ids inside N_(...) in the shared package; the words of forms are tested with the frame."""
    files = [file for file in FOLDER.rglob("*.py") if FOLDER / "web" not in file.parents]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        str(ast.literal_eval(call.args[0]))
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "N_"
    }


def test_there_are_messages_to_translate() -> None:
    assert len(marked_messages()) > 60


@pytest.fixture(scope="module")
def known() -> Catalog:
    """The portal's texts, read once."""
    return catalogue()


@pytest.mark.parametrize("message", sorted(marked_messages()))
def test_a_message_is_translated_and_keeps_its_gaps(message: str, known: Catalog) -> None:
    found = known.get(message)
    assert found is not None
    assert set(re.findall(r"{(\w+)}", str(found.string))) == set(re.findall(r"{(\w+)}", message))


def test_a_fault_is_told_in_the_readers_language() -> None:
    with pytest.raises(Fault) as caught:
        parse_uscc("52990101A00000011G")
    use("zh")
    assert told(caught.value) == "统一社会信用代码校验码错误，应为 F。"
    use("en")
    assert "expected F" in told(caught.value)
    use("zh")

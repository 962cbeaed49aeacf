"""Every text of the frame has its Chinese, with the same parameters, and no translation is left over."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
FRAME = [
    TEMPLATES / "base.html",
    TEMPLATES / "base_phone.html",
    TEMPLATES / "accounts" / "signin.html",
    *sorted((TEMPLATES / "components").glob("*.html")),
    *sorted((TEMPLATES / "errors").glob("*.html")),
]


def first(text: object) -> str:
    """The singular of a message that may have a plural."""
    return str(text[0]) if isinstance(text, (tuple, list)) else str(text or "")


def spoken() -> dict[str, str]:
    """Message id -> template, over all frame templates; of a plural the singular."""
    found: dict[str, str] = {}
    for path in FRAME:
        with path.open("rb") as file:
            for _line, _name, message, _comments in babel_extract(file, ["_", "ngettext"], [], {}):
                found.setdefault(first(message), path.name)
    return found


def translated(catalogue_file: str = "frame") -> dict[str, str]:
    """Message id -> Chinese of the frame's (or another) catalogue."""
    with (ROOT / f"platform/bangfu/locale/zh_CN/{catalogue_file}.po").open("rb") as file:
        catalogue = read_po(file, locale="zh_CN")
    return {first(message.id): first(message.string) for message in catalogue if message.id}


def test_every_text_of_the_frame_is_translated() -> None:
    own = ("guides", "incidents", "menu", "printing", "reports")  # what the frame carries of features
    chinese = {text: said for name in ("frame", *own) for text, said in translated(name).items()}
    missing = {text: place for text, place in spoken().items() if not chinese.get(text)}
    assert not missing


def test_no_translation_of_the_frame_is_left_over() -> None:
    assert set(translated()) <= set(spoken())


@pytest.mark.parametrize("text", sorted(translated()))
def test_a_translation_keeps_the_parameters(text: str) -> None:
    parameters = r"%\(\w+\)s"
    assert set(re.findall(parameters, translated()[text])) == set(re.findall(parameters, text))

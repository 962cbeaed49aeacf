"""Two languages: zh-CN first, English second. Message ids are the English texts; catalogues are .po files."""

import gettext
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bangfu.errors import Told
from bangfu.paths import LOCALE

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
DEFAULT: Lang = "zh"
TAGS = {"zh": "zh-CN", "en": "en"}

_lang: ContextVar[Lang] = ContextVar("lang", default=DEFAULT)


@contextmanager
def for_operators() -> Iterator[None]:
    """The language of the terminal (LC_ALL, LANG) inside, the former one afterwards: for what a command says itself."""
    former = current()
    use("zh" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).lower().startswith("zh") else "en")
    try:
        yield
    finally:
        use(former)


def use(lang: str) -> Lang:
    """Make a language the current one of this request or command; unknown ones become Chinese."""
    chosen: Lang = "en" if lang.lower().startswith("en") else "zh"
    _lang.set(chosen)
    return chosen


def current() -> Lang:
    """The language of this request or command."""
    return _lang.get()


def catalogue() -> Catalog:
    """All Chinese catalogues (one per feature) as one; a message id translated twice differently is an error.

    Raises:
        ValueError: for contradicting translations.
    """
    merged = Catalog(locale="zh_CN")
    for file in sorted((LOCALE / "zh_CN").glob("*.po")):
        for message in read_po(io.BytesIO(file.read_bytes()), locale="zh_CN"):
            if not message.id:
                continue
            known = merged.get(message.id, message.context)
            if known and known.string and message.string and known.string != message.string:
                raise ValueError(f"{file.name}: {message.id!r} is translated as {known.string!r} elsewhere")
            if message.string and any(message.string if isinstance(message.string, tuple) else [message.string]):
                merged.add(message.id, message.string, context=message.context)
    return merged


@cache
def _translations(lang: Lang) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(message: str, /, **params: object) -> str:
    """The message in the current language, its {named} parameters filled."""
    text = _translations(current()).gettext(message) if message else ""
    return text.format(**params) if params else text


def gettext_now(message: str) -> str:
    """For Jinja: the bare translation."""
    return _translations(current()).gettext(message) if message else ""


def ngettext_now(one: str, many: str, n: int) -> str:
    """For Jinja: the translation for a number."""
    return _translations(current()).ngettext(one, many, n)


def told(error: Told) -> str:
    """An error's sentence in the current language."""
    return sentence(error.message, error.params)


def sentence(message: str, params: Mapping[str, object]) -> str:
    """A message id with parameters, some of which may be message ids of their own (`Say`)."""
    return _(message, **{key: str(value) for key, value in params.items()})


class Say:
    """A lazily translated text, to be passed as a parameter."""

    def __init__(self, message: str, /, **params: object) -> None:
        self.message, self.params = message, params

    def __str__(self) -> str:
        return _(self.message, **self.params)

    def __repr__(self) -> str:
        return f"Say({self.message!r})"


# Codes in words ----------------------------------------------------------------------------------------------------
_words: dict[str, dict[str, tuple[str, str]]] = {}


def add_words(tables: Mapping[str, Mapping[str, tuple[str, str]]]) -> None:
    """Register a feature's WORDS: group -> code -> (Chinese, English)."""
    for group, words in tables.items():
        _words.setdefault(group, {}).update(words)


def word(group: str, code: object) -> str:
    """The word of a code in the current language; an unknown code is shown as it is."""
    pair = _words.get(group, {}).get(str(code if code is not None else ""))
    return (pair[1] if current() == "en" else pair[0]) if pair else str(code or "")


def words_of(group: str) -> list[tuple[str, str]]:
    """(code, word) of a group in its order, for lists to choose from."""
    return [(code, word(group, code)) for code in _words.get(group, {})]


class Word:
    """A lazily worded code, to be passed as a parameter of a message."""

    def __init__(self, group: str, code: object) -> None:
        self.group, self.code = group, code

    def __str__(self) -> str:
        return word(self.group, self.code)

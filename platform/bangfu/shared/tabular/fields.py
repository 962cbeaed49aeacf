"""What a column is: its names in both languages, what may stand in it, and how to say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bangfu.shared.tabular.titles import word_forms


@dataclass(frozen=True, slots=True)
class Parser:
    """`parse` takes a cell and returns the value or raises a Fault. `as_text` keeps a spreadsheet from destroying long
    numbers; `words` are the allowed words of a choice (code -> zh, en)."""

    kind: str
    parse: Callable[[object], object]
    as_text: bool = False
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a kind of list; `hint` is a message id."""

    code: str
    zh: str
    en: str
    parser: Parser
    required: bool = False
    aliases: tuple[str, ...] = ()
    example: str = ""
    hint: str = ""

    def title(self, locale: str) -> str:
        return self.zh if locale.startswith("zh") else self.en

    def own_titles(self) -> frozenset[str]:
        """The normalised titles that a template of this product gives the column."""
        return frozenset(form for title in (self.zh, self.en, self.code) for form in word_forms(title))

    def alias_titles(self) -> frozenset[str]:
        return frozenset(form for alias in self.aliases for form in word_forms(alias))

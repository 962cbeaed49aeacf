"""The words of the portal from one file; docs/glossary.md is made of it: python -m bangfu.guides.glossary."""

import re
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Final

from bangfu.paths import PACKAGE
from bangfu.shared.i18n import Lang

SOURCE: Final = PACKAGE / "guides" / "glossary.toml"


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its meaning in both languages; `key` is its anchor, `code` its name in the code where it has one."""

    key: str
    group: str
    zh: str
    en: str
    zh_text: str
    en_text: str
    code: str

    def name(self, lang: Lang) -> str:
        """The word itself."""
        return self.zh if lang == "zh" else self.en

    def text(self, lang: Lang) -> str:
        """What it means."""
        return self.zh_text if lang == "zh" else self.en_text

    def found_by(self, words: str) -> bool:
        """Whether one of its texts holds what somebody looks for."""
        return words.casefold() in " ".join((self.zh, self.en, self.zh_text, self.en_text, self.code)).casefold()


@dataclass(frozen=True, slots=True)
class Group:
    """Terms of one subject."""

    key: str
    zh: str
    en: str
    terms: tuple[Term, ...]

    def title(self, lang: Lang) -> str:
        """The subject's name."""
        return self.zh if lang == "zh" else self.en


@cache
def groups() -> tuple[Group, ...]:
    """All terms by subject, in the order of the file."""
    data = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return tuple(
        Group(
            key, part["zh"], part["en"],
            tuple(
                Term(name, key, row[0], row[1], row[2], row[3], row[4] if len(row) > 4 else "")
                for name, row in part["terms"].items()
            ),
        )
        for key, part in data.items()
    )  # fmt: skip


def terms() -> list[Term]:
    """All terms."""
    return [term for group in groups() for term in group.terms]


@cache
def named_in(text: str, lang: Lang) -> tuple[Term, ...]:
    """The terms that a text uses: in English whole words, in Chinese names of two signs and more."""
    return tuple(term for term in terms() if _pattern(term.name(lang), lang).search(text))


@cache
def _pattern(name: str, lang: Lang) -> re.Pattern[str]:
    """A name as it stands in texts: without what is in brackets, each of several alternatives."""
    plain = name.partition("（")[0].partition(" (")[0].replace("、", ",")
    words = "|".join(re.escape(word.strip()) for word in plain.split(",") if len(word.strip()) > 1)
    return re.compile(words if lang == "zh" else rf"\b(?:{words})s?\b", re.IGNORECASE)


def as_markdown() -> str:
    """docs/glossary.md."""
    lines = [
        "# Words", "",
        "Made of `platform/bangfu/guides/glossary.toml` by `python -m bangfu.guides.glossary > docs/glossary.md`; the",
        "portal shows the same at `/glossary`.",
    ]  # fmt: skip
    for group in groups():
        lines += ["", f"## {group.en}", "", "| English | 中文 | Meaning | 说明 | Code |", "|---|---|---|---|---|"]
        lines += [
            f"| {term.en} | {term.zh} | {term.en_text} | {term.zh_text} | {f'`{term.code}`' if term.code else ''} |"
            for term in group.terms
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())

"""The first steps of each role: pages to open once, each with a sentence; the texts stand in tour.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Final

from bangfu.paths import PACKAGE
from bangfu.shared.i18n import Lang

SOURCE: Final = PACKAGE / "guides" / "tour.toml"
MOST: Final = 8
"""Somebody with several roles is shown so many steps."""


@dataclass(frozen=True, slots=True)
class Step:
    """A page to open, and what it is for."""

    key: str
    href: str
    zh: str
    en: str

    def text(self, lang: Lang) -> str:
        """The sentence."""
        return self.zh if lang == "zh" else self.en


@cache
def _read() -> tuple[dict[str, Step], dict[str, list[str]]]:
    data = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    steps = {key: Step(key, *row) for key, row in data["steps"].items()}
    return steps, data["roles"]


def steps_of(roles: frozenset[str]) -> list[Step]:
    """The steps of somebody's roles, each once; the password comes first for everybody."""
    steps, by_role = _read()
    keys = dict.fromkeys(key for role in sorted(roles) for key in by_role.get(role, []))
    return [steps[key] for key in keys][:MOST]


def known(key: str, roles: frozenset[str]) -> bool:
    """Whether it is one of these roles' steps."""
    return any(step.key == key for step in steps_of(roles))


def roles_with_steps() -> list[str]:
    """The roles that have first steps."""
    return sorted(_read()[1])

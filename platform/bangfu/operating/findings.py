"""What a check found: a level, a sentence, and what to do."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bangfu.settings import Settings
from bangfu.shared import i18n

Level = Literal["ok", "warning", "error"]
LEVELS: tuple[Level, ...] = ("ok", "warning", "error")


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer. `message` and `advice` are message ids with the same parameters."""

    level: Level
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What checks look at."""

    settings: Settings
    at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """A named question. `needs`: whether it can only be asked of a database that answers."""

    name: str
    ask: Callable[[Ground], Awaitable[Finding]]
    needs: Literal["", "database", "schema"] = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A check and what it found."""

    check: str
    finding: Finding

    def as_json(self) -> dict[str, str]:
        """Codes and sentences in the language of now."""
        found = self.finding
        return {
            "check": self.check,
            "level": found.level,
            "text": i18n.sentence(found.message, found.params),
            "advice": i18n.sentence(found.advice, found.params) if found.advice else "",
        }


def worst(found: Iterable[Answered]) -> Level:
    """The gravest level among them."""
    return max((one.finding.level for one in found), key=LEVELS.index, default="ok")


def ok(message: str, **params: object) -> Finding:
    """All is well."""
    return Finding("ok", message, params)


def warning(message: str, advice: str, **params: object) -> Finding:
    """It works, and somebody should look at it."""
    return Finding("warning", message, params, advice)


def error(message: str, advice: str, **params: object) -> Finding:
    """It does not work, or something may get lost."""
    return Finding("error", message, params, advice)

"""What a call-back asks, by version. A version is never changed: each call-back keeps the one it was asked by [D]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Question:
    """One question, answered yes, no or unsure. `good`: the answer that says all is well."""

    code: str
    zh: str
    en: str
    good: str = "yes"


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions from a day on."""

    version: str
    valid_from: date
    questions: Sequence[Question]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(each.code for each in self.questions)


_2026_1: Final = Questions(
    "2026-1",
    date(2026, 1, 1),
    (
        Question("came", "记录上的这几次，服务人员来了没有？", "Did somebody come on the recorded days?"),
        Question("person", "来的是不是记录上的这位？", "Was it the person on record?"),
        Question("duration", "待的时间和记录差不多吗？", "Was the time about as long as recorded?"),
        Question("items", "约定要做的事情做了吗？", "Was done what had been agreed?"),
        Question("attitude", "态度好不好，说话和气吗？", "Was the person friendly and respectful?"),
        Question(
            "money", "有没有向您要钱要物、推销东西？", "Did anybody ask for money or gifts, or sell you things?", "no"
        ),
    ),
)
VERSIONS: Final[Mapping[str, Questions]] = {each.version: each for each in (_2026_1,)}


def in_force(day: date) -> Questions:
    """The version that counts on a day; before the first one, the first one."""
    started = [each for each in VERSIONS.values() if each.valid_from <= day]
    return max(started or list(VERSIONS.values()), key=lambda each: (each.valid_from, each.version))

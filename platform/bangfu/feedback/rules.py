"""How many are called and who, what confirms a record, one voice per household, when a figure is shown. Pure.

Sources: DOMAIN.md 5.3 (call-backs), 5.4 (satisfaction), 6.1 Q6 and Q7, 6.6 (no identities below five).
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.states import Machine

KINDS: Final = ("contract", "agreement")
SOURCES: Final = ("self", "guardian", "caller")
SPOKEN_WITH: Final = ("person", "guardian", "family")
ANSWERS: Final = ("yes", "no", "unsure")
MISSED: Final = ("no_answer", "wrong_number", "switched_off", "later")
"""Why an attempt did not reach anybody; three of them on different days, and another recipient is called."""
DECLINED: Final = "declined"
"""Who was reached and does not wish to talk: the call-back ends, another recipient is called."""
CALLERS: Final = frozenset({"assist_coordinator", "station_dispatcher"})
SYSTEM: Final = frozenset({"system"})
STARS: Final = range(1, 6)
CALLBACK_STATES: Final = ("open", "done", "unreachable", "dropped")
ROUND_STATES: Final = ("open", "met", "missed")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table of a call-back."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str


CALLBACK_MACHINE: Final = Machine(
    [
        Step("open", "try", "open", CALLERS, "tried"),
        Step("open", "answer", "done", CALLERS, "answered"),
        Step("open", "give_up", "unreachable", CALLERS, "unreachable"),
        # The quarter's list is closed: who was not called by then is called in the next one.
        Step("open", "drop", "dropped", SYSTEM, "dropped"),
    ],
    N_("The call-back is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "callback_status",
    "callback_action",
)


def quota(served: int, percent: int = 20) -> int:
    """ceil(percent of the recipients served) in whole numbers: 0→0, 1→1, 5→1, 6→2; at least one where anybody was
    served (DOMAIN.md 5.3)."""
    return (served * percent + 99) // 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A household that was served in the quarter; `called`: the day of its latest call-back of any quarter."""

    household: UUID
    called: date | None = None


def mark(seed: str, household: UUID) -> str:
    """SHA-256 of the seed's text followed by the household's id as text, as hex."""
    return hashlib.sha256(f"{seed}{household}".encode()).hexdigest()


def ordered(candidates: Iterable[Candidate], seed: str) -> list[Candidate]:
    """The order of calling: never called first, then the longest ago, equal ones by their mark, ascending.

    Nothing else enters: not who serves, not the caller's wish, not the order of the rows.
    """
    return sorted(candidates, key=lambda each: (each.called or date.min, mark(seed, each.household)))


def chosen(candidates: Iterable[Candidate], seed: str, number: int, taken: Collection[UUID] = ()) -> list[Candidate]:
    """The next `number` of the order that are not on the list yet."""
    return [each for each in ordered(candidates, seed) if each.household not in taken][: max(0, number)]


def population_hash(candidates: Iterable[Candidate]) -> str:
    """SHA-256 of the sorted list (`id day`, one a line) from which was chosen: kept, so that it can be shown later."""
    lines = sorted(f"{each.household} {each.called.isoformat() if each.called else '-'}" for each in candidates)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def confirms(answers: Mapping[str, str]) -> bool:
    """Whether what was said confirms what the record says: "came" and "right person" are answered yes, and neither
    duration nor items is answered no. Attitude and money tell of quality, not of the record; unsure about duration or
    items does not contradict it; unsure whether somebody came confirms nothing."""
    return (
        answers.get("came") == "yes"
        and answers.get("person") == "yes"
        and "no" not in {answers.get("duration"), answers.get("items")}
    )


def offers(answers: Mapping[str, str], *, danger: bool) -> tuple[str, ...]:
    """What the caller is offered next, the gravest first: a report of danger, a complaint about money asked for, about
    nobody coming, about somebody else coming."""
    found = ["danger"] if danger else []
    if answers.get("money") == "yes":
        found.append("fee_demand")
    if answers.get("came") == "no":
        found.append("no_show")
    elif answers.get("person") == "no":
        found.append("wrong_person")
    return tuple(found)


def gives_up(days: Collection[date], most: int = 3) -> bool:
    """Whether the attempts, each on its day, were enough: `most` different days."""
    return len(set(days)) >= most


@dataclass(frozen=True, slots=True)
class Voice:
    """What one household says in a quarter about one contract: the mean of its own scores as sum and count."""

    stars_sum: int
    stars_count: int

    @property
    def mean(self) -> Fraction:
        """Exact."""
        return Fraction(self.stars_sum, self.stars_count)


def mean_of(voices: Sequence[Voice]) -> Fraction | None:
    """The mean of the voices, each household once however often it scored; None without one."""
    return sum((voice.mean for voice in voices), Fraction()) / len(voices) if voices else None


def spread(voices: Sequence[Voice], least: int = 5) -> dict[int, int] | None:
    """Stars -> households, each at its mean rounded half-up; None below `least` respondents (DOMAIN.md 6.6)."""
    if len(voices) < least:
        return None
    found = dict.fromkeys(STARS, 0)
    for voice in voices:
        found[(2 * voice.stars_sum + voice.stars_count) // (2 * voice.stars_count)] += 1
    return found

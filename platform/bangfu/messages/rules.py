"""When a message leaves, how often it is tried, and what a channel may carry.

Plain Python. DOMAIN.md 9.3 forbids personal data in messages; the numbers marked [D] are defaults of this portal.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter
from typing import Final

from bangfu.errors import N_
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.states import Machine

CHANNELS: Final = ("email", "wecom", "sms", "webhook")
STATES: Final = ("queued", "sending", "sent", "failed", "given_up")
OPEN: Final = frozenset({"queued", "failed", "sending"})

SYSTEM: Final = frozenset({"system"})
ADMIN: Final = frozenset({"sysadmin"})


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the outbox's states: who causes it, which event is written, what must hold, by when."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str = ""
    guards: tuple[str, ...] = ()
    deadline: str = ""


MACHINE: Final = Machine(
    [
        Transition("queued", "claim", "sending", SYSTEM, guards=("due", "not_quiet")),
        Transition("failed", "claim", "sending", SYSTEM, guards=("due", "not_quiet")),
        Transition("sending", "claim", "sending", SYSTEM, guards=("lease_over",)),
        Transition("sending", "deliver", "sent", SYSTEM),
        Transition("sending", "fail", "failed", SYSTEM, guards=("tries_left",)),
        Transition("sending", "give_up", "given_up", SYSTEM),
        Transition("queued", "give_up", "given_up", SYSTEM),
        Transition("failed", "give_up", "given_up", SYSTEM),
        Transition("failed", "retry", "queued", ADMIN, "delivery.retried", ("not_a_code",)),
        Transition("given_up", "retry", "queued", ADMIN, "delivery.retried", ("not_a_code",)),
    ],
    N_("The delivery is in the state “{state}”; “{action}” is not possible from there."),
    "delivery_status",
    "delivery_action",
)

# Trying again ------------------------------------------------------------------------------------------------------
MOST_ATTEMPTS: Final = 8
FIRST_WAIT: Final = timedelta(minutes=1)
WAIT_FACTOR: Final = 4
LONGEST_WAIT: Final = timedelta(hours=8)
JITTER: Final = 0.2
"""[D] Waits of 1, 4, 16, 64 and 256 minutes, then 8 hours, each up to a fifth shorter or longer: eight tries within
about a day, so that a mail server may be down overnight."""
LEASE: Final = timedelta(minutes=3)
"""[D] How long a worker may hold a row; a whole delivery is broken off well before."""
DELIVERY_LIMIT: Final = timedelta(seconds=60)
KEPT_SENT: Final = timedelta(days=90)
"""[D] How long a delivery that arrived stays listed."""


def wait(attempts: int, chance: float, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many failed attempts (1..), or None to give up.

    `chance` lies in [0, 1) and spreads the tries of rows that failed together; `asked` is what the receiver asked for
    (Retry-After), which may lengthen the wait up to the longest one.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    own = min(FIRST_WAIT * int(WAIT_FACTOR ** max(0, attempts - 1)), LONGEST_WAIT)
    spread: timedelta = own * (1 - JITTER + 2 * JITTER * chance)
    return max(spread, min(asked, LONGEST_WAIT)) if asked else spread


# Quiet hours -------------------------------------------------------------------------------------------------------
QUIET_FROM: Final = 21 * 60
QUIET_TO: Final = 7 * 60
"""[D] 21:00 to 07:00 civil time in China; every person may set their own."""
DAY: Final = 24 * 60


def quiet_until(at: datetime, start: int, end: int) -> datetime | None:
    """When the quiet hours that `at` lies in end, or None outside them.

    `start` and `end` are minutes of the civil day in China, the start belongs to the quiet hours, the end does not; a
    start after the end spans midnight, equal minutes mean no quiet hours.
    """
    local = at.astimezone(SHANGHAI)
    minute = local.hour * 60 + local.minute
    length = (end - start) % DAY
    passed = (minute - start) % DAY
    if passed >= length:
        return None
    begun = local.replace(second=0, microsecond=0) - timedelta(minutes=passed)
    return begun + timedelta(minutes=length)


# Urgent kinds ------------------------------------------------------------------------------------------------------
CODES: Final = ("address_code", "password_code")
"""Kinds that carry a code, which is sent once and never again."""
URGENT: Final = ("incident", "child_red", *CODES, "test", "password_", "second_factor_", "recovery_code_")
"""Kinds that begin so do not wait for the morning; an urgent offer says so itself (`send(..., urgent=True)`)."""


RESERVED: Final = ("incident", "child_", "consent_")
"""Kinds that begin so keep their own sentence in the portal: it would tell a third party what is feared of a child or
what a household decided."""


def is_reserved(kind: str) -> bool:
    """Whether other channels than the inbox say no more than that there is something."""
    return kind.startswith(RESERVED)


def is_urgent(kind: str) -> bool:
    """Whether a kind reaches people at night, too: incidents (DOMAIN.md 8.2), and what the person just asked for."""
    return kind.startswith(URGENT)


# What a channel may carry ------------------------------------------------------------------------------------------
_MOMENT = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]([ T][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?)?")
_NUMBER = re.compile(r"[A-Z]{1,4}-[0-9]{1,9}(-[0-9]{1,3})?")
_COUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")
_CODE = re.compile(r"[a-z][a-z0-9_.]{0,39}")
_VERIFICATION = re.compile(r"[0-9]{6}|[0-9]{8}")
_TIMED = re.compile(r"(?!incident|child|consent)[a-z][a-z0-9_.]{0,39}")

_NUMBERS = {"number": _NUMBER, "need": _NUMBER, "task": _NUMBER, "run": _NUMBER}
_MOMENTS = dict.fromkeys(("deadline", "due", "until", "day", "date", "since"), _MOMENT)
_COUNTS = dict.fromkeys(
    ("count", "n", "served", "needs", "days", "hours", "minutes", "percent", "level", "rows", "total"), _COUNT
)
_PLAIN: Mapping[str, re.Pattern[str]] = {**_NUMBERS, **_MOMENTS, **_COUNTS}

CARRIES: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = {
    "email": {**_PLAIN, "service": _CODE, "timed_kind": _TIMED, "one_time_code": _VERIFICATION},
    "wecom": {**_PLAIN, "service": _CODE, "timed_kind": _TIMED, "one_time_code": _VERIFICATION},
    "sms": {**_PLAIN, "one_time_code": _VERIFICATION},
    "webhook": {"number": _NUMBER, "one_time_code": _VERIFICATION},
}
"""Channel -> parameters that may pass, each with the form its value must have. Whatever is not named here stays in the
portal: a name that a later feature adds is held back until somebody decides on it. A service tells something of a
household, so it goes neither through the open text message nor to a system that passes on; nowhere goes what kind of
incident it is."""


def placeholders(sentence: str) -> frozenset[str]:
    """The names of a sentence's parameters."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def carried(channel: str, params: Mapping[str, object]) -> dict[str, str]:
    """Those of the parameters that the channel may carry, as text.

    Raises:
        KeyError: for an unknown channel.
    """
    forms = CARRIES[channel]
    texts = {name: str(value) for name, value in params.items()}
    return {name: text for name, text in texts.items() if name in forms and forms[name].fullmatch(text)}


def sentence_for(channel: str, sentences: tuple[str, ...], params: Mapping[str, object]) -> str:
    """The first of the sentences (from telling to bare) whose parameters all pass; the last one has none.

    Raises:
        KeyError: for an unknown channel.
        StopIteration: if even the last sentence asks for something.
    """
    known = carried(channel, params).keys()
    return next(sentence for sentence in sentences if placeholders(sentence) <= known)

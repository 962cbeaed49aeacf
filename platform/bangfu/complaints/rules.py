"""Complaints as one table of transitions (DOMAIN.md 8.9), their clocks (5.4), types and levels. Pure.

Each line names its guards; the action checks them. `system` stands for the clock and for the complainant, who has no
account and shows who they are by receipt number and code.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

TAKERS: Final = frozenset({"township_officer", "bureau_officer", "bureau_lead"})
"""The lead takes what is about an officer of the bureau."""
COMPLAINANT: Final = frozenset({"system", "recipient", "guardian"}) | TAKERS
"""The complainant's own page; an officer writes down what the complainant says by phone or at the counter."""

STATES: Final = (
    "received", "accepted", "transferred", "not_accepted", "investigating", "decided", "replied", "closed",
)  # fmt: skip
OPEN: Final = ("received", "accepted", "investigating", "decided", "replied")


@dataclass(frozen=True, slots=True)
class Transition:
    """One line: who, what must hold, the event, the deadline in words."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()
    deadline: str = ""


MACHINE: Final = Machine(
    [
        Transition("received", "accept", "accepted", TAKERS, "accepted", ("severity", "not_linked"), "5.4"),
        Transition("received", "transfer", "transferred", TAKERS, "transferred", ("route_told",), "2 wd"),
        Transition("received", "refuse", "not_accepted", TAKERS, "not_accepted", ("route_told",), "2 wd"),
        Transition("accepted", "investigate", "investigating", TAKERS, "investigating", ("handler", "not_linked")),
        Transition(
            "investigating", "decide", "decided", TAKERS, "decided",
            ("handler", "not_linked", "both_heard", "evidence"), "5.4",
        ),
        Transition("decided", "reply", "replied", TAKERS, "replied", ("handler", "readable"), "5.4"),
        Transition("replied", "close", "closed", COMPLAINANT, "closed", ("answered_or_silent",), "10 wd"),
        Transition("closed", "reopen", "investigating", COMPLAINANT, "reopened", ("once", "within_30_days")),
    ],
    N_("The complaint is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "complaint_status",
    "complaint_action",
)  # fmt: skip

KINDS: Final = ("no_show", "attitude", "quality", "fee_demand", "privacy", "harm", "fraud", "eligibility", "pay")
SEVERITIES: Final = ("minor", "major", "critical")
RESULTS: Final = ("substantiated", "partly", "unsubstantiated", "withdrawn")
ANSWERED: Final = "answered"
"""The result of what is no complaint: a question, a call for help, a piece of advice."""
CHANNELS: Final = ("portal", "phone", "desk", "12345", "letter", "visit", "12388")
TARGETS: Final = (
    "organization", "carer", "visit", "contract", "staff", "township_office", "bureau_office", "unknown",
)  # fmt: skip
PUBLIC_TARGETS: Final = ("organization", "carer", "township_office", "bureau_office", "unknown")
"""What somebody without an account chooses from: no list of names."""
ROUTES: Final = (
    "court", "arbitration", "police", "discipline", "other_department", "reconsideration", "need", "repeated",
    "no_facts",
)  # fmt: skip
HEARD_BY: Final = ("talk", "phone", "office", "letter")
EVIDENCE: Final = ("visit_record", "photo", "call_record", "witness", "site", "money", "paper", "other")
REPLY_WAYS: Final = ("written", "read_aloud", "own_page")
LEVELS: Final = ("township", "bureau", "lead", "above")
SUGGESTED: Final[dict[str, str]] = {
    "harm": "critical", "fee_demand": "major", "privacy": "major", "fraud": "major",
}  # fmt: skip
"""The severity that a kind has until an officer sets it [D]; the others are minor."""
_VETO: Final = frozenset({"fraud", "fee_demand", "harm", "privacy"})


def may_mean_veto(kind: str) -> bool:
    """Whether a complaint of this kind alleges what DOMAIN.md 6.4 vetoes (forged, money asked, harm, leak)."""
    return kind in _VETO


# The five types of 12345 ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Intake:
    """How a type is routed and kept [D]: the lowest level that handles it, whether few see it, whether it is tried
    like a complaint (both sides, evidence, a result that the score counts)."""

    level: str = "township"
    confidential: bool = False
    tried: bool = False


INTAKES: Final[dict[str, Intake]] = {
    "consult": Intake(),
    "help": Intake(),
    "complaint": Intake(tried=True),
    "report": Intake(level="bureau", confidential=True, tried=True),
    "advice": Intake(),
}


def results_of(intake: str) -> tuple[str, ...]:
    """The results that a case of this type may end with."""
    return RESULTS if INTAKES[intake].tried else (ANSWERED,)


def severity_of(kind: str) -> str:
    """The severity until an officer sets it."""
    return SUGGESTED.get(kind, "minor")


# Whom it goes past ---------------------------------------------------------------------------------------------------
_LEVEL_OF_ROLE: Final[tuple[tuple[str, str], ...]] = (
    ("bureau_lead", "above"), ("bureau_officer", "lead"), ("finance_officer", "lead"), ("auditor", "lead"),
    ("assessor", "bureau"), ("township_officer", "bureau"), ("sysadmin", "bureau"),
)  # fmt: skip


def level_of_person(roles: Collection[str]) -> str:
    """Who handles a complaint about somebody with these roles: the township's officer -> the bureau, the bureau's
    officer -> its lead, the lead -> the bureau above; anybody else of a station -> the township."""
    return next((level for role, level in _LEVEL_OF_ROLE if role in roles), "township")


def highest(levels: Iterable[str]) -> str:
    """The highest of levels; the township without any."""
    return max(levels, key=LEVELS.index, default="township")


# Clocks (DOMAIN.md 5.4) ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take: hours for a critical one, else working days, or plain days for a petition."""

    accept: int
    close: int
    extension: int
    by_days: bool = False
    contact: timedelta | None = None
    plan: timedelta | None = None


LIMITS: Final[dict[str, Limits]] = {
    "minor": Limits(2, 10, 10),
    "major": Limits(1, 5, 5),
    # Accepted and closed as a major one [D]: 5.4 names only contact and plan.
    "critical": Limits(1, 5, 5, contact=timedelta(hours=2), plan=timedelta(hours=24)),
}
PETITION: Final = Limits(15, 60, 30, by_days=True)
"""信访: answer on acceptance within 15 days, closed within 60, extended by 30 at most."""
PETITION_REVIEW_DAYS: Final = 30
ROUTE_WORKING_DAYS: Final = 2
SILENCE_WORKING_DAYS: Final = 10
REOPEN_DAYS: Final = 30
ANSWER_WORKING_DAYS: Final = 3
"""What an organisation gets to answer, unless the handler sets another number [D]."""
MOST_ANSWER_DAYS: Final = 5


def limits_of(severity: str, petition: bool) -> Limits:
    """The limits of a case; a critical petition keeps its hours."""
    own = LIMITS[severity]
    if not petition:
        return own
    return Limits(PETITION.accept, PETITION.close, PETITION.extension, True, own.contact, own.plan)


def may_reopen(status: str, round_: int, closed_at: datetime | None, at: datetime) -> bool:
    """Once, within 30 days of the closing."""
    return (
        status == "closed" and round_ == 0 and closed_at is not None and at <= closed_at + timedelta(days=REOPEN_DAYS)
    )


def urgency(status: str, accept_due: datetime, close_due: datetime, at: datetime) -> str:
    """late, soon (less than a day), in_time, or ended: which clock runs depends on the state."""
    if status not in ("received", "accepted", "investigating", "decided"):
        return "ended"
    due = accept_due if status == "received" else close_due
    if at > due:
        return "late"
    return "soon" if due - at < timedelta(days=1) else "in_time"


# Both sides heard ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Heard:
    """What the record of a round holds."""

    complainant: bool
    target: bool
    evidence: int


def missing_for(
    intake: str, result: str, target: str, heard: Heard, answer_due: datetime | None, at: datetime
) -> tuple[str, ...]:
    """What still stands between the record and a decision: complainant, target, evidence. A withdrawn one needs the
    complainant's word only; an organisation that let its time pass counts as heard; unknown targets cannot be asked."""
    if not INTAKES[intake].tried:
        return ()
    found = [] if heard.complainant else ["complainant"]
    if result == "withdrawn":
        return tuple(found)
    passed = answer_due is not None and at > answer_due
    if not (heard.target or passed or target == "unknown"):
        found.append("target")
    if not heard.evidence:
        found.append("evidence")
    return tuple(found)


# A reply that can be read aloud --------------------------------------------------------------------------------------
MOST_LETTERS: Final = 400
MOST_OF_SENTENCE: Final = 60
_STOPS: Final = "。！？!?；;\n"


def too_hard(reply: str) -> str:
    """Why a reply cannot be read aloud well: "long", "sentence", or "". A Latin letter counts as a third of one."""
    if _weight(reply) > MOST_LETTERS:
        return "long"
    for stop in _STOPS:
        reply = reply.replace(stop, "\n")
    sentences = [part for line in reply.split("\n") for part in line.split(". ")]
    return "sentence" if any(_weight(each) > MOST_OF_SENTENCE for each in sentences) else ""


def _weight(text: str) -> float:
    return sum(1 / 3 if ord(each) < 0x250 else 1 for each in text.strip())
